//! Errors: each code can be met, and each looks the same.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use restante::http::Code;
use restante::model::Secret;
use serde_json::json;

use crate::support::Server;
use crate::support::http::{Answer, send, text};
use crate::support::routes::{Real, routes};

/// Codes that no request can bring about here, each with where it is shown or why it is there.
const ELSEWHERE: [(Code, &str); 28] = [
    (Code::NoCode, "http::extract, of a message without one"),
    (Code::NoLink, "http::extract, of a message without one"),
    (Code::AmbiguousCode, "http::extract, of a message with two"),
    (Code::AmbiguousLink, "http::extract, of a message with two"),
    (Code::MalformedRequest, "http::inboxes, with an address that is not UTF-8"),
    (Code::ScopeMissing, "http::scopes, with a matrix"),
    (Code::ScopeEscalation, "http::keys, where wider keys are asked for"),
    (Code::KeyNarrowed, "http::keys, with narrowed keys"),
    (Code::RootOnly, "http::projects, with a project's own admin"),
    (Code::DomainTaken, "http::projects, as is the next"),
    (Code::ProjectNotEmpty, "http::projects, where one is removed"),
    (Code::RateLimited, "http::rate_limits"),
    (Code::WaitTimeout, "http::wait, where that was asked for"),
    (Code::RequestTimeout, "the library's tests of serving, with a short deadline"),
    (Code::AlreadyExists, "http::folders"),
    (Code::FolderNotEmpty, "http::folders"),
    (Code::FolderProtected, "http::folders"),
    (Code::IdempotencyInFlight, "http::idempotency"),
    (Code::IdempotencyUnknown, "http::idempotency, with a claim that is left behind"),
    (Code::IdempotencyNotKept, "http::idempotency, with a long answer"),
    (Code::IdempotencyKeyReused, "http::idempotency"),
    (Code::TooMany, "http::bulk and http::batch"),
    (Code::FilterRequired, "http::bulk and http::batch"),
    (Code::Expired, "http::inbox_life, with a clock that is moved"),
    (Code::Internal, "the library's tests of the guards, with a planted panic"),
    (Code::StorageBusy, "a database that is down"),
    (Code::ShuttingDown, "the last instants of a server"),
    (Code::TooManyConnections, "the library's tests of serving, with a limit of one"),
];

async fn met(known: &mut BTreeSet<&'static str>, code: Code, answer: Answer) {
    answer.problem(code.status().as_u16(), code.as_str());
    known.insert(code.as_str());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_code_is_met_or_accounted_for() {
    let mut known: BTreeSet<&str> = ELSEWHERE.iter().map(|(code, _)| code.as_str()).collect();
    let server = Server::with(|config| {
        config.inboxes.domains = vec!["restante.test".to_owned()];
        config.http.max_waits = 0;
        config.http.max_body_bytes = 1_000;
    })
    .await;
    let http = server.http();
    let inbox = http.inbox(json!({"local_part": "a", "client_ref": "c", "quota": {"max_messages": 1}})).await;
    let path = format!("/v1/inboxes/{}", text(&inbox, "id"));
    let message = http.inject(text(&inbox, "id"), "Subject: 1\r\n\r\n").await;
    let octets =
        || http.request(Method::POST, &format!("{path}/messages")).header("content-type", "message/rfc822").body("x");
    let raw = format!("/v1/messages/{}/raw", text(&message, "id"));
    let post = |body: &'static str, kind| {
        send(http.request(Method::POST, "/v1/inboxes").header("content-type", kind).body(body))
    };

    met(&mut known, Code::MalformedJson, post("{", "application/json").await).await;
    met(&mut known, Code::UnsupportedMediaType, post("{}", "text/plain").await).await;
    met(&mut known, Code::OriginForbidden, send(octets().header("origin", "https://evil.test")).await).await;
    met(&mut known, Code::HostNotAllowed, http.get_with("/v1/meta", "host", "evil.test").await).await;
    met(&mut known, Code::NotFound, http.get("/v1/nowhere").await).await;
    met(&mut known, Code::MethodNotAllowed, http.put("/v1/inboxes", json!({})).await).await;
    met(&mut known, Code::AddressTaken, http.post("/v1/inboxes", json!({"local_part": "a"})).await).await;
    http.post("/v1/projects", json!({"name": "a"})).await.expect(StatusCode::CREATED);
    met(&mut known, Code::NameTaken, http.post("/v1/projects", json!({"name": "a"})).await).await;
    met(&mut known, Code::ClientRefConflict, http.post("/v1/inboxes", json!({"client_ref": "c"})).await).await;
    met(&mut known, Code::DomainNotHosted, http.post("/v1/inboxes", json!({"domain": "b.test"})).await).await;
    met(&mut known, Code::ValidationFailed, http.post("/v1/inboxes", json!({"ttl_s": "x"})).await).await;
    met(&mut known, Code::UnknownField, http.post("/v1/inboxes", json!({"ttl": 1})).await).await;
    met(&mut known, Code::PayloadTooLarge, http.post("/v1/inboxes", json!({"tags": ["x".repeat(2_000)]})).await).await;
    met(&mut known, Code::CursorInvalid, http.get(&format!("{path}/messages?since=x")).await).await;
    met(&mut known, Code::TooManyWaits, http.post(&format!("{path}/wait"), json!({})).await).await;
    met(&mut known, Code::RangeNotSatisfiable, http.get_with(&raw, "range", "bytes=999-").await).await;
    met(&mut known, Code::OverQuota, send(octets()).await).await;
    let stale = http.request(Method::PATCH, &path).header("if-match", "\"99.0\"").json(&json!({}));
    met(&mut known, Code::PreconditionFailed, send(stale).await).await;
    http.patch(&path, json!({"state": "frozen"})).await.expect(StatusCode::OK);
    met(&mut known, Code::InboxFrozen, send(octets()).await).await;

    let full = Server::with(|config| config.store.min_free_bytes = u64::MAX).await;
    let inbox = full.http().inbox(json!({})).await;
    let octets = full.http().request(Method::POST, &format!("/v1/inboxes/{}/messages", text(&inbox, "id")));
    met(&mut known, Code::StorageFull, send(octets.header("content-type", "message/rfc822").body("x")).await).await;
    full.http().get("/readyz").await.problem(507, "storage_full");

    let locked = Server::with(|config| {
        config.http.auth = restante::config::AuthMode::Key;
        config.http.root_key = Some(Secret::new("sesame-sesame-sesame"));
    })
    .await;
    met(&mut known, Code::Unauthenticated, locked.http().get("/v1/meta").await).await;

    let missing: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).filter(|code| !known.contains(code)).collect();
    assert_eq!(missing, [""; 0], "no test meets these codes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_path_that_is_not_there_and_a_method_that_it_has_not_are_problems() {
    let server = Server::start().await;
    let http = server.http();
    for path in ["/nowhere", "/v1", "/v1/", "/v2/inboxes", "/v1/inboxes/", "/api/v1/messages", "/v1/messages/x/y/z"] {
        let answer = http.get(path).await;
        assert_eq!(answer.problem(404, "not_found")["status"], 404, "{path}");
        assert_eq!(answer.header("x-request-id"), text(&answer.json(), "request_id"));
    }
    let routes = routes();
    for route in &routes {
        let has = |method: &Method| {
            routes.iter().any(|other| other.path == route.path && other.method == *method) || *method == Method::HEAD
        };
        for method in
            [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS, Method::TRACE]
        {
            if !has(&method) {
                let path = route.path.replace(['{', '}'], "");
                let answer = send(http.request(method.clone(), &path)).await;
                // A literal path may be the placeholder of a shorter one: then it is another route's business.
                if answer.status != StatusCode::METHOD_NOT_ALLOWED {
                    panic!("{method} {path}: {}", answer.status);
                }
                answer.problem(405, "method_not_allowed");
                // RFC 9110 §15.5.6
                let allow = answer.header("allow");
                assert!(allow.contains(route.method.as_str()), "{method} {path}: Allow: {allow:?}");
            }
        }
    }
}

/// A name that no handler reads would be taken for a wish that was heard: `DELETE …?dry_run=true` above all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_route_takes_a_query_that_it_does_not_know() {
    let server = Server::start().await;
    let http = server.http();
    let real = Real::make(&http).await;
    for route in routes().into_iter().filter(|route| route.scope.is_some()) {
        let path = format!("{}?drx_run=true", route.at(&real));
        let answer = send(http.request(route.method.clone(), &path)).await;
        assert_eq!(answer.json()["code"], "unknown_field", "{route}: {}", answer.status);
    }
    http.get(&format!("/v1/inboxes/{}", real.inbox)).await.expect(StatusCode::OK);
}
