//! Take the cursor, send, wait: whenever the mail comes, each round finds its own and no other.

use std::net::SocketAddr;

use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::load::seed;
use crate::support::http::{encoded, text};
use crate::support::process::Process;
use crate::support::{Database, Http, Smtp, mail};

/// Rounds of one story.
const ROUNDS: usize = 1_000;
/// Rounds that go on at once, each in an inbox of its own.
const LANES: usize = 25;
/// Longest wait for a mail that is sent.
const TIMEOUT_MS: u64 = 20_000;

/// When the mail comes.
#[derive(Clone, Copy, Debug)]
enum When {
    /// It is acknowledged before the wait is called.
    Before,
    /// Both set out at one moment.
    Together,
    /// The wait is under way for the time of some other calls.
    During(usize),
    /// The wait has been answered `pending` so often.
    BetweenCalls(usize),
}

impl When {
    fn any(random: &mut StdRng) -> Self {
        match random.random_range(0..4) {
            0 => Self::Before,
            1 => Self::Together,
            2 => Self::During(random.random_range(0..4)),
            _ => Self::BetweenCalls(random.random_range(1..3)),
        }
    }
}

/// One node: where it takes mail, and its API.
type Node = (SocketAddr, SocketAddr);

/// One lane: an inbox, and a connection for mail to every node.
struct Lane {
    address: String,
    random: StdRng,
    nodes: Vec<(Smtp, Http)>,
}

impl Lane {
    async fn new(nodes: &[Node], number: usize, seed: u64) -> Self {
        let mut connected = Vec::new();
        for (smtp, http) in nodes {
            connected.push((Smtp::connect(*smtp).await, Http::new(*http)));
        }
        let local_part = format!("race-{number}");
        connected[0].1.inbox(json!({"local_part": local_part, "domain": "race.test"})).await;
        let random = StdRng::seed_from_u64(seed ^ ((number as u64) << 32));
        Self { address: format!("{local_part}@race.test"), random, nodes: connected }
    }

    fn any_http(&mut self) -> Http {
        let node = self.random.random_range(0..self.nodes.len());
        self.nodes[node].1.clone()
    }

    async fn round(&mut self, round: usize) {
        let [asked, waited, again] = [self.any_http(), self.any_http(), self.any_http()];
        let inbox = format!("/v1/inboxes/{}", encoded(&self.address));
        let cursor = asked.get(&inbox).await.expect(StatusCode::OK).json()["cursor"].clone();
        let body = format!("round {round} of {}\r\n", self.address);
        let sent = mail().to(&self.address).subject("the same subject").body(&body);
        let when = When::any(&mut self.random);
        let at = self.random.random_range(0..self.nodes.len());
        let smtp = &mut self.nodes[at].0;
        let ask = json!({"subject": "the same subject", "since": cursor, "timeout_ms": TIMEOUT_MS});
        let path = format!("{inbox}/wait");
        let answer = match when {
            When::Before => {
                smtp.deliver(sent).await;
                waited.post(&path, ask).await
            }
            When::Together => tokio::join!(waited.post(&path, ask), smtp.deliver(sent)).0,
            When::During(calls) => {
                let send = async {
                    for _ in 0..calls {
                        asked.get("/v1/meta").await;
                    }
                    smtp.deliver(sent).await;
                };
                tokio::join!(waited.post(&path, ask), send).0
            }
            When::BetweenCalls(calls) => {
                let mut ask = ask;
                ask["hold_ms"] = json!(1);
                for _ in 0..calls {
                    let pending = waited.post(&path, ask.clone()).await.expect(StatusCode::OK).json();
                    assert_eq!(pending["outcome"], "pending", "{when:?}: {pending}");
                    ask["since"] = pending["since"].clone();
                    ask["wait_id"] = pending["wait_id"].clone();
                }
                smtp.deliver(sent).await;
                ask["hold_ms"] = json!(TIMEOUT_MS);
                again.post(&path, ask).await
            }
        };
        let answer: Value = answer.expect(StatusCode::OK).json();
        assert_eq!(answer["outcome"], "matched", "round {round}, {when:?}: {answer}");
        assert_eq!(answer["messages"].as_array().map(Vec::len), Some(1), "round {round}, {when:?}");
        assert_eq!(text(&answer["messages"][0], "text").trim(), body.trim(), "round {round}, {when:?}");
    }
}

async fn race(nodes: &[Node]) {
    let seed = seed();
    let lanes = (0..LANES).map(async |number| {
        let mut lane = Lane::new(nodes, number, seed).await;
        for round in 0..ROUNDS / LANES {
            lane.round(round).await;
        }
    });
    join_all(lanes).await;
}

async fn one_node(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let url = database.fresh().await.map(|url| format!("store.url={url}"));
    let settings: Vec<&str> = url.iter().flat_map(|url| ["--set", url.as_str()]).collect();
    let server = Process::serve(folder.path(), &settings);
    race(&[(server.at("smtp"), server.at("http"))]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_round_finds_its_mail_and_no_other_on_sqlite() {
    one_node(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_round_finds_its_mail_and_no_other_on_postgres() {
    if Database::Postgres.is_here() {
        one_node(Database::Postgres).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_round_finds_its_mail_and_no_other_over_two_processes() {
    if !Database::Postgres.is_here() {
        return;
    }
    let url = format!("store.url={}", Database::Postgres.fresh().await.expect("a URL"));
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let servers = folders.each_ref().map(|folder| Process::serve(folder.path(), &["--set", &url]));
    let nodes = servers.each_ref().map(|server| (server.at("smtp"), server.at("http")));
    race(&nodes).await;
}
