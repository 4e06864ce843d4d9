//! Why a call of the service failed. Each front-end has one table from this to its own answers.

use crate::model::Timestamp;
use crate::store;

/// What went wrong, in the words of the house.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or the caller may not know of it.
    #[error("no such {what}")]
    NotFound {
        /// `inbox`, `message`, `folder`, `attachment`.
        what: &'static str,
    },
    /// The caller's key is narrowed to other inboxes than the one that would be made.
    #[error("the key is narrowed to {to}, and the inbox would lie outside")]
    Narrowed {
        /// `one inbox`, `another run`.
        to: &'static str,
    },
    /// Only who holds the root key may do it.
    #[error("only the root key may do this")]
    RootOnly,
    /// Another project has the name.
    #[error("another project has this name")]
    NameTaken,
    /// Another project has one of the domains.
    #[error("another project has one of these domains")]
    DomainTaken,
    /// The project has inboxes.
    #[error("the project has inboxes")]
    ProjectNotEmpty,
    /// The project may have no more inboxes.
    #[error("the project has its {limit} inboxes, which is its quota")]
    TooManyInboxes {
        /// The quota.
        limit: u64,
    },
    /// The inbox is a tombstone.
    #[error("the inbox has expired")]
    Expired {
        /// When its time came, where that is known.
        at: Option<Timestamp>,
    },
    /// The inbox takes no mail.
    #[error("the inbox is frozen and takes no mail")]
    Frozen,
    /// Another inbox has the address.
    #[error("the address {address} is taken by another inbox")]
    AddressTaken {
        /// The address.
        address: String,
    },
    /// The name was used for an inbox with other settings.
    #[error("client_ref was used before for an inbox with other settings")]
    ClientRefConflict,
    /// The domain is not one of ours.
    #[error("the domain {domain} is not hosted here; hosted are {hosted}")]
    DomainNotHosted {
        /// What was asked for.
        domain: String,
        /// What could be asked for.
        hosted: String,
    },
    /// There is one of this name.
    #[error("there is a {what} of this name")]
    AlreadyExists {
        /// `folder`.
        what: &'static str,
    },
    /// The folder holds messages.
    #[error("the folder has messages")]
    NotEmpty,
    /// Mail comes into this folder: it stays.
    #[error("INBOX is where mail comes in: it cannot be removed")]
    Protected,
    /// The quota leaves no room.
    #[error("the inbox is full: its quota is {limit} {unit}")]
    OverQuota {
        /// The quota.
        limit: u64,
        /// `messages` or `bytes`.
        unit: &'static str,
    },
    /// More octets than are taken.
    #[error("the message has {size} octets, more than the {limit} that are taken")]
    TooLarge {
        /// What came.
        size: u64,
        /// What is taken.
        limit: u64,
    },
    /// A field of the request may not be so.
    #[error("{reason}")]
    Invalid {
        /// JSON pointer to the field, `/local_part`.
        pointer: String,
        /// Why, and what it may be.
        reason: String,
    },
    /// The cursor is of another inbox or of another life of the store.
    #[error("the cursor is not one of this {of}: {why}")]
    CursorInvalid {
        /// `inbox` or `project`.
        of: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Someone changed it since it was read.
    #[error("it has changed since it was read")]
    Changed,
    /// As many waits as may be are under way.
    #[error("{limit} waits are under way, which is the limit of {setting}")]
    TooManyWaits {
        /// How many.
        limit: usize,
        /// The setting that says so: `http.max_waits`, or `http.max_waits_per_key`.
        setting: &'static str,
    },
    /// User name or password is wrong; which of them is not said.
    #[error("wrong user name or password")]
    Denied,
    /// There is no room on the disk.
    #[error("the disk is full")]
    DiskFull,
    /// Nothing more is taken until a restart.
    #[error("the store takes nothing more")]
    StoreClosed,
    /// The store failed or cannot be reached; later it may be well.
    #[error("the store failed; try again")]
    Store(#[source] Box<store::Error>),
}

/// Why RCPT was refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no inbox of this address, and none is made.
    #[error("no such inbox here")]
    UnknownInbox,
    /// The inbox is a tombstone.
    #[error("this inbox has expired")]
    Expired,
    /// The inbox takes no mail.
    #[error("this inbox is frozen and takes no mail")]
    Frozen,
    /// The quota leaves no room.
    #[error("this inbox is full")]
    OverQuota,
    /// The address asks for exactly this answer.
    #[error("{code} {text}")]
    Scripted {
        /// 400..=599.
        code: u16,
        /// Printable ASCII.
        text: String,
    },
    /// The store could not tell.
    #[error(transparent)]
    Store(Error),
}

impl Error {
    /// [`Error::Invalid`] for the field at `pointer`.
    pub(crate) fn invalid(pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid { pointer: pointer.into(), reason: reason.into() }
    }

    /// The same for a field that stands below `place`.
    pub(super) fn below(self, place: &str) -> Self {
        match self {
            Self::Invalid { pointer, reason } => Self::Invalid { pointer: format!("{place}{pointer}"), reason },
            other => other,
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NoInbox(_) => Self::NotFound { what: "inbox" },
            store::Error::NoProject(_) => Self::NotFound { what: "project" },
            store::Error::ProjectNotEmpty(_) => Self::ProjectNotEmpty,
            store::Error::TooManyInboxes { limit } => Self::TooManyInboxes { limit },
            store::Error::Frozen(_) => Self::Frozen,
            store::Error::Expired(_) => Self::Expired { at: None },
            store::Error::OverQuota { limit, unit, .. } => Self::OverQuota { limit, unit },
            store::Error::NoMailbox => Self::NotFound { what: "folder" },
            store::Error::NotEmpty => Self::NotEmpty,
            store::Error::TooMany { .. } => Self::invalid("", error.to_string()),
            store::Error::Taken(store::Constraint::Mailbox) => Self::AlreadyExists { what: "folder" },
            store::Error::Changed => Self::Changed,
            store::Error::DiskFull => Self::DiskFull,
            store::Error::Closed => Self::StoreClosed,
            other => Self::Store(Box::new(other)),
        }
    }
}
