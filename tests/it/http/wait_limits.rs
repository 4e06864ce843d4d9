//! Waits that are not answered: the limits.

use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::json;

use crate::support::Server;
use crate::support::http::text;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_wait_too_many_is_told_what_to_do() {
    let server = Server::with(|config| config.http.max_waits = 3).await;
    let http = server.http();
    let inbox = http.inbox(json!({})).await;
    let path = format!("/v1/inboxes/{}/wait", text(&inbox, "id"));
    let answers = join_all((0..4).map(async |_| {
        let answer = http.post(&path, json!({"timeout_ms": 20_000})).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            // The others have waited for long enough.
            http.inject(text(&inbox, "id"), "Subject: x\r\n\r\n").await;
        }
        answer
    }))
    .await;
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status != StatusCode::OK).collect();
    let [refused] = refused.as_slice() else { panic!("{} were refused", refused.len()) };
    let problem = refused.problem(429, "too_many_waits");
    assert_eq!(problem["detail"], "3 waits are under way, which is the limit of http.max_waits");
    assert!(text(&problem, "hint").contains("raise http.max_waits"), "{problem}");
    assert_eq!(refused.header("retry-after"), "1");
}
