//! Many waits at once, and waits on the whole project.

use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::http::text;
use crate::support::mail;

/// Waits and inboxes of the large test.
const MANY: usize = 200;

both_databases! {
    async fn of_200_waits_in_200_inboxes_none_is_missed_or_mixed_up(server) {
        let http = server.http();
        let made = join_all((0..MANY).map(|number| http.inbox(json!({"local_part": format!("box-{number}"), "domain": "t.test"})))).await;
        assert_eq!(made.len(), MANY);
        let waits = (0..MANY).map(async |number: usize| {
            let path = format!("/v1/inboxes/box-{number}%40t.test/wait");
            let answer = http.post(&path, json!({"subject": format!("for {number}."), "return": "summary", "timeout_ms": 25_000})).await;
            answer.expect(StatusCode::OK).json()
        });
        let senders = (0..4).map(async |lane: usize| {
            let mut smtp = server.smtp().await;
            for number in (lane..MANY).step_by(4) {
                // One that is not meant first, so that a wait is woken in vain.
                smtp.deliver(mail().to(&format!("box-{number}@t.test")).subject("noise")).await;
                smtp.deliver(mail().to(&format!("box-{number}@t.test")).subject(&format!("for {number}."))).await;
            }
        });
        let (answers, _) = tokio::join!(join_all(waits), join_all(senders));
        for (number, answer) in answers.iter().enumerate() {
            assert_eq!(answer["outcome"], "matched", "{number}: {answer}");
            assert_eq!(answer["messages"][0]["subject"], format!("for {number}."));
            assert_eq!(answer["messages"][0]["inbox_id"], made[number]["id"]);
        }
    }
}

both_databases! {
    async fn many_waits_on_one_inbox_all_see_the_one_message(server) {
        let http = server.http();
        http.inbox(json!({"local_part": "one", "domain": "t.test"})).await;
        let waits = (0..50).map(|_| http.post("/v1/inboxes/one%40t.test/wait", json!({"return": "ids", "timeout_ms": 25_000})));
        let send = async { server.smtp().await.deliver(mail().to("one@t.test")).await };
        let (answers, ()) = tokio::join!(join_all(waits), send);
        let mut ids: Vec<Value> = answers.iter().map(|answer| answer.json()["messages"].clone()).collect();
        ids.dedup();
        assert_eq!(ids.len(), 1, "{ids:?}");
        assert!(ids[0][0]["id"].is_string());
    }
}

both_databases! {
    async fn a_wait_on_the_project_sees_mail_for_any_inbox_in_the_order_of_commits(server) {
        let http = server.http();
        let start = http.get("/v1/cursor").await.expect(StatusCode::OK).json();
        let mut since = text(&start, "cursor").to_owned();
        let send = async {
            let mut smtp = server.smtp().await;
            for number in 0..6 {
                smtp.deliver(mail().to(&format!("any-{}@t.test", number % 3)).subject(&format!("no {number}"))).await;
            }
        };
        let follow = async {
            let mut seen = Vec::new();
            while seen.len() < 6 {
                let answer = http.post("/v1/wait", json!({"since": since, "to": "any-*@t.test", "timeout_ms": 25_000})).await;
                let answer = answer.expect(StatusCode::OK).json();
                assert_eq!(answer["outcome"], "matched", "{answer}");
                since = text(&answer, "cursor").to_owned();
                seen.push(text(&answer["messages"][0], "subject").to_owned());
            }
            seen
        };
        let ((), seen) = tokio::join!(send, follow);
        assert_eq!(seen, ["no 0", "no 1", "no 2", "no 3", "no 4", "no 5"]);
        let missed = http.post("/v1/wait", json!({"since": "now", "timeout_ms": 1})).await.json();
        assert_eq!((&missed["outcome"], &missed["warnings"]), (&json!("timeout"), &json!(["since_now_is_racy"])));
    }
}
