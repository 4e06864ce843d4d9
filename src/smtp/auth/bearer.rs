//! XOAUTH2 and OAUTHBEARER: a token instead of a password.
//!
//! Where secrets are checked, a token is compared with the inbox's password; there is no issuer of tokens yet.

use super::exchange::{Checks, Exchange, Step, credentials, malformed};

/// What is awaited, and from which of the two.
#[derive(Debug)]
pub(crate) enum Bearer {
    /// XOAUTH2.
    Xoauth2,
    /// OAUTHBEARER.
    Oauth,
    /// The refusal was explained; the client must acknowledge it before it is final. Spec: RFC 7628 §3.2.3.
    Refused { username: String },
}

impl Bearer {
    pub(super) fn respond(self, response: &[u8], checks: &Checks<'_>) -> Step {
        let Ok(text) = std::str::from_utf8(response) else { return malformed() };
        let read = match self {
            Self::Xoauth2 => xoauth2(text),
            Self::Oauth => oauthbearer(text),
            Self::Refused { username } => return Step::Acknowledged(username),
        };
        let Some((username, token)) = read else { return malformed() };
        if username.contains(char::is_control) {
            return malformed();
        }
        credentials(Exchange::Bearer(self), &username, token, checks)
    }

    pub(super) fn refused(self, username: String) -> Step {
        let why: &[u8] = match self {
            Self::Xoauth2 => br#"{"status":"401","schemes":"bearer","scope":"mail"}"#,
            Self::Oauth | Self::Refused { .. } => br#"{"status":"invalid_token","scope":"mail"}"#,
        };
        Step::Explain(Exchange::Bearer(Self::Refused { username: username.clone() }), username, why.to_vec())
    }
}

/// ```text
/// "user=" user %x01 "auth=Bearer " token %x01 %x01
/// ```
/// Spec: Google and Microsoft, XOAUTH2 protocol.
fn xoauth2(text: &str) -> Option<(String, &str)> {
    let mut pairs = text.strip_suffix("\u{1}\u{1}")?.split('\u{1}');
    let username = pairs.next()?.strip_prefix("user=")?;
    Some((username.to_owned(), pairs.find_map(token)?))
}

/// ```text
/// client-resp = gs2-header %x01 *( key "=" value %x01 ) %x01
/// gs2-header  = ( "n" / "y" ) "," [ "a=" saslname ] ","
/// ```
/// Spec: RFC 7628 §3.1.
fn oauthbearer(text: &str) -> Option<(String, &str)> {
    let mut pairs = text.strip_suffix("\u{1}\u{1}")?.split('\u{1}');
    let mut header = pairs.next()?.split(',');
    let (Some("n" | "y"), Some(authzid), Some(""), None) = (header.next(), header.next(), header.next(), header.next())
    else {
        return None;
    };
    let username = match authzid.strip_prefix("a=") {
        Some(name) => super::scram::unescape(name)?,
        None if authzid.is_empty() => String::new(),
        None => return None,
    };
    Some((username, pairs.find_map(token)?))
}

fn token(pair: &str) -> Option<&str> {
    let (scheme, token) = pair.strip_prefix("auth=")?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("Bearer") && !token.is_empty()).then_some(token)
}
