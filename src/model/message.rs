//! A message in an inbox.

use super::{Flags, InboxId, MailboxId, MessageId, ProjectId, ReceiptId, Seq, Timestamp, Uid};

/// What is kept of one message in one inbox besides its octets, its [`super::Content`] and its [`super::Receipt`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its public id.
    pub id: MessageId,
    /// The project it belongs to.
    pub project: ProjectId,
    /// The inbox it lies in.
    pub inbox: InboxId,
    /// Its place in the inbox's order of commits.
    pub seq: Seq,
    /// The mailbox it lies in.
    pub mailbox: MailboxId,
    /// That mailbox's name, `INBOX`.
    pub folder: String,
    /// Its number there.
    pub uid: Uid,
    /// The system flags.
    pub flags: Flags,
    /// The keywords, in the order in which the mailbox learned them.
    pub keywords: Vec<String>,
    /// The user's tags, sorted.
    pub tags: Vec<String>,
    /// When we took it. IMAP calls it INTERNALDATE.
    pub received_at: Timestamp,
    /// Octets as received.
    pub size: u64,
    /// SHA-256 of the octets.
    pub digest: [u8; 32],
    /// The forward-paths of this transaction that led to this inbox, as written.
    pub delivered_to: Vec<String>,
    /// What was noted when it was taken.
    pub receipt: ReceiptId,
}
