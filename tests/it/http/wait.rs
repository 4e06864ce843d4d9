//! Waiting: before the mail, after it, during it; the ends of a wait and what they say.

use futures_util::future::{Either, select};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::http::text;
use crate::support::{Http, PATIENCE, mail};

/// A wait's path.
fn at(inbox: &Value) -> String {
    format!("/v1/inboxes/{}/wait", text(inbox, "id"))
}

/// Waits, and lets `action` happen when the wait is surely under way. The server allows one wait at a time.
async fn during(http: &Http, path: &str, body: Value, action: impl Future<Output = ()>) -> Value {
    let wait = async {
        loop {
            let answer = http.post(path, body.clone()).await;
            // The probe below was quicker for an instant.
            if answer.status != StatusCode::TOO_MANY_REQUESTS {
                return answer.expect(StatusCode::OK).json();
            }
        }
    };
    let act = async {
        while http.post(path, json!({"subject": "a probe", "hold_ms": 1})).await.status != StatusCode::TOO_MANY_REQUESTS
        {
        }
        action.await;
    };
    tokio::time::timeout(PATIENCE, async { tokio::join!(wait, act).0 }).await.expect("the wait ends")
}

both_databases! {
    async fn mail_from_before_the_call_counts(server) {
        let http = server.http();
        server.smtp().await.deliver(mail().to("w@t.test").subject("early")).await;
        let answer = http.post("/v1/inboxes/w%40t.test/wait", json!({"subject": "EARLY"})).await.expect(StatusCode::OK).json();
        assert_eq!((&answer["outcome"], &answer["messages"][0]["subject"]), (&json!("matched"), &json!("early")));
        assert!(text(&answer, "wait_id").starts_with("wait_") && text(&answer, "cursor").starts_with("c_1:"));
        assert!(answer.get("since").is_none() && answer.get("diagnostics").is_none() && answer.get("warnings").is_none());
    }
}

both_databases! {
    async fn mail_that_comes_during_the_call_ends_it(server, |config| config.http.max_waits = 1) {
        let http = server.http();
        let inbox = http.inbox(json!({"local_part": "w", "domain": "t.test"})).await;
        let answer = during(&http, &at(&inbox), json!({"subject": "second", "since": "now"}), async {
            let mut smtp = server.smtp().await;
            smtp.deliver(mail().to("w@t.test").subject("first")).await;
            smtp.deliver(mail().to("w+detail@t.test").subject("second")).await;
        })
        .await;
        assert_eq!((&answer["outcome"], &answer["messages"][0]["subject"]), (&json!("matched"), &json!("second")));
        assert_eq!(answer["messages"][0]["envelope_to"], json!(["w+detail@t.test"]));
        assert_eq!(answer["warnings"], json!(["since_now_is_racy"]));
    }
}

both_databases! {
    async fn since_a_cursor_earlier_mail_does_not_count(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let id = text(&inbox, "id");
        http.inject(id, "Subject: code 1\r\n\r\n").await;
        let first = http.post(&at(&inbox), json!({"subject": "code"})).await.json();
        let second = json!({"subject": "code", "since": first["cursor"], "timeout_ms": 1});
        let missed = http.post(&at(&inbox), second.clone()).await.expect(StatusCode::OK).json();
        assert_eq!((&missed["outcome"], &missed["cursor"]), (&json!("timeout"), &first["cursor"]));
        http.inject(id, "Subject: code 2\r\n\r\n").await;
        let found = http.post(&at(&inbox), second).await.json();
        assert_eq!(found["messages"][0]["subject"], "code 2");
        // The cursor of the inbox when it was made is before all mail.
        let all = http.post(&at(&inbox), json!({"since": inbox["cursor"]})).await.json();
        assert_eq!(all["messages"][0]["subject"], "code 1");
    }
}

both_databases! {
    async fn a_hold_that_ends_is_pending_and_asking_again_goes_on(server, |config| config.http.max_hold_ms = 2) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        http.inject(text(&inbox, "id"), "Subject: other\r\n\r\n").await;
        let ask = |since: &Value| json!({"subject": "wanted", "since": since, "timeout_ms": 60_000, "hold_ms": 30_000});
        let pending = http.post(&at(&inbox), ask(&inbox["cursor"])).await.expect(StatusCode::OK).json();
        assert_eq!(pending["outcome"], "pending");
        assert_eq!((&pending["since"], &pending["seen"]), (&inbox["cursor"], &json!(1)), "{pending}");
        assert_eq!(pending["applied"], json!({"hold_ms": 2}));
        assert!(pending["remaining_ms"].as_u64().is_some_and(|left| (1..60_000).contains(&left)), "{pending}");
        assert!(pending.get("messages").is_none() && pending.get("cursor").is_none());
        http.inject(text(&inbox, "id"), "Subject: wanted\r\n\r\n").await;
        let matched = http.post(&at(&inbox), ask(&pending["since"])).await.json();
        assert_eq!((&matched["outcome"], &matched["messages"][0]["seq"]), (&json!("matched"), &json!(2)));
    }
}

both_databases! {
    async fn a_timeout_tells_what_came_and_what_was_refused(server) {
        let http = server.http();
        let inbox = http.inbox(json!({"local_part": "w", "domain": "t.test"})).await;
        let ask = json!({"subject": "never", "timeout_ms": 1});
        let nothing = http.post(&at(&inbox), ask.clone()).await.expect(StatusCode::OK).json();
        assert_eq!((&nothing["outcome"], &nothing["diagnostics"]["arrived"]), (&json!("timeout"), &json!(0)));
        assert_eq!(nothing["diagnostics"]["smtp"], json!({"connections": 0}));
        assert!(text(&nothing["diagnostics"], "summary").contains("nothing has connected"), "{nothing}");

        let mut smtp = server.smtp().await;
        smtp.deliver(mail().to("w@t.test").subject("another")).await;
        let near = http.post(&at(&inbox), ask.clone()).await.json()["diagnostics"].clone();
        assert_eq!((&near["arrived"], &near["smtp"]["connections"]), (&json!(1), &json!(1)), "{near}");

        http.patch("/v1/inboxes/w%40t.test", json!({"state": "frozen"})).await.expect(StatusCode::OK);
        smtp.command("MAIL FROM:<app@t.test>").await;
        let reply = smtp.command("RCPT TO:<w+x@t.test>").await;
        // Refusals are written down beside the session, a little later.
        let told = async {
            loop {
                let told = http.post(&at(&inbox), ask.clone()).await.json()["diagnostics"].clone();
                if told["rejected"].as_array().is_some_and(|rejected| !rejected.is_empty()) {
                    return told;
                }
            }
        };
        let told = tokio::time::timeout(PATIENCE, told).await.expect("in time");
        let refusal = &told["rejected"][0];
        assert_eq!((text(refusal, "stage"), text(refusal, "cause")), ("RCPT", "frozen"), "{told}");
        assert_eq!((text(refusal, "envelope_from"), text(refusal, "envelope_to")), ("app@t.test", "w+x@t.test"));
        assert_eq!(text(refusal, "reply"), reply.trim_end());
        assert!(text(&told, "summary").contains(reply.trim_end()), "{told}");
        // What was refused for one address is not told to those who wait on another.
        let other = http.inbox(json!({})).await;
        assert_eq!(http.post(&at(&other), ask).await.json()["diagnostics"]["rejected"], json!([]));
    }
}

both_databases! {
    async fn a_timeout_is_a_problem_where_that_was_asked_for(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let problem = http.post(&at(&inbox), json!({"timeout_ms": 1, "on_timeout": "problem"})).await.problem(404, "wait_timeout");
        assert_eq!(problem["diagnostics"]["arrived"], 0, "{problem}");
        assert_eq!(problem["detail"], problem["diagnostics"]["summary"]);
    }
}

both_databases! {
    async fn a_wait_ends_when_its_inbox_is_deleted(server, |config| config.http.max_waits = 1) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let answer = during(&http, &at(&inbox), json!({}), async {
            let path = format!("/v1/inboxes/{}", text(&inbox, "id"));
            assert_eq!(http.delete(&path).await.status, StatusCode::NO_CONTENT);
        })
        .await;
        assert_eq!(answer["outcome"], "inbox_deleted", "{answer}");
        http.post(&at(&inbox), json!({})).await.problem(404, "not_found");
    }
}

both_databases! {
    async fn a_wait_that_is_hung_up_frees_its_place(server, |config| config.http.max_waits = 1) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let (path, probe) = (at(&inbox), json!({"hold_ms": 1}));
        let held = Box::pin(async {
            while http.post(&path, json!({"timeout_ms": 60_000})).await.status == StatusCode::TOO_MANY_REQUESTS {}
        });
        let refused = Box::pin(async {
            loop {
                let answer = http.post(&path, probe.clone()).await;
                if answer.status == StatusCode::TOO_MANY_REQUESTS {
                    return answer;
                }
            }
        });
        let Either::Left((answer, held)) = select(refused, held).await else { panic!("nothing came, and the wait ended") };
        answer.problem(429, "too_many_waits");
        assert_eq!(answer.header("retry-after"), "1");
        drop(held);
        let freed = async { while http.post(&path, probe.clone()).await.status != StatusCode::OK {} };
        tokio::time::timeout(PATIENCE, freed).await.expect("the place is free again");
    }
}

both_databases! {
    async fn a_server_that_stops_lets_waits_go_with_a_cursor_to_go_on(server, |config| config.http.max_waits = 1) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let answer = during(&http, &at(&inbox), json!({"timeout_ms": 60_000}), Box::pin(server.stop())).await;
        assert_eq!((&answer["outcome"], &answer["since"]), (&json!("pending"), &inbox["cursor"]), "{answer}");
    }
}

both_databases! {
    async fn a_wait_may_begin_before_the_address_has_an_inbox(server, |config| config.http.max_waits = 1) {
        let http = server.http();
        let at = "/v1/inboxes/not-yet%40restante.test/wait";
        let mail = async { server.smtp().await.deliver(mail().to("not-yet@restante.test").subject("early")).await };
        let answer = during(&http, at, json!({"subject": "early"}), mail).await;
        assert_eq!(answer["outcome"], "matched", "{answer}");
        http.post("/v1/inboxes/inb_00000000000000000000000000/wait", json!({})).await.problem(404, "not_found");
    }
}
