//! How many messages a wait wants, and that none is lost or counted twice over its calls.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::http::text;
use crate::support::{Http, Server};

async fn wait(http: &Http, inbox: &Value, body: Value) -> Value {
    http.post(&format!("/v1/inboxes/{}/wait", text(inbox, "id")), body).await.expect(StatusCode::OK).json()
}

async fn put(http: &Http, inbox: &Value, subject: &str) {
    http.inject(text(inbox, "id"), format!("Subject: {subject}\r\n\r\n")).await;
}

fn subjects(answer: &Value) -> Vec<&str> {
    let messages = answer["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    messages.iter().map(|message| text(message, "subject")).collect()
}

both_databases! {
    async fn as_many_as_were_wanted_come_in_the_order_that_was_asked_for(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        for number in 1..=4 {
            put(&http, &inbox, &format!("code {number}")).await;
            put(&http, &inbox, "noise").await;
        }
        let two = wait(&http, &inbox, json!({"subject": "code", "count": {"min": 2}, "return": "summary"})).await;
        assert_eq!((&two["outcome"], subjects(&two)), (&json!("matched"), vec!["code 1", "code 2"]));
        assert!(text(&two, "cursor").starts_with("c_3:"), "behind the second: {two}");
        let newest = json!({"subject": "code", "count": {"min": 2}, "order": "newest", "return": "summary"});
        let newest = wait(&http, &inbox, newest).await;
        assert_eq!(subjects(&newest), ["code 4", "code 3"]);
        assert!(text(&newest, "cursor").starts_with("c_7:"), "{newest}");
        // After the quiet all of them are given.
        let settled = json!({"subject": "code", "count": {"min": 2, "settle_ms": 1}, "return": "summary"});
        assert_eq!(subjects(&wait(&http, &inbox, settled).await).len(), 4);
        let missed = wait(&http, &inbox, json!({"subject": "code", "count": {"min": 5}, "timeout_ms": 1})).await;
        assert_eq!((&missed["outcome"], subjects(&missed).len()), (&json!("timeout"), 4), "{missed}");
        assert_eq!(missed["diagnostics"]["arrived"], 4);
        let summary = text(&missed["diagnostics"], "summary");
        assert!(summary.starts_with("4 of 5 messages matched. 4 more arrived and did not match. Closest: msg_"), "{summary}");
    }
}

both_databases! {
    async fn over_many_calls_nothing_is_lost_and_nothing_counted_twice(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let mut body = json!({"subject": "code", "count": {"exactly": 3, "settle_ms": 1}, "hold_ms": 1, "timeout_ms": 60_000});
        let mut calls = 0;
        let answer = loop {
            let answer = wait(&http, &inbox, body.clone()).await;
            if answer["outcome"] != "pending" {
                break answer;
            }
            assert_eq!(answer["since"], inbox["cursor"], "it counts from the wait's beginning");
            for (member, from) in [("since", "since"), ("wait_id", "wait_id"), ("timeout_ms", "remaining_ms")] {
                body[member] = answer[from].clone();
            }
            calls += 1;
            if calls <= 3 {
                put(&http, &inbox, &format!("code {calls}")).await;
            }
            put(&http, &inbox, "noise").await;
        };
        assert!(calls >= 3, "{calls}");
        assert_eq!((&answer["outcome"], subjects(&answer)), (&json!("matched"), vec!["code 1", "code 2", "code 3"]));
        assert_eq!(answer["wait_id"], body["wait_id"], "one wait has one id");
        let log = http.get(&format!("/v1/waits?inbox_id={}", text(&inbox, "id"))).await.json();
        let items = log["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[0]["outcome"], &items[0]["id"]), (1, &json!("matched"), &answer["wait_id"]), "{log}");
        assert!(items[0]["request"].get("since").is_none(), "what its first call asked for: {log}");
    }
}

both_databases! {
    async fn exactly_so_many_is_neither_fewer_nor_more(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let exactly = |count: u64, timeout_ms: u64| json!({"subject": "code", "count": {"exactly": count, "settle_ms": 1}, "timeout_ms": timeout_ms});
        put(&http, &inbox, "code 1").await;
        put(&http, &inbox, "code 2").await;
        let fewer = wait(&http, &inbox, exactly(3, 1)).await;
        assert_eq!((&fewer["outcome"], subjects(&fewer).len()), (&json!("timeout"), 2), "{fewer}");
        assert_eq!(text(&fewer["diagnostics"], "summary"), "2 of 3 messages matched. Nothing else arrived.");
        let right = wait(&http, &inbox, exactly(2, 60_000)).await;
        assert_eq!((&right["outcome"], subjects(&right)), (&json!("matched"), vec!["code 1", "code 2"]));
        let more = wait(&http, &inbox, exactly(1, 60_000)).await;
        assert_eq!((&more["outcome"], subjects(&more)), (&json!("count_exceeded"), vec!["code 1", "code 2"]), "at once");
        assert_eq!(
            text(&more["diagnostics"], "summary"),
            format!(
                "Exactly 1 message was wanted, and 2 matched: {} \"code 2\" is one too many.",
                text(&more["messages"][1], "id")
            )
        );
        // Quiet that the deadline did not leave is owned up to.
        let hurried = json!({"subject": "code", "count": {"exactly": 2, "settle_ms": 60_000}, "timeout_ms": 1});
        let hurried = wait(&http, &inbox, hurried).await;
        assert_eq!((&hurried["outcome"], &hurried["warnings"]), (&json!("matched"), &json!(["not_settled"])));
    }
}

both_databases! {
    async fn that_no_mail_was_sent_is_told_at_the_deadline_and_not_before(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        put(&http, &inbox, "noise").await;
        let none = |timeout_ms: u64| json!({"subject": "code", "count": {"exactly": 0}, "timeout_ms": timeout_ms});
        let pending = http.post(&format!("/v1/inboxes/{}/wait", text(&inbox, "id")), json!({
            "subject": "code", "count": {"exactly": 0}, "timeout_ms": 60_000, "hold_ms": 1
        })).await.json();
        assert_eq!(pending["outcome"], "pending");
        let kept = wait(&http, &inbox, none(5)).await;
        assert_eq!((&kept["outcome"], kept.get("messages")), (&json!("matched"), None), "{kept}");
        assert!(text(&kept, "cursor").starts_with("c_1:") && kept["waited_ms"].as_u64() >= Some(5), "{kept}");
        put(&http, &inbox, "code").await;
        let broken = wait(&http, &inbox, none(60_000)).await;
        assert_eq!(broken["outcome"], "count_exceeded");
        assert_eq!(
            text(&broken["diagnostics"], "summary"),
            format!("No message was wanted, and one matched: {} \"code\".", text(&broken["messages"][0], "id"))
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_that_cannot_be_are_told_with_their_place() {
    let server = Server::start().await;
    let http = server.http();
    let inbox = http.inbox(json!({})).await;
    let path = format!("/v1/inboxes/{}/wait", text(&inbox, "id"));
    for (count, pointer) in [
        (json!({"min": 0}), "/count/min"),
        (json!({"min": 101}), "/count/min"),
        (json!({"exactly": 101}), "/count/exactly"),
        (json!({"exactly": -1}), "/count/exactly"),
        (json!({"min": 1, "exactly": 1}), "/count/exactly"),
        (json!({"settle_ms": 0}), "/count/settle_ms"),
        (json!({"exactly": 0, "settle_ms": 5}), "/count/settle_ms"),
        (json!(2), "/count"),
    ] {
        let problem = http.post(&path, json!({"count": count})).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{count}: {problem}");
    }
    http.post(&path, json!({"count": {"exact": 1}})).await.problem(422, "unknown_field");
    for (member, value) in
        [("wait_id", json!("wait_1")), ("received_after", json!("yesterday")), ("inbox_ids", json!([]))]
    {
        let mut body = json!({});
        body[member] = value;
        let problem = http.post(&path, body).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], format!("/{member}"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filter_that_is_empty_is_warned_of() {
    let server = Server::start().await;
    let http = server.http();
    let inbox = http.inbox(json!({})).await;
    put(&http, &inbox, "any").await;
    let warned = wait(&http, &inbox, json!({"filter": {"all": []}})).await;
    assert_eq!(warned["warnings"], json!(["filter_matches_everything"]));
    assert!(wait(&http, &inbox, json!({})).await.get("warnings").is_none(), "any message is a wish like another");
}
