//! What a wait can ask for, how it is answered, and what it may not say.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::http::text;
use crate::support::{Http, Server, mail};

async fn wait(http: &Http, body: Value) -> Value {
    http.post("/v1/inboxes/w%40t.test/wait", body).await.expect(StatusCode::OK).json()
}

both_databases! {
    async fn conditions_hold_together_and_without_regard_to_case_and_space(server) {
        let sent = mail().from("No-Reply@App.test").to("w@t.test").to("w+tag@t.test").subject("Reset  your\tpassword")
            .field("Cc", "Carla <carla@cc.test>")
            .field("Content-Type", "text/html; charset=utf-8")
            .body("<p>Your <b>code</b>\r\nis 123&#52;56</p>\r\n");
        server.smtp().await.deliver(sent).await;
        for (conditions, matches) in [
            (json!({}), true),
            (json!({"subject": "reset YOUR password"}), true),
            (json!({"subject": "reset", "from": "no-reply@app.test"}), true),
            (json!({"subject": "reset", "from": "other@app.test"}), false),
            (json!({"from": "App <NO-REPLY@APP.TEST>"}), true),
            (json!({"from": "reply@app.test"}), false),
            (json!({"from": "reply"}), true),
            (json!({"from": "@app.test"}), true),
            (json!({"from": "*@app.test"}), true),
            (json!({"from": "no-????@*.test"}), false),
            (json!({"from": "no-?????@*.test"}), true),
            (json!({"to": "*@t.test"}), true),
            (json!({"to": "w+tag@t.test"}), true),
            (json!({"to": "w+other@t.test"}), false),
            (json!({"to": "carla"}), true),
            (json!({"to": "carla@cc.test"}), true),
            (json!({"body": "YOUR CODE is 123456"}), true),
            (json!({"body": "code: 1"}), false),
            (json!({"body": "123456", "subject": "reset", "to": "w@t.test", "from": "*reply*"}), true),
            (json!({"subject": "%"}), false),
            (json!({"from": "\u{0}*\u{7f}"}), true),
        ] {
            let mut body = conditions.clone();
            body["timeout_ms"] = json!(1);
            let expected = if matches { "matched" } else { "timeout" };
            assert_eq!(wait(&server.http(), body).await["outcome"], expected, "{conditions}");
        }
    }
}

both_databases! {
    async fn the_oldest_or_the_newest_match_comes_in_the_form_that_was_asked_for(server) {
        let http = server.http();
        let mut smtp = server.smtp().await;
        for number in 1..=3 {
            smtp.deliver(mail().to("w@t.test").subject(&format!("no {number}")).body(&format!("body {number}\r\n"))).await;
        }
        let oldest = wait(&http, json!({})).await;
        let newest = wait(&http, json!({"order": "newest"})).await;
        assert_eq!((&oldest["messages"][0]["subject"], &newest["messages"][0]["subject"]), (&json!("no 1"), &json!("no 3")));
        assert!(text(&newest["messages"][0], "text").starts_with("body 3") && newest["messages"][0]["envelope"].is_object());
        let summary = wait(&http, json!({"return": "summary"})).await["messages"][0].clone();
        assert!(summary["snippet"].is_string() && summary.get("text").is_none() && summary.get("envelope").is_none());
        let id = wait(&http, json!({"return": "ids"})).await["messages"].clone();
        assert_eq!(id, json!([{"id": summary["id"]}]));
        // Following the cursor gives each message once.
        let mut seen = Vec::new();
        let mut since = json!(null);
        loop {
            let mut body = json!({"timeout_ms": 1});
            if since.is_string() {
                body["since"] = since;
            }
            let answer = wait(&http, body).await;
            since = answer["cursor"].clone();
            if answer["outcome"] == "timeout" {
                break;
            }
            seen.push(text(&answer["messages"][0], "subject").to_owned());
        }
        assert_eq!(seen, ["no 1", "no 2", "no 3"]);
    }
}

both_databases! {
    async fn a_cursor_of_elsewhere_is_refused_and_never_starts_over(server) {
        let http = server.http();
        let (one, two) = (http.inbox(json!({})).await, http.inbox(json!({})).await);
        let project = http.get("/v1/cursor").await.json();
        let path = format!("/v1/inboxes/{}/wait", text(&one, "id"));
        let wiped = |cursor: &str| {
            let (head, epoch) = cursor.rsplit_once(':').unwrap();
            format!("{head}:{:08x}", u32::from_str_radix(epoch, 16).unwrap() ^ 1)
        };
        for (path, since) in [
            (&path, text(&two, "cursor").to_owned()),
            (&path, text(&project, "cursor").to_owned()),
            (&path, wiped(text(&one, "cursor"))),
            (&path, "c_0".to_owned()),
            (&path, "2026-11-20T09:00:00Z".to_owned()),
            (&path, String::new()),
            (&"/v1/wait".to_owned(), text(&one, "cursor").to_owned()),
            (&"/v1/wait".to_owned(), wiped(text(&project, "cursor"))),
        ] {
            let problem = http.post(path, json!({"since": since, "timeout_ms": 1})).await.problem(422, "cursor_invalid");
            assert_eq!(problem["errors"][0]["pointer"], "/since", "{since}: {problem}");
        }
    }
}

both_databases! {
    async fn cursors_stay_valid_over_a_restart(server) {
        let inbox = server.http().inbox(json!({})).await;
        let project = server.http().get("/v1/cursor").await.json();
        server.http().inject(text(&inbox, "id"), "Subject: before\r\n\r\n").await;
        let server = server.restart().await;
        for (path, since) in [(format!("/v1/inboxes/{}/wait", text(&inbox, "id")), &inbox["cursor"]), ("/v1/wait".to_owned(), &project["cursor"])] {
            let answer = server.http().post(&path, json!({"since": since})).await.expect(StatusCode::OK).json();
            assert_eq!(answer["messages"][0]["subject"], "before", "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_wait_may_not_say_is_told_with_its_place() {
    let server = Server::start().await;
    let http = server.http();
    let inbox = http.inbox(json!({})).await;
    for path in [format!("/v1/inboxes/{}/wait", text(&inbox, "id")), "/v1/wait".to_owned()] {
        for (body, pointer) in [
            (json!({"timeout_ms": 0}), "/timeout_ms"),
            (json!({"timeout_ms": 3_600_001}), "/timeout_ms"),
            (json!({"timeout_ms": -5}), "/timeout_ms"),
            (json!({"timeout_ms": "60s"}), "/timeout_ms"),
            (json!({"hold_ms": 0}), "/hold_ms"),
            (json!({"order": "random"}), "/order"),
            (json!({"return": "everything"}), "/return"),
            (json!({"on_timeout": "panic"}), "/on_timeout"),
            (json!({"subject": 7}), "/subject"),
        ] {
            let problem = http.post(&path, body.clone()).await.problem(422, "validation_failed");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}: {problem}");
        }
        for (field, near) in [
            ("subjct", "subject"),
            ("form", "from"),
            ("time_out_ms", "timeout_ms"),
            ("sinse", "since"),
            ("retrun", "return"),
        ] {
            let problem = http.post(&path, json!({ field: "x" })).await.problem(422, "unknown_field");
            assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"));
            assert_eq!(problem["hint"], format!("did you mean {near:?}?"));
        }
    }
}

both_databases! {
    async fn an_empty_shorthand_is_refused_at_its_place(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        http.inject(text(&inbox, "id"), "Subject: x\r\n\r\nhello\r\n").await;
        for (name, value) in [("subject", ""), ("subject", "  "), ("from", ""), ("to", " <>"), ("body", "\u{200b}"), ("subject", "\u{0}")] {
            let path = format!("/v1/inboxes/{}/wait", text(&inbox, "id"));
            let answer = http.post(&path, json!({name: value, "timeout_ms": 1})).await;
            let problem = answer.expect(StatusCode::UNPROCESSABLE_ENTITY).json();
            assert_eq!(problem["errors"][0]["pointer"], format!("/{name}"), "{problem}");
            assert_eq!(
                problem["errors"][0]["message"],
                "it has nothing that can be seen: leave it out to look for anything"
            );
        }
    }
}
