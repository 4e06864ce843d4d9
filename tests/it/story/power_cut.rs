//! The power goes while mail comes in: what was synced is there afterwards, and what was not would be missed.

use std::process::Command;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rustix::process::Signal;
use sqlx::{Connection, SqliteConnection};

use super::disk::Disk;
use super::load::{Load, seed};
use super::sync_shim;
use crate::support::process::{Process, serve};

/// Cuts, unless `RESTANTE_TEST_CUTS` says how many.
const CUTS: u32 = 5;
/// When the power goes, in milliseconds after the first mail.
const CUT_AFTER_MS: std::ops::Range<u64> = 20..900;
/// The disk's size; all mail of a long run fits. Its file takes only what is written.
const DISK_MIB: u64 = 8_192;

/// A disk for these tests. Where it cannot be had they are not run, in CI neither: it takes root and loop devices.
fn disk() -> Option<Disk> {
    Disk::ext4(DISK_MIB).inspect_err(|why| eprintln!("not run, the power cannot be cut here: {why}")).ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn power_cut_loses_nothing() {
    let Some(disk) = disk() else { return };
    let cuts = std::env::var("RESTANTE_TEST_CUTS").map_or(CUTS, |text| text.parse().expect("a number"));
    let seed = seed();
    let mut random = StdRng::seed_from_u64(seed);
    let command = serve(&disk.path(), &[]);
    let mut load = Load::start(16, seed);
    let mut server = Process::start(&mut disk.command(&command));
    for _ in 0..cuts {
        load.server_is_at(server.at("smtp"));
        load.acknowledged(1).await;
        load.run_for(Duration::from_millis(random.random_range(CUT_AFTER_MS))).await;
        server = cut(&disk, &load, server, &command);
    }
    let ledger = load.stop().await;
    ledger.assert_kept(server.at("http")).await;
    server.signal(Signal::TERM);
    assert_eq!(server.ended().0, Some(0));
    assert_eq!(integrity(&disk).await, "ok");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn power_cut_is_noticed_where_nothing_was_synced() {
    let Some(disk) = disk() else { return };
    let tools = tempfile::tempdir().unwrap();
    let honest = serve(&disk.path(), &[]);
    // The database itself is there: only the load's mail was never synced.
    let server = Process::start(&mut disk.command(&honest));
    server.signal(Signal::TERM);
    assert_eq!(server.ended().0, Some(0));

    let mut lying = disk.command(&honest);
    lying.env("LD_PRELOAD", sync_shim::build(tools.path())).env("SYNC_LIES", "1");
    let server = Process::start(&mut lying);
    let load = Load::start(16, seed());
    load.server_is_at(server.at("smtp"));
    load.acknowledged(200).await;
    let server = cut(&disk, &load, server, &honest);
    let found = load.stop().await.compare(server.at("http")).await;
    assert!(found.lost > 0, "this machine cannot show what a power cut does: {found:?}");
    eprintln!("without syncs, {} of {} acknowledged were lost", found.lost, found.acknowledged);
}

/// Cuts the power, ends what ran, and starts again on what the disk holds.
fn cut(disk: &Disk, load: &Load, server: Process, command: &Command) -> Process {
    load.power_goes();
    disk.cut_power();
    load.server_is_down();
    server.signal(Signal::KILL);
    server.ended();
    disk.plug_in();
    Process::start(&mut disk.command(command))
}

/// What SQLite says about the database of a server that has stopped.
async fn integrity(disk: &Disk) -> String {
    // Copied, because SQLite follows the link behind `Disk::seen` to a folder that is empty outside.
    let copy = tempfile::tempdir().unwrap();
    let to = copy.path().join("restante.db");
    std::fs::copy(disk.seen().join("restante.db"), &to).unwrap();
    assert!(!disk.seen().join("restante.db-wal").exists(), "the log was left behind, and the copy is not whole");
    let mut database = SqliteConnection::connect(&format!("sqlite://{}", to.display())).await.unwrap();
    let (found,): (String,) = sqlx::query_as("PRAGMA integrity_check").fetch_one(&mut database).await.unwrap();
    found
}
