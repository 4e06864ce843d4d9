//! What waits cost: thousands that are open at once, and a miss that is explained: `cargo bench --bench waits`.
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

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::api::Api;
use support::figures::{mib, spread};
use support::process::Process;
use support::sender::Sender;
use support::sized;
use support::tools::{postgres, smtp_source};
use tokio::task::JoinSet;

/// Mails of one measurement of the rate.
const MAILS: u32 = 20_000;
/// Mails before it.
const WARM_UP: u32 = 2_000;
/// Longest time of a wait: longer than the measurement.
const TIMEOUT_MS: u32 = 600_000;

#[tokio::main]
async fn main() {
    let _ = restante::net::raise_descriptor_limit();
    explain().await;
    for (database, url) in [("sqlite", None), ("postgres", postgres().await)] {
        if url.is_some() || database == "sqlite" {
            open(database, url).await;
        }
    }
}

/// The time of a whole call whose deadline has come, in an inbox of 1,000 messages.
async fn explain() {
    let folder = tempfile::tempdir().unwrap();
    let server = Process::serve(folder.path(), &[]);
    let messages = sized(1_000, 50);
    let mut sender = Sender::connect(server.at("smtp")).await;
    for number in 0..messages {
        sender.send("many@bench.test", &format!("no {number}"), 5_000).await;
    }
    let mut api = Api::connect(server.at("http")).await;
    let cursor = api.json("GET", "/v1/inboxes/many@bench.test", &Value::Null).await["cursor"].clone();
    for (what, wanted) in [
        ("subject", json!({"subject": "reset your password"})),
        ("body", json!({"body": "reset your password"})),
        ("before_the_cursor", json!({"subject": "reset your password", "since": cursor})),
    ] {
        let mut body = wanted;
        body["timeout_ms"] = json!(1);
        let mut times = Vec::new();
        for _ in 0..sized(50, 5) {
            let started = Instant::now();
            let answer = api.json("POST", "/v1/inboxes/many@bench.test/wait", &body).await;
            times.push(started.elapsed());
            assert_eq!(answer["outcome"], "timeout");
        }
        println!("waits what=miss on={what} messages={messages} {}", spread(&mut times));
    }
}

/// Waits in inboxes of their own that nothing comes to, and mail for another one.
async fn open(database: &str, url: Option<String>) {
    let waits = sized(5_000, 100);
    let mails = sized(MAILS, 500);
    let folder = tempfile::tempdir().unwrap();
    let mut settings: Vec<&str> = url.iter().flat_map(|url| ["--set", url.as_str()]).collect();
    settings.extend(["--set", "http.max_hold_ms=600000"]);
    let server = Process::serve(folder.path(), &settings);
    let mut api = Api::connect(server.at("http")).await;
    for number in 0..waits {
        let inbox = json!({ "local_part": format!("open-{number}"), "domain": "bench.test" });
        api.json("POST", "/v1/inboxes", &inbox).await;
    }
    smtp_source(server.at("smtp"), sized(WARM_UP, 100), true);
    // Twice on each side, the better one counts: another process may have had the disk.
    let alone = smtp_source(server.at("smtp"), mails, true).max(smtp_source(server.at("smtp"), mails, true));
    let before = server.resident();
    let mut open = JoinSet::new();
    let body = json!({ "timeout_ms": TIMEOUT_MS, "hold_ms": TIMEOUT_MS });
    let started = Instant::now();
    for number in 0..waits {
        let (body, mut held) = (body.clone(), Api::connect(server.at("http")).await);
        open.spawn(
            async move { held.json("POST", &format!("/v1/inboxes/open-{number}@bench.test/wait"), &body).await },
        );
    }
    // The last one to come under way is in the log when all are.
    let last = loop {
        let page = api.json("GET", "/v1/waits?outcome=open&limit=200", &Value::Null).await;
        let has_all = page["items"].as_array().is_some_and(|items| items.len() >= waits.min(200) as usize);
        if has_all && count(&mut api).await >= waits {
            break started.elapsed();
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let growth = server.resident().saturating_sub(before);
    println!(
        "waits what=open database={database} waits={waits} mib={:.1} kib_each={:.1} s={:.1}",
        mib(growth),
        growth as f64 / 1024.0 / f64::from(waits),
        last.as_secs_f64()
    );
    let beside = smtp_source(server.at("smtp"), mails, true).max(smtp_source(server.at("smtp"), mails, true));
    println!(
        "waits what=ingest database={database} waits={waits} mails_s={beside:.0} alone_mails_s={alone:.0} share={:.2}",
        beside / alone
    );
    assert!(open.try_join_next().is_none(), "a wait has ended");
}

/// How many waits are open.
async fn count(api: &mut Api) -> u32 {
    let (mut after, mut count) = (String::new(), 0);
    loop {
        let page = api.json("GET", &format!("/v1/waits?outcome=open&limit=200{after}"), &Value::Null).await;
        count += page["items"].as_array().map_or(0, Vec::len) as u32;
        match page["next_after"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return count,
        }
    }
}
