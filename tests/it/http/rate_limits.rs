//! Limits of calls: off unless they are set, counted by key, and told.

use reqwest::StatusCode;
use serde_json::json;

use crate::support::Server;
use crate::support::keys::{ROOT, locked, narrowed};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_setting_nothing_is_limited_and_nothing_is_said() {
    let server = Server::start().await;
    for _ in 0..200 {
        let answer = server.http().get("/v1/meta").await.expect(StatusCode::OK);
        assert_eq!((answer.header("ratelimit"), answer.header("ratelimit-policy")), ("", ""));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_calls_too_often_is_refused_and_another_is_not() {
    let server = Server::with(|config| {
        locked(config);
        // One call is forgotten in a second, which this test need not last.
        config.http.rate_limit = 1;
        config.http.rate_limit_burst = 20;
    })
    .await;
    let root = server.http().with_key(ROOT);
    let (busy, calm) =
        (narrowed(&root, &["messages:r"], json!({})).await, narrowed(&root, &["messages:r"], json!({})).await);
    let first = busy.get("/v1/messages").await.expect(StatusCode::OK);
    assert_eq!(first.header("ratelimit-policy"), "\"calls\";q=20;w=20");
    assert_eq!(first.header("ratelimit"), "\"calls\";r=19;t=1");
    let refused = loop {
        let answer = busy.get("/v1/messages").await;
        if answer.status != StatusCode::OK {
            break answer;
        }
    };
    refused.problem(429, "rate_limited");
    assert_eq!((refused.header("retry-after"), refused.header("ratelimit")), ("1", "\"calls\";r=0;t=20"));
    calm.get("/v1/messages").await.expect(StatusCode::OK);
    // What is refused for another reason counts too, and says what is left.
    let missing = calm.get("/v1/inboxes").await;
    missing.problem(403, "scope_missing");
    assert!(missing.header("ratelimit").starts_with("\"calls\";r="), "{:?}", missing.headers);
    // Who must be asked whether all is well is never limited.
    server.http().get("/livez").await.expect(StatusCode::OK);
}
