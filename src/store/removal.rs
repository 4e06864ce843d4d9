//! Messages leave: rows, numbers, octets that no one else uses; each with its event.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use uuid::Uuid;

use super::Error;
use super::dialect::{Conn, on};
use super::event::{self, NewEvent};
use super::flags::take_mod_seq;
use super::multi_row::{MultiRow, pieces};
use crate::model::event::EventKind;
use crate::model::{Flags, InboxId, MailboxId, MessageId, ProjectId, Timestamp};

/// Most messages that leave in one transaction, so that mail never waits long behind a clean-up.
pub(super) const CHUNK: i64 = 500;

/// What left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Messages.
    pub messages: i64,
    /// Their octets.
    pub bytes: i64,
    /// The highest mod-sequence that their leaving was given.
    pub(super) mod_seq: Option<i64>,
}

/// message, seq, mailbox, uid, blob, receipt, size, flags
type Leaving = (Uuid, i64, Uuid, i64, i64, Uuid, i64, i64);

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT m.id, m.seq, m.mailbox_id, m.uid, m.blob_id, m.receipt_id, m.size, e.flags FROM message m \
             JOIN entry e ON e.mailbox_id = m.mailbox_id AND e.uid = m.uid WHERE ",
            $condition
        )
    };
}

/// `$1` inbox, `$2` seq above, `$3` seq up to, `$4` most.
const OLDEST: &str = select!("m.inbox_id = $1 AND m.seq > $2 AND m.seq <= $3 ORDER BY m.seq LIMIT $4");
/// `$1` message, `$2` inbox.
const ONE: &str = select!("m.id = $1 AND m.inbox_id = $2");

/// Each row: message.
static THESE: MultiRow = MultiRow::rows(select!("m.id IN ("), "?", ") ORDER BY m.seq");

/// Removes up to [`CHUNK`] of the oldest messages, up to seq `until`, of an inbox that is locked.
pub(super) async fn remove_oldest(
    conn: &mut Conn,
    project: ProjectId,
    inbox: InboxId,
    until: i64,
    kind: EventKind,
    now: Timestamp,
) -> Result<Removed, Error> {
    let rows = oldest(conn, inbox, until).await?;
    remove(conn, project, inbox, &rows, kind, now).await
}

/// Removes one message of an inbox that is locked; removes nothing when it does not lie there.
pub(super) async fn remove_one(
    conn: &mut Conn,
    project: ProjectId,
    inbox: InboxId,
    message: MessageId,
    kind: EventKind,
    now: Timestamp,
) -> Result<Removed, Error> {
    let rows: Vec<Leaving> =
        on!(conn, c => sqlx::query_as(ONE).bind(message.uuid()).bind(inbox.uuid()).fetch_all(c).await)?;
    remove(conn, project, inbox, &rows, kind, now).await
}

/// Removes these messages, which lie in an inbox that is locked.
pub(super) async fn remove_these(
    conn: &mut Conn,
    project: ProjectId,
    inbox: InboxId,
    messages: &[MessageId],
    kind: EventKind,
    now: Timestamp,
) -> Result<Removed, Error> {
    let mut leaving: Vec<Leaving> = Vec::with_capacity(messages.len());
    for piece in pieces(messages) {
        let sql = THESE.sql(conn.dialect(), piece.len());
        leaving.extend(on!(conn, c => {
            let mut query = sqlx::query_as::<_, Leaving>(sql);
            for message in piece {
                query = query.bind(message.uuid());
            }
            query.fetch_all(c).await
        })?);
    }
    remove(conn, project, inbox, &leaving, kind, now).await
}

/// Makes room by removing the oldest messages until `messages` and `bytes` are free, a [`CHUNK`] at most.
pub(super) async fn evict_oldest(
    conn: &mut Conn,
    project: ProjectId,
    inbox: InboxId,
    messages: i64,
    bytes: i64,
    now: Timestamp,
) -> Result<Removed, Error> {
    let mut rows = oldest(conn, inbox, i64::MAX).await?;
    let (mut freed_messages, mut freed_bytes) = (0, 0);
    rows.retain(|row| {
        let is_needed = freed_messages < messages || freed_bytes < bytes;
        if is_needed {
            freed_messages += 1;
            freed_bytes += row.6;
        }
        is_needed
    });
    remove(conn, project, inbox, &rows, EventKind::MessageExpired, now).await
}

async fn oldest(conn: &mut Conn, inbox: InboxId, until: i64) -> Result<Vec<Leaving>, Error> {
    Ok(on!(conn, c => sqlx::query_as(OLDEST).bind(inbox.uuid()).bind(0_i64).bind(until).bind(CHUNK)
        .fetch_all(c).await)?)
}

static VANISH: MultiRow = MultiRow::rows("INSERT INTO vanished (mailbox_id, uid, mod_seq) VALUES ", "(?,?,?)", "");
static DELETE_MESSAGES: MultiRow = MultiRow::rows("DELETE FROM message WHERE id IN (", "?", ")");
static RELEASE_BLOBS: MultiRow = MultiRow::rows(
    "UPDATE blob SET refs = refs - v.column2 FROM (VALUES ",
    "(?,?)",
    ") AS v WHERE blob.id = v.column1",
);
static DELETE_BLOBS: MultiRow = MultiRow::rows("DELETE FROM blob WHERE refs <= 0 AND id IN (", "?", ")");
static RELEASE_RECEIPTS: MultiRow = MultiRow::rows(
    "UPDATE receipt SET refs = refs - v.column2 FROM (VALUES ",
    "(?,?)",
    ") AS v WHERE receipt.id = v.column1",
);
static DELETE_RECEIPTS: MultiRow = MultiRow::rows("DELETE FROM receipt WHERE refs <= 0 AND id IN (", "?", ")");

/// `$1` mailbox, `$2` uid.
const DELETE_ENTRY: &str = "DELETE FROM entry WHERE mailbox_id = $1 AND uid = $2";
const DELETE_KEYWORDS: &str = "DELETE FROM entry_keyword WHERE mailbox_id = $1 AND uid = $2";
/// `$1` inbox, `$2` messages, `$3` unseen ones, `$4` octets.
const COUNT: &str = "UPDATE inbox SET messages = messages - $2, unseen = unseen - $3, bytes = bytes - $4 WHERE id = $1";

async fn remove(
    conn: &mut Conn,
    project: ProjectId,
    inbox: InboxId,
    rows: &[Leaving],
    kind: EventKind,
    now: Timestamp,
) -> Result<Removed, Error> {
    if rows.is_empty() {
        return Ok(Removed::default());
    }
    let mut mod_seqs: BTreeMap<Uuid, i64> = BTreeMap::new();
    for row in rows {
        if let Entry::Vacant(mailbox) = mod_seqs.entry(row.2) {
            mailbox.insert(take_mod_seq(conn, MailboxId::from_uuid(row.2)).await?.0);
        }
    }
    remove_entries(conn, rows, &mod_seqs).await?;
    release_blobs(conn, rows).await?;
    release_receipts(conn, rows).await?;
    let seen = i64::from(Flags::SEEN.bits());
    let removed = Removed {
        messages: i64::try_from(rows.len()).unwrap_or(i64::MAX),
        bytes: rows.iter().map(|row| row.6).sum(),
        mod_seq: mod_seqs.values().max().copied(),
    };
    let unseen = rows.iter().filter(|row| row.7 & seen == 0).count();
    on!(conn, c => sqlx::query(COUNT).bind(inbox.uuid()).bind(removed.messages)
        .bind(i64::try_from(unseen).unwrap_or(0)).bind(removed.bytes).execute(c).await.map(drop))?;
    let events: Vec<NewEvent> = rows
        .iter()
        .map(|row| NewEvent { kind, inbox: Some(inbox), message: Some(MessageId::from_uuid(row.0)) })
        .collect();
    event::append(conn, project, now, &events).await?;
    Ok(removed)
}

async fn remove_entries(conn: &mut Conn, rows: &[Leaving], mod_seqs: &BTreeMap<Uuid, i64>) -> Result<(), Error> {
    for piece in pieces(rows) {
        let sql = VANISH.sql(conn.dialect(), piece.len());
        on!(conn, c => {
            let mut query = sqlx::query(sql);
            for row in piece {
                query = query.bind(row.2).bind(row.3).bind(mod_seqs.get(&row.2).copied().unwrap_or(0));
            }
            query.execute(c).await.map(drop)
        })?;
        let sql = DELETE_MESSAGES.sql(conn.dialect(), piece.len());
        on!(conn, c => {
            let mut query = sqlx::query(sql);
            for row in piece {
                query = query.bind(row.0);
            }
            query.execute(c).await.map(drop)
        })?;
    }
    for row in rows {
        on!(conn, c => sqlx::query(DELETE_KEYWORDS).bind(row.2).bind(row.3).execute(c).await.map(drop))?;
        on!(conn, c => sqlx::query(DELETE_ENTRY).bind(row.2).bind(row.3).execute(c).await.map(drop))?;
    }
    Ok(())
}

async fn release_blobs(conn: &mut Conn, rows: &[Leaving]) -> Result<(), Error> {
    let mut uses: BTreeMap<i64, i64> = BTreeMap::new();
    for row in rows {
        *uses.entry(row.4).or_default() += 1;
    }
    let uses: Vec<(i64, i64)> = uses.into_iter().collect();
    for piece in pieces(&uses) {
        let sql = RELEASE_BLOBS.sql(conn.dialect(), piece.len());
        on!(conn, c => {
            let mut query = sqlx::query(sql);
            for (blob, count) in piece {
                query = query.bind(*blob).bind(*count);
            }
            query.execute(c).await.map(drop)
        })?;
        let sql = DELETE_BLOBS.sql(conn.dialect(), piece.len());
        on!(conn, c => {
            let mut query = sqlx::query(sql);
            for (blob, _) in piece {
                query = query.bind(*blob);
            }
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

async fn release_receipts(conn: &mut Conn, rows: &[Leaving]) -> Result<(), Error> {
    let mut uses: BTreeMap<Uuid, i64> = BTreeMap::new();
    for row in rows {
        *uses.entry(row.5).or_default() += 1;
    }
    let uses: Vec<(Uuid, i64)> = uses.into_iter().collect();
    for piece in pieces(&uses) {
        let sql = RELEASE_RECEIPTS.sql(conn.dialect(), piece.len());
        on!(conn, c => {
            let mut query = sqlx::query(sql);
            for (receipt, count) in piece {
                query = query.bind(*receipt).bind(*count);
            }
            query.execute(c).await.map(drop)
        })?;
        let sql = DELETE_RECEIPTS.sql(conn.dialect(), piece.len());
        on!(conn, c => {
            let mut query = sqlx::query(sql);
            for (receipt, _) in piece {
                query = query.bind(*receipt);
            }
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(())
}
