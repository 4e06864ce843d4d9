//! What was waited for, and how it ended: kept for a day, so that a run can be looked at afterwards.

use sqlx::FromRow;
use uuid::Uuid;

use super::Error;
use super::dialect::{Conn, on};
use super::handle::Store;
use super::multi_row::{MultiRow, pieces};
use super::removal::CHUNK;
use crate::model::{InboxId, MessageId, ProjectId, Timestamp, WaitId};

/// A wait as it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitEntry {
    /// Whose.
    pub project: ProjectId,
    /// Its id.
    pub id: WaitId,
    /// `open`, `abandoned`, or how it ended.
    pub outcome: &'static str,
    /// The inboxes that it looks at; none is the whole project.
    pub inboxes: Vec<InboxId>,
    /// The CI run of its inbox.
    pub run: Option<String>,
    /// What was asked for, as JSON.
    pub request: String,
    /// When its first call came.
    pub started_at: Timestamp,
    /// From when on an open wait counts as abandoned.
    pub ends_by: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// What matched.
    pub messages: Vec<MessageId>,
    /// Why it was in vain, in a line.
    pub summary: Option<String>,
    /// The same in full, in the form of whoever wrote it.
    pub diagnostics: Option<Vec<u8>>,
}

/// A wait as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitRow {
    /// Its id.
    pub id: WaitId,
    /// `open`, `abandoned`, or how it ended.
    pub outcome: String,
    /// The inboxes that it looks at; none is the whole project.
    pub inboxes: Vec<InboxId>,
    /// The CI run of its inbox.
    pub run: Option<String>,
    /// What was asked for, as JSON.
    pub request: String,
    /// When its first call came.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// What matched.
    pub messages: Vec<MessageId>,
    /// Why it was in vain, in a line.
    pub summary: Option<String>,
    /// The same in full; lists leave it out.
    pub diagnostics: Option<Vec<u8>>,
}

/// Which waits to list, newest first.
#[derive(Clone, Debug)]
pub struct WaitQuery {
    /// Of this project.
    pub project: ProjectId,
    /// Older than this one.
    pub before: Option<WaitId>,
    /// On this inbox.
    pub inbox: Option<InboxId>,
    /// Of this run.
    pub run: Option<String>,
    /// With this outcome.
    pub outcome: Option<String>,
    /// At most so many.
    pub limit: usize,
}

macro_rules! insert {
    ($conflict:literal) => {
        MultiRow::rows(
            "INSERT INTO wait_log (project_id, id, outcome, inboxes, run_id, request, started_at, ends_by, ended_at, \
             messages, summary, diagnostics) VALUES ",
            "(?,?,?,?,?,?,?,?,?,?,?,?)",
            concat!(" ON CONFLICT (project_id, id) DO UPDATE SET outcome = excluded.outcome, ", $conflict),
        )
    };
}

/// A wait that was given up and is asked for again is open again; one that has ended stays so.
static OPEN: MultiRow =
    insert!("ended_at = NULL, ends_by = excluded.ends_by WHERE wait_log.outcome IN ('open', 'abandoned')");
/// A wait that another call has ended was not given up.
static END: MultiRow = insert!(
    "ended_at = excluded.ended_at, messages = excluded.messages, summary = excluded.summary, \
     diagnostics = excluded.diagnostics WHERE excluded.outcome <> 'abandoned' OR wait_log.outcome = 'open'"
);

/// `$1` project, `$2` before, `$3` inbox, `$4` run, `$5` outcome, `$6` now, `$7` wait, `$8` most.
macro_rules! list {
    ($diagnostics:literal, $find:literal) => {
        concat!(
            "SELECT id, outcome, inboxes, run_id, request, started_at, ended_at, messages, summary, ",
            $diagnostics,
            " AS diagnostics FROM (SELECT id, CASE WHEN outcome = 'open' AND ends_by < $6 THEN 'abandoned' \
             ELSE outcome END AS outcome, inboxes, run_id, request, started_at, ended_at, messages, summary, diagnostics \
             FROM wait_log WHERE project_id = $1) AS w \
             WHERE ($2 IS NULL OR id < $2) AND ($3 IS NULL OR ",
            $find,
            "(inboxes, $3) > 0) AND ($4 IS NULL OR run_id = $4) AND ($5 IS NULL OR outcome = $5) \
             AND ($7 IS NULL OR id = $7) ORDER BY id DESC LIMIT $8"
        )
    };
}

/// `$1` time, `$2` most.
const PRUNE_OLD: &str = "DELETE FROM wait_log WHERE (project_id, id) IN \
    (SELECT project_id, id FROM wait_log WHERE started_at < $1 ORDER BY started_at LIMIT $2)";
/// `$1` how many stay.
const PRUNE_MANY: &str = "DELETE FROM wait_log WHERE started_at <= \
    (SELECT started_at FROM wait_log ORDER BY started_at DESC LIMIT 1 OFFSET $1)";

impl Store {
    /// Writes waits down. Of each id there is at most one entry that is open and one that is not.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn note_waits(&self, entries: Vec<WaitEntry>) -> Result<(), Error> {
        let (open, ended): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.outcome == "open");
        self.write(move |conn| {
            let (open, ended) = (open.clone(), ended.clone());
            Box::pin(async move {
                insert(conn, &OPEN, &open).await?;
                insert(conn, &END, &ended).await
            })
        })
        .await
    }

    /// A page of waits, newest first, without their diagnostics.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn waits(&self, query: &WaitQuery) -> Result<Vec<WaitRow>, Error> {
        let mut conn = self.read().await?;
        let sql = conn.dialect().pick(list!("NULL", "instr"), list!("CAST(NULL AS BYTEA)", "strpos"));
        list(&mut conn, sql, query, None, self.clock().now()).await
    }

    /// The wait `id` of a project.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn logged_wait(&self, project: ProjectId, id: WaitId) -> Result<Option<WaitRow>, Error> {
        let mut conn = self.read().await?;
        let sql = conn.dialect().pick(list!("diagnostics", "instr"), list!("diagnostics", "strpos"));
        let query = WaitQuery { project, before: None, inbox: None, run: None, outcome: None, limit: 1 };
        Ok(list(&mut conn, sql, &query, Some(id), self.clock().now()).await?.pop())
    }

    /// Removes up to 500 waits that began before `until`; gives how many.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn prune_waits(&self, until: Timestamp) -> Result<u64, Error> {
        self.write(move |conn| {
            Box::pin(async move {
                Ok(on!(conn, c => sqlx::query(PRUNE_OLD).bind(until.micros()).bind(CHUNK)
                    .execute(c).await.map(|done| done.rows_affected()))?)
            })
        })
        .await
    }

    /// Keeps about the newest `keep` waits.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn keep_waits(&self, keep: i64) -> Result<u64, Error> {
        self.write(move |conn| {
            Box::pin(async move {
                Ok(on!(conn, c => sqlx::query(PRUNE_MANY).bind(keep).execute(c).await.map(|done| done.rows_affected()))?)
            })
        })
        .await
    }
}

async fn insert(conn: &mut Conn, statement: &'static MultiRow, entries: &[WaitEntry]) -> Result<(), Error> {
    for piece in pieces(entries) {
        let sql = statement.sql(conn.dialect(), piece.len());
        on!(conn, c => {
            let mut query = sqlx::query(sql);
            for entry in piece {
                query = query
                    .bind(entry.project.uuid())
                    .bind(entry.id.uuid())
                    .bind(entry.outcome)
                    .bind(write_ids(&entry.inboxes))
                    .bind(entry.run.as_deref())
                    .bind(entry.request.as_str())
                    .bind(entry.started_at.micros())
                    .bind(entry.ends_by.micros())
                    .bind(entry.ended_at.map(Timestamp::micros))
                    .bind(write_ids(&entry.messages))
                    .bind(entry.summary.as_deref())
                    .bind(entry.diagnostics.as_deref());
            }
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    outcome: String,
    inboxes: String,
    run_id: Option<String>,
    request: String,
    started_at: i64,
    ended_at: Option<i64>,
    messages: String,
    summary: Option<String>,
    diagnostics: Option<Vec<u8>>,
}

async fn list(
    conn: &mut Conn,
    sql: &'static str,
    query: &WaitQuery,
    only: Option<WaitId>,
    now: Timestamp,
) -> Result<Vec<WaitRow>, Error> {
    let rows: Vec<Row> = on!(conn, c => sqlx::query_as(sql)
        .bind(query.project.uuid())
        .bind(query.before.map(WaitId::uuid))
        .bind(query.inbox.map(|inbox| format!("\n{inbox}\n")))
        .bind(query.run.as_deref())
        .bind(query.outcome.as_deref())
        .bind(now.micros())
        .bind(only.map(WaitId::uuid))
        .bind(i64::try_from(query.limit).unwrap_or(i64::MAX))
        .fetch_all(c).await)?;
    Ok(rows.into_iter().map(wait).collect())
}

fn wait(row: Row) -> WaitRow {
    WaitRow {
        id: WaitId::from_uuid(row.id),
        outcome: row.outcome,
        inboxes: parse_ids(&row.inboxes),
        run: row.run_id,
        request: row.request,
        started_at: Timestamp::from_micros(row.started_at),
        ended_at: row.ended_at.map(Timestamp::from_micros),
        messages: parse_ids(&row.messages),
        summary: row.summary,
        diagnostics: row.diagnostics,
    }
}

/// Each id between line breaks, so that one of them is found as a text.
fn write_ids<T: std::fmt::Display>(ids: &[T]) -> String {
    let texts: Vec<String> = ids.iter().map(|id| format!("\n{id}\n")).collect();
    texts.concat()
}

fn parse_ids<T: std::str::FromStr>(text: &str) -> Vec<T> {
    text.split('\n').filter_map(|id| id.parse().ok()).collect()
}
