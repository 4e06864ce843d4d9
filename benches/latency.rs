//! How long a sender waits for its 250, and a test for its mail: `cargo bench --bench latency`.
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

use serde_json::json;
use support::api::Api;
use support::figures::spread;
use support::process::Process;
use support::sender::Sender;
use support::{CONNECTIONS, MAIL_BYTES, sized};
use tokio::task::JoinSet;
use tokio::time::sleep_until;

/// Mails a second, whatever the server does.
const RATE: u32 = 500;
/// Longest wait for one mail.
const TIMEOUT_MS: u32 = 30_000;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let server = Process::serve(folder.path(), &[]);
    acknowledgement(&server).await;
    wake_up(&server).await;
    code(&server).await;
    many_waits(&server).await;
}

/// When the mails of an even stream are due; a mail that is late is late from then on, not from when it was sent.
#[derive(Clone, Copy)]
struct Schedule(Instant);

impl Schedule {
    async fn due(self, mail: u32) -> Instant {
        let due = self.0 + Duration::from_secs(1) * mail / RATE;
        sleep_until(due.into()).await;
        due
    }
}

async fn acknowledgement(server: &Process) {
    let mails = sized(20, 2) * RATE;
    let mut senders = JoinSet::new();
    let schedule = Schedule(Instant::now() + Duration::from_secs(1));
    for number in 0..CONNECTIONS {
        let at = server.at("smtp");
        senders.spawn(async move {
            let mut sender = Sender::connect(at).await;
            let mut times = Vec::new();
            for mail in (number..mails).step_by(CONNECTIONS as usize) {
                let due = schedule.due(mail).await;
                times.push(sender.send("stream@bench.test", &format!("stream-{mail}"), MAIL_BYTES).await - due);
            }
            times
        });
    }
    let mut times = senders.join_all().await.concat();
    println!("latency what=acknowledgement mails_s={RATE} {}", spread(&mut times));
}

async fn wake_up(server: &Process) {
    let (mut sender, mut api) = (Sender::connect(server.at("smtp")).await, Api::connect(server.at("http")).await);
    let mut cursor = inbox(&mut api, "one").await;
    let mut times = Vec::new();
    for round in 0..sized(300, 20) {
        let subject = format!("round-{round}-");
        let (answer, acknowledged) = tokio::join!(
            wait(&mut api, "one@bench.test", &cursor, &subject),
            sender.send("one@bench.test", &subject, MAIL_BYTES)
        );
        let (seen, next) = answer.expect("a mail that was sent");
        // The answer may be there before the sender has read its 250.
        times.push(seen.saturating_duration_since(acknowledged));
        cursor = next;
    }
    println!("latency what=wake_up waits=1 {}", spread(&mut times));
}

/// A mail as products send their codes: a text, and HTML of some size around the same number.
fn with_code(code: u32) -> String {
    let rows = "<tr><td style=\"padding:8px 24px;font:16px Arial\">If you did not ask for it, nothing will happen.</td></tr>\r\n".repeat(60);
    format!(
        "From: App <no-reply@app.test>\r\nSubject: Sign in to App\r\nMIME-Version: 1.0\r\nContent-Type: \
         multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nYour verification code is \
         {code}.\r\nIt expires in 10 minutes.\r\n--b\r\nContent-Type: text/html\r\n\r\n<html><body><table>{rows}<tr><td>Your \
         verification code is</td></tr><tr><td style=\"font-size:32px;letter-spacing:6px\">{code}</td></tr></table></body></html>\r\n\
         --b--\r\n.\r\n"
    )
}

/// From the 250 to the code, as a test takes it.
async fn code(server: &Process) {
    let (mut sender, mut api) = (Sender::connect(server.at("smtp")).await, Api::connect(server.at("http")).await);
    let mut cursor = inbox(&mut api, "codes").await;
    let mut times = Vec::new();
    for round in 0..sized(300, 20) {
        let code = 100_000 + round * 2_357;
        let (path, octets) = (format!("/v1/inboxes/codes@bench.test/otp?wait=30&since={cursor}"), with_code(code));
        let asks = async { (api.json("GET", &path, &json!(null)).await, Instant::now()) };
        let ((answer, seen), acknowledged) = tokio::join!(asks, sender.send_octets("codes@bench.test", &octets));
        assert_eq!(answer["value"], code.to_string());
        times.push(seen.saturating_duration_since(acknowledged));
        cursor = answer["cursor"].as_str().unwrap().to_owned();
    }
    println!("latency what=otp {}", spread(&mut times));
}

async fn many_waits(server: &Process) {
    let inboxes = sized(1_000, 50);
    let mut api = Api::connect(server.at("http")).await;
    let mut waits = JoinSet::new();
    for number in 0..inboxes {
        let cursor = inbox(&mut api, &format!("many-{number}")).await;
        let mut api = Api::connect(server.at("http")).await;
        waits.spawn(
            async move { (number, wait(&mut api, &format!("many-{number}@bench.test"), &cursor, "many").await) },
        );
    }
    let mut senders = JoinSet::new();
    // A second, in which the waits come to be held.
    let schedule = Schedule(Instant::now() + Duration::from_secs(1));
    for first in 0..CONNECTIONS {
        let at = server.at("smtp");
        senders.spawn(async move {
            let mut sender = Sender::connect(at).await;
            let mut sent = Vec::new();
            for number in (first..inboxes).step_by(CONNECTIONS as usize) {
                schedule.due(number).await;
                sent.push((number, sender.send(&format!("many-{number}@bench.test"), "many", MAIL_BYTES).await));
            }
            sent
        });
    }
    let mut acknowledged = vec![None; inboxes as usize];
    for (number, at) in senders.join_all().await.concat() {
        acknowledged[number as usize] = Some(at);
    }
    let mut missed = 0;
    let mut times = Vec::new();
    for (number, seen) in waits.join_all().await {
        let acknowledged = acknowledged[number as usize].expect("every inbox had its mail");
        match seen {
            Some((seen, _)) => times.push(seen.saturating_duration_since(acknowledged)),
            None => missed += 1,
        }
    }
    println!("latency what=wake_up waits={inboxes} mails_s={RATE} missed={missed} {}", spread(&mut times));
}

/// A new inbox with this local part; gives its cursor.
async fn inbox(api: &mut Api, local_part: &str) -> String {
    let made = api.json("POST", "/v1/inboxes", &json!({ "local_part": local_part, "domain": "bench.test" })).await;
    made["cursor"].as_str().expect("a cursor").to_owned()
}

/// Waits for a mail with this subject; gives when the answer was read and the next cursor, or `None` if it was missed.
async fn wait(api: &mut Api, inbox: &str, since: &str, subject: &str) -> Option<(Instant, String)> {
    let body = json!({
        "since": since, "subject": subject, "timeout_ms": TIMEOUT_MS, "hold_ms": TIMEOUT_MS, "return": "ids"
    });
    let answer = api.json("POST", &format!("/v1/inboxes/{inbox}/wait"), &body).await;
    let read = Instant::now();
    (answer["outcome"] == "matched").then(|| (read, answer["cursor"].as_str().expect("a cursor").to_owned()))
}
