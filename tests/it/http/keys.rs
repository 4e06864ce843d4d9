//! Who may call: a matrix of every route and every way to show a key.

use base64::Engine as _;
use reqwest::StatusCode;
use restante::config::AuthMode;
use restante::model::Secret;

use crate::support::http::{Answer, send};
use crate::support::routes::{Real, routes};
use crate::support::{Http, Server};

const KEY: &str = "sesame-sesame-sesame";

async fn locked() -> Server {
    Server::with(|config| {
        config.http.auth = AuthMode::Key;
        config.http.root_key = Some(Secret::new(KEY));
    })
    .await
}

fn basic(pair: &str) -> String {
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

async fn get(http: &Http, path: &str, key: Option<&str>) -> Answer {
    let request = http.request(reqwest::Method::GET, path);
    send(match key {
        Some(key) => request.header("authorization", key),
        None => request,
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_wants_the_key_and_takes_it_in_both_forms() {
    let server = locked().await;
    let http = server.http();
    let wrong = [
        "Bearer sesame".to_owned(),
        format!("Bearer {KEY}x"),
        format!("Bearer {}", KEY.to_uppercase()),
        "Bearer ".to_owned(),
        format!("Digest {KEY}"),
        KEY.to_owned(),
        basic(&format!("{KEY}:")),
        basic("key:sesame"),
        "Basic !!!".to_owned(),
    ];
    let right =
        [format!("Bearer {KEY}"), format!("bearer {KEY}"), basic(&format!(":{KEY}")), basic(&format!("any:{KEY}"))];
    for route in routes() {
        let call = || route.call(&http, &Real::nothing());
        let without = send(call()).await;
        assert_eq!(without.status == StatusCode::UNAUTHORIZED, !route.is_open, "{route}: {}", without.status);
        for key in &wrong {
            let refused = send(call().header("authorization", key)).await;
            if route.is_open {
                assert_eq!(refused.status, without.status, "{route} with {key:?}");
            } else {
                refused.problem(401, "unauthenticated");
                assert!(refused.header("www-authenticate").starts_with("Bearer"), "{route}");
                assert!(!refused.text().contains("sesame"), "{route}: the answer shows a key");
            }
        }
        for key in &right {
            // A wait without end would be answered only at its end.
            let answer = send(call().header("authorization", key).json(&serde_json::json!({"timeout_ms": 1}))).await;
            assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{route} with {key:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_outside_the_description_is_open_on_purpose() {
    let server = locked().await;
    for path in ["/", "/healthz", "/v1/openapi.json", "/docs", "/docs/"] {
        assert_ne!(get(&server.http(), path, None).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_shown_twice_is_not_searched_for_the_right_one() {
    let server = locked().await;
    let request = server.http().request(reqwest::Method::GET, "/v1/meta").header("authorization", "Bearer wrong");
    send(request.header("authorization", format!("Bearer {KEY}"))).await.problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_server_looks_at_no_key() {
    let server = Server::start().await;
    assert_eq!(get(&server.http(), "/v1/meta", None).await.status, StatusCode::OK);
    assert_eq!(get(&server.http(), "/v1/meta", Some("Bearer whatever")).await.status, StatusCode::OK);
}
