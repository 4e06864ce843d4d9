//! Why a key was refused, or could not be made.

use crate::model::Scope;
use crate::store;

/// What went wrong, in the words of the house.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No key was shown, or one that is not known.
    #[error("this server wants a key, and the one shown is missing or wrong")]
    Wrong,
    /// The key's time came, or that of its secret after a rotation.
    #[error("the key has expired")]
    Expired,
    /// Too many wrong keys came from the address.
    #[error("too many wrong keys came from this address")]
    Throttled {
        /// Seconds after which another try is looked at.
        retry_after_s: u32,
    },
    /// There is no such thing, or the caller may not know of it.
    #[error("no such {what}")]
    NotFound {
        /// `key`, `project`.
        what: &'static str,
    },
    /// The new key would open more than the one that makes it.
    #[error("a key cannot make one that is wider than itself: {wider}")]
    Escalation {
        /// What would be wider.
        wider: String,
    },
    /// A field of the request may not be so.
    #[error("{reason}")]
    Invalid {
        /// JSON pointer to the field, `/scopes`.
        pointer: &'static str,
        /// Why, and what it may be.
        reason: String,
    },
    /// There is no randomness to be had.
    #[error("no random numbers can be had")]
    NoRandomness,
    /// The store failed.
    #[error("the store failed; try again")]
    Store(#[from] store::Error),
}

impl Error {
    pub(super) fn invalid(pointer: &'static str, reason: impl Into<String>) -> Self {
        Self::Invalid { pointer, reason: reason.into() }
    }

    pub(super) fn lacks(scope: Scope) -> Self {
        Self::Escalation { wider: format!("it has not the scope {scope}") }
    }
}
