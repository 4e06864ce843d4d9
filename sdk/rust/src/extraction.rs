//! Codes and links that were found in a message.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::transport::Call;
use crate::value::{More, encoded};
use crate::{Client, Cursor, Error, Result};

/// The longest that one call waits.
const HOLD: Duration = Duration::from_secs(25);
/// How sure a code must be: as the server wants it, where nothing else is asked for.
const SURE: f64 = 0.8;
/// The same for a link.
const LIKELY: f64 = 0.5;
/// A server that answers sooner, although it was to wait longer, has nothing to wait for.
const SOON: Duration = Duration::from_millis(500);

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// To choose a new password.
    Reset,
    /// To confirm an address.
    Verify,
    /// To log in without a password.
    MagicLogin,
    /// To accept an invitation, a subscription or a change.
    Confirm,
    /// To get no more of these.
    Unsubscribe,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Reset, Self::Verify, Self::MagicLogin, Self::Confirm, Self::Unsubscribe];

    /// The API's word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Verify => "verify",
            Self::MagicLogin => "magic_login",
            Self::Confirm => "confirm",
            Self::Unsubscribe => "unsubscribe",
        }
    }
}

impl std::str::FromStr for Purpose {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let found = Self::ALL.into_iter().find(|purpose| purpose.as_str() == text);
        found.ok_or_else(|| format!("one of {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

/// What was found in a message, the likeliest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extraction {
    /// One-time codes.
    pub codes: Vec<Code>,
    /// Links.
    pub links: Vec<Link>,
    /// Whether the two likeliest codes differ and are too close to choose.
    pub ambiguous: bool,
    /// What a newer server tells.
    #[serde(flatten)]
    pub more: More,
}

/// A one-time code.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Code {
    /// The code, as a program enters it.
    pub value: String,
    /// How sure that is, 0 to 1.
    pub confidence: f64,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// A link.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Link {
    /// Where it leads.
    pub url: String,
    /// What it is for, `reset`.
    pub purpose: String,
    /// How sure that is, 0 to 1.
    pub confidence: f64,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

impl Extraction {
    /// The code.
    ///
    /// # Errors
    /// [`Error::NoCode`], or [`Error::AmbiguousCode`] with all candidates: a wrong code costs more than none.
    pub fn code(&self) -> Result<&Code> {
        match self.codes.first() {
            Some(first) if first.confidence < SURE => Err(no_code()),
            Some(_) if self.ambiguous => Err(Error::AmbiguousCode { candidates: self.codes.clone() }),
            first => first.ok_or_else(no_code),
        }
    }

    /// The likeliest link for this purpose.
    ///
    /// # Errors
    /// [`Error::NoLink`].
    pub fn link(&self, purpose: Purpose) -> Result<&Link> {
        let is_it = |link: &&Link| link.purpose == purpose.as_str() && link.confidence >= LIKELY;
        let found = self.links.iter().find(is_it);
        found.ok_or_else(|| {
            Error::NoLink(Problem::found_here("no_link", format!("no link to {} was found", purpose.as_str())))
        })
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.value)
    }
}

impl std::fmt::Display for Link {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.url)
    }
}

/// Looks for the newest code of an inbox; `.await` it.
#[derive(Clone, Debug)]
#[must_use = "nothing is asked before it is awaited"]
pub struct FindCode(Find);

/// Looks for the newest link of an inbox; `.await` it.
#[derive(Clone, Debug)]
#[must_use = "nothing is asked before it is awaited"]
pub struct FindLink(Find);

#[derive(Clone, Debug)]
struct Find {
    client: Client,
    path: String,
    parameters: Vec<(&'static str, String)>,
    wait: Duration,
}

impl FindCode {
    pub(crate) fn new(client: Client, path: String) -> Self {
        Self(Find::new(client, path))
    }

    /// How long to wait for one; without it only what is there counts.
    pub fn wait(mut self, wait: Duration) -> Self {
        self.0.wait = wait;
        self
    }

    /// Only in mail behind this cursor.
    pub fn since(mut self, cursor: Cursor) -> Self {
        self.0.parameters.push(("since", cursor.to_string()));
        self
    }

    /// How sure it must be at least, 0 to 1.
    pub fn min_confidence(mut self, confidence: f64) -> Self {
        self.0.parameters.push(("min_confidence", confidence.to_string()));
        self
    }

    /// The likeliest one, even where another is as likely.
    pub fn pick_best(mut self) -> Self {
        self.0.parameters.push(("pick", "best".to_owned()));
        self
    }
}

impl FindLink {
    pub(crate) fn new(client: Client, path: String, purpose: Option<Purpose>) -> Self {
        let mut find = Find::new(client, path);
        find.parameters.extend(purpose.map(|purpose| ("purpose", purpose.as_str().to_owned())));
        Self(find)
    }

    /// How long to wait for one; without it only what is there counts.
    pub fn wait(mut self, wait: Duration) -> Self {
        self.0.wait = wait;
        self
    }

    /// Only in mail behind this cursor.
    pub fn since(mut self, cursor: Cursor) -> Self {
        self.0.parameters.push(("since", cursor.to_string()));
        self
    }
}

impl Find {
    fn new(client: Client, path: String) -> Self {
        Self { client, path, parameters: Vec::new(), wait: Duration::ZERO }
    }

    /// Asks until something is found or the time is over. Cancel-safe: asking changes nothing.
    async fn found<T: serde::de::DeserializeOwned>(self) -> Result<T> {
        let deadline = Instant::now() + self.wait;
        loop {
            let began = Instant::now();
            let hold = deadline.saturating_duration_since(began).min(HOLD);
            let mut query: Vec<String> =
                self.parameters.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
            if !hold.is_zero() {
                query.push(format!("wait={}", hold.as_millis().div_ceil(1000)));
            }
            let separator = if query.is_empty() { "" } else { "?" };
            let call = Call::get(format!("{}{separator}{}", self.path, query.join("&"))).held(hold);
            let error = match self.client.value(call).await {
                Err(error @ (Error::NoCode(_) | Error::NoLink(_) | Error::WaitTimeout(_))) => error,
                answered => return answered,
            };
            if Instant::now() >= deadline || began.elapsed() < hold.min(SOON) {
                return Err(error);
            }
        }
    }
}

impl IntoFuture for FindCode {
    type Output = Result<Code>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.0.found())
    }
}

impl IntoFuture for FindLink {
    type Output = Result<Link>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.0.found())
    }
}

fn no_code() -> Error {
    Error::NoCode(Problem::found_here("no_code", "no code was found".to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Extraction, Purpose};
    use crate::Error;

    fn extraction(value: Value) -> Extraction {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn one_clear_code_is_the_code() {
        let found = extraction(json!({"codes": [{"value": "482913", "confidence": 0.97, "kind": "numeric"}]}));
        assert_eq!(found.code().unwrap().to_string(), "482913");
        assert_eq!(serde_json::to_value(&found.codes[0]).unwrap()["kind"], "numeric");
    }

    #[test]
    fn two_codes_alike_are_refused_with_both() {
        let codes = json!([{"value": "482913", "confidence": 0.9}, {"value": "771204", "confidence": 0.9}]);
        let refused = extraction(json!({"codes": codes, "ambiguous": true})).code().unwrap_err();
        assert!(matches!(refused, Error::AmbiguousCode { candidates } if candidates.len() == 2));
    }

    #[test]
    fn nothing_is_told_as_nothing() {
        let (code, link) =
            (extraction(json!({})).code().unwrap_err(), extraction(json!({})).link(Purpose::Reset).unwrap_err());
        assert!(matches!((&code, &link), (Error::NoCode(_), Error::NoLink(_))));
        assert_eq!(
            (code.to_string(), link.to_string()),
            ("no code was found".into(), "no link to reset was found".into())
        );
    }

    #[test]
    fn link_is_chosen_by_purpose() {
        let links = json!([{"url": "https://a.test/u", "purpose": "unsubscribe", "confidence": 0.9}, {"url": "https://a.test/r", "purpose": "reset", "confidence": 0.9}]);
        assert_eq!(extraction(json!({"links": links})).link(Purpose::Reset).unwrap().url, "https://a.test/r");
    }

    #[test]
    fn purposes_are_read_as_they_are_written() {
        for purpose in Purpose::ALL {
            assert_eq!(purpose.as_str().parse(), Ok(purpose));
        }
        assert!("rest".parse::<Purpose>().is_err());
    }
}
