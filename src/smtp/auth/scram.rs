//! SCRAM-SHA-256, without channel binding.

use std::num::NonZeroU32;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::{digest, hmac, pbkdf2};
use unicode_normalization::UnicodeNormalization;

use super::exchange::{Checks, Exchange, Step, malformed};
use crate::config::AuthPolicy;
use crate::inboxes::Login;
use crate::model::Secret;
use crate::smtp::reply;

/// Rounds of PBKDF2. Spec: RFC 7677 §4: no fewer.
const ITERATIONS: NonZeroU32 = NonZeroU32::new(4096).unwrap();

const HASH_BYTES: usize = digest::SHA256_OUTPUT_LEN;

/// What the server keeps of a password for one exchange. Spec: RFC 5802 §3.
#[derive(Clone, Debug)]
pub struct Keys {
    stored_key: [u8; HASH_BYTES],
    server_key: [u8; HASH_BYTES],
}

/// What makes keys of a password; the making takes a millisecond or two of computing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salt([u8; 16]);

/// An exchange.
#[derive(Debug)]
pub(crate) struct Scram {
    state: State,
    username: String,
    salt: Salt,
    server_nonce: String,
    /// `n,,`, sent back by the client as its channel binding.
    gs2_header: String,
    client_first_bare: String,
    server_first: String,
    nonce: String,
}

#[derive(Debug)]
enum State {
    ClientFirst,
    ClientFinal {
        keys: Keys,
        login: Option<Login>,
    },
    /// The client must acknowledge the server's proof with an empty response.
    Acknowledge {
        login: Login,
    },
}

impl Keys {
    /// The keys of `password` with `salt`.
    #[must_use]
    pub fn derive(password: &Secret, salt: &Salt) -> Self {
        // RFC 7677 §3 asks for SASLprep; NFKC is what it does to the passwords that people have.
        let password: String = password.expose().nfkc().collect();
        let mut salted = [0; HASH_BYTES];
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ITERATIONS, &salt.0, password.as_bytes(), &mut salted);
        let client_key = mac(&salted, b"Client Key");
        Self { stored_key: hash(&client_key), server_key: mac(&salted, b"Server Key") }
    }
}

impl Scram {
    pub(super) fn new(checks: &Checks<'_>) -> Self {
        Self {
            state: State::ClientFirst,
            username: String::new(),
            salt: Salt([0; 16]),
            server_nonce: checks.nonce.to_owned(),
            gs2_header: String::new(),
            client_first_bare: String::new(),
            server_first: String::new(),
            nonce: String::new(),
        }
    }

    pub(crate) fn username(&self) -> &str {
        &self.username
    }

    pub(crate) const fn salt(&self) -> &Salt {
        &self.salt
    }

    pub(super) fn respond(mut self: Box<Self>, response: &[u8], checks: &Checks<'_>) -> Step {
        let Ok(text) = std::str::from_utf8(response) else { return malformed() };
        match std::mem::replace(&mut self.state, State::ClientFirst) {
            State::ClientFirst => match self.client_first(text, checks) {
                Some(()) => Step::ScramKeys(self),
                None => malformed(),
            },
            State::ClientFinal { keys, login } => self.client_final(text, &keys, login),
            State::Acknowledge { login } if text.is_empty() => Step::Accept(login),
            State::Acknowledge { .. } => malformed(),
        }
    }

    /// The keys of the user, and whom they prove; `None` for an unknown user, with keys that nobody has.
    pub(crate) fn keys(mut self: Box<Self>, keys: Keys, login: Option<Login>, policy: AuthPolicy) -> Step {
        if login.is_none() && policy == AuthPolicy::Any {
            // Nothing is hidden under this policy, and without the secret the client could not be satisfied.
            return Step::Refuse(Some(self.username), reply::SCRAM_NEEDS_SECRET);
        }
        self.state = State::ClientFinal { keys, login };
        let challenge = self.server_first.clone().into_bytes();
        Step::Challenge(Exchange::Scram(self), challenge)
    }

    /// ```text
    /// client-first-message      = gs2-header client-first-message-bare
    /// gs2-header                = ( "n" / "y" ) "," [ "a=" saslname ] ","
    /// client-first-message-bare = "n=" saslname "," "r=" c-nonce [ "," extensions ]
    /// ```
    /// Spec: RFC 5802 §7.
    fn client_first(&mut self, text: &str, checks: &Checks<'_>) -> Option<()> {
        let (flag, rest) = text.split_once(',')?;
        let (authzid, bare) = rest.split_once(',')?;
        if !matches!(flag, "n" | "y") || !(authzid.is_empty() || authzid.starts_with("a=")) {
            return None;
        }
        let mut attributes = bare.split(',');
        self.username = unescape(attributes.next()?.strip_prefix("n=")?)?;
        let client_nonce = attributes.next()?.strip_prefix("r=")?;
        if self.username.is_empty() || self.username.contains(char::is_control) || client_nonce.is_empty() {
            return None;
        }
        // The same name has the same salt every time, known or not: a prober learns nothing.
        let mut salt = [0; 16];
        salt.iter_mut().zip(mac(checks.salt_key, self.username.as_bytes())).for_each(|(to, from)| *to = from);
        self.salt = Salt(salt);
        self.nonce = format!("{client_nonce}{}", self.server_nonce);
        self.gs2_header = format!("{flag},{authzid},");
        bare.clone_into(&mut self.client_first_bare);
        self.server_first = format!("r={},s={},i={ITERATIONS}", self.nonce, BASE64.encode(salt));
        Some(())
    }

    /// ```text
    /// client-final-message = "c=" base64 "," "r=" nonce [ "," extensions ] "," "p=" base64
    /// ```
    /// Spec: RFC 5802 §7.
    fn client_final(mut self: Box<Self>, text: &str, keys: &Keys, login: Option<Login>) -> Step {
        let Some((without_proof, proof)) = text.rsplit_once(",p=") else { return malformed() };
        let mut attributes = without_proof.split(',');
        let binding = attributes.next().and_then(|c| BASE64.decode(c.strip_prefix("c=")?).ok());
        let nonce = attributes.next().and_then(|r| r.strip_prefix("r="));
        let Ok(proof) = BASE64.decode(proof) else { return malformed() };
        let message = format!("{},{},{without_proof}", self.client_first_bare, self.server_first);
        let signature = mac(&keys.stored_key, message.as_bytes());
        let client_key: Vec<u8> = signature.iter().zip(&proof).map(|(a, b)| a ^ b).collect();
        let proven = proof.len() == HASH_BYTES
            && same(&hash(&client_key), &keys.stored_key)
            && binding.as_deref() == Some(self.gs2_header.as_bytes())
            && nonce == Some(self.nonce.as_str());
        match login {
            Some(login) if proven => {
                let verifier = mac(&keys.server_key, message.as_bytes());
                self.state = State::Acknowledge { login };
                Step::Challenge(Exchange::Scram(self), format!("v={}", BASE64.encode(verifier)).into_bytes())
            }
            _ => Step::Refuse(Some(self.username), reply::AUTH_FAILED),
        }
    }
}

/// Undoes `=2C` and `=3D`. `None` for any other `=`.
///
/// ```text
/// saslname = 1*( value-safe-char / "=2C" / "=3D" )
/// ```
/// Spec: RFC 5802 §7.
pub(super) fn unescape(text: &str) -> Option<String> {
    let mut name = String::with_capacity(text.len());
    let mut parts = text.split('=');
    name.push_str(parts.next()?);
    for part in parts {
        let (sign, rest) = match part.strip_prefix("2C") {
            Some(rest) => (',', rest),
            None => ('=', part.strip_prefix("3D")?),
        };
        name.push(sign);
        name.push_str(rest);
    }
    Some(name)
}

fn mac(key: &[u8], message: &[u8]) -> [u8; HASH_BYTES] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message);
    to_array(tag.as_ref())
}

fn hash(message: &[u8]) -> [u8; HASH_BYTES] {
    to_array(digest::digest(&digest::SHA256, message).as_ref())
}

fn to_array(octets: &[u8]) -> [u8; HASH_BYTES] {
    octets.try_into().unwrap_or([0; HASH_BYTES])
}

fn same(a: &[u8], b: &[u8]) -> bool {
    subtle::ConstantTimeEq::ct_eq(a, b).into()
}
