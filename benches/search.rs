//! How long a search takes: `cargo bench --bench search` prints milliseconds within one inbox of 1,000 messages and over
//! a project of 100,000, by subject, address and text, for what is there once, often and not at all.

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

use restante::config::Settings;
use restante::events::Bus;
use restante::filter::{self, Filter};
use restante::inboxes::{Inboxes, MessageSearch, SealKey, WaitLimits, Within};
use restante::mime;
use restante::model::inbox::Quota;
use restante::model::receipt::Via;
use restante::model::{Address, Clock, Envelope, InboxId, Receipt, ReversePath};
use restante::store::{self, Location, NewInbox, Order, Parcel, Store, Target};
use support::figures::spread;
use support::sized;

/// Runs of each search.
const RUNS: usize = 9;
/// Words that mails are made of.
const WORDS: [&str; 24] = [
    "order", "account", "please", "delivery", "invoice", "welcome", "password", "address", "shipping", "customer",
    "verify", "thanks", "number", "product", "support", "payment", "today", "review", "street", "summer", "offer",
    "period", "device", "security",
];

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(run());
}

async fn run() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = Settings::defaults().and_then(|settings| settings.config()).expect("the settings");
    let location = Location::Folder(folder.path().to_owned());
    let store = Store::open(&location, &config.store, Clock::system()).await.expect("a store");
    let tasks = tokio_util::task::TaskTracker::new();
    let seal = SealKey::load_or_make(&folder.path().join("secret.key")).expect("a key");
    let inboxes = Inboxes::new(
        store.clone(),
        Bus::new(),
        config.inboxes.clone(),
        1 << 20,
        WaitLimits { total: 10, per_key: 10 },
        seal,
        &tasks,
    );
    let count = sized(100_000, 2_000);
    let boxes = fill(&store, count).await;
    let project = Within::Project(inboxes.project());
    let all = format!("of_{count}");
    for (scope, within) in [("inbox_of_1000", Within::Inbox(boxes[0])), (all.as_str(), project)] {
        for (what, line) in [
            ("subject_once", "subject:\"case 777 of\""),
            ("subject_absent", "subject:zebrafish"),
            ("from_once", "from:user777@"),
            ("address_absent", "to:nobody@nowhere.test"),
            ("text_once", "text:\"ticket-777-\""),
            ("text_absent", "text:\"zebrafish in the\""),
            ("text_often", "text:invoice"),
            ("anywhere_absent", "zebrafish"),
        ] {
            let mut times = Vec::new();
            let mut hits = 0;
            for _ in 0..sized(RUNS, 2) {
                let filter = Filter::search_box(line).expect("a line");
                let search = MessageSearch {
                    reach: restante::model::Narrowing::default(),
                    within,
                    inboxes: Vec::new(),
                    filter,
                    since: None,
                    after: None,
                    order: Order::Newest,
                    limit: 50,
                };
                let begun = Instant::now();
                hits = inboxes.messages(&search).await.expect("a page").items.len();
                times.push(begun.elapsed());
                // Slow ones are told after three.
                if times.len() >= 3 && times.iter().sum::<Duration>() > Duration::from_secs(5) {
                    break;
                }
            }
            println!("bench search scope={scope} what={what} hits={hits} {}", spread(&mut times));
        }
    }
    store.close().await;
}

/// Delivers mails of 5 KB, each with text and HTML, into inboxes of 1,000.
async fn fill(store: &Store, count: usize) -> Vec<InboxId> {
    let mut boxes = Vec::new();
    for number in 0..count.div_ceil(1_000) {
        let address = Address::parse(&format!("box{number}@bench.test")).expect("an address");
        let new = NewInbox {
            max_inboxes: None,
            project: store.default_project(),
            address,
            tags: Vec::new(),
            metadata: Default::default(),
            run: None,
            client_ref: None,
            persona: None,
            quota: Quota::default(),
            expires_at: None,
            credential: None,
        };
        boxes.push(store.create_inbox(new).await.expect("an inbox").id);
    }
    let mut under_way = tokio::task::JoinSet::new();
    for number in 0..count {
        let (store, inbox) = (store.clone(), boxes[number / 1_000]);
        while under_way.len() >= 256 {
            under_way.join_next().await;
        }
        under_way.spawn(async move {
            let raw = mail(number);
            let content = mime::parse(raw.as_bytes());
            let envelope = Envelope::new(ReversePath::Null, []);
            let receipt =
                Receipt { via: Via::Api, envelope, session: None, stages: vec![], lints: vec![], transcript: vec![] };
            let target = Target { inbox, delivered_to: vec![format!("box{}@bench.test", number / 1_000)] };
            let keys = filter::keys(&content, target.delivered_to.iter().map(String::as_str));
            let packed = store::pack(raw.into_bytes().into());
            let parcel =
                Parcel::new(packed, &content, &receipt, keys, store.clock().now(), vec![target]).expect("a parcel");
            store.deliver(parcel).await.expect("it is stored");
        });
    }
    while under_way.join_next().await.is_some() {}
    boxes
}

fn mail(number: usize) -> String {
    let mut random = number as u64 ^ 0x9E37_79B9_7F4A_7C15;
    let mut text = String::new();
    while text.len() < support::MAIL_BYTES / 2 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        text.push_str(WORDS[(random % 24) as usize]);
        text.push(' ');
        if random.is_multiple_of(11) {
            text.push_str("\r\n");
        }
    }
    let rows: String = text.lines().map(|line| format!("<tr><td style=\"padding:4px\">{line}</td></tr>\r\n")).collect();
    let head = format!(
        "From: User <user{number}@app.test>\r\nTo: box{}@bench.test\r\nSubject: About case {number} of yours\r\n\
         Message-ID: <{number}@app.test>\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n",
        number / 1_000
    );
    format!(
        "{head}--b\r\nContent-Type: text/plain\r\n\r\nticket-{number}- {text}\r\n--b\r\nContent-Type: text/html\r\n\r\n\
         <table>{rows}</table>\r\n--b--\r\n"
    )
}
