//! Waits on several inboxes at once.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::http::text;
use crate::support::mail;

both_databases! {
    async fn several_inboxes_are_one_order_of_commits(server) {
        let http = server.http();
        let mut ids = Vec::new();
        for name in ["a", "b", "c"] {
            ids.push(http.inbox(json!({"local_part": name, "domain": "t.test", "run_id": "run-1"})).await["id"].clone());
        }
        let start = http.get("/v1/cursor").await.json();
        let mut smtp = server.smtp().await;
        for (to, subject) in [("c", "not looked at"), ("b", "first"), ("a", "second"), ("b", "third")] {
            smtp.deliver(mail().to(&format!("{to}@t.test")).subject(subject)).await;
        }
        let ask = |more: Value| {
            let mut body = json!({"inbox_ids": [ids[0], "b@t.test", ids[1]], "since": start["cursor"], "return": "summary"});
            for (member, value) in more.as_object().unwrap() {
                body[member] = value.clone();
            }
            http.post("/v1/wait", body)
        };
        let subjects = |answer: &Value| -> Vec<String> {
            answer["messages"].as_array().unwrap().iter().map(|one| text(one, "subject").to_owned()).collect()
        };
        let two = ask(json!({"count": {"min": 2}})).await.expect(StatusCode::OK).json();
        assert_eq!((&two["outcome"], subjects(&two)), (&json!("matched"), vec!["first".to_owned(), "second".to_owned()]));
        let rest = ask(json!({"since": two["cursor"]})).await.json();
        assert_eq!(subjects(&rest), ["third"], "the cursor is the project's");
        let newest = ask(json!({"count": {"min": 2}, "order": "newest"})).await.json();
        assert_eq!(subjects(&newest), ["third", "second"]);
        let missed = ask(json!({"since": rest["cursor"], "timeout_ms": 1})).await.json();
        assert_eq!((&missed["outcome"], &missed["diagnostics"]["arrived"]), (&json!("timeout"), &json!(0)), "{missed}");
        assert_eq!(missed["diagnostics"]["excluded_by_since"][0]["would_have_matched"], true);
        assert_eq!(missed["diagnostics"]["other_inboxes_received"], 1, "what c received: {missed}");
        let pending = ask(json!({"subject": "never", "hold_ms": 1})).await.json();
        assert_eq!((&pending["outcome"], &pending["seen"], &pending["since"]), (&json!("pending"), &json!(3), &start["cursor"]));
        let logged = http.get(&format!("/v1/waits/{}", text(&two, "wait_id"))).await.json();
        assert_eq!((&logged["inbox_ids"], &logged["run_id"]), (&json!([ids[0], ids[1]]), &json!("run-1")));
    }
}

both_databases! {
    async fn mail_that_comes_to_one_of_them_ends_the_wait(server) {
        let http = server.http();
        for name in ["a", "b"] {
            http.inbox(json!({"local_part": name, "domain": "t.test"})).await;
        }
        let wait = http.post("/v1/wait", json!({"inbox_ids": ["a@t.test", "b@t.test"], "timeout_ms": 25_000}));
        let send = async { server.smtp().await.deliver(mail().to("b@t.test").subject("there")).await };
        let (answer, ()) = tokio::join!(wait, send);
        assert_eq!(answer.json()["messages"][0]["subject"], "there");
    }
}

both_databases! {
    async fn it_ends_when_the_last_of_them_is_gone(server) {
        let http = server.http();
        for name in ["a", "b"] {
            http.inbox(json!({"local_part": name, "domain": "t.test"})).await;
        }
        let since = http.get("/v1/cursor").await.json();
        let body = json!({"inbox_ids": ["a@t.test", "b@t.test"], "since": since["cursor"], "timeout_ms": 25_000});
        let wait = http.post("/v1/wait", body);
        let act = async {
            // The wait is listed when it is under way.
            while http.get("/v1/waits?outcome=open").await.json()["items"] == json!([]) {}
            assert_eq!(http.delete("/v1/inboxes/a%40t.test").await.status, StatusCode::NO_CONTENT);
            assert_eq!(http.get("/v1/waits?outcome=open").await.json()["items"].as_array().map(Vec::len), Some(1));
            assert_eq!(http.delete("/v1/inboxes/b%40t.test").await.status, StatusCode::NO_CONTENT);
        };
        let (answer, ()) = tokio::join!(wait, act);
        assert_eq!(answer.json()["outcome"], "inbox_deleted");
    }
}

both_databases! {
    async fn inboxes_that_are_not_there_are_told_with_their_place(server, |config| config.inboxes.unknown_recipient = restante::config::UnknownRecipient::Reject) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        for (ids, pointer) in [
            (json!([]), "/inbox_ids"),
            (json!(vec![text(&inbox, "id"); 101]), "/inbox_ids"),
            (json!([7]), "/inbox_ids/0"),
        ] {
            let problem = http.post("/v1/wait", json!({"inbox_ids": ids, "timeout_ms": 1})).await.problem(422, "validation_failed");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{ids}: {problem}");
        }
        for (ids, pointer) in [
            (json!([inbox["id"], "inb_00000000000000000000000000"]), "/inbox_ids/1"),
            (json!(["nobody@t.test"]), "/inbox_ids/0"),
            (json!(["nonsense"]), "/inbox_ids/0"),
        ] {
            let problem = http.post("/v1/wait", json!({"inbox_ids": ids, "timeout_ms": 1})).await.problem(404, "not_found");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{ids}: {problem}");
        }
        let other = json!({"inbox_ids": [inbox["id"]], "since": inbox["cursor"], "timeout_ms": 1});
        http.post("/v1/wait", other).await.problem(422, "cursor_invalid");
    }
}
