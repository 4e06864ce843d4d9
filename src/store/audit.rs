//! Who changed what, and who was refused.

use sqlx::FromRow;
use uuid::Uuid;

use super::Error;
use super::dialect::{Conn, on};
use super::multi_row::{MultiRow, pieces};
use crate::model::{EventId, KeyId, ProjectId, Timestamp};

/// One line of the audit log; its texts hold no secret and no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its id, ascending.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// The project that it is about; `None` where none is known.
    pub project: Option<ProjectId>,
    /// The key that was shown; `None` for the root key, and where none was accepted.
    pub key: Option<KeyId>,
    /// The client's address.
    pub peer: String,
    /// What was done, a stable word such as `key.created`.
    pub action: String,
    /// The id of what it was done to.
    pub target: Option<String>,
    /// More about it, for people.
    pub detail: Option<String>,
}

/// Which lines to list, newest first.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// Of this project.
    pub project: Option<ProjectId>,
    /// By this key.
    pub key: Option<KeyId>,
    /// Of this action.
    pub action: Option<String>,
    /// About this thing.
    pub target: Option<String>,
    /// Not before this.
    pub from: Option<Timestamp>,
    /// Before this.
    pub until: Option<Timestamp>,
    /// Older than this line.
    pub before: Option<EventId>,
    /// At most so many.
    pub limit: usize,
}

static INSERT: MultiRow = MultiRow::rows(
    "INSERT INTO audit (id, at, project_id, key_id, peer, action, target, detail) VALUES ",
    "(?,?,?,?,?,?,?,?)",
    "",
);

/// Adds lines.
pub(super) async fn insert(conn: &mut Conn, records: &[AuditRecord]) -> Result<(), Error> {
    for piece in pieces(records) {
        let sql = INSERT.sql(conn.dialect(), piece.len());
        on!(conn, c => {
            let mut query = sqlx::query(sql);
            for record in piece {
                query = query
                    .bind(record.id.uuid())
                    .bind(record.at.micros())
                    .bind(record.project.map(ProjectId::uuid))
                    .bind(record.key.map(KeyId::uuid))
                    .bind(record.peer.as_str())
                    .bind(record.action.as_str())
                    .bind(record.target.as_deref())
                    .bind(record.detail.as_deref());
            }
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    at: i64,
    project_id: Option<Uuid>,
    key_id: Option<Uuid>,
    peer: String,
    action: String,
    target: Option<String>,
    detail: Option<String>,
}

/// `$1` project, `$2` key, `$3` action, `$4` target, `$5` from, `$6` until, `$7` id below, `$8` limit.
const LIST: &str = "SELECT id, at, project_id, key_id, peer, action, target, detail FROM audit WHERE \
    ($1 IS NULL OR project_id = $1) AND ($2 IS NULL OR key_id = $2) AND ($3 IS NULL OR action = $3) \
    AND ($4 IS NULL OR target = $4) AND ($5 IS NULL OR at >= $5) AND ($6 IS NULL OR at < $6) \
    AND ($7 IS NULL OR id < $7) ORDER BY id DESC LIMIT $8";

/// A page of lines, newest first.
pub(super) async fn list(conn: &mut Conn, query: &AuditQuery) -> Result<Vec<AuditRecord>, Error> {
    let rows: Vec<Row> = on!(conn, c => sqlx::query_as(LIST)
        .bind(query.project.map(ProjectId::uuid))
        .bind(query.key.map(KeyId::uuid))
        .bind(query.action.as_deref())
        .bind(query.target.as_deref())
        .bind(query.from.map(Timestamp::micros))
        .bind(query.until.map(Timestamp::micros))
        .bind(query.before.map(EventId::uuid))
        .bind(i64::try_from(query.limit).unwrap_or(i64::MAX))
        .fetch_all(c).await)?;
    let record = |row: Row| AuditRecord {
        id: EventId::from_uuid(row.id),
        at: Timestamp::from_micros(row.at),
        project: row.project_id.map(ProjectId::from_uuid),
        key: row.key_id.map(KeyId::from_uuid),
        peer: row.peer,
        action: row.action,
        target: row.target,
        detail: row.detail,
    };
    Ok(rows.into_iter().map(record).collect())
}

/// Keeps the newest `keep` lines that are not from before `until`; gives how many left.
///
/// Ids ascend with the time, so that the oldest lines are found by them.
pub(super) async fn prune(conn: &mut Conn, keep: i64, until: Timestamp) -> Result<u64, Error> {
    const OLD: &str = "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE id < $1 ORDER BY id LIMIT 500)";
    const MANY: &str = "DELETE FROM audit WHERE id <= (SELECT id FROM audit ORDER BY id DESC LIMIT 1 OFFSET $1)";
    let first = EventId::first_of(until);
    let old = on!(conn, c => sqlx::query(OLD).bind(first.uuid()).execute(c).await.map(|done| done.rows_affected()))?;
    let many = on!(conn, c => sqlx::query(MANY).bind(keep).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(old + many)
}
