//! How quickly it starts, how much memory it holds, and how it reads a large inbox: `cargo bench --bench footprint`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a benchmark fails by panicking, and its figures are rounded"
)]

#[allow(dead_code, unreachable_pub, reason = "a box of tools, of which a benchmark takes what it needs")]
mod support;

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;
use support::api::Api;
use support::figures::{mib, spread};
use support::process::Process;
use support::sender::Sender;
use support::sized;
use support::tools::{INBOX, smtp_source};

/// Starts that are measured.
const STARTS: u32 = 20;
/// How long an idle server is left alone before it is looked at.
const SETTLE: Duration = Duration::from_secs(5);
/// The largest message that is taken as shipped.
const LARGE: usize = 50 << 20;

#[tokio::main]
async fn main() {
    let mails = sized(100_000, 2_000);
    let folder = tempfile::tempdir().unwrap();
    starts(folder.path(), 0).await;

    let server = Process::serve(folder.path(), &[]);
    tokio::time::sleep(SETTLE).await;
    println!("footprint what=resident when=idle mails=0 mib={:.1}", mib(server.resident()));
    smtp_source(server.at("smtp"), mails, true);
    let (loaded, peak) = (server.resident(), server.resident_peak());
    tokio::time::sleep(SETTLE).await;
    println!(
        "footprint what=resident when=loaded mails={mails} mib={:.1} peak_mib={:.1} settled_mib={:.1}",
        mib(loaded),
        mib(peak),
        mib(server.resident())
    );
    reads(&server, mails).await;
    stop(server);

    starts(folder.path(), mails).await;
    large_message(folder.path()).await;
}

/// From the start of the program to the answer of `/readyz`.
async fn starts(folder: &Path, mails: u32) {
    let mut times = Vec::new();
    for _ in 0..sized(STARTS, 3) {
        let started = Instant::now();
        let server = Process::serve(folder, &[]);
        let (status, _) = Api::connect(server.at("http")).await.call("GET", "/readyz", "").await;
        times.push(started.elapsed());
        assert_eq!(status, 200);
        stop(server);
    }
    println!("footprint what=start mails={mails} {}", spread(&mut times));
}

async fn reads(server: &Process, mails: u32) {
    let mut api = Api::connect(server.at("http")).await;
    let newest = format!("/v1/inboxes/{INBOX}/messages?limit=50");
    let (mut times, mut ids) = (Vec::new(), Vec::new());
    for _ in 0..sized(500, 20) {
        let started = Instant::now();
        let (status, octets) = api.call("GET", &newest, "").await;
        times.push(started.elapsed());
        assert_eq!(status, 200);
        ids = octets;
    }
    println!("footprint what=newest_50 mails={mails} {}", spread(&mut times));

    // Ids from all over the inbox, not only of what is fresh in memory.
    let page: Value = serde_json::from_slice(&ids).unwrap();
    let oldest = api.json("GET", &format!("{newest}&order=oldest"), &Value::Null).await;
    let items = [page, oldest].map(|page| page["items"].as_array().unwrap().clone()).concat();
    let mut times = Vec::new();
    for item in items.iter().cycle().take(sized(500, 20)) {
        let path = format!("/v1/messages/{}", item["id"].as_str().unwrap());
        let started = Instant::now();
        let (status, _) = api.call("GET", &path, "").await;
        times.push(started.elapsed());
        assert_eq!(status, 200);
    }
    println!("footprint what=get_by_id mails={mails} {}", spread(&mut times));
}

async fn large_message(folder: &Path) {
    let octets = sized(LARGE, LARGE / 10);
    let server = Process::serve(folder, &[]);
    let mut sender = Sender::connect(server.at("smtp")).await;
    sender.send("warm-up@bench.test", "small", 5_000).await;
    let before = server.resident();
    let started = Instant::now();
    let acknowledged = sender.send("large@bench.test", "large", octets).await;
    let peak = server.resident_peak().saturating_sub(before);
    tokio::time::sleep(SETTLE).await;
    let after = server.resident().saturating_sub(before);
    println!(
        "footprint what=large_message mib={:.0} peak_growth_mib={:.1} peak_growth_times={:.2} growth_after_mib={:.1} s={:.2}",
        mib(octets as u64),
        mib(peak),
        peak as f64 / octets as f64,
        mib(after),
        (acknowledged - started).as_secs_f64()
    );
}

fn stop(server: Process) {
    server.signal(Signal::TERM);
    assert_eq!(server.ended().0, Some(0));
}
