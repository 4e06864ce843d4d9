//! SIGTERM: what is under way ends or is told so, nothing acknowledged is lost, and it does not take long.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use rustix::process::Signal;
use serde_json::json;

use super::ledger::INBOX;
use super::load::{Load, seed};
use crate::support::dialogue::Dialogue;
use crate::support::process::Process;
use crate::support::{Database, Http};

/// Longest time from the signal to the end.
const EXIT: Duration = Duration::from_secs(10);
/// What "at once" means for a program that is busy and built for debugging.
const AT_ONCE: Duration = Duration::from_secs(3);

/// A dialogue that has the server's `354` and has sent half of a mail.
async fn halfway(server: &Process) -> Dialogue {
    let mut dialogue = Dialogue::connect(server.at("smtp")).await;
    dialogue
        .run(&format!(
            "S: 220 …\nC: MAIL FROM:<a@b.test>\nS: 250 …\nC: RCPT TO:<{INBOX}>\nS: 250 …\nC: DATA\nS: 354 …\n\
             C: Subject: halfway\nC:  \nC: The first half.\n"
        ))
        .await;
    dialogue
}

/// A dialogue in which nothing is under way.
async fn idle(server: &Process) -> Dialogue {
    let mut dialogue = Dialogue::connect(server.at("smtp")).await;
    dialogue.run("S: 220 …\nC: EHLO idle.example\nS: 250-…*\nS: 250 HELP").await;
    dialogue
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_under_load_ends_what_is_under_way_on_sqlite() {
    ends_in_order(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_under_load_ends_what_is_under_way_on_postgres() {
    if Database::Postgres.is_here() {
        ends_in_order(Database::Postgres).await;
    }
}

async fn ends_in_order(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let url = database.fresh().await.map(|url| format!("store.url={url}"));
    let settings: Vec<&str> = url.iter().flat_map(|url| ["--set", url.as_str()]).collect();
    let server = Process::serve(folder.path(), &settings);
    let load = Load::start(16, seed());
    load.server_is_at(server.at("smtp"));
    load.acknowledged(50).await;
    let (mut halfway, mut idle) = (halfway(&server).await, idle(&server).await);
    let http = Http::new(server.at("http"));
    let wait = json!({ "subject": "never sent", "timeout_ms": 60_000, "hold_ms": 50_000 });
    let path = format!("/v1/inboxes/{INBOX}/wait");
    let (waited, ()) = tokio::join!(http.post(&path, wait), async {
        // The wait is held by now, or this reads its answer when it was not and fails below.
        load.acknowledged(50).await;
        server.signal(Signal::TERM);
    });
    let signalled = Instant::now();
    assert_eq!(waited.expect(StatusCode::OK).json()["outcome"], "pending");
    idle.run("S: 421 4.3.2 …\nS: [closed]").await;
    // The mail that had begun is taken whole, and only then is the connection told to go.
    halfway.run("C: The second half.\nC: .\nS: 250 2.0.0 …\nS: 421 4.3.2 …\nS: [closed]").await;
    let ledger = load.stop().await;
    let (code, said) = server.ended();
    assert_eq!(code, Some(0), "{said}");
    assert!(signalled.elapsed() < EXIT, "{:?}", signalled.elapsed());
    assert!(ledger.refused.keys().all(|reply| reply.starts_with("421 4.3.2 ")), "{:?}", ledger.refused);

    let server = Process::serve(folder.path(), &settings);
    ledger.assert_kept(server.at("http")).await;
    Http::new(server.at("http")).wait(INBOX, "halfway").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_does_not_wait_for_ever_for_a_mail_that_does_not_end() {
    let folder = tempfile::tempdir().unwrap();
    let server = Process::serve(folder.path(), &[]);
    let _halfway = halfway(&server).await;
    let signalled = Instant::now();
    server.signal(Signal::TERM);
    let (code, said) = tokio::task::spawn_blocking(|| server.ended()).await.unwrap();
    assert_eq!(code, Some(0), "{said}");
    assert!(signalled.elapsed() < EXIT, "{:?}", signalled.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn second_sigterm_ends_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = Process::serve(folder.path(), &[]);
    let (_halfway, mut idle) = (halfway(&server).await, idle(&server).await);
    server.signal(Signal::TERM);
    // It has heard the first one when it says so.
    idle.run("S: 421 4.3.2 …\nS: [closed]").await;
    let signalled = Instant::now();
    server.signal(Signal::TERM);
    let (code, said) = tokio::task::spawn_blocking(|| server.ended()).await.unwrap();
    assert_eq!(code, Some(1), "{said}");
    assert!(signalled.elapsed() < AT_ONCE, "{:?}", signalled.elapsed());
}
