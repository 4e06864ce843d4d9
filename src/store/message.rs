//! Single messages.

use std::fmt;

use sqlx::FromRow;
use uuid::Uuid;

use super::Error;
use super::blob;
use super::dialect::{Conn, on};
use super::inbox::parse_tags;
use crate::model::{
    Content, Flags, InboxId, MailboxId, Message, MessageId, ModSeq, Position, ProjectId, ReceiptId, Seq, Timestamp, Uid,
};

/// A message with what was read in its octets.
#[derive(Clone, Debug)]
pub struct StoredMessage {
    /// Its rows.
    pub message: Message,
    /// What its octets say.
    pub content: Content,
    /// Its place in the project's order of commits.
    pub position: Position,
    /// The version of its flags.
    pub mod_seq: ModSeq,
    /// The run of its inbox.
    pub run: Option<String>,
    pub(super) blob: i64,
}

/// The state of a message that someone has seen: it changes with its flags, keywords and tags, and with its place.
///
/// Each mailbox counts its mod-sequences by itself, so that one alone does not tell a message that has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageVersion {
    mailbox: MailboxId,
    uid: Uid,
    mod_seq: ModSeq,
}

impl StoredMessage {
    /// Its version as it was read.
    #[must_use]
    pub fn version(&self) -> MessageVersion {
        MessageVersion { mailbox: self.message.mailbox, uid: self.message.uid, mod_seq: self.mod_seq }
    }
}

impl fmt::Display for MessageVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.mailbox, self.uid.get(), self.mod_seq.0)
    }
}

/// What every query of messages selects, in the fields of [`Row`]; `$agg` joins keywords with spaces.
macro_rules! select {
    ($agg:literal) => {
        concat!(
            "SELECT m.id, m.project_id, m.position, m.inbox_id, m.seq, m.mailbox_id, x.name AS folder, m.uid, e.flags, \
             e.mod_seq, m.blob_id, m.receipt_id, m.received_at, m.size, m.delivered_to, m.tags, b.digest, b.content, \
             (SELECT i.run_id FROM inbox i WHERE i.id = m.inbox_id) AS run_id, (SELECT ", $agg, " FROM entry_keyword ek JOIN keyword k ON k.mailbox_id = ek.mailbox_id AND \
             k.number = ek.number WHERE ek.mailbox_id = m.mailbox_id AND ek.uid = m.uid) AS keywords \
             FROM message m JOIN entry e ON e.mailbox_id = m.mailbox_id AND e.uid = m.uid \
             JOIN mailbox x ON x.id = m.mailbox_id JOIN blob b ON b.id = m.blob_id "
        )
    };
}
pub(super) use select;

#[derive(FromRow)]
pub(super) struct Row {
    id: Uuid,
    project_id: Uuid,
    position: i64,
    inbox_id: Uuid,
    seq: i64,
    mailbox_id: Uuid,
    folder: String,
    uid: i64,
    flags: i64,
    mod_seq: i64,
    blob_id: i64,
    receipt_id: Uuid,
    received_at: i64,
    size: i64,
    delivered_to: String,
    tags: String,
    digest: Vec<u8>,
    content: Vec<u8>,
    run_id: Option<String>,
    keywords: Option<String>,
}

const GET_SQLITE: &str = concat!(select!("group_concat(k.name, ' ')"), "WHERE m.id = $1");
const GET_POSTGRES: &str = concat!(select!("string_agg(k.name, ' ' ORDER BY k.number)"), "WHERE m.id = $1");

/// The message `id`.
pub(super) async fn get(conn: &mut Conn, id: MessageId) -> Result<Option<StoredMessage>, Error> {
    let sql = conn.dialect().pick(GET_SQLITE, GET_POSTGRES);
    let row: Option<Row> = on!(conn, c => sqlx::query_as(sql).bind(id.uuid()).fetch_optional(c).await)?;
    row.map(stored).transpose()
}

/// The message `id` where it still lies in `inbox`, which is locked: until then another call may have moved it.
///
/// # Errors
/// [`Error::Changed`] when it is not of the version that is expected.
pub(super) async fn get_in(
    conn: &mut Conn,
    inbox: InboxId,
    id: MessageId,
    if_version: Option<MessageVersion>,
) -> Result<Option<StoredMessage>, Error> {
    let found = get(conn, id).await?.filter(|stored| stored.message.inbox == inbox);
    if let (Some(stored), Some(version)) = (&found, if_version)
        && stored.version() != version
    {
        return Err(Error::Changed);
    }
    Ok(found)
}

pub(super) fn stored(row: Row) -> Result<StoredMessage, Error> {
    let message = Message {
        id: MessageId::from_uuid(row.id),
        project: ProjectId::from_uuid(row.project_id),
        inbox: InboxId::from_uuid(row.inbox_id),
        seq: Seq(row.seq),
        mailbox: MailboxId::from_uuid(row.mailbox_id),
        folder: row.folder,
        uid: Uid::new(row.uid).ok_or(Error::Damaged("uid"))?,
        flags: Flags::from_bits(u8::try_from(row.flags).unwrap_or(0)),
        keywords: row.keywords.map(|text| text.split(' ').map(str::to_owned).collect()).unwrap_or_default(),
        tags: parse_tags(&row.tags),
        received_at: Timestamp::from_micros(row.received_at),
        size: u64::try_from(row.size).unwrap_or(0),
        digest: row.digest.try_into().map_err(|_| Error::Damaged("digest"))?,
        delivered_to: row.delivered_to.split('\n').map(str::to_owned).collect(),
        receipt: ReceiptId::from_uuid(row.receipt_id),
    };
    Ok(StoredMessage {
        message,
        content: blob::parse_content(&row.content)?,
        position: Position(row.position),
        mod_seq: ModSeq(row.mod_seq),
        run: row.run_id,
        blob: row.blob_id,
    })
}

/// `$1` message, `$2` tags.
const SET_TAGS: &str = "UPDATE message SET tags = $2 WHERE id = $1";

/// Replaces the tags of a message whose inbox is locked.
pub(super) async fn set_tags(conn: &mut Conn, id: MessageId, tags: &[String]) -> Result<(), Error> {
    let tags = super::inbox::write_tags(tags);
    on!(conn, c => sqlx::query(SET_TAGS).bind(id.uuid()).bind(tags).execute(c).await.map(drop))?;
    Ok(())
}
