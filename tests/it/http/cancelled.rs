//! Clients that go away in the middle of a call: what was begun is finished.

use std::net::SocketAddr;
use std::time::Instant;

use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::both_databases;
use crate::support::http::text;
use crate::support::{Http, PATIENCE};

/// Sends a request on a connection of its own, whose answer nobody reads.
async fn begin(at: SocketAddr, request_line: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(at).await.unwrap();
    let length = body.len();
    let request = format!(
        "{request_line} HTTP/1.1\r\nHost: {at}\r\nContent-Type: message/rfc822\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

async fn status(http: &Http, path: &str) -> StatusCode {
    http.get(path).await.status
}

both_databases! {
    async fn an_inbox_is_removed_to_the_end(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let id = text(&inbox, "id");
        for _ in 0..12 {
            join_all((0..100).map(|_| http.inject(id, "Subject: x\r\n\r\n"))).await;
        }
        let path = format!("/v1/inboxes/{id}");
        let connection = begin(server.http_at(), &format!("DELETE {path}"), "").await;
        let began = Instant::now();
        while status(&http, &path).await == StatusCode::OK {
            assert!(began.elapsed() < PATIENCE, "the removal begins");
        }
        // It is shut now, and its messages are being removed.
        drop(connection);
        while status(&http, &path).await != StatusCode::NOT_FOUND {
            assert!(began.elapsed() < PATIENCE, "a tombstone was left behind");
        }
    }
}

both_databases! {
    async fn a_message_that_is_stored_is_told_to_those_who_wait(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let id = text(&inbox, "id");
        let mut told = 0;
        for round in 0..10 {
            let subject = format!("round {round}.");
            let send = async {
                let message = format!("Subject: {subject}\r\n\r\n");
                drop(begin(server.http_at(), &format!("POST /v1/inboxes/{id}/messages"), &message).await);
            };
            let wait = json!({"subject": subject, "timeout_ms": 2_000, "return": "ids"});
            let path = format!("/v1/inboxes/{id}/wait");
            let (waited, ()) = tokio::join!(http.post(&path, wait), send);
            let is_told = waited.json()["outcome"] == "matched";
            told += u32::from(is_told);
            // The request may end with its connection before anyone looks at it: then there is nothing to tell of.
            let listed = http.get(&format!("/v1/inboxes/{id}/messages?subject=round+{round}.")).await.json();
            assert!(is_told || listed["items"] == json!([]), "round {round}: stored and not told");
        }
        assert!(told > 0, "no request was read before its connection broke");
    }
}
