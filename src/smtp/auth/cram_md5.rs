//! CRAM-MD5: old, and still what many devices speak.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;

use super::exchange::{Checks, Step, malformed, unverified};
use crate::config::AuthPolicy;
use crate::inboxes::Login;
use crate::model::Secret;
use crate::smtp::reply;

/// A challenge, and the response to it once it came.
#[derive(Debug)]
pub(crate) struct CramMd5 {
    challenge: String,
    /// User name and digest.
    response: Option<(String, [u8; 16])>,
}

impl CramMd5 {
    pub(super) fn new(checks: &Checks<'_>) -> Self {
        Self { challenge: format!("<{}@{}>", checks.nonce, checks.hostname), response: None }
    }

    pub(super) const fn challenge(&self) -> &[u8] {
        self.challenge.as_bytes()
    }

    /// Who responded.
    pub(crate) fn username(&self) -> &str {
        self.response.as_ref().map_or("", |(username, _)| username)
    }

    /// ```text
    /// response = user-name SP 32HEXDIG       ; the digest in lower case
    /// ```
    /// Spec: RFC 2195 §2.
    pub(super) fn respond(mut self, response: &[u8], checks: &Checks<'_>) -> Step {
        let text = std::str::from_utf8(response).ok();
        let Some((username, digest)) = text.and_then(|text| text.rsplit_once(' ')) else { return malformed() };
        let Some(digest) = unhex(digest) else { return malformed() };
        if username.is_empty() || username.contains(char::is_control) {
            return malformed();
        }
        if checks.policy == AuthPolicy::Any {
            return Step::Accept(unverified(username));
        }
        self.response = Some((username.to_owned(), digest));
        Step::SharedSecret(self)
    }

    /// What the services know about the user name.
    pub(crate) fn verify(self, known: Option<(Secret, Login)>) -> Step {
        // An unknown name costs the same work as a known one.
        let key = known.as_ref().map_or("", |(secret, _)| secret.expose());
        let (username, digest) = self.response.unwrap_or_default();
        let proven = Hmac::<Md5>::new_from_slice(key.as_bytes())
            .is_ok_and(|mac| mac.chain_update(self.challenge.as_bytes()).verify_slice(&digest).is_ok());
        match known {
            Some((_, login)) if proven => Step::Accept(login),
            _ => Step::Refuse(Some(username), reply::AUTH_FAILED),
        }
    }
}

fn unhex(text: &str) -> Option<[u8; 16]> {
    let mut octets = [0; 16];
    if text.len() != 32 {
        return None;
    }
    for (octet, pair) in octets.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let [high, low] = *pair else { return None };
        let value = char::from(high).to_digit(16)? * 16 + char::from(low).to_digit(16)?;
        *octet = u8::try_from(value).ok()?;
    }
    Some(octets)
}
