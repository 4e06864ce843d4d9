//! What can go wrong, so that a test or a script can tell it apart.

use serde::Deserialize;
use serde_json::Value;

use crate::diagnostics::Diagnostics;
use crate::extraction::Code;
use crate::value::{More, tame};

/// Why a call did not give what was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No mail matched in time. Its text is the table of what came close.
    #[error("{0}")]
    WaitTimeout(Box<Diagnostics>),
    /// More messages matched than were wanted.
    #[error("more messages matched than were wanted\n{0}")]
    CountExceeded(Box<Diagnostics>),
    /// The inbox was deleted, or its time came, while it was waited on.
    #[error("the inbox was deleted while it was waited on")]
    InboxDeleted,
    /// Several codes are equally likely.
    #[error("the code is ambiguous: {}", listed(.candidates))]
    AmbiguousCode {
        /// The codes, the likeliest first.
        candidates: Vec<Code>,
    },
    /// There is no code. Its text is the reason, and the table of what came close where nothing came.
    #[error("{}", .0.with_table())]
    NoCode(Box<Problem>),
    /// There is no link for this purpose. Its text is made likewise.
    #[error("{}", .0.with_table())]
    NoLink(Box<Problem>),
    /// It collides with what is there (409, 412).
    #[error("{0}")]
    Conflict(Box<Problem>),
    /// The key is missing, wrong, or not for this (401, 403).
    #[error("{0}")]
    Auth(Box<Problem>),
    /// There is no such thing, or no longer (404, 410).
    #[error("{0}")]
    NotFound(Box<Problem>),
    /// The server cannot do it now (429, 502, 503, 504), several tries later neither.
    #[error("{0}")]
    Unavailable(Box<Problem>),
    /// Nobody answers there.
    #[error("cannot reach {url}: {reason}")]
    Unreachable {
        /// Where the server was looked for.
        url: String,
        /// What the network said.
        reason: String,
        /// Whether there was a connection, which then broke or stayed silent.
        connected: bool,
    },
    /// What answers there is no Restante, or one that this client does not fit.
    #[error("{url} does not fit this client: {reason}")]
    Unfit {
        /// Where the server was looked for.
        url: String,
        /// What was found there.
        reason: String,
    },
    /// The client cannot be built so.
    #[error("{0}")]
    Config(String),
    /// Any other problem that the server tells.
    #[error("{0}")]
    Problem(Box<Problem>),
}

/// What the server said went wrong.
///
/// Spec: RFC 9457 §3.
#[derive(Clone, Debug, Default, Deserialize, thiserror::Error)]
#[error("{}", self.text())]
#[serde(default)]
pub struct Problem {
    /// A stable word, `cursor_invalid`; empty when something between here and the server answered.
    pub code: String,
    /// The HTTP status.
    pub status: u16,
    /// The kind of problem, for people.
    pub title: String,
    /// What happened this time, for people.
    pub detail: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Names the request in the server's log.
    pub request_id: Option<String>,
    /// The values that cannot be taken.
    pub errors: Vec<FieldError>,
    /// Members that only some codes have.
    #[serde(flatten)]
    pub more: More,
}

/// One value of a request that cannot be taken.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct FieldError {
    /// Where it stands: a JSON pointer, or the name of a query parameter.
    pub pointer: String,
    /// A stable word.
    pub code: String,
    /// What is wrong with it, for people.
    pub message: String,
}

impl Problem {
    /// The problem of an answer; one that is no `problem+json` keeps its status and its first words.
    pub(crate) fn of(status: u16, body: &[u8]) -> Self {
        const FIRST_WORDS: usize = 200;
        serde_json::from_slice(body).unwrap_or_else(|_| {
            let text = String::from_utf8_lossy(body);
            Self { status, detail: text.trim().chars().take(FIRST_WORDS).collect(), ..Self::default() }
        })
    }

    /// A problem that was found here, not by the server.
    pub(crate) fn found_here(code: &str, detail: String) -> Box<Self> {
        Box::new(Self { code: code.to_owned(), detail, ..Self::default() })
    }

    /// The reason, and the diagnosis beneath it where there is one.
    fn with_table(&self) -> String {
        let told = self.more.get("diagnostics").and_then(|told| Diagnostics::deserialize(told).ok());
        match told {
            // The table begins with its summary.
            Some(told) if told.summary == self.detail => told.to_string(),
            Some(told) => format!("{}\n{told}", tame(&self.detail)),
            None if self.detail.is_empty() => self.text(),
            None => tame(&self.detail),
        }
    }

    fn text(&self) -> String {
        let what = [&self.detail, &self.title].into_iter().find(|text| !text.is_empty());
        let mut text = what.cloned().unwrap_or_else(|| "the server gave no reason".to_owned());
        for FieldError { pointer, message, .. } in &self.errors {
            // One error alone is often the whole detail; then only its place is new.
            match text == *message {
                true => text = format!("{pointer}: {message}"),
                false => text.push_str(&format!("; {pointer}: {message}")),
            }
        }
        text.push_str(&match self.code.as_str() {
            "" => format!(" (status {})", self.status),
            code => format!(" ({code})"),
        });
        if let Some(hint) = &self.hint {
            text.push_str(&format!("; {hint}"));
        }
        text
    }

    fn take<T: serde::de::DeserializeOwned + Default>(&mut self, member: &str) -> T {
        let value = self.more.remove(member).unwrap_or(Value::Null);
        serde_json::from_value(value).unwrap_or_default()
    }
}

/// The one table from problems to errors.
impl From<Problem> for Error {
    fn from(mut problem: Problem) -> Self {
        match (problem.status, problem.code.as_str()) {
            (_, "wait_timeout") => {
                let mut told: Diagnostics = problem.take("diagnostics");
                if told.summary.is_empty() {
                    told.summary = problem.detail;
                }
                Self::WaitTimeout(Box::new(told))
            }
            (_, "ambiguous_code") => Self::AmbiguousCode { candidates: problem.take("candidates") },
            (_, "no_code" | "code_not_found") => Self::NoCode(Box::new(problem)),
            (_, "no_link" | "link_not_found") => Self::NoLink(Box::new(problem)),
            (401 | 403, _) => Self::Auth(Box::new(problem)),
            (404 | 410, _) => Self::NotFound(Box::new(problem)),
            (409 | 412, _) => Self::Conflict(Box::new(problem)),
            (429 | 502 | 503 | 504, _) => Self::Unavailable(Box::new(problem)),
            _ => Self::Problem(Box::new(problem)),
        }
    }
}

fn listed(codes: &[Code]) -> String {
    let one = |code: &Code| format!("{} ({:.2})", code.value, code.confidence);
    codes.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Error, Problem};

    fn error(problem: serde_json::Value) -> Error {
        let status = u16::try_from(problem["status"].as_u64().unwrap()).unwrap();
        Problem::of(status, problem.to_string().as_bytes()).into()
    }

    #[test]
    fn problems_become_errors_by_code_and_status() {
        assert!(matches!(error(json!({"status": 401, "code": "unauthenticated"})), Error::Auth(_)));
        assert!(matches!(error(json!({"status": 403, "code": "scope_missing"})), Error::Auth(_)));
        assert!(matches!(error(json!({"status": 410, "code": "expired"})), Error::NotFound(_)));
        assert!(matches!(error(json!({"status": 409, "code": "address_taken"})), Error::Conflict(_)));
        assert!(matches!(error(json!({"status": 503, "code": "storage_busy"})), Error::Unavailable(_)));
        assert!(matches!(error(json!({"status": 422, "code": "validation_failed"})), Error::Problem(_)));
    }

    #[test]
    fn ambiguous_code_names_the_candidates() {
        let candidates = json!([{"value": "482913", "confidence": 0.91}, {"value": "771204", "confidence": 0.9}]);
        let error = error(json!({"status": 409, "code": "ambiguous_code", "candidates": candidates}));
        assert_eq!(error.to_string(), "the code is ambiguous: 482913 (0.91), 771204 (0.90)");
    }

    #[test]
    fn timeout_told_as_a_problem_keeps_its_diagnosis() {
        let told = json!({"summary": "Nothing arrived.", "smtp": {"connections": 0}});
        let error = error(json!({"status": 404, "code": "wait_timeout", "detail": "x", "diagnostics": told}));
        assert!(error.to_string().starts_with("Nothing arrived.\n"), "{error}");
    }

    #[test]
    fn nothing_found_is_told_with_its_reason_and_its_table() {
        let detail = "no code is as sure as 0.8: the likeliest is \"4829\" at 0.41 in msg_7";
        assert_eq!(error(json!({"status": 404, "code": "no_code", "detail": detail})).to_string(), detail);
        let told = json!({"summary": "Nothing arrived.", "smtp": {"connections": 0}});
        let table = "Nothing arrived.\nSMTP               0 connections";
        let of = |detail: &str| error(json!({"status": 404, "code": "no_link", "detail": detail, "diagnostics": told}));
        assert_eq!(of("Nothing arrived.").to_string(), table);
        assert_eq!(of("no link").to_string(), format!("no link\n{table}"));
        assert_eq!(error(json!({"status": 404, "code": "no_link"})).to_string(), "the server gave no reason (no_link)");
    }

    #[test]
    fn text_says_what_where_and_what_to_do() {
        let errors = json!([{"pointer": "/since", "code": "cursor_invalid", "message": "not of this inbox"}]);
        let problem = json!({"status": 422, "code": "cursor_invalid", "detail": "No.", "errors": errors, "hint": "Take another."});
        assert_eq!(error(problem).to_string(), "No.; /since: not of this inbox (cursor_invalid); Take another.");
        let errors = json!([{"pointer": "/subject", "code": "invalid", "message": "no line breaks"}]);
        let problem = json!({"status": 422, "code": "validation_failed", "detail": "no line breaks", "errors": errors});
        assert_eq!(error(problem).to_string(), "/subject: no line breaks (validation_failed)");
    }

    #[test]
    fn answer_of_something_in_between_keeps_its_status_and_first_words() {
        let error = Error::from(Problem::of(502, b"<h1>Bad gateway</h1>"));
        assert!(matches!(error, Error::Unavailable(_)));
        assert_eq!(error.to_string(), "<h1>Bad gateway</h1> (status 502)");
    }
}
