//! Why a wait was in vain: each kind of reason, as people read it and as programs do.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::http::{encoded, text};
use crate::support::{Http, PATIENCE, Server, mail};

/// The diagnostics of a wait at an address that misses.
async fn told(http: &Http, address: &str, mut wanted: Value) -> Value {
    wanted["timeout_ms"] = json!(1);
    let answer =
        http.post(&format!("/v1/inboxes/{}/wait", encoded(address)), wanted).await.expect(StatusCode::OK).json();
    assert_eq!(answer["outcome"], "timeout", "{answer}");
    answer["diagnostics"].clone()
}

/// The same, once the summary has this in it: refusals are written down beside the session, a little later.
async fn told_with(http: &Http, address: &str, wanted: Value, word: &str) -> Value {
    let found = async {
        loop {
            let told = told(http, address, wanted.clone()).await;
            if text(&told, "summary").contains(word) {
                return told;
            }
        }
    };
    tokio::time::timeout(PATIENCE, found).await.expect("it is told in time")
}

both_databases! {
    async fn the_closest_candidates_come_first(server) {
        let http = server.http();
        let inbox = http.inbox(json!({"local_part": "w", "domain": "t.test"})).await;
        for number in 0..12 {
            let (subject, from) = if number == 5 { ("reset", "app@t.test") } else { ("other", "x@t.test") };
            http.inject(text(&inbox, "id"), format!("Subject: {subject} {number}\r\nFrom: {from}\r\n\r\nhello\r\n")).await;
        }
        let wanted = json!({"subject": "reset", "from": "app@t.test", "body": "goodbye", "filter": {"none": [
            {"field": "subject", "op": "contains", "value": "reset"}
        ]}});
        let told = told(&http, "w@t.test", wanted).await;
        assert_eq!(told["arrived"], 12);
        let candidates = told["candidates"].as_array().unwrap();
        assert_eq!(candidates.len(), 10, "{told}");
        assert_eq!((&candidates[0]["score"], &candidates[1]["score"]), (&json!(0.5), &json!(0.25)));
        let closest = candidates[0]["conditions"].as_array().unwrap();
        let paths: Vec<&str> = closest.iter().map(|condition| text(condition, "path")).collect();
        assert_eq!(paths, ["from", "subject", "body", "none/0"]);
        let passed: Vec<bool> = closest.iter().map(|condition| condition["passed"].as_bool().unwrap()).collect();
        assert_eq!(passed, [true, true, false, false]);
        // Of those that are equally far the newest comes first.
        let newest = http.get(&format!("/v1/messages/{}", text(&candidates[1], "message_id"))).await.json();
        assert_eq!(newest["subject"], "other 11");
        assert_eq!(
            text(&told, "summary"),
            format!(
                "12 messages arrived, none matched. Closest: {} failed body contains \"goodbye\" and 1 other condition: it \
                 is \"hello\". Nothing of it is there.",
                text(&candidates[0], "message_id")
            )
        );
    }
}

both_databases! {
    async fn values_are_cut(server) {
        let http = server.http();
        let inbox = http.inbox(json!({"local_part": "w", "domain": "t.test"})).await;
        let long = "ä".repeat(900);
        http.inject(text(&inbox, "id"), format!("Subject: x\r\n\r\n{long}\r\n")).await;
        let told = told(&http, "w@t.test", json!({"body": format!("{}zz", "ö".repeat(900))})).await;
        let condition = &told["candidates"][0]["conditions"][0];
        for value in ["expected", "actual"] {
            assert_eq!(text(condition, value).chars().count(), 200, "{told}");
        }
        assert!(text(&told, "summary").chars().count() < 400, "{told}");
    }
}

both_databases! {
    async fn mail_at_a_similar_address_is_found(server) {
        let http = server.http();
        http.inbox(json!({"local_part": "signup-7", "domain": "t.test"})).await;
        let mut smtp = server.smtp().await;
        smtp.deliver(mail().to("sign-up7@t.test").subject("Your code")).await;
        smtp.deliver(mail().to("signup-7@elsewhere.test").subject("other")).await;
        smtp.deliver(mail().to("unlike@t.test").subject("Your code")).await;
        let told = told(&http, "signup-7@t.test", json!({"subject": "code"})).await;
        let elsewhere = told["elsewhere"].as_array().unwrap();
        assert_eq!(elsewhere.len(), 2, "{told}");
        let by = http.get("/v1/inboxes/sign-up7%40t.test").await.json();
        assert_eq!(
            elsewhere[0],
            json!({"address": "sign-up7@t.test", "inbox_id": by["id"], "distance": 2, "would_have_matched": true})
        );
        assert_eq!((text(&elsewhere[1], "address"), &elsewhere[1]["would_have_matched"]), ("signup-7@elsewhere.test", &json!(false)));
        assert_eq!(told["other_inboxes_received"], 3);
        assert_eq!(
            text(&told, "summary"),
            "A message that matches went to sign-up7@t.test, not to signup-7@t.test. Check the address that the mail is \
             sent to."
        );
    }
}

both_databases! {
    async fn nothing_connected_and_nothing_sent_are_told_apart(server) {
        let http = server.http();
        http.inbox(json!({"local_part": "w", "domain": "t.test"})).await;
        let silent = told(&http, "w@t.test", json!({})).await;
        assert_eq!(
            text(&silent, "summary"),
            "No message arrived, and nothing has connected to SMTP since the server started: is the sender pointed at \
             this server?"
        );
        server.smtp().await.deliver(mail().to("unlike@x.test")).await;
        let quiet = told(&http, "w@t.test", json!({})).await;
        assert_eq!(
            text(&quiet, "summary"),
            format!(
                "No message arrived for w@t.test, though SMTP had 1 connection, the last at {}. Other inboxes received 1 \
                 message. Was the mail sent, and to this address?",
                text(&quiet["smtp"], "last_connection_at")
            )
        );
    }
}

both_databases! {
    async fn what_was_refused_is_told_with_its_cause(server, |config| config.inboxes.unknown_recipient = restante::config::UnknownRecipient::Reject) {
        let http = server.http();
        let inbox = http.inbox(json!({"local_part": "signup-7", "domain": "t.test"})).await;
        let mut smtp = server.smtp().await;
        smtp.command("MAIL FROM:<app@t.test>").await;
        let reply = smtp.command("RCPT TO:<signup-8@t.test>").await;
        let near = told_with(&http, "signup-7@t.test", json!({}), "refused").await;
        assert_eq!(
            near["elsewhere"],
            json!([{"address": "signup-8@t.test", "distance": 1, "reply": reply.trim_end()}])
        );
        assert_eq!(near["rejected"], json!([]));
        assert_eq!(
            text(&near, "summary"),
            format!(
                "Mail for signup-8@t.test, not signup-7@t.test, was refused: \"{}\". Check the address that the mail is \
                 sent to.",
                reply.trim_end()
            )
        );
        http.patch(&format!("/v1/inboxes/{}", text(&inbox, "id")), json!({"state": "frozen"})).await.expect(StatusCode::OK);
        let reply = smtp.command("RCPT TO:<signup-7@t.test>").await;
        let own = told_with(&http, "signup-7@t.test", json!({}), "frozen").await;
        assert_eq!(
            text(&own, "summary"),
            format!("Mail for signup-7@t.test was refused at RCPT: \"{}\" (cause: frozen).", reply.trim_end())
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_was_refused_before_any_recipient_is_told_without_its_sender() {
    let server = Server::with(|config| config.smtp.auth = restante::config::AuthPolicy::Required).await;
    let http = server.http();
    http.inbox(json!({"local_part": "w", "domain": "t.test"})).await;
    let reply = server.smtp().await.command("MAIL FROM:<secret@t.test>").await;
    let told = told_with(&http, "w@t.test", json!({}), "refused").await;
    assert_eq!(
        text(&told, "summary"),
        format!(
            "No message arrived for w@t.test. A client was refused at MAIL: \"{}\" (cause: auth).",
            reply.trim_end()
        )
    );
    assert!(!told.to_string().contains("secret"), "{told}");
}
