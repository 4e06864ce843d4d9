//! SIGKILL at random times under load: what got its 250 is there afterwards, once and octet for octet.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rustix::process::Signal;
use sqlx::{Connection, SqliteConnection};

use super::load::{Load, seed};
use crate::support::Database;
use crate::support::process::Process;

/// Kills on SQLite, unless `RESTANTE_TEST_KILLS` says how many on each database.
const KILLS_SQLITE: u32 = 20;
/// Kills on PostgreSQL.
const KILLS_POSTGRES: u32 = 10;
/// Connections that send.
const CONNECTIONS: u64 = 24;
/// When it is killed, in milliseconds after it became ready. Early kills meet the first commits of a new log.
const KILL_AFTER_MS: std::ops::Range<u64> = 20..700;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigkill_loses_nothing_on_sqlite() {
    let folder = survive(Database::Sqlite, KILLS_SQLITE).await;
    let mut database =
        SqliteConnection::connect(&format!("sqlite://{}/restante.db", folder.path().display())).await.unwrap();
    let (found,): (String,) = sqlx::query_as("PRAGMA integrity_check").fetch_one(&mut database).await.unwrap();
    assert_eq!(found, "ok");
    let broken = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut database).await.unwrap();
    assert_eq!(broken.len(), 0, "rows that refer to nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigkill_loses_nothing_on_postgres() {
    if Database::Postgres.is_here() {
        survive(Database::Postgres, KILLS_POSTGRES).await;
    }
}

/// Kills so many times, then compares; gives the folder of the data.
async fn survive(database: Database, kills: u32) -> tempfile::TempDir {
    let kills = std::env::var("RESTANTE_TEST_KILLS").map_or(kills, |text| text.parse().expect("a number"));
    let seed = seed();
    let mut random = StdRng::seed_from_u64(seed);
    let folder = tempfile::tempdir().unwrap();
    let url = database.fresh().await.map(|url| format!("store.url={url}"));
    let settings: Vec<&str> = url.iter().flat_map(|url| ["--set", url.as_str()]).collect();
    let start = || Process::serve(folder.path(), &settings);

    let mut load = Load::start(CONNECTIONS, seed);
    let mut server = start();
    for _ in 0..kills {
        load.server_is_at(server.at("smtp"));
        load.acknowledged(1).await;
        load.run_for(Duration::from_millis(random.random_range(KILL_AFTER_MS))).await;
        server.signal(Signal::KILL);
        load.server_is_down();
        server.ended();
        server = start();
    }
    let ledger = load.stop().await;
    assert!(ledger.len() > kills as usize, "the load was no load");
    ledger.assert_kept(server.at("http")).await;
    server.signal(Signal::TERM);
    assert_eq!(server.ended().0, Some(0));
    folder
}
