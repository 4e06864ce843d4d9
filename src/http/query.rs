//! Reading query strings: each name known, each value of its kind.

use axum::extract::FromRequestParts;
use axum::http::header::LINK;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Uri};
use axum::response::AppendHeaders;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::Code;
use super::json::unknown;
use super::problem::Problem;
use crate::model::Timestamp;

/// The pairs of a query string.
#[derive(Clone, Debug, Default)]
pub(super) struct Query(Vec<(String, String)>);

/// A page with the header that leads to the next one.
pub(super) type Page<T> = (AppendHeaders<Option<(HeaderName, HeaderValue)>>, axum::Json<T>);

/// How large a page may be.
pub(super) const LIMITS: RangeInclusive<usize> = 1..=200;

/// How large it is when nothing is said.
pub(super) const DEFAULT_LIMIT: usize = 50;

/// Most pairs that are looked at.
const MAX_PAIRS: usize = 100;

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes()).take(MAX_PAIRS + 1);
        let pairs: Vec<(String, String)> = pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        if pairs.len() > MAX_PAIRS {
            return Err(Problem::new(Code::ValidationFailed, format!("at most {MAX_PAIRS} query parameters")));
        }
        Ok(Self(pairs))
    }
}

/// Refuses a query with another name than these; one that ends in `.` stands for all that begin with it.
pub(super) fn check_names(uri: &Uri, known: &[&str]) -> Result<(), Problem> {
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).take(MAX_PAIRS);
    let pairs = pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    Query(pairs).allow(known).map(drop)
}

impl Query {
    /// Refuses any name but these; one that ends in `.` stands for all that begin with it.
    pub(super) fn allow(self, known: &[&str]) -> Result<Self, Problem> {
        let is_known =
            |name: &str| known.iter().any(|known| *known == name || (known.ends_with('.') && name.starts_with(known)));
        match self.0.iter().find(|(name, _)| !is_known(name)) {
            Some((name, _)) => Err(unknown(&format!("?{name}"), "query parameter", name, known)),
            None => Ok(self),
        }
    }

    /// The header that leads to the next page: the same query behind `after`, relative to this path (RFC 8288 §3).
    pub(super) fn next_page(&self, after: Option<&str>) -> AppendHeaders<Option<(HeaderName, HeaderValue)>> {
        let link = after.and_then(|after| {
            let same = self.0.iter().filter(|(name, _)| name != "after");
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(same).append_pair("after", after);
            HeaderValue::try_from(format!("<?{}>; rel=\"next\"", query.finish())).ok()
        });
        AppendHeaders(link.map(|link| (LINK, link)))
    }

    /// The text of `name`; twice is an error, empty is none.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Problem> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value);
        let first = values.next();
        if values.next().is_some() {
            return Err(invalid(name, "it may be given once"));
        }
        match first {
            Some(text) if text.chars().any(char::is_control) => Err(invalid(name, "no control characters")),
            text => Ok(text.filter(|text| !text.is_empty()).cloned()),
        }
    }

    /// All texts of `name`.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, Problem> {
        let texts = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone());
        let texts: Vec<String> = texts.collect();
        if texts.iter().any(|text| text.chars().any(char::is_control)) {
            return Err(invalid(name, "no control characters"));
        }
        Ok(texts)
    }

    /// The pairs whose names begin with `prefix`, without it.
    pub(super) fn prefixed(&self, prefix: &str) -> Vec<(String, String)> {
        let pairs =
            self.0.iter().filter_map(|(name, value)| Some((name.strip_prefix(prefix)?.to_owned(), value.clone())));
        pairs.collect()
    }

    /// The value of `name`, read by its type; `expected` says what it may be.
    pub(super) fn value<T: FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| invalid(name, expected))
    }

    /// The pairs as a JSON object, for the log.
    pub(super) fn json(&self) -> String {
        let pairs = self.0.iter().map(|(name, value)| (name.clone(), value.clone().into()));
        serde_json::Value::Object(pairs.collect()).to_string()
    }

    /// A page's size: one of [`LIMITS`], [`DEFAULT_LIMIT`] when it is not given.
    pub(super) fn limit(&self) -> Result<usize, Problem> {
        const EXPECTED: &str = "a number from 1 to 200";
        let limit = self.value("limit", EXPECTED)?.unwrap_or(DEFAULT_LIMIT);
        if LIMITS.contains(&limit) { Ok(limit) } else { Err(invalid("limit", EXPECTED)) }
    }

    /// A point in time, RFC 3339.
    pub(super) fn time(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let time = Timestamp::parse_rfc3339(&text);
        time.map(Some).ok_or_else(|| invalid(name, "an RFC 3339 time such as 2026-01-31T12:00:00Z"))
    }
}

/// How sure something must be: `min_confidence`, 0 to 1.
pub(super) fn confidence(query: &Query, usual: f64) -> Result<f64, Problem> {
    const EXPECTED: &str = "a number from 0 to 1";
    match query.value("min_confidence", EXPECTED)? {
        None => Ok(usual),
        Some(least) if (0.0..=1.0).contains(&least) => Ok(least),
        Some(_) => Err(invalid("min_confidence", EXPECTED)),
    }
}

/// The answer to a value that cannot be.
pub(super) fn invalid(name: &str, reason: &str) -> Problem {
    Problem::new(Code::ValidationFailed, format!("{name}: {reason}")).error(format!("?{name}"), "invalid", reason)
}
