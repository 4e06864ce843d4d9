//! The log of waits: every wait has one entry, from its first call to its end.

use futures_util::future::{Either, select};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::http::text;
use crate::support::{Http, PATIENCE};

async fn list(http: &Http, query: &str) -> Vec<Value> {
    let page = http.get(&format!("/v1/waits{query}")).await.expect(StatusCode::OK).json();
    page["items"].as_array().unwrap().clone()
}

both_databases! {
    async fn a_wait_is_kept_with_its_request_and_its_end(server) {
        let http = server.http();
        let inbox = http.inbox(json!({"run_id": "run-7"})).await;
        let path = format!("/v1/inboxes/{}/wait", text(&inbox, "id"));
        let message = http.inject(text(&inbox, "id"), "Subject: there\r\n\r\n").await;
        let matched = http.post(&path, json!({"subject": "there", "filter": {"none": [{"field": "seen", "op": "equals", "value": true}]}})).await.json();
        let missed = http.post(&path, json!({"subject": "not there", "timeout_ms": 1, "on_timeout": "problem"})).await;
        let missed = missed.problem(404, "wait_timeout");
        let got = http.get(&format!("/v1/waits/{}", text(&matched, "wait_id"))).await.expect(StatusCode::OK).json();
        assert_eq!((&got["outcome"], &got["message_ids"]), (&json!("matched"), &json!([message["id"]])), "{got}");
        assert_eq!((&got["inbox_ids"], &got["run_id"]), (&json!([inbox["id"]]), &json!("run-7")));
        assert_eq!(got["request"]["filter"]["none"][0], json!({"field": "seen", "name": null, "op": "equals", "value": true, "case_sensitive": false}));
        assert_eq!((&got["request"]["subject"], got.get("diagnostics")), (&json!("there"), None));
        assert!(text(&got, "ended_at") >= text(&got, "started_at") && got["waited_ms"].is_u64(), "{got}");
        let got = http.get(&format!("/v1/waits/{}", text(&missed, "wait_id"))).await.json();
        assert_eq!((&got["outcome"], &got["summary"]), (&json!("timeout"), &missed["detail"]));
        assert_eq!(got["diagnostics"], missed["diagnostics"], "what was told then");
        let refused = http.post(&path, json!({"since": "c_0"})).await;
        refused.problem(422, "cursor_invalid");
        assert_eq!(list(&http, "").await.len(), 2, "a call that was refused is no wait");
        http.get("/v1/waits/wait_00000000000000000000000000").await.problem(404, "not_found");
        http.get("/v1/waits/nonsense").await.problem(404, "not_found");
    }
}

both_databases! {
    async fn waits_are_listed_newest_first_by_inbox_run_and_outcome(server) {
        let http = server.http();
        let mut ids = Vec::new();
        for run in ["run-1", "run-2"] {
            let inbox = http.inbox(json!({ "run_id": run })).await;
            let path = format!("/v1/inboxes/{}/wait", text(&inbox, "id"));
            http.post(&path, json!({"timeout_ms": 1})).await.expect(StatusCode::OK);
            http.inject(text(&inbox, "id"), "Subject: x\r\n\r\n").await;
            http.post(&path, json!({})).await.expect(StatusCode::OK);
            ids.push(text(&inbox, "id").to_owned());
        }
        http.post("/v1/wait", json!({})).await.expect(StatusCode::OK);
        let all = list(&http, "").await;
        let outcomes: Vec<&str> = all.iter().map(|wait| text(wait, "outcome")).collect();
        assert_eq!(outcomes, ["matched", "matched", "timeout", "matched", "timeout"]);
        assert_eq!(all[0]["inbox_ids"], json!([]), "the whole project");
        assert!(all.iter().all(|wait| wait.get("diagnostics").is_none()));
        assert_eq!(list(&http, &format!("?inbox_id={}", ids[0])).await, all[3..]);
        assert_eq!(list(&http, "?run_id=run-2").await, all[1..3]);
        assert_eq!(list(&http, "?outcome=timeout").await, [all[2].clone(), all[4].clone()]);
        let mut paged = Vec::new();
        let mut query = "?limit=2".to_owned();
        loop {
            let page = http.get(&format!("/v1/waits{query}")).await.json();
            paged.extend(page["items"].as_array().unwrap().clone());
            let Some(after) = page["next_after"].as_str() else { break };
            assert_eq!(page["has_more"], true);
            query = format!("?limit=2&after={after}");
        }
        assert_eq!(paged, all);
        for query in ["?outcome=lost", "?inbox_id=x", "?after=x", "?limit=0"] {
            http.get(&format!("/v1/waits{query}")).await.problem(422, "validation_failed");
        }
    }
}

both_databases! {
    async fn an_open_wait_is_shown_and_one_that_was_hung_up_is_abandoned(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let path = format!("/v1/inboxes/{}/wait", text(&inbox, "id"));
        let held = Box::pin(http.post(&path, json!({"timeout_ms": 60_000})));
        let listed = Box::pin(async {
            loop {
                if let [open] = list(&http, "?outcome=open").await.as_slice() {
                    return open.clone();
                }
            }
        });
        let listed = tokio::time::timeout(PATIENCE, select(listed, held)).await.expect("it is listed in time");
        let Either::Left((open, held)) = listed else { panic!("the wait ended") };
        assert_eq!((&open["inbox_ids"], open.get("ended_at")), (&json!([inbox["id"]]), None), "{open}");
        drop(held);
        let abandoned = async {
            loop {
                if let [abandoned] = list(&http, "?outcome=abandoned").await.as_slice() {
                    return abandoned.clone();
                }
            }
        };
        let abandoned = tokio::time::timeout(PATIENCE, abandoned).await.expect("it is abandoned in time");
        assert_eq!(abandoned["id"], open["id"]);
        assert_eq!(list(&http, "?outcome=open").await, [] as [Value; 0]);
        // Whoever lost the connection may go on all the same.
        http.inject(text(&inbox, "id"), "Subject: x\r\n\r\n").await;
        let again = http.post(&path, json!({"wait_id": open["id"]})).await.json();
        assert_eq!((&again["outcome"], &again["wait_id"]), (&json!("matched"), &open["id"]));
        let [ended] = list(&http, "").await.try_into().unwrap();
        assert_eq!(ended["outcome"], "matched", "{ended}");
    }
}
