//! Moving SQLite's write-ahead log into the database, beside the writer and not in its way.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::dialect::Conn;
use super::error::Severity;
use super::health::Health;
use super::{Error, sqlite};
use sqlx::SqlitePool;

/// How often it looks.
const INTERVAL: Duration = Duration::from_millis(200);
/// Octets of mail after which it moves at once.
const ENOUGH: u64 = 8 << 20;
/// Looks without new mail after which it moves what there is, so that an idle server's log is empty.
const IDLE_LOOKS: u32 = 5;
/// A log that has grown beyond this is taken over completely, which holds up writers for a moment.
const TOO_LONG: u64 = 128 << 20;
const PASSIVE: &str = "PRAGMA wal_checkpoint(PASSIVE)";
const RESTART: &str = "PRAGMA wal_checkpoint(RESTART)";

/// Checkpoints until `stop`, at once where an earlier process has left a long log behind.
pub(super) async fn run(
    write: SqlitePool,
    wal: PathBuf,
    written: Arc<AtomicU64>,
    health: Health,
    stop: CancellationToken,
) {
    let mut moved = 0;
    let mut last = 0;
    let mut idle_looks = 0;
    let mut is_left_over = length(&wal) > ENOUGH;
    while stop.run_until_cancelled(tokio::time::sleep(INTERVAL)).await.is_some() {
        let now = written.load(Ordering::Relaxed);
        idle_looks = if now == last { idle_looks + 1 } else { 0 };
        last = now;
        let has_enough = now - moved >= ENOUGH || (now != moved && idle_looks >= IDLE_LOOKS);
        if !has_enough && !is_left_over {
            continue;
        }
        let mode = if length(&wal) > TOO_LONG { RESTART } else { PASSIVE };
        match checkpoint(&write, mode).await {
            Ok(()) => (moved, is_left_over) = (now, false),
            Err(error) if error.severity() == Severity::Fatal => {
                tracing::error!(error = %error, "a checkpoint failed: the store takes nothing more until it is restarted");
                return health.fail();
            }
            Err(error) => tracing::warn!(error = %error, "a checkpoint failed; it is tried again"),
        }
    }
}

fn length(wal: &Path) -> u64 {
    std::fs::metadata(wal).map_or(0, |wal| wal.len())
}

/// Empties the log; for the end, when no one else is connected.
pub(super) async fn empty(write: &SqlitePool) {
    if let Err(error) = checkpoint(write, "PRAGMA wal_checkpoint(TRUNCATE)").await {
        tracing::warn!(error = %error, "the last checkpoint failed; the next start makes up for it");
    }
}

async fn checkpoint(pool: &SqlitePool, mode: &'static str) -> Result<(), Error> {
    let mut conn = Conn::Sqlite(pool.acquire().await?);
    conn.command(mode).await
}

/// The log's file beside the database in `folder`.
pub(super) fn wal(folder: &Path) -> PathBuf {
    folder.join(format!("{}-wal", sqlite::FILE))
}
