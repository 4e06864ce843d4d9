//! Mailboxes of an inbox: which there are, what they hold, and how they come and go.

use uuid::Uuid;

use super::dialect::{Conn, on};
use super::event::{self, NewEvent};
use super::handle::Store;
use super::{Error, inbox};
use crate::model::event::EventKind;
use crate::model::{InboxId, MailboxId, ModSeq, Timestamp, UidValidity};

/// A mailbox with what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// Its public id.
    pub id: MailboxId,
    /// Its name, unique in its inbox.
    pub name: String,
    /// Tells whether remembered UIDs still mean the same messages.
    pub uid_validity: UidValidity,
    /// Above every UID that was given so far.
    pub uid_next: i64,
    /// The highest mod-sequence that was given so far.
    pub highest_mod_seq: ModSeq,
    /// When it was made.
    pub created_at: Timestamp,
    /// Messages.
    pub messages: u64,
    /// Messages without `\Seen`.
    pub unseen: u64,
    /// Octets of all messages as received.
    pub bytes: u64,
}

type Row = (Uuid, String, i64, i64, i64, i64, i64, i64, i64);

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT x.id, x.name, x.uid_validity, x.uid_next, x.highest_mod_seq, x.created_at, COUNT(e.uid), \
             CAST(COALESCE(SUM(CASE WHEN (e.flags & 1) = 0 THEN 1 ELSE 0 END), 0) AS BIGINT), \
             CAST(COALESCE(SUM(e.size), 0) AS BIGINT) \
             FROM mailbox x LEFT JOIN entry e ON e.mailbox_id = x.id WHERE ",
            $condition,
            " GROUP BY x.id ORDER BY x.created_at, x.id"
        )
    };
}

/// `$1` inbox.
const ALL: &str = select!("x.inbox_id = $1");
/// `$1` inbox, `$2` name.
const BY_NAME: &str = select!("x.inbox_id = $1 AND x.name = $2");
/// `$1` inbox, `$2` mailbox.
const BY_ID: &str = select!("x.inbox_id = $1 AND x.id = $2");
/// `$1` inbox, `$2` name.
const FIND: &str = "SELECT id FROM mailbox WHERE inbox_id = $1 AND name = $2";
/// `$1` inbox.
const COUNT: &str = "SELECT COUNT(*) FROM mailbox WHERE inbox_id = $1";
/// `$1` mailbox.
const IS_USED: &str = "SELECT uid FROM entry WHERE mailbox_id = $1 LIMIT 1";
/// `$1` mailbox, each.
const DELETE: [&str; 3] = [
    "DELETE FROM vanished WHERE mailbox_id = $1",
    "DELETE FROM keyword WHERE mailbox_id = $1",
    "DELETE FROM mailbox WHERE id = $1",
];

/// Most mailboxes of an inbox.
const MOST: i64 = 500;

impl Store {
    /// The mailboxes of an inbox, the oldest, `INBOX`, first.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn mailboxes(&self, inbox: InboxId) -> Result<Vec<Mailbox>, Error> {
        let mut conn = self.read().await?;
        let rows: Vec<Row> = on!(&mut conn, c => sqlx::query_as(ALL).bind(inbox.uuid()).fetch_all(c).await)?;
        rows.into_iter().map(mailbox).collect()
    }

    /// The mailbox of this id.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn mailbox(&self, inbox: InboxId, id: MailboxId) -> Result<Option<Mailbox>, Error> {
        let mut conn = self.read().await?;
        let row: Option<Row> =
            on!(&mut conn, c => sqlx::query_as(BY_ID).bind(inbox.uuid()).bind(id.uuid()).fetch_optional(c).await)?;
        row.map(mailbox).transpose()
    }

    /// The mailbox of this name.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn mailbox_by_name(&self, inbox: InboxId, name: &str) -> Result<Option<Mailbox>, Error> {
        by_name(&mut self.read().await?, inbox, name).await
    }

    /// Makes a mailbox.
    ///
    /// # Errors
    /// [`Error::Taken`] for the name, [`Error::TooMany`], [`Error::NoInbox`].
    pub async fn create_mailbox(&self, id: InboxId, name: String) -> Result<Mailbox, Error> {
        let now = self.clock().now();
        self.write(move |conn| {
            let name = name.clone();
            Box::pin(async move {
                let locked = inbox::lock(conn, id).await?;
                let (count,): (i64,) = on!(conn, c => sqlx::query_as(COUNT).bind(id.uuid()).fetch_one(c).await)?;
                if count >= MOST {
                    return Err(Error::TooMany { what: "folders", limit: MOST });
                }
                inbox::create_mailbox(conn, id, &name, None, now).await?;
                let updated = NewEvent { kind: EventKind::InboxUpdated, inbox: Some(id), message: None };
                event::append(conn, locked.project, now, &[updated]).await?;
                by_name(conn, id, &name).await?.ok_or(Error::NoMailbox)
            })
        })
        .await
    }

    /// Removes a mailbox that holds nothing.
    ///
    /// # Errors
    /// [`Error::NotEmpty`], [`Error::NoInbox`].
    pub async fn delete_mailbox(&self, id: InboxId, mailbox: MailboxId) -> Result<(), Error> {
        let now = self.clock().now();
        self.write(move |conn| {
            Box::pin(async move {
                let locked = inbox::lock(conn, id).await?;
                let used: Option<(i64,)> =
                    on!(conn, c => sqlx::query_as(IS_USED).bind(mailbox.uuid()).fetch_optional(c).await)?;
                if used.is_some() {
                    return Err(Error::NotEmpty);
                }
                for sql in DELETE {
                    on!(conn, c => sqlx::query(sql).bind(mailbox.uuid()).execute(c).await.map(drop))?;
                }
                let updated = NewEvent { kind: EventKind::InboxUpdated, inbox: Some(id), message: None };
                event::append(conn, locked.project, now, &[updated]).await
            })
        })
        .await
    }
}

/// The id of the mailbox of this name in an inbox that is locked.
///
/// # Errors
/// [`Error::NoMailbox`].
pub(super) async fn find(conn: &mut Conn, inbox: InboxId, name: &str) -> Result<MailboxId, Error> {
    let row: Option<(Uuid,)> =
        on!(conn, c => sqlx::query_as(FIND).bind(inbox.uuid()).bind(name).fetch_optional(c).await)?;
    row.map(|(id,)| MailboxId::from_uuid(id)).ok_or(Error::NoMailbox)
}

async fn by_name(conn: &mut Conn, inbox: InboxId, name: &str) -> Result<Option<Mailbox>, Error> {
    let row: Option<Row> =
        on!(conn, c => sqlx::query_as(BY_NAME).bind(inbox.uuid()).bind(name).fetch_optional(c).await)?;
    row.map(mailbox).transpose()
}

fn mailbox(row: Row) -> Result<Mailbox, Error> {
    let number = |number: i64| u64::try_from(number).unwrap_or(0);
    Ok(Mailbox {
        id: MailboxId::from_uuid(row.0),
        name: row.1,
        uid_validity: UidValidity::new(row.2).ok_or(Error::Damaged("UIDVALIDITY"))?,
        uid_next: row.3,
        highest_mod_seq: ModSeq(row.4),
        created_at: Timestamp::from_micros(row.5),
        messages: number(row.6),
        unseen: number(row.7),
        bytes: number(row.8),
    })
}
