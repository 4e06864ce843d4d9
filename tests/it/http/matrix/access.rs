//! Who may reach what: every operation, called in earnest by everyone who may not.

use reqwest::StatusCode;
use restante::model::Clock;
use serde_json::{Value, json};

use crate::support::bare_store::START;
use crate::support::http::{Answer, send, text};
use crate::support::keys::{ROOT, admin_of, key, locked, narrowed, project};
use crate::support::routes::{Real, Route, routes};
use crate::support::{Database, Http, Server};

/// Everything but `admin`, which a key for one inbox cannot have.
const ALL: [&str; 11] = [
    "inboxes:r",
    "inboxes:w",
    "messages:r",
    "messages:w",
    "messages:send",
    "webhooks:r",
    "webhooks:w",
    "faults:w",
    "runs:r",
    "runs:w",
    "events:r",
];

/// A row of the matrix.
struct Caller {
    name: &'static str,
    http: Http,
    may: May,
}

enum May {
    /// Nothing that is not open to everyone.
    Nothing,
    /// What wants one scope that no operation has yet, or any key at all.
    NotThis,
    /// The same things, but of another project or of another inbox.
    Elsewhere,
}

/// How someone who may do such things elsewhere is told that they are not to be had here.
const REFUSALS: [(u16, &str); 6] = [
    (404, "not_found"),
    (403, "scope_missing"),
    (403, "key_narrowed"),
    (403, "root_only"),
    // The address is another project's, and that much may be known: mail to it does not bounce.
    (409, "address_taken"),
    (422, "domain_not_hosted"),
];

impl Caller {
    fn is_met(&self, route: &Route, answer: &Answer, real: &Real) -> bool {
        let code = || answer.json()["code"].as_str().unwrap_or_default().to_owned();
        let status = answer.status.as_u16();
        if route.is_open {
            return status != 401 && status != 403;
        }
        match self.may {
            May::Nothing => status == 401 && code() == "unauthenticated",
            May::NotThis if route.scope.is_none() => status == 200,
            May::NotThis => status == 403 && code() == "scope_missing",
            May::Elsewhere if route.path.contains('{') => REFUSALS.contains(&(status, code().as_str())),
            May::Elsewhere => status < 500 && status != 401 && !tells_of(answer, real),
        }
    }
}

/// Whether the answer has the id of anything that its reader may not reach.
fn tells_of(answer: &Answer, real: &Real) -> bool {
    let told = String::from_utf8_lossy(&answer.body).into_owned();
    let ids = real.values().into_iter().filter(|(_, id)| id.contains('_') && id.len() > 20);
    ids.into_iter().any(|(_, id)| told.contains(&id))
}

async fn callers(server: &Server, clock: &Clock) -> Vec<Caller> {
    let root = server.http().with_key(ROOT);
    let end = START.plus_seconds(60).to_string();
    let expired = key(&root, json!({"scopes": ["admin"], "expires_at": end})).await;
    let other = project(&root, json!({"name": "other"})).await;
    let inbox = root.inbox(json!({"tags": ["of-the-narrowed-key"]})).await;
    let callers = [
        ("no key", server.http(), May::Nothing),
        ("a wrong key", server.http().with_key(&format!("{ROOT}x")), May::Nothing),
        ("a key that no one made", server.http().with_key(&expired.secret.replace("rst_", "rst_0")), May::Nothing),
        ("an expired key", server.http().with_key(&expired.secret), May::Nothing),
        ("a key of another scope", narrowed(&root, &["messages:send"], json!({})).await, May::NotThis),
        ("a key of another project", admin_of(&root, &other).await, May::Elsewhere),
        ("a key of another inbox", narrowed(&root, &ALL, json!({"inbox": text(&inbox, "id")})).await, May::Elsewhere),
    ];
    clock.set(START.plus_seconds(61));
    callers.into_iter().map(|(name, http, may)| Caller { name, http, may }).collect()
}

/// The things themselves, as the root key sees them.
async fn things(root: &Http, real: &Real) -> Vec<Value> {
    let mut found = Vec::new();
    for path in [
        format!("/v1/inboxes/{}", real.inbox),
        format!("/v1/messages/{}", real.message),
        format!("/v1/inboxes/{}/messages", real.inbox),
        format!("/v1/keys/{}", real.key),
        format!("/v1/projects/{}", real.project),
    ] {
        found.push(root.get(&path).await.expect(StatusCode::OK).json());
    }
    found
}

async fn nobody_reaches_what_is_not_theirs(database: Database) {
    let clock = Clock::manual(START);
    let server = Server::with_clock(database, clock.clone(), |config| {
        locked(config);
        config.http.max_hold_ms = 1;
    })
    .await;
    let root = server.http().with_key(ROOT);
    let real = Real::make(&root).await;
    // The address of the matrix belongs to somebody.
    root.put("/v1/inboxes/by-address/routes@routes.test", json!({})).await.expect(StatusCode::CREATED);
    let callers = callers(&server, &clock).await;
    let before = things(&root, &real).await;
    for route in routes() {
        for caller in &callers {
            let answer = send(route.call_as_described(&caller.http, &real)).await;
            let told = || String::from_utf8_lossy(&answer.body).into_owned();
            assert!(
                caller.is_met(&route, &answer, &real),
                "{route} with {}: {} {}",
                caller.name,
                answer.status,
                told()
            );
        }
    }
    assert_eq!(things(&root, &real).await, before, "someone changed what is not theirs");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_reaches_what_is_not_theirs_sqlite() {
    nobody_reaches_what_is_not_theirs(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_reaches_what_is_not_theirs_postgres() {
    if Database::Postgres.is_here() {
        nobody_reaches_what_is_not_theirs(Database::Postgres).await;
    }
}
