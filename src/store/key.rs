//! Keys of the API. A secret is stored as its SHA-256: it is random enough that a slow digest would protect nothing.

use sqlx::FromRow;
use uuid::Uuid;

use super::Error;
use super::dialect::{Conn, on};
use crate::model::{InboxId, Key, KeyId, Narrowing, ProjectId, Timestamp};

/// The digest of a secret, with the letters that it is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretDigest {
    /// The letters that begin the secret, which are no secret themselves.
    pub lookup: String,
    /// SHA-256 of the whole.
    pub digest: Vec<u8>,
}

/// A key with one of its secrets.
#[derive(Clone, Debug)]
pub struct FoundKey {
    /// The key.
    pub key: Key,
    /// SHA-256 of the secret.
    pub digest: Vec<u8>,
    /// When this secret ends: the one before the last, during a rotation.
    pub valid_until: Option<Timestamp>,
}

macro_rules! columns {
    () => {
        "k.id, k.project_id, k.name, k.scopes, k.inbox_id, k.tag, k.run_id, k.created_at, k.created_by, k.expires_at, \
         k.last_used_at"
    };
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    project_id: Uuid,
    name: String,
    scopes: String,
    inbox_id: Option<Uuid>,
    tag: Option<String>,
    run_id: Option<String>,
    created_at: i64,
    created_by: Option<Uuid>,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
}

#[derive(FromRow)]
struct FoundRow {
    #[sqlx(flatten)]
    key: Row,
    digest: Vec<u8>,
    valid_until: Option<i64>,
}

fn key(row: Row) -> Result<Key, Error> {
    Ok(Key {
        id: KeyId::from_uuid(row.id),
        project: ProjectId::from_uuid(row.project_id),
        name: row.name,
        scopes: row.scopes.parse().map_err(|_| Error::Damaged("scope"))?,
        narrowed: Narrowing { inbox: row.inbox_id.map(InboxId::from_uuid), tag: row.tag, run: row.run_id },
        created_at: Timestamp::from_micros(row.created_at),
        created_by: row.created_by.map(KeyId::from_uuid),
        expires_at: row.expires_at.map(Timestamp::from_micros),
        last_used_at: row.last_used_at.map(Timestamp::from_micros),
    })
}

const INSERT: &str = "INSERT INTO api_key (id, project_id, name, scopes, inbox_id, tag, run_id, created_at, created_by, \
    expires_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)";
const INSERT_SECRET: &str = "INSERT INTO api_key_secret (lookup, key_id, digest, created_at) VALUES ($1,$2,$3,$4)";

/// Adds a key with its first secret.
pub(super) async fn insert(conn: &mut Conn, key: &Key, secret: &SecretDigest) -> Result<(), Error> {
    on!(conn, c => sqlx::query(INSERT)
        .bind(key.id.uuid())
        .bind(key.project.uuid())
        .bind(key.name.as_str())
        .bind(key.scopes.to_string())
        .bind(key.narrowed.inbox.map(InboxId::uuid))
        .bind(key.narrowed.tag.as_deref())
        .bind(key.narrowed.run.as_deref())
        .bind(key.created_at.micros())
        .bind(key.created_by.map(KeyId::uuid))
        .bind(key.expires_at.map(Timestamp::micros))
        .execute(c).await.map(drop))?;
    insert_secret(conn, key.id, secret, key.created_at).await
}

async fn insert_secret(conn: &mut Conn, id: KeyId, secret: &SecretDigest, now: Timestamp) -> Result<(), Error> {
    on!(conn, c => sqlx::query(INSERT_SECRET)
        .bind(secret.lookup.as_str())
        .bind(id.uuid())
        .bind(secret.digest.clone())
        .bind(now.micros())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// `$1` lookup.
const BY_LOOKUP: &str = concat!(
    "SELECT ",
    columns!(),
    ", s.digest, s.valid_until FROM api_key_secret s JOIN api_key k ON k.id = s.key_id WHERE s.lookup = $1"
);

/// The key whose secret begins with `lookup`.
pub(super) async fn by_lookup(conn: &mut Conn, lookup: &str) -> Result<Option<FoundKey>, Error> {
    let row: Option<FoundRow> = on!(conn, c => sqlx::query_as(BY_LOOKUP).bind(lookup).fetch_optional(c).await)?;
    row.map(|row| {
        let valid_until = row.valid_until.map(Timestamp::from_micros);
        Ok(FoundKey { key: key(row.key)?, digest: row.digest, valid_until })
    })
    .transpose()
}

/// `$1` key.
const GET: &str = concat!("SELECT ", columns!(), " FROM api_key k WHERE k.id = $1");

/// The key `id`.
pub(super) async fn get(conn: &mut Conn, id: KeyId) -> Result<Option<Key>, Error> {
    let row: Option<Row> = on!(conn, c => sqlx::query_as(GET).bind(id.uuid()).fetch_optional(c).await)?;
    row.map(key).transpose()
}

/// `$1` project, `$2` id below, `$3` limit.
const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM api_key k WHERE k.project_id = $1 AND ($2 IS NULL OR k.id < $2) ORDER BY k.id DESC LIMIT $3"
);

/// A page of a project's keys, newest first.
pub(super) async fn list(
    conn: &mut Conn,
    project: ProjectId,
    before: Option<KeyId>,
    limit: usize,
) -> Result<Vec<Key>, Error> {
    let rows: Vec<Row> = on!(conn, c => sqlx::query_as(LIST)
        .bind(project.uuid())
        .bind(before.map(KeyId::uuid))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(c).await)?;
    rows.into_iter().map(key).collect()
}

/// Adds a secret; those before it end at `valid_until`, or where they ended already. Whether there is such a key.
pub(super) async fn rotate(
    conn: &mut Conn,
    id: KeyId,
    secret: &SecretDigest,
    now: Timestamp,
    valid_until: Timestamp,
) -> Result<bool, Error> {
    const HOLD: &str = "SELECT id FROM api_key WHERE id = $1";
    const HOLD_LOCKED: &str = "SELECT id FROM api_key WHERE id = $1 FOR UPDATE";
    const PRUNE: &str = "DELETE FROM api_key_secret WHERE key_id = $1 AND valid_until <= $2";
    const END: &str = "UPDATE api_key_secret SET valid_until = $2 WHERE key_id = $1 AND \
        (valid_until IS NULL OR valid_until > $2)";
    // Of two rotations at once the second ends the secret of the first, which it would not see otherwise.
    let sql = conn.dialect().pick(HOLD, HOLD_LOCKED);
    let held: Option<(Uuid,)> = on!(conn, c => sqlx::query_as(sql).bind(id.uuid()).fetch_optional(c).await)?;
    if held.is_none() {
        return Ok(false);
    }
    on!(conn, c => sqlx::query(PRUNE).bind(id.uuid()).bind(now.micros()).execute(c).await.map(drop))?;
    on!(conn, c => sqlx::query(END).bind(id.uuid()).bind(valid_until.micros()).execute(c).await.map(drop))?;
    insert_secret(conn, id, secret, now).await?;
    Ok(true)
}

/// Removes a key with its secrets; whether it was there.
pub(super) async fn delete(conn: &mut Conn, id: KeyId) -> Result<bool, Error> {
    const SECRETS: &str = "DELETE FROM api_key_secret WHERE key_id = $1";
    const KEY: &str = "DELETE FROM api_key WHERE id = $1";
    on!(conn, c => sqlx::query(SECRETS).bind(id.uuid()).execute(c).await.map(drop))?;
    let gone = on!(conn, c => sqlx::query(KEY).bind(id.uuid()).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(gone > 0)
}

/// Removes up to 500 keys that ended before `until`, with their secrets; gives how many.
pub(super) async fn prune(conn: &mut Conn, until: Timestamp) -> Result<u64, Error> {
    const ENDED: &str = "SELECT id FROM api_key WHERE expires_at < $1 ORDER BY expires_at LIMIT 500";
    let ended: Vec<(Uuid,)> = on!(conn, c => sqlx::query_as(ENDED).bind(until.micros()).fetch_all(c).await)?;
    let mut gone = 0;
    for (id,) in ended {
        gone += u64::from(delete(conn, KeyId::from_uuid(id)).await?);
    }
    Ok(gone)
}

/// Removes the keys of which `$1`, an inbox, is all that they reach.
pub(super) const DELETE_SECRETS_OF_INBOX: &str =
    "DELETE FROM api_key_secret WHERE key_id IN (SELECT id FROM api_key WHERE inbox_id = $1)";
/// See [`DELETE_SECRETS_OF_INBOX`], which comes first.
pub(super) const DELETE_OF_INBOX: &str = "DELETE FROM api_key WHERE inbox_id = $1";

/// Notes when keys were used; a time that is not later than the one that stands changes nothing.
pub(super) async fn touch(conn: &mut Conn, used: &[(KeyId, Timestamp)]) -> Result<(), Error> {
    const TOUCH: &str =
        "UPDATE api_key SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";
    for (id, at) in used {
        on!(conn, c => sqlx::query(TOUCH).bind(id.uuid()).bind(at.micros()).execute(c).await.map(drop))?;
    }
    Ok(())
}
