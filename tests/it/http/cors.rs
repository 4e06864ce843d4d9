//! Pages of other origins: none may call, but for those that the settings let in.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::Server;
use crate::support::http::{Answer, Http, send};
use crate::support::keys::{ROOT, locked};

const PAGE: &str = "https://app.test";

async fn server() -> Server {
    Server::with(|config| {
        locked(config);
        config.http.cors_origins = vec![PAGE.to_owned(), "http://localhost:3000".to_owned()];
    })
    .await
}

async fn preflight(http: &Http, origin: &str) -> Answer {
    let request = http.request(Method::OPTIONS, "/v1/inboxes").header("origin", origin);
    let request = request.header("access-control-request-method", "POST");
    send(request.header("access-control-request-headers", "authorization,content-type")).await
}

async fn post(http: &Http, origin: &str) -> Answer {
    let request = http.request(Method::POST, "/v1/inboxes").header("origin", origin);
    send(request.header("sec-fetch-site", "cross-site").json(&json!({}))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_let_in_may_ask_call_and_read() {
    let server = server().await;
    for origin in [PAGE, "http://localhost:3000"] {
        // A preflight carries no key.
        let asked = preflight(&server.http(), origin).await.expect(StatusCode::NO_CONTENT);
        assert_eq!(asked.header("access-control-allow-origin"), origin);
        assert!(asked.header("access-control-allow-methods").contains("POST"));
        assert!(asked.header("access-control-allow-headers").contains("authorization"));
        let answer = post(&server.http().with_key(ROOT), origin).await.expect(StatusCode::CREATED);
        assert_eq!(answer.header("access-control-allow-origin"), origin);
        assert!(answer.header("access-control-expose-headers").contains("location"));
        // An error is to be read as well.
        let refused = post(&server.http(), origin).await;
        refused.problem(401, "unauthenticated");
        assert_eq!(refused.header("access-control-allow-origin"), origin);
        for answer in [asked, answer, refused] {
            let vary: Vec<&str> = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
            assert!(vary.contains(&"Origin"), "{vary:?}");
            assert_eq!(answer.header("access-control-allow-credentials"), "");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_other_page_is_told_nothing() {
    let server = server().await;
    let root = server.http().with_key(ROOT);
    let others = [
        "https://evil.test",
        "http://app.test",
        "https://app.test:8443",
        "https://app.test.evil.test",
        "null",
        "*",
        "",
    ];
    for origin in others {
        for answer in [preflight(&server.http(), origin).await, root.get_with("/v1/meta", "origin", origin).await] {
            assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
            assert_eq!(answer.header("vary"), "Origin", "{origin}: a cache must not mix them up");
        }
        post(&root, origin).await.problem(403, "origin_forbidden");
    }
    // Two origins are none.
    let both = root.request(Method::POST, "/v1/inboxes").header("origin", PAGE).header("origin", "null");
    send(both.json(&json!({}))).await.problem(403, "origin_forbidden");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_setting_there_is_no_cors() {
    let server = Server::start().await;
    let asked = preflight(&server.http(), PAGE).await;
    asked.problem(405, "method_not_allowed");
    assert_eq!((asked.header("access-control-allow-origin"), asked.header("vary")), ("", ""));
    post(&server.http(), PAGE).await.problem(403, "origin_forbidden");
}
