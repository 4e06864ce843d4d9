//! What happened, in the order of commits.

use super::{EventId, InboxId, MessageId, Position, Timestamp};

/// One entry of a project's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its public id.
    pub id: EventId,
    /// Its place in the project's order of commits.
    pub position: Position,
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// The inbox that it happened to.
    pub inbox: Option<InboxId>,
    /// The message that it happened to.
    pub message: Option<MessageId>,
}

/// The kinds of [`Event`]; the text is part of the API's contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A message was stored.
    MessageReceived,
    /// Its flags, keywords, tags or folder changed.
    MessageUpdated,
    /// It was removed by a user.
    MessageDeleted,
    /// It was removed by expiry, quota or retention.
    MessageExpired,
    /// An inbox was made.
    InboxCreated,
    /// Its settings changed.
    InboxUpdated,
    /// It was removed by a user, with all its messages.
    InboxDeleted,
    /// Its time came: its messages are gone, its address answers "expired" for a while.
    InboxExpired,
}

impl EventKind {
    const TEXTS: [(Self, &'static str); 8] = [
        (Self::MessageReceived, "message.received"),
        (Self::MessageUpdated, "message.updated"),
        (Self::MessageDeleted, "message.deleted"),
        (Self::MessageExpired, "message.expired"),
        (Self::InboxCreated, "inbox.created"),
        (Self::InboxUpdated, "inbox.updated"),
        (Self::InboxDeleted, "inbox.deleted"),
        (Self::InboxExpired, "inbox.expired"),
    ];

    /// `message.received` and so on.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::TEXTS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, text)| text)
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::TEXTS.iter().find(|(_, known)| *known == text).map(|(kind, _)| *kind)
    }
}
