//! Bodies that do not end, or end too soon, on every route that takes one.

use crate::support::raw::Raw;
use crate::support::routes::{Real, Route, routes};
use crate::support::{Http, Server};

/// Most octets of a JSON body in these tests, and of a message.
const CAP: usize = 64 * 1024;

async fn server() -> Server {
    Server::with(|config| {
        config.http.max_body_bytes = CAP;
        config.smtp.max_message_bytes = CAP as u64;
        config.http.max_hold_ms = 1;
    })
    .await
}

fn with_body() -> impl Iterator<Item = (Route, String)> {
    let routes = routes().into_iter();
    routes.flat_map(|route| route.bodies.clone().into_iter().map(move |kind| (route.clone(), kind)))
}

/// The header of a request, up to the field that says how long the body is.
fn head(route: &Route, real: &Real, kind: &str) -> String {
    format!("{} {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n", route.method, route.at(real))
}

/// The beginning of a body that is right as far as it goes.
fn beginning(kind: &str) -> &'static str {
    if kind.ends_with("json") { "{\"tags\":[" } else { "Subject: x\r\n\r\n" }
}

async fn is_well(http: &Http) -> bool {
    http.get("/readyz").await.status == 200
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_without_end_is_refused_at_the_cap() {
    let server = server().await;
    let real = Real::make(&server.http()).await;
    for (route, kind) in with_body() {
        let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
        // Well above every cap, and never the last chunk.
        let endless = chunk.repeat(8 * CAP / 0x1000);
        let begun = beginning(&kind);
        let request = format!(
            "{}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{begun}\r\n{endless}",
            head(&route, &real, &kind),
            begun.len()
        );
        let reply = Raw::new(server.http_at()).call(request.as_bytes()).await;
        assert_eq!((reply.status, reply.code().as_str()), (413, "payload_too_large"), "{route} {kind}: {reply}");
    }
    assert!(is_well(&server.http()).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_length_that_is_too_large_is_refused_before_the_body_comes() {
    let server = server().await;
    let real = Real::make(&server.http()).await;
    for (route, kind) in with_body() {
        for length in ["9999999999", "18446744073709551615", "18446744073709551616", "-1", "1, 2"] {
            let request = format!("{}Content-Length: {length}\r\n\r\n{}", head(&route, &real, &kind), beginning(&kind));
            let reply = Raw::new(server.http_at()).call_cut_off(request.as_bytes()).await;
            let is_refused = matches!(reply.status, 0 | 400 | 413 | 431);
            assert!(is_refused, "{route} {kind} with Content-Length: {length}: {reply}");
        }
    }
    assert!(is_well(&server.http()).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_is_cut_off_does_nothing() {
    let server = server().await;
    let http = server.http();
    let real = Real::make(&http).await;
    let before = super::state(&http).await;
    for (route, kind) in with_body() {
        let begun = beginning(&kind);
        for rest in [
            format!("Content-Length: 1000\r\n\r\n{begun}"),
            format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{begun}", begun.len() + 1),
            format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{begun}\r\n", begun.len()),
            format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{begun}\r\nzz\r\n", begun.len()),
            format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{begun}\r\nffffffffffffffffff\r\n", begun.len()),
        ] {
            let request = format!("{}{rest}", head(&route, &real, &kind));
            let reply = Raw::new(server.http_at()).call_cut_off(request.as_bytes()).await;
            let is_refused = matches!((reply.status, reply.code().as_str()), (0 | 400, "" | "malformed_request"));
            assert!(is_refused, "{route} {kind} with {rest:?}: {reply}");
        }
    }
    assert_eq!(super::state(&http).await, before, "something was done");
}

/// Both ways of saying how long a body is: who believes which is what request smuggling lives on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_with_two_lengths_is_one_request_at_most() {
    let server = server().await;
    let real = Real::make(&server.http()).await;
    let hidden = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (route, kind) in with_body() {
        for lengths in [
            "Content-Length: 2\r\nContent-Length: 60\r\n",
            "Content-Length: 60\r\nContent-Length: 2\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: x, chunked\r\nContent-Length: 5\r\n",
            "Transfer-Encoding: chunked, identity\r\nContent-Length: 5\r\n",
            "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n",
        ] {
            let request = format!("{}{lengths}\r\n0\r\n\r\n{hidden}", head(&route, &real, &kind));
            let reply = Raw::new(server.http_at()).call_cut_off(request.as_bytes()).await;
            let answers = String::from_utf8_lossy(&reply.body).matches("HTTP/1.1 ").count();
            assert_eq!(answers, 0, "{route} {kind} with {lengths:?}: {reply}");
            assert!(
                reply.status == 400 || reply.has_header("connection: close"),
                "{route} {kind}, {lengths:?}: {reply}"
            );
        }
    }
}
