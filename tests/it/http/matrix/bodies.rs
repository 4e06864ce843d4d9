//! Bodies that are too large, too deep, of another type or misspelt: a matrix over every route that takes one.

use serde_json::json;

use crate::support::Server;
use crate::support::http::{Answer, send};
use crate::support::routes::{Real, Route, routes};

/// Most octets of a JSON body in these tests, and of a message.
const CAP: usize = 256 * 1024;

async fn server() -> Server {
    Server::with(|config| {
        config.http.max_body_bytes = CAP;
        config.smtp.max_message_bytes = CAP as u64;
    })
    .await
}

/// The most that a JSON body may have on any route of this kind: attachments of a draft come in base64.
fn cap(route: &Route) -> usize {
    if route.bodies.len() > 1 { CAP / 3 * 4 + CAP } else { CAP }
}

async fn post(server: &Server, real: &Real, route: &Route, kind: &str, body: impl Into<Vec<u8>>) -> Answer {
    send(route.call(&server.http(), real).header("content-type", kind).body(body.into())).await
}

fn with_json() -> Vec<Route> {
    routes().into_iter().filter(Route::takes_json).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_above_the_cap_is_refused_and_one_at_the_cap_is_read() {
    let server = server().await;
    let real = Real::make(&server.http()).await;
    for route in routes().into_iter().filter(|route| !route.bodies.is_empty()) {
        for kind in &route.bodies {
            let cap = if kind == "application/json" { cap(&route) } else { CAP };
            post(&server, &real, &route, kind, vec![b' '; cap + 1]).await.problem(413, "payload_too_large");
            // White space is not JSON, but a message is made of any octets.
            let at_cap = post(&server, &real, &route, kind, vec![b' '; CAP]).await;
            assert_ne!(at_cap.status.as_u16(), 413, "{route} {kind}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn routes_without_a_body_do_not_read_one() {
    let server = server().await;
    let real = Real::make(&server.http()).await;
    for route in routes().into_iter().filter(|route| route.bodies.is_empty() && route.method == "GET") {
        let answer = post(&server, &real, &route, "application/json", "[".repeat(100_000)).await;
        assert!(!answer.status.is_server_error() && answer.status != 400, "{route}: {}", answer.status);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn depth_that_would_exhaust_a_stack_is_malformed() {
    let server = server().await;
    let real = Real::make(&server.http()).await;
    for route in with_json() {
        for body in ["[".repeat(100_000), "{\"a\":".repeat(20_000), format!("{{\"tags\":{}", "[".repeat(100_000))] {
            let refused = post(&server, &real, &route, "application/json", body).await;
            assert!(matches!(refused.status.as_u16(), 400 | 422), "{route}: {}", refused.status);
            assert!(matches!(
                refused.json()["code"].as_str(),
                Some("malformed_json" | "unknown_field" | "validation_failed")
            ));
        }
    }
    assert_eq!(server.http().get("/readyz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_object_or_no_json_is_told_apart() {
    let server = server().await;
    let real = Real::make(&server.http()).await;
    for route in with_json() {
        for body in ["{", "nonsense", "{} {}", "{\"a\" 1}", "\u{feff}{}", "{\"a\":\"\\ud800\"}"] {
            let refused = post(&server, &real, &route, "application/json", body).await;
            assert!(matches!(refused.status.as_u16(), 400 | 422), "{route} with {body:?}: {}", refused.status);
        }
        for body in ["[]", "1", "\"x\"", "null", "true"] {
            let refused = post(&server, &real, &route, "application/json", body).await;
            assert_eq!(refused.problem(422, "validation_failed")["status"], 422, "{route} with {body}");
        }
        let refused =
            post(&server, &real, &route, "application/json", [b"{\"a\":\"".as_slice(), &[0xff, b'"', b'}']].concat())
                .await;
        assert!(matches!(refused.status.as_u16(), 400 | 422), "{route}: {}", refused.status);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_field_is_named_by_its_pointer() {
    let server = server().await;
    let real = Real::make(&server.http()).await;
    for route in with_json() {
        let body = json!({ "zzz~/q": 1 }).to_string();
        let problem = post(&server, &real, &route, "application/json", body).await.problem(422, "unknown_field");
        assert_eq!(problem["errors"][0]["pointer"], "/zzz~0~1q", "{route}: {problem}");
        assert!(problem["hint"].is_string(), "{route}: {problem}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_type_of_body_is_refused() {
    let server = server().await;
    let real = Real::make(&server.http()).await;
    for route in with_json() {
        // What a form of a foreign page could send is among them.
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/jsonx",
            "",
        ] {
            let refused = post(&server, &real, &route, kind, "{}").await;
            assert_eq!(refused.problem(415, "unsupported_media_type")["status"], 415, "{route} as {kind:?}");
        }
        let taken = post(&server, &real, &route, "Application/JSON; charset=utf-8", "{\"zzz\":1}").await;
        taken.problem(422, "unknown_field");
    }
}
