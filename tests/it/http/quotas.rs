//! A full inbox, as SMTP and the API tell it.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::both_databases;
use crate::support::http::{send, text};
use crate::support::mail;

both_databases! {
    async fn a_full_inbox_is_452_over_smtp_and_507_over_the_api(server) {
        let http = server.http();
        http.inbox(json!({"local_part": "full", "domain": "t.test", "quota": {"max_messages": 1}})).await;
        let mut smtp = server.smtp().await;
        smtp.deliver(mail().to("full@t.test")).await;
        smtp.command("MAIL FROM:<a@b.test>").await;
        let refused = smtp.command("RCPT TO:<full@t.test>").await;
        assert!(refused.starts_with("452 4.2.2 "), "{refused}");
        let octets = http.request(Method::POST, "/v1/inboxes/full%40t.test/messages").header("content-type", "message/rfc822");
        let problem = send(octets.body("Subject: x\r\n\r\n")).await.problem(507, "over_quota");
        assert!(text(&problem, "detail").contains("1 messages") && problem["hint"].is_string(), "{problem}");
        // Room is made, and the same session goes on.
        http.post("/v1/inboxes/full%40t.test/empty", json!({})).await.expect(StatusCode::OK);
        assert!(smtp.command("RCPT TO:<full@t.test>").await.starts_with("250 "));
    }
}

both_databases! {
    async fn a_message_that_does_not_fit_is_refused_at_its_end(server) {
        let http = server.http();
        http.inbox(json!({"local_part": "small", "domain": "t.test", "quota": {"max_bytes": 600}})).await;
        let mut smtp = server.smtp().await;
        smtp.deliver(mail().to("small@t.test")).await;
        let reply = smtp.send(&mail().to("small@t.test").body(&"0123456789\r\n".repeat(60))).await;
        assert!(reply.starts_with("452 4.2.2 "), "{reply}");
        smtp.deliver(mail().to("small@t.test").subject("fits")).await;
        let counts = http.get("/v1/inboxes/small%40t.test").await.json()["counts"].clone();
        assert_eq!(counts["messages"], 2, "{counts}");
    }
}

both_databases! {
    async fn an_inbox_that_evicts_takes_everything_and_keeps_the_newest(server) {
        let http = server.http();
        let quota = json!({"max_messages": 2, "on_full": "evict_oldest"});
        http.inbox(json!({"local_part": "ring", "domain": "t.test", "quota": quota})).await;
        let mut smtp = server.smtp().await;
        for number in 1..=5 {
            smtp.deliver(mail().to("ring@t.test").subject(&number.to_string())).await;
        }
        let page = http.get("/v1/inboxes/ring%40t.test/messages").await.json();
        let subjects: Vec<&str> = page["items"].as_array().unwrap().iter().map(|item| text(item, "subject")).collect();
        assert_eq!(subjects, ["5", "4"]);
        assert_eq!(page["items"][0]["seq"], 5);
    }
}

both_databases! {
    async fn without_a_quota_there_is_none(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        assert!(inbox.get("quota").is_none(), "{inbox}");
        for number in 0..30 {
            http.inject(text(&inbox, "id"), format!("Subject: {number}\r\n\r\n")).await;
        }
        let path = format!("/v1/inboxes/{}", text(&inbox, "id"));
        assert_eq!(http.get(&path).await.json()["counts"]["messages"], 30);
    }
}
