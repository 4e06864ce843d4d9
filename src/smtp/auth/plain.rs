//! PLAIN.

use super::exchange::{Checks, Exchange, Step, credentials, malformed};

/// ```text
/// message = [authzid] UTF8NUL authcid UTF8NUL passwd
/// ```
/// Spec: RFC 4616 §2.
pub(super) fn respond(response: &[u8], checks: &Checks<'_>) -> Step {
    let Ok(text) = std::str::from_utf8(response) else { return malformed() };
    let mut parts = text.split('\0');
    let (Some(authzid), Some(authcid), Some(password), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return malformed();
    };
    if authcid.is_empty() || text.contains(['\r', '\n']) {
        return malformed();
    }
    // Nobody acts for another here: an authorization identity may only repeat who authenticates.
    let password = if authzid.is_empty() || authzid == authcid { password } else { "" };
    credentials(Exchange::Plain, authcid, password, checks)
}
