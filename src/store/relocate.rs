//! Messages change their place: into another mailbox of their inbox, or into another inbox.
//!
//! Either way a message keeps its id, octets, flags, keywords, tags and times, and gets a new UID; where it lay, its old
//! one has vanished. In another inbox it is new mail: it gets a seq and a position of its own there, so that whoever waits
//! finds it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use uuid::Uuid;

use super::dialect::{Conn, on};
use super::event::{self, NewEvent};
use super::flags::{set_keywords, take_mod_seq};
use super::multi_row::{MultiRow, pieces};
use super::{Error, inbox, mailbox, removal};
use crate::model::event::EventKind;
use crate::model::inbox::{Inbox, OnFull};
use crate::model::{Flags, InboxId, Keyword, MailboxId, MessageId, Timestamp, Uid};

/// Where a message lies, and what it counts for there.
#[derive(Clone, Debug)]
pub(super) struct Lying {
    pub(super) id: MessageId,
    pub(super) inbox: InboxId,
    pub(super) mailbox: MailboxId,
    pub(super) uid: Uid,
    pub(super) flags: Flags,
    pub(super) tags: String,
    size: i64,
}

static LYING: MultiRow = MultiRow::rows(
    "SELECT m.id, m.inbox_id, m.mailbox_id, m.uid, e.flags, m.tags, m.size FROM message m \
     JOIN entry e ON e.mailbox_id = m.mailbox_id AND e.uid = m.uid WHERE m.id IN (",
    "?",
    ") ORDER BY m.seq",
);

/// Those of `ids` that lie in `inbox`, which is locked, in order of their seq.
pub(super) async fn lying(conn: &mut Conn, inbox: InboxId, ids: &[MessageId]) -> Result<Vec<Lying>, Error> {
    let mut found = Vec::with_capacity(ids.len());
    for piece in pieces(ids) {
        let sql = LYING.sql(conn.dialect(), piece.len());
        let rows: Vec<(Uuid, Uuid, Uuid, i64, i64, String, i64)> = on!(conn, c => {
            let mut query = sqlx::query_as(sql);
            for id in piece {
                query = query.bind(id.uuid());
            }
            query.fetch_all(c).await
        })?;
        for (id, its_inbox, mailbox, uid, flags, tags, size) in rows {
            if its_inbox == inbox.uuid() {
                found.push(Lying {
                    id: MessageId::from_uuid(id),
                    inbox,
                    mailbox: MailboxId::from_uuid(mailbox),
                    uid: Uid::new(uid).ok_or(Error::Damaged("uid"))?,
                    flags: Flags::from_bits(u8::try_from(flags).unwrap_or(0)),
                    tags,
                    size,
                });
            }
        }
    }
    Ok(found)
}

/// Puts messages of `inbox`, which is locked, into its mailbox `folder`; gives those that did not lie there already.
/// Their events are the caller's to write.
///
/// # Errors
/// [`Error::NoMailbox`].
pub(super) async fn within(
    conn: &mut Conn,
    inbox: InboxId,
    ids: &[MessageId],
    folder: &str,
) -> Result<Vec<MessageId>, Error> {
    let target = mailbox::find(conn, inbox, folder).await?;
    let mut rows = lying(conn, inbox, ids).await?;
    rows.retain(|row| row.mailbox != target);
    shift(conn, &rows, target).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Each row: message, inbox, seq, project, how far before the project's last position.
static SETTLE: MultiRow = MultiRow::rows(
    "UPDATE message SET inbox_id = v.column2, seq = v.column3, position = p.last_position - v.column5 FROM (VALUES ",
    "(?,?,?,?,?)",
    ") AS v JOIN project p ON p.id = v.column4 WHERE message.id = v.column1",
);
/// `$1` inbox, `$2` messages, `$3` unseen ones, `$4` octets, `$5` numbers that were given.
const COUNT: &str = "UPDATE inbox SET messages = messages + $2, unseen = unseen + $3, bytes = bytes + $4, \
    last_seq = last_seq + $5 WHERE id = $1";

/// Puts messages of one inbox into the mailbox `folder` of another one; gives how many there were.
///
/// The log has `message.deleted` of the one inbox, then `message.received` of the other, for each.
///
/// # Errors
/// What keeps the other inbox from taking them; [`Error::NoMailbox`]. Nothing has moved then.
pub(super) async fn across(
    conn: &mut Conn,
    (from, to): (InboxId, InboxId),
    ids: &[MessageId],
    folder: &str,
    now: Timestamp,
) -> Result<usize, Error> {
    // In the order in which every node locks.
    let first = inbox::lock(conn, from.min(to)).await?;
    let second = inbox::lock(conn, from.max(to)).await?;
    let target = if first.id == to { first } else { second };
    let rows = lying(conn, from, ids).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let mailbox = mailbox::find(conn, to, folder).await?;
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let bytes: i64 = rows.iter().map(|row| row.size).sum();
    let unseen = rows.iter().filter(|row| !row.flags.contains(Flags::SEEN)).count();
    let unseen = i64::try_from(unseen).unwrap_or(0);
    make_room(conn, &target, count, bytes, now).await?;
    shift(conn, &rows, mailbox).await?;
    for (inbox, sign, numbers) in [(from, -1, 0), (to, 1, count)] {
        on!(conn, c => sqlx::query(COUNT).bind(inbox.uuid()).bind(sign * count).bind(sign * unseen)
            .bind(sign * bytes).bind(numbers).execute(c).await.map(drop))?;
    }
    let events: Vec<NewEvent> = rows
        .iter()
        .flat_map(|row| {
            [(EventKind::MessageDeleted, from), (EventKind::MessageReceived, to)].map(|(kind, inbox)| NewEvent {
                kind,
                inbox: Some(inbox),
                message: Some(row.id),
            })
        })
        .collect();
    event::append(conn, target.project, now, &events).await?;
    // The events hold the project's row: few trips to the database are left from here on.
    let numbered: Vec<(MessageId, i64, i64)> = rows
        .iter()
        .zip(target.last_seq.0 + 1..)
        .enumerate()
        .map(|(place, (row, seq))| (row.id, seq, event::before_last(events.len(), 2 * place + 1)))
        .collect();
    for piece in pieces(&numbered) {
        let sql = SETTLE.sql(conn.dialect(), piece.len());
        on!(conn, c => {
            let mut query = sqlx::query(sql);
            for (id, seq, before) in piece {
                query = query.bind(id.uuid()).bind(to.uuid()).bind(*seq).bind(target.project.uuid()).bind(*before);
            }
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(rows.len())
}

/// Sees to it that the inbox takes this much, by the rules that hold for mail.
async fn make_room(conn: &mut Conn, target: &Inbox, count: i64, bytes: i64, now: Timestamp) -> Result<(), Error> {
    if !super::takes_mail(target, now) {
        let is_over = target.expires_at.is_some_and(|at| at <= now);
        let is_expired = is_over || target.state == crate::model::inbox::InboxState::Expired;
        return Err(if is_expired { Error::Expired(target.id) } else { Error::Frozen(target.id) });
    }
    let over = |limit: Option<u64>, held: u64, more: i64| {
        let held = i64::try_from(held).unwrap_or(i64::MAX).saturating_add(more);
        limit.map_or(0, |limit| held.saturating_sub(i64::try_from(limit).unwrap_or(i64::MAX)))
    };
    let messages_over = over(target.quota.max_messages, target.counts.messages, count);
    let bytes_over = over(target.quota.max_bytes, target.counts.bytes, bytes);
    if messages_over <= 0 && bytes_over <= 0 {
        return Ok(());
    }
    if target.quota.on_full == OnFull::EvictOldest {
        let gone = removal::evict_oldest(conn, target.project, target.id, messages_over, bytes_over, now).await?;
        if gone.messages >= messages_over && gone.bytes >= bytes_over {
            return Ok(());
        }
    }
    let (limit, unit) =
        if messages_over > 0 { (target.quota.max_messages, "messages") } else { (target.quota.max_bytes, "bytes") };
    Err(Error::OverQuota { inbox: target.id, limit: limit.unwrap_or_default(), unit })
}

static VANISH: MultiRow = MultiRow::rows("INSERT INTO vanished (mailbox_id, uid, mod_seq) VALUES ", "(?,?,?)", "");
/// `$1` mailbox, `$2` how many. Gives the first UID and the new highest mod-sequence.
const TAKE_UIDS: &str = "UPDATE mailbox SET uid_next = uid_next + $2, highest_mod_seq = highest_mod_seq + 1 \
    WHERE id = $1 RETURNING uid_next - $2, highest_mod_seq";
/// `$1` mailbox, `$2` uid, `$3` new mailbox, `$4` new uid, `$5` mod-sequence.
const SHIFT_ENTRY: &str = "UPDATE entry SET mailbox_id = $3, uid = $4, mod_seq = $5 WHERE mailbox_id = $1 AND uid = $2";
/// `$1` message, `$2` mailbox, `$3` uid.
const SHIFT_MESSAGE: &str = "UPDATE message SET mailbox_id = $2, uid = $3 WHERE id = $1";
/// `$1` mailbox, `$2` uid.
const KEYWORDS: &str = "SELECT k.name FROM entry_keyword ek JOIN keyword k ON k.mailbox_id = ek.mailbox_id \
    AND k.number = ek.number WHERE ek.mailbox_id = $1 AND ek.uid = $2 ORDER BY k.number";
const CLEAR_KEYWORDS: &str = "DELETE FROM entry_keyword WHERE mailbox_id = $1 AND uid = $2";

/// Gives the entries of `rows` new numbers in `target`. The mailboxes' inboxes are locked.
async fn shift(conn: &mut Conn, rows: &[Lying], target: MailboxId) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut mod_seqs: BTreeMap<MailboxId, i64> = BTreeMap::new();
    for row in rows {
        if let Entry::Vacant(mailbox) = mod_seqs.entry(row.mailbox) {
            mailbox.insert(take_mod_seq(conn, row.mailbox).await?.0);
        }
    }
    for piece in pieces(rows) {
        let sql = VANISH.sql(conn.dialect(), piece.len());
        on!(conn, c => {
            let mut query = sqlx::query(sql);
            for row in piece {
                let mod_seq = mod_seqs.get(&row.mailbox).copied().unwrap_or(0);
                query = query.bind(row.mailbox.uuid()).bind(i64::from(row.uid.get())).bind(mod_seq);
            }
            query.execute(c).await.map(drop)
        })?;
    }
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let (first, mod_seq): (i64, i64) =
        on!(conn, c => sqlx::query_as(TAKE_UIDS).bind(target.uuid()).bind(count).fetch_one(c).await)?;
    for (row, number) in rows.iter().zip(first..) {
        let new = Uid::new(number).ok_or(Error::Damaged("uid"))?;
        let (old_mailbox, old_uid) = (row.mailbox.uuid(), i64::from(row.uid.get()));
        // Each mailbox numbers its keywords by itself.
        let names: Vec<(String,)> =
            on!(conn, c => sqlx::query_as(KEYWORDS).bind(old_mailbox).bind(old_uid).fetch_all(c).await)?;
        on!(conn, c => sqlx::query(SHIFT_ENTRY).bind(old_mailbox).bind(old_uid).bind(target.uuid())
            .bind(number).bind(mod_seq).execute(c).await.map(drop))?;
        on!(conn, c => sqlx::query(SHIFT_MESSAGE).bind(row.id.uuid()).bind(target.uuid()).bind(number)
            .execute(c).await.map(drop))?;
        if !names.is_empty() {
            on!(conn, c => sqlx::query(CLEAR_KEYWORDS).bind(old_mailbox).bind(old_uid).execute(c).await.map(drop))?;
            let keywords: Vec<Keyword> = names.iter().filter_map(|(name,)| Keyword::new(name)).collect();
            set_keywords(conn, target, new, &keywords).await?;
        }
    }
    Ok(())
}
