//! An inbox: one disposable address with its rules.

use std::collections::BTreeMap;

use super::{Address, InboxId, ProjectId, Seq, Timestamp};

/// One inbox as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inbox {
    /// Its public id.
    pub id: InboxId,
    /// The project it belongs to.
    pub project: ProjectId,
    /// Its address.
    pub address: Address,
    /// Whether it takes mail.
    pub state: InboxState,
    /// The user's tags, sorted.
    pub tags: Vec<String>,
    /// The user's own facts.
    pub metadata: BTreeMap<String, String>,
    /// The CI run that it belongs to.
    pub run: Option<String>,
    /// The caller's own name for it, unique in the project: creating twice with one name gives one inbox.
    pub client_ref: Option<String>,
    /// The provider that it imitates over IMAP.
    pub persona: Option<String>,
    /// What it may hold; `None` in a field is no limit.
    pub quota: Quota,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its mail is removed; `None` never.
    pub expires_at: Option<Timestamp>,
    /// The last number that a message of it was given.
    pub last_seq: Seq,
    /// What it holds.
    pub counts: Counts,
    /// Changes with every change of the settings; the base of its `ETag`.
    pub version: i64,
}

/// Whether an inbox takes mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InboxState {
    /// It takes mail.
    Active,
    /// It keeps what it has and refuses more.
    Frozen,
    /// Its time came: its messages are gone, and late mail is told so.
    Expired,
}

impl InboxState {
    /// `active`, `frozen`, `expired`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Frozen => "frozen",
            Self::Expired => "expired",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Frozen, Self::Expired].into_iter().find(|state| state.as_str() == text)
    }
}

/// What an inbox may hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// Most messages.
    pub max_messages: Option<u64>,
    /// Most octets, of all messages as received.
    pub max_bytes: Option<u64>,
    /// What happens to a message that does not fit.
    pub on_full: OnFull,
}

/// What a full inbox does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFull {
    /// It refuses, so that the sender sees `452 4.2.2`.
    #[default]
    Reject,
    /// It removes its oldest messages until the new one fits.
    EvictOldest,
}

/// What an inbox holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages, in all folders.
    pub messages: u64,
    /// Messages without `\Seen`.
    pub unseen: u64,
    /// Octets of all messages as received.
    pub bytes: u64,
}
