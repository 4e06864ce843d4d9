//! Messages that are put into an inbox without SMTP.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::http::{send, text};

both_databases! {
    async fn octets_are_kept_as_they_are(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let octets = b"From: App <no-reply@app.test>\nSubject: bare\n\nline\r.\r\n".to_vec();
        let path = format!("/v1/inboxes/{}/messages", text(&inbox, "id"));
        let request = http.request(Method::POST, &path).header("content-type", "message/rfc822").body(octets.clone());
        let made = send(request).await.expect(StatusCode::CREATED);
        let message = made.json();
        assert_eq!(made.header("location"), format!("/v1/messages/{}", text(&message, "id")));
        assert_eq!((&message["ingest"], &message["envelope"]["from"]), (&json!("api"), &json!("no-reply@app.test")));
        assert_eq!(http.get(&format!("{}/raw", made.header("location"))).await.body, octets);
        let lints: Vec<&str> = message["lints"].as_array().unwrap().iter().map(|lint| text(lint, "code")).collect();
        assert!(lints.contains(&"bare_lf") && lints.contains(&"bare_cr"), "{lints:?}");
        assert_eq!(http.wait(text(&inbox, "id"), "bare").await["id"], message["id"]);
        let nothing = http.request(Method::POST, &path).header("content-type", "message/rfc822");
        send(nothing).await.problem(422, "validation_failed");
    }
}

both_databases! {
    async fn a_draft_becomes_a_message_that_says_the_same(server) {
        let http = server.http();
        let inbox = http.inbox(json!({"local_part": "draft", "domain": "t.test"})).await;
        let draft = json!({
            "from": "Grüße \"App\" <no-reply@app.test>", "cc": ["c@t.test"], "subject": "Ihr Code: größer ✓",
            "text": "Es ist 123456.\nZeile zwei", "html": "<b>123456</b>",
            "headers": [{"name": "X-Env", "value": "ci"}, {"name": "X-Env", "value": "zwei ü"}],
            "attachments": [{"filename": "ä b.txt", "content_type": "text/plain", "content_base64": "AAH/"}],
        });
        let made = http.post(&format!("/v1/inboxes/{}/messages", text(&inbox, "id")), draft).await.expect(StatusCode::CREATED).json();
        assert_eq!(made["subject"], "Ihr Code: größer ✓");
        assert_eq!(made["from"]["address"], "no-reply@app.test");
        assert!(text(&made["from"], "name").starts_with("Grüße"), "{made}");
        assert_eq!((&made["to"][0]["address"], &made["cc"][0]["address"]), (&json!("draft@t.test"), &json!("c@t.test")));
        assert!(text(&made, "text").starts_with("Es ist 123456.") && text(&made, "html").contains("<b>123456</b>"), "{made}");
        assert_eq!((&made["attachments"][0]["filename"], &made["attachments"][0]["size"]), (&json!("ä b.txt"), &json!(3)));
        let path = format!("/v1/messages/{}", text(&made, "id"));
        let fields = http.get(&format!("{path}/headers")).await.json();
        let own: Vec<&Value> = fields["items"].as_array().unwrap().iter().filter(|field| field["name"] == "X-Env").map(|field| &field["value"]).collect();
        assert_eq!(own.len(), 2, "{fields}");
        let raw = http.get(&format!("{path}/raw")).await.body;
        assert!(raw.windows(2).filter(|pair| pair[1] == b'\n').all(|pair| pair[0] == b'\r'), "a bare line end");
    }
}

both_databases! {
    async fn hostile_fields_of_a_draft_are_refused_with_their_place(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let path = format!("/v1/inboxes/{}/messages", text(&inbox, "id"));
        let with = |name: &str, value: Value| {
            let mut draft = json!({"from": "a@b.test"});
            draft[name] = value;
            draft
        };
        for (draft, pointer) in [
            (with("subject", json!("x\r\nBcc: evil@e.test")), "/subject"),
            (with("subject", json!("x\u{0}")), "/subject"),
            (with("from", json!("a@b.test\r\nX: y")), "/from"),
            (with("from", json!("nobody")), "/from"),
            (with("from", json!("x\n <a@b.test>")), "/from"),
            (with("to", json!(["ok@t.test", "a\r\n@t.test"])), "/to/1"),
            (with("cc", json!(["@"])), "/cc/0"),
            (with("headers", json!([{"name": "X\r\nY", "value": "z"}])), "/headers/0/name"),
            (with("headers", json!([{"name": "X:", "value": "z"}])), "/headers/0/name"),
            (with("headers", json!([{"name": "", "value": "z"}])), "/headers/0/name"),
            (with("headers", json!([{"name": "Content-Type", "value": "text/html"}])), "/headers/0/name"),
            (with("headers", json!([{"name": "X", "value": "a"}, {"name": "Y", "value": "z\nW: v"}])), "/headers/1"),
            (with("attachments", json!([{"filename": "a\r\nb", "content_base64": ""}])), "/attachments/0/filename"),
            (with("attachments", json!([{"filename": "a", "content_type": "x/y\r\nZ: 1", "content_base64": ""}])), "/attachments/0/content_type"),
            (with("attachments", json!([{"filename": "a", "content_base64": "!"}])), "/attachments/0/content_base64"),
            (with("attachments", json!([{"filename": "a", "content_base64": 1}])), "/attachments/0/content_base64"),
        ] {
            let problem = http.post(&path, draft.clone()).await.problem(422, "validation_failed");
            assert!(text(&problem["errors"][0], "pointer").starts_with(pointer), "{draft}: {problem}");
        }
        http.post(&path, json!({})).await.problem(422, "validation_failed");
        assert_eq!(http.get(&path).await.json()["items"], json!([]));
    }
}
