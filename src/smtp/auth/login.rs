//! LOGIN: two prompts, two answers. No RFC; draft-murchison-sasl-login says what everyone does.

use super::exchange::{Checks, Exchange, Step, credentials, malformed};

/// What is asked for.
#[derive(Debug)]
pub(crate) enum Login {
    Username,
    Password { username: String },
}

impl Login {
    pub(super) const fn prompt(&self) -> &'static [u8] {
        match self {
            Self::Username => b"Username:",
            Self::Password { .. } => b"Password:",
        }
    }

    pub(super) fn respond(self, response: &[u8], checks: &Checks<'_>) -> Step {
        let Ok(text) = std::str::from_utf8(response) else { return malformed() };
        match self {
            Self::Username if text.is_empty() || text.contains(char::is_control) => malformed(),
            Self::Username => {
                let next = Self::Password { username: text.to_owned() };
                let prompt = next.prompt().to_vec();
                Step::Challenge(Exchange::Login(next), prompt)
            }
            Self::Password { username } => {
                let name = username.clone();
                credentials(Exchange::Login(Self::Password { username }), &name, text, checks)
            }
        }
    }
}
