//! Inboxes: their rows, and the rows that come and go with them.

use std::collections::BTreeMap;

use sqlx::FromRow;
use uuid::Uuid;

use super::dialect::{Conn, on};
use super::event::{self, NewEvent};
use super::{Error, credential, key, project};
use crate::model::address::domain_key;
use crate::model::event::EventKind;
use crate::model::inbox::{Counts, Inbox, InboxState, OnFull, Quota};
use crate::model::{Address, InboxId, MailboxId, ProjectId, Seq, Timestamp};

/// An inbox that is about to be made.
#[derive(Clone, Debug)]
pub struct NewInbox {
    /// Its project.
    pub project: ProjectId,
    /// Its address.
    pub address: Address,
    /// Sorted, no doubles, no control characters.
    pub tags: Vec<String>,
    /// The user's own facts.
    pub metadata: BTreeMap<String, String>,
    /// The CI run that it belongs to.
    pub run: Option<String>,
    /// The caller's name for it, and a digest of what was asked for under that name.
    pub client_ref: Option<(String, Vec<u8>)>,
    /// The provider that it imitates.
    pub persona: Option<String>,
    /// What it may hold.
    pub quota: Quota,
    /// How many inboxes its project may have.
    pub max_inboxes: Option<u64>,
    /// When its mail is removed.
    pub expires_at: Option<Timestamp>,
    /// Its first credential.
    pub credential: Option<super::SealedCredential>,
}

/// A change of settings; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct InboxChange {
    /// New tags.
    pub tags: Option<Vec<String>>,
    /// New metadata.
    pub metadata: Option<BTreeMap<String, String>>,
    /// New end; the inner `None` is never.
    pub expires_at: Option<Option<Timestamp>>,
    /// New quota.
    pub quota: Option<Quota>,
    /// New state.
    pub state: Option<InboxState>,
    /// The version that the change was made for; another one refuses it.
    pub if_version: Option<i64>,
}

/// Which inboxes to list, newest first.
#[derive(Clone, Debug)]
pub struct InboxQuery {
    /// Of this project.
    pub project: ProjectId,
    /// Older than this one.
    pub before: Option<InboxId>,
    /// With all these tags.
    pub tags: Vec<String>,
    /// With all these facts.
    pub metadata: Vec<(String, String)>,
    /// Of this run.
    pub run: Option<String>,
    /// Of this domain.
    pub domain: Option<String>,
    /// In this state.
    pub state: Option<InboxState>,
    /// With this text in the address.
    pub text: Option<String>,
    /// At most so many.
    pub limit: usize,
}

macro_rules! columns {
    () => {
        "id, project_id, address, state, tags, metadata, run_id, client_ref, client_hash, persona, max_messages, \
         max_bytes, on_full, created_at, expires_at, last_seq, messages, unseen, bytes, version"
    };
}

#[derive(FromRow)]
pub(super) struct Row {
    id: Uuid,
    project_id: Uuid,
    address: String,
    state: String,
    tags: String,
    metadata: String,
    run_id: Option<String>,
    client_ref: Option<String>,
    client_hash: Option<Vec<u8>>,
    persona: Option<String>,
    max_messages: Option<i64>,
    max_bytes: Option<i64>,
    on_full: String,
    created_at: i64,
    expires_at: Option<i64>,
    last_seq: i64,
    messages: i64,
    unseen: i64,
    bytes: i64,
    version: i64,
}

/// `$1` inbox.
const GET: &str = concat!("SELECT ", columns!(), " FROM inbox WHERE id = $1");
const GET_LOCKED: &str = concat!("SELECT ", columns!(), " FROM inbox WHERE id = $1 FOR UPDATE");
/// `$1` address key.
const BY_KEY: &str = concat!("SELECT ", columns!(), " FROM inbox WHERE address_key = $1");
/// `$1` project, `$2` the caller's name.
const BY_REF: &str = concat!("SELECT ", columns!(), " FROM inbox WHERE project_id = $1 AND client_ref = $2");

/// The inbox `id`.
pub(super) async fn get(conn: &mut Conn, id: InboxId) -> Result<Option<Inbox>, Error> {
    let row: Option<Row> = on!(conn, c => sqlx::query_as(GET).bind(id.uuid()).fetch_optional(c).await)?;
    row.map(inbox).transpose()
}

/// The inbox `id`, held until the end of the transaction.
pub(super) async fn lock(conn: &mut Conn, id: InboxId) -> Result<Inbox, Error> {
    let sql = conn.dialect().pick(GET, GET_LOCKED);
    let row: Option<Row> = on!(conn, c => sqlx::query_as(sql).bind(id.uuid()).fetch_optional(c).await)?;
    row.map(inbox).transpose()?.ok_or(Error::NoInbox(id))
}

/// The inbox whose address has this [`Address::key`].
pub(super) async fn by_key(conn: &mut Conn, key: &str) -> Result<Option<Inbox>, Error> {
    let row: Option<Row> = on!(conn, c => sqlx::query_as(BY_KEY).bind(key).fetch_optional(c).await)?;
    row.map(inbox).transpose()
}

/// The inbox of this name, with the digest of what was asked for.
pub(super) async fn by_client_ref(
    conn: &mut Conn,
    project: ProjectId,
    name: &str,
) -> Result<Option<(Inbox, Vec<u8>)>, Error> {
    let row: Option<Row> =
        on!(conn, c => sqlx::query_as(BY_REF).bind(project.uuid()).bind(name).fetch_optional(c).await)?;
    let Some(mut row) = row else { return Ok(None) };
    let hash = row.client_hash.take().unwrap_or_default();
    Ok(Some((inbox(row)?, hash)))
}

const INSERT: &str = "INSERT INTO inbox (id, project_id, address, address_key, domain_key, state, tags, metadata, run_id, \
    client_ref, client_hash, persona, max_messages, max_bytes, on_full, created_at, expires_at) \
    VALUES ($1,$2,$3,$4,$5,'active',$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)";

/// `$1` seconds since 1970. The number grows with every mailbox, also when one of the same name is made anew.
const TAKE_UID_VALIDITY: &str = "UPDATE store_life SET last_uid_validity = \
    CASE WHEN last_uid_validity < $1 THEN $1 ELSE last_uid_validity + 1 END RETURNING last_uid_validity";

const INSERT_MAILBOX: &str = "INSERT INTO mailbox (id, inbox_id, name, special_use, uid_validity, created_at) \
    VALUES ($1,$2,$3,$4,$5,$6)";

/// Makes an inbox with its mailbox INBOX.
///
/// # Errors
/// [`Error::Taken`] for the address or the caller's name; [`Error::TooManyInboxes`]; [`Error::NoProject`].
pub(super) async fn create(conn: &mut Conn, new: &NewInbox, now: Timestamp) -> Result<Inbox, Error> {
    check_room(conn, new, 1).await?;
    let id = insert(conn, new, now).await?;
    let created = NewEvent { kind: EventKind::InboxCreated, inbox: Some(id), message: None };
    event::append(conn, new.project, now, &[created]).await?;
    get(conn, id).await?.ok_or(Error::NoInbox(id))
}

/// Makes inboxes of one project, all or none.
///
/// # Errors
/// As [`create`].
pub(super) async fn create_all(conn: &mut Conn, new: &[NewInbox], now: Timestamp) -> Result<Vec<Inbox>, Error> {
    let Some(project) = new.first().map(|new| new.project) else { return Ok(Vec::new()) };
    if let Some(first) = new.first() {
        check_room(conn, first, new.len()).await?;
    }
    let mut ids = Vec::with_capacity(new.len());
    for new in new {
        ids.push(insert(conn, new, now).await?);
    }
    let created = ids.iter().map(|id| NewEvent { kind: EventKind::InboxCreated, inbox: Some(*id), message: None });
    event::append(conn, project, now, &created.collect::<Vec<_>>()).await?;
    let mut inboxes = Vec::with_capacity(ids.len());
    for id in ids {
        inboxes.push(get(conn, id).await?.ok_or(Error::NoInbox(id))?);
    }
    Ok(inboxes)
}

/// Whether the project may have so many more inboxes.
async fn check_room(conn: &mut Conn, new: &NewInbox, more: usize) -> Result<(), Error> {
    let Some(limit) = new.max_inboxes else { return Ok(()) };
    // The lock makes two nodes count one after the other.
    project::lock(conn, new.project).await?;
    let more = u64::try_from(more).unwrap_or(u64::MAX);
    if project::inboxes(conn, new.project).await?.saturating_add(more) > limit {
        return Err(Error::TooManyInboxes { limit });
    }
    Ok(())
}

async fn insert(conn: &mut Conn, new: &NewInbox, now: Timestamp) -> Result<InboxId, Error> {
    let id = InboxId::new(now);
    let metadata = serde_json::to_string(&new.metadata).map_err(|_| Error::Damaged("metadata"))?;
    let limit = |limit: Option<u64>| limit.map(|most| i64::try_from(most).unwrap_or(i64::MAX));
    on!(conn, c => sqlx::query(INSERT)
        .bind(id.uuid())
        .bind(new.project.uuid())
        .bind(new.address.to_string())
        .bind(new.address.key())
        .bind(domain_key(new.address.domain()))
        .bind(write_tags(&new.tags))
        .bind(metadata)
        .bind(new.run.as_deref())
        .bind(new.client_ref.as_ref().map(|(name, _)| name.as_str()))
        .bind(new.client_ref.as_ref().map(|(_, hash)| hash.clone()))
        .bind(new.persona.as_deref())
        .bind(limit(new.quota.max_messages))
        .bind(limit(new.quota.max_bytes))
        .bind(on_full_text(new.quota.on_full))
        .bind(now.micros())
        .bind(new.expires_at.map(Timestamp::micros))
        .execute(c).await.map(drop))?;
    create_mailbox(conn, id, "INBOX", None, now).await?;
    if let Some(credential) = &new.credential {
        credential::insert(conn, id, credential, now).await?;
    }
    Ok(id)
}

/// Makes a mailbox of an inbox that is locked, or being made.
pub(super) async fn create_mailbox(
    conn: &mut Conn,
    inbox: InboxId,
    name: &str,
    special_use: Option<&str>,
    now: Timestamp,
) -> Result<(), Error> {
    let seconds = now.micros() / 1_000_000;
    let (validity,): (i64,) = on!(conn, c => sqlx::query_as(TAKE_UID_VALIDITY).bind(seconds).fetch_one(c).await)?;
    on!(conn, c => sqlx::query(INSERT_MAILBOX)
        .bind(MailboxId::new(now).uuid())
        .bind(inbox.uuid())
        .bind(name)
        .bind(special_use)
        .bind(validity)
        .bind(now.micros())
        .execute(c).await.map(drop))?;
    Ok(())
}

const UPDATE: &str = "UPDATE inbox SET tags = $2, metadata = $3, expires_at = $4, max_messages = $5, max_bytes = $6, \
    on_full = $7, state = $8, version = version + 1 WHERE id = $1";

/// Changes an inbox's settings; gives it as it is then.
///
/// # Errors
/// [`Error::Changed`] when `if_version` is not the present one; [`Error::NoInbox`], [`Error::Expired`].
pub(super) async fn update(conn: &mut Conn, id: InboxId, change: &InboxChange, now: Timestamp) -> Result<Inbox, Error> {
    let mut inbox = lock(conn, id).await?;
    if change.if_version.is_some_and(|version| version != inbox.version) {
        return Err(Error::Changed);
    }
    if inbox.state == InboxState::Expired {
        return Err(Error::Expired(id));
    }
    inbox.tags = change.tags.clone().unwrap_or(inbox.tags);
    inbox.metadata = change.metadata.clone().unwrap_or(inbox.metadata);
    inbox.expires_at = change.expires_at.unwrap_or(inbox.expires_at);
    inbox.quota = change.quota.unwrap_or(inbox.quota);
    inbox.state = change.state.unwrap_or(inbox.state);
    let metadata = serde_json::to_string(&inbox.metadata).map_err(|_| Error::Damaged("metadata"))?;
    let limit = |limit: Option<u64>| limit.map(|most| i64::try_from(most).unwrap_or(i64::MAX));
    on!(conn, c => sqlx::query(UPDATE)
        .bind(id.uuid())
        .bind(write_tags(&inbox.tags))
        .bind(metadata)
        .bind(inbox.expires_at.map(Timestamp::micros))
        .bind(limit(inbox.quota.max_messages))
        .bind(limit(inbox.quota.max_bytes))
        .bind(on_full_text(inbox.quota.on_full))
        .bind(inbox.state.as_str())
        .execute(c).await.map(drop))?;
    inbox.version += 1;
    let updated = NewEvent { kind: EventKind::InboxUpdated, inbox: Some(id), message: None };
    event::append(conn, inbox.project, now, &[updated]).await?;
    Ok(inbox)
}

/// Shuts an inbox for good, before its messages are removed; its time is over now if it was not already.
pub(super) async fn shut(conn: &mut Conn, id: InboxId, now: Timestamp) -> Result<Inbox, Error> {
    const SHUT: &str = "UPDATE inbox SET state = 'expired', client_ref = NULL, version = version + 1, \
        expires_at = CASE WHEN expires_at <= $2 THEN expires_at ELSE $2 END WHERE id = $1";
    let inbox = lock(conn, id).await?;
    on!(conn, c => sqlx::query(SHUT).bind(id.uuid()).bind(now.micros()).execute(c).await.map(drop))?;
    Ok(inbox)
}

/// Removes the rows of an inbox whose messages are gone.
pub(super) async fn delete(conn: &mut Conn, inbox: &Inbox, kind: EventKind, now: Timestamp) -> Result<(), Error> {
    const BELOW: [&str; 8] = [
        "DELETE FROM vanished WHERE mailbox_id IN (SELECT id FROM mailbox WHERE inbox_id = $1)",
        "DELETE FROM entry_keyword WHERE mailbox_id IN (SELECT id FROM mailbox WHERE inbox_id = $1)",
        "DELETE FROM keyword WHERE mailbox_id IN (SELECT id FROM mailbox WHERE inbox_id = $1)",
        "DELETE FROM credential WHERE inbox_id = $1",
        key::DELETE_SECRETS_OF_INBOX,
        key::DELETE_OF_INBOX,
        "DELETE FROM mailbox WHERE inbox_id = $1",
        "DELETE FROM inbox WHERE id = $1",
    ];
    for sql in BELOW {
        on!(conn, c => sqlx::query(sql).bind(inbox.id.uuid()).execute(c).await.map(drop))?;
    }
    let deleted = NewEvent { kind, inbox: Some(inbox.id), message: None };
    event::append(conn, inbox.project, now, &[deleted]).await
}

/// Notes that an inbox's time came; its row stays as a tombstone.
pub(super) async fn note_expired(conn: &mut Conn, inbox: &Inbox, now: Timestamp) -> Result<(), Error> {
    let expired = NewEvent { kind: EventKind::InboxExpired, inbox: Some(inbox.id), message: None };
    event::append(conn, inbox.project, now, &[expired]).await
}

/// `$1` project, `$2` id below, `$3` run, `$4` domain, `$5` state, `$6` text, `$7` one tag, `$8` limit.
macro_rules! list {
    ($find:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM inbox WHERE project_id = $1 AND ($2 IS NULL OR id < $2) \
             AND ($3 IS NULL OR run_id = $3) AND ($4 IS NULL OR domain_key = $4) AND ($5 IS NULL OR state = $5) \
             AND ($6 IS NULL OR ",
            $find,
            "(address_key, $6) > 0) AND ($7 IS NULL OR ",
            $find,
            "(tags, $7) > 0) \
             ORDER BY id DESC LIMIT $8"
        )
    };
}

/// A page of inboxes, newest first.
pub(super) async fn list(conn: &mut Conn, query: &InboxQuery) -> Result<Vec<Inbox>, Error> {
    let sql = conn.dialect().pick(list!("instr"), list!("strpos"));
    let mut before = query.before;
    let mut found = Vec::new();
    loop {
        // The first tag is found by SQL, the others and the facts here: they are few.
        let rows: Vec<Row> = on!(conn, c => sqlx::query_as(sql)
            .bind(query.project.uuid())
            .bind(before.map(InboxId::uuid))
            .bind(query.run.as_deref())
            .bind(query.domain.as_deref().map(domain_key))
            .bind(query.state.map(InboxState::as_str))
            .bind(query.text.as_ref().map(|text| text.to_lowercase()))
            .bind(query.tags.first().map(|tag| format!("\n{tag}\n")))
            .bind(i64::try_from(query.limit.max(50)).unwrap_or(50))
            .fetch_all(c).await)?;
        let is_last = rows.len() < query.limit.max(50);
        before = rows.last().map(|row| InboxId::from_uuid(row.id));
        for row in rows {
            let inbox = inbox(row)?;
            let has_tags = query.tags.iter().all(|tag| inbox.tags.contains(tag));
            let has_facts = query.metadata.iter().all(|(key, value)| inbox.metadata.get(key) == Some(value));
            if has_tags && has_facts {
                found.push(inbox);
                if found.len() == query.limit {
                    return Ok(found);
                }
            }
        }
        if is_last {
            return Ok(found);
        }
    }
}

/// `$1` now, `$2` most: inboxes whose time came.
const DUE: &str =
    "SELECT id FROM inbox WHERE expires_at <= $1 AND (state <> 'expired' OR messages > 0) ORDER BY expires_at LIMIT $2";
/// `$1` time, `$2` most: tombstones from before.
const FADED: &str = "SELECT id FROM inbox WHERE expires_at <= $1 AND state = 'expired' ORDER BY expires_at LIMIT $2";

/// Inboxes whose time came by `now`.
pub(super) async fn due(conn: &mut Conn, now: Timestamp, most: i64) -> Result<Vec<InboxId>, Error> {
    ids(conn, DUE, now, most).await
}

/// Tombstones of inboxes whose time came by `until`.
pub(super) async fn faded(conn: &mut Conn, until: Timestamp, most: i64) -> Result<Vec<InboxId>, Error> {
    ids(conn, FADED, until, most).await
}

async fn ids(conn: &mut Conn, sql: &'static str, at: Timestamp, most: i64) -> Result<Vec<InboxId>, Error> {
    let rows: Vec<(Uuid,)> = on!(conn, c => sqlx::query_as(sql).bind(at.micros()).bind(most).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| InboxId::from_uuid(id)).collect())
}

fn inbox(row: Row) -> Result<Inbox, Error> {
    let number = |number: i64| u64::try_from(number).unwrap_or(0);
    Ok(Inbox {
        id: InboxId::from_uuid(row.id),
        project: ProjectId::from_uuid(row.project_id),
        address: Address::parse(&row.address).map_err(|_| Error::Damaged("address"))?,
        state: InboxState::parse(&row.state).ok_or(Error::Damaged("inbox state"))?,
        tags: parse_tags(&row.tags),
        metadata: serde_json::from_str(&row.metadata).map_err(|_| Error::Damaged("metadata"))?,
        run: row.run_id,
        client_ref: row.client_ref,
        persona: row.persona,
        quota: Quota {
            max_messages: row.max_messages.map(number),
            max_bytes: row.max_bytes.map(number),
            on_full: if row.on_full == "evict_oldest" { OnFull::EvictOldest } else { OnFull::Reject },
        },
        created_at: Timestamp::from_micros(row.created_at),
        expires_at: row.expires_at.map(Timestamp::from_micros),
        last_seq: Seq(row.last_seq),
        counts: Counts { messages: number(row.messages), unseen: number(row.unseen), bytes: number(row.bytes) },
        version: row.version,
    })
}

const fn on_full_text(on_full: OnFull) -> &'static str {
    match on_full {
        OnFull::Reject => "reject",
        OnFull::EvictOldest => "evict_oldest",
    }
}

/// Tags between line breaks, so that each is found as `\ntag\n`.
pub(super) fn write_tags(tags: &[String]) -> String {
    if tags.is_empty() { String::new() } else { format!("\n{}\n", tags.join("\n")) }
}

/// The inverse of [`write_tags`].
pub(super) fn parse_tags(text: &str) -> Vec<String> {
    text.split('\n').filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}
