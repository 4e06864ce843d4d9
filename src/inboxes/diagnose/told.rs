//! What is told about a wait in vain, and the form in which it is kept.

use uuid::Uuid;

use crate::model::{InboxId, MessageId, Timestamp};

/// What is known about a miss.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Diagnostics {
    /// One line that a person can act on.
    pub summary: String,
    /// Messages that came since the wait's beginning and did not match.
    pub arrived: u64,
    /// The ones among them that came closest, at most ten, the closest first.
    pub candidates: Vec<Candidate>,
    /// Messages that came before the wait's beginning: those that would have matched first, then the newest.
    pub excluded_by_since: Vec<Excluded>,
    /// Mail that went to a similar address.
    pub elsewhere: Vec<Misdirected>,
    /// Mail for these addresses that was refused lately, newest first.
    pub rejected: Vec<Refused>,
    /// Connections to SMTP and LMTP since the start of this server.
    pub connections: u64,
    /// When the last one came.
    pub last_connection_at: Option<Timestamp>,
    /// Messages that other inboxes of the project received lately.
    pub other_inboxes_received: u64,
}

/// A message that came close.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Candidate {
    pub(super) message: u128,
    /// When it was taken.
    pub received_at: Timestamp,
    /// The share of conditions that it meets, 0 to 1.
    pub score: f64,
    /// Each condition.
    pub conditions: Vec<ConditionTold>,
}

/// A condition and how a message met it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ConditionTold {
    /// Where it stands in the filter: `all/0`, or the name of a shorthand.
    pub path: String,
    /// Whether it is as wanted.
    pub passed: bool,
    /// The field.
    pub field: String,
    /// The header field's name.
    pub name: Option<String>,
    /// The op.
    pub op: String,
    /// What was looked for.
    pub expected: Option<String>,
    /// What is there.
    pub actual: Option<String>,
    /// Why it failed, as a stable word.
    pub hint: Option<String>,
}

/// A message that lies before the wait's beginning.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Excluded {
    pub(super) message: u128,
    /// Its subject.
    pub subject: String,
    /// How long before the wait's first call it was taken.
    pub before_ms: u64,
    /// Whether it meets all conditions.
    pub would_have_matched: bool,
}

/// Mail that went to a similar address.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Misdirected {
    /// That address.
    pub address: String,
    /// The inbox that took it; `None` when it was refused.
    pub(super) inbox: Option<u128>,
    /// How many letters differ.
    pub distance: u32,
    /// Whether it meets all conditions; of mail that was refused that is not known.
    pub would_have_matched: Option<bool>,
    /// The address that it is similar to.
    pub similar_to: String,
    /// What was answered when it was refused.
    pub reply: Option<String>,
}

/// Mail that was refused.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Refused {
    /// When.
    pub at: Timestamp,
    /// At which stage of the session, `RCPT`.
    pub stage: String,
    /// What was answered.
    pub reply: String,
    /// Why, as a stable word.
    pub cause: String,
    /// The reverse-path.
    pub envelope_from: Option<String>,
    /// The forward-path; `None` when it was refused before one was named.
    pub envelope_to: Option<String>,
}

/// First octet of what is kept: the form it is written in. What has another form is no longer read; it is kept for a
/// day at most.
const FORM: u8 = 1;

impl Diagnostics {
    /// As much of it as anyone may be told who may see the wait's own inboxes: the wait may have been made by someone
    /// who may see more.
    #[must_use]
    pub fn of_these_inboxes_alone(mut self) -> Self {
        self.elsewhere.clear();
        self.rejected.clear();
        self.other_inboxes_received = 0;
        self.summary = match self.arrived {
            0 => "No message arrived.".to_owned(),
            arrived => format!("Messages that arrived and did not match: {arrived}."),
        };
        self
    }

    /// As the log keeps it; `None` if it cannot be written.
    pub(in crate::inboxes) fn write(&self) -> Option<Vec<u8>> {
        postcard::to_extend(self, vec![FORM]).ok()
    }

    /// What [`Diagnostics::write`] wrote.
    pub(in crate::inboxes) fn read(record: &[u8]) -> Option<Self> {
        match record.split_first() {
            Some((&FORM, rest)) => postcard::from_bytes(rest).ok(),
            _ => None,
        }
    }
}

impl Candidate {
    /// The message's id.
    #[must_use]
    pub const fn id(&self) -> MessageId {
        MessageId::from_uuid(Uuid::from_u128(self.message))
    }
}

impl Excluded {
    /// The message's id.
    #[must_use]
    pub const fn id(&self) -> MessageId {
        MessageId::from_uuid(Uuid::from_u128(self.message))
    }
}

impl Misdirected {
    /// The inbox's id.
    #[must_use]
    pub fn inbox_id(&self) -> Option<InboxId> {
        self.inbox.map(|bits| InboxId::from_uuid(Uuid::from_u128(bits)))
    }
}
