//! A sync fails: what the disk holds is unknown from then on, so nothing more is acknowledged and the process ends.

use std::fs::File;

use tokio::time::timeout;

use super::load::{Load, seed};
use super::sync_shim;
use crate::support::PATIENCE;
use crate::support::process::{Process, serve};

/// Connections that send.
const CONNECTIONS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failed_sync_ends_the_taking_of_mail_and_loses_nothing() {
    let (folder, tools) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let fails = tools.path().join("fails");
    let mut failing = serve(folder.path(), &[]);
    failing.env("LD_PRELOAD", sync_shim::build(tools.path())).env("SYNC_FAILS", &fails);
    let server = Process::start(&mut failing);
    let load = Load::start(CONNECTIONS as u64, seed());
    load.server_is_at(server.at("smtp"));
    load.acknowledged(100).await;

    File::create(&fails).unwrap();
    let before = load.count();
    let ended = tokio::task::spawn_blocking(|| server.ended());
    let (code, said) = timeout(PATIENCE, ended).await.expect("it ends by itself").unwrap();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("a write or sync failed"), "{said}");
    assert!(std::fs::metadata(&fails).unwrap().len() > 0, "no sync was asked for");
    let ledger = load.stop().await;
    // A mail of each connection may have been synced by then, and its 250 under way.
    assert!(ledger.len() <= before + CONNECTIONS, "{} more", ledger.len() - before);
    assert!(ledger.refused.keys().all(|reply| reply.starts_with("421 4.3.")), "{:?}", ledger.refused);

    let server = Process::serve(folder.path(), &[]);
    ledger.assert_kept(server.at("http")).await;
}
