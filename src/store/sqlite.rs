//! Opening SQLite so that a commit is on the disk when it returns.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqlitePool};

use super::Error;
use super::pool::Pool;

/// The database's file in the data folder.
pub(super) const FILE: &str = "restante.db";

/// Pages that the writer keeps in memory, in KiB (negative counts KiB in SQLite). More is of little use: the
/// operating system keeps the file too, and an idle server should be small.
const WRITER_CACHE: &str = "-8192";
/// The same for each reader.
const READER_CACHE: &str = "-2048";
/// Statements that a connection keeps prepared. Batches vary in size, and each size of a multi-row statement is one.
const STATEMENTS: usize = 256;
/// Longest wait for another connection's lock. Only the checkpointer competes with the writer.
const BUSY: Duration = Duration::from_secs(30);
/// The write-ahead log is cut back to this many octets when it starts over.
const WAL_LIMIT: &str = "67108864";

/// Opens (or makes) the database in `folder`, which only one process may use.
pub(super) async fn open(folder: &Path, readers: u32) -> Result<(Pool, File), Error> {
    let lock = lock(folder)?;
    let options = SqliteConnectOptions::new()
        .filename(folder.join(FILE))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .statement_cache_capacity(STATEMENTS)
        .pragma("wal_autocheckpoint", "0")
        .pragma("journal_size_limit", WAL_LIMIT)
        .pragma("temp_store", "MEMORY")
        .disable_statement_logging();
    let one = |options: SqliteConnectOptions| pool(1).connect_with(options);
    let write = one(options.clone().pragma("cache_size", WRITER_CACHE)).await?;
    assert_durable(&write).await?;
    let options = options.pragma("cache_size", READER_CACHE);
    let maintain = pool(1).connect_lazy_with(options.clone());
    let read = pool(readers).connect_lazy_with(options.pragma("query_only", "1"));
    Ok((Pool::Sqlite { write, read, maintain }, lock))
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(30))
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

/// What the settings asked for is worth nothing if the library or the file says otherwise.
async fn assert_durable(write: &SqlitePool) -> Result<(), Error> {
    let (journal,): (String,) = sqlx::query_as("PRAGMA journal_mode").fetch_one(write).await?;
    if journal != "wal" {
        return Err(Error::NotDurable { setting: "journal_mode", found: journal, wanted: "wal" });
    }
    let (synchronous,): (i64,) = sqlx::query_as("PRAGMA synchronous").fetch_one(write).await?;
    if synchronous < 2 {
        return Err(Error::NotDurable { setting: "synchronous", found: synchronous.to_string(), wanted: "2 (FULL)" });
    }
    Ok(())
}

/// Takes the folder for this process; the lock goes with the returned file.
fn lock(folder: &Path) -> Result<File, Error> {
    let path = folder.join("restante.lock");
    let folder_error = |cause| Error::Folder { path: path.clone(), cause };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(folder_error)?;
    rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).map_err(|error| {
        if error == rustix::io::Errno::WOULDBLOCK {
            Error::InUse(folder.to_owned())
        } else {
            folder_error(error.into())
        }
    })?;
    Ok(file)
}
