//! How many mails a second are acknowledged and synced: `cargo bench --bench ingest`.
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

use serde_json::Value;
use support::api::Api;
use support::process::Process;
use support::tools::{INBOX, Sink, postgres, smtp_source};

/// Mails of one measurement.
const MAILS: u32 = 30_000;
/// Mails before it, so that every connection to the database and every statement is there.
const WARM_UP: u32 = 2_000;

#[tokio::main]
async fn main() {
    let (mails, warm_up) = (support::sized(MAILS, 1_000), support::sized(WARM_UP, 100));
    for is_kept in [true, false] {
        let connections = if is_kept { "kept" } else { "one_a_mail" };
        let sink = Sink::start();
        smtp_source(sink.1, warm_up, is_kept);
        let sink_rate = smtp_source(sink.1, mails, is_kept);
        println!("ingest server=smtp-sink connections={connections} mails_s={sink_rate:.0}");
        drop(sink);
        for (database, url) in [("sqlite", None), ("postgres", postgres().await)] {
            if url.is_none() && database == "postgres" {
                continue;
            }
            let folder = tempfile::tempdir().unwrap();
            let settings: Vec<&str> = url.iter().flat_map(|url| ["--set", url.as_str()]).collect();
            let server = Process::serve(folder.path(), &settings);
            smtp_source(server.at("smtp"), warm_up, is_kept);
            let rate = smtp_source(server.at("smtp"), mails, is_kept);
            let inbox =
                Api::connect(server.at("http")).await.json("GET", &format!("/v1/inboxes/{INBOX}"), &Value::Null).await;
            let held = inbox["counts"]["messages"].as_u64().expect("a count");
            let lost = u64::from(warm_up + mails) - held;
            println!(
                "ingest server=restante database={database} connections={connections} mails_s={rate:.0} \
                 share_of_sink={:.2} lost={lost}",
                rate / sink_rate
            );
        }
    }
}
