//! Whether a transaction came to its end when the answer to its COMMIT was lost on the way.

use std::time::Duration;

use tokio::time::Instant;

use super::Error;
use super::dialect::Conn;
use super::pool::Pool;

/// How long the answer is looked for before the sender is told to try again.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(100);

/// What PostgreSQL calls a transaction, and the server process that it runs in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    transaction: i64,
    process: i32,
}

const BEGIN: &str = "BEGIN; SELECT pg_current_xact_id()::text::bigint AS transaction, pg_backend_pid() AS process";

/// Begins a transaction. Only PostgreSQL's has a name: SQLite's answer cannot get lost, for it comes from within.
pub(super) async fn begin(conn: &mut Conn) -> Result<Option<Name>, Error> {
    let Conn::Postgres(connection) = conn else {
        conn.command("BEGIN IMMEDIATE").await?;
        return Ok(None);
    };
    let row = sqlx::raw_sql(BEGIN).fetch_one(&mut **connection).await?;
    let (transaction, process) = sqlx::FromRow::from_row(&row)?;
    Ok(Some(Name { transaction, process }))
}

/// Whether the transaction was committed; `None` if that cannot be learned in time.
///
/// One that is still open has lost its client before COMMIT came: it is ended, for it holds locks.
pub(super) async fn was_committed(pool: &Pool, name: Name) -> Option<bool> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        match tokio::time::timeout_at(deadline, look(pool, name)).await {
            Ok(Ok(Some(answer))) => return Some(answer),
            Ok(Ok(None)) => {}
            Ok(Err(error)) => tracing::debug!(%error, "the database does not say yet how a transaction ended"),
            Err(_) => return None,
        }
        tokio::time::sleep(PAUSE).await;
    }
    None
}

async fn look(pool: &Pool, name: Name) -> Result<Option<bool>, Error> {
    let Conn::Postgres(mut conn) = pool.read().await? else { return Ok(Some(false)) };
    let (status,): (Option<String>,) = sqlx::query_as("SELECT pg_xact_status($1::text::xid8)")
        .bind(name.transaction.to_string())
        .fetch_one(&mut *conn)
        .await?;
    match status.as_deref() {
        Some("committed") => Ok(Some(true)),
        Some("in progress") => {
            sqlx::query("SELECT pg_terminate_backend($1)").bind(name.process).execute(&mut *conn).await?;
            Ok(None)
        }
        // Aborted; or so old that it is forgotten, which one of a moment ago is not.
        _ => Ok(Some(false)),
    }
}
