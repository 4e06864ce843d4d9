//! Each hint of a miss, word for word as people read it.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::Http;
use crate::support::http::text;

/// Puts a message into an inbox of its own and waits for something else; gives the message's id and the diagnostics.
async fn miss(http: &Http, octets: &str, mut wanted: Value) -> (String, Value) {
    let inbox = http.inbox(json!({})).await;
    let id = text(&http.inject(text(&inbox, "id"), octets).await, "id").to_owned();
    wanted["timeout_ms"] = json!(1);
    let path = format!("/v1/inboxes/{}/wait", text(&inbox, "id"));
    let answer = http.post(&path, wanted.clone()).await.expect(StatusCode::OK).json();
    assert_eq!(answer["outcome"], "timeout", "{wanted}: {answer}");
    (id, answer["diagnostics"].clone())
}

fn all(condition: Value) -> Value {
    json!({"filter": {"all": [condition]}})
}

const BOTH: &str = "Subject: x\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nplain\r\n--b\r\n\
    Content-Type: text/html\r\n\r\n<p>Only here: Tom &amp; Jerry</p>\r\n--b--\r\n";

both_databases! {
    async fn each_hint_is_told_in_words(server) {
        let http = server.http();
        let invoice = "Subject: Your invoice\r\nReply-To: help@app.test\r\nFrom: anna+signup@t.test\r\n\r\nYour code is 482 913.\r\n";
        for (octets, wanted, hint, closest) in [
            (
                invoice,
                json!({"subject": "zzz"}),
                "no_overlap",
                "subject contains \"zzz\": it is \"Your invoice\". Nothing of it is there.",
            ),
            (
                invoice,
                all(json!({"field": "subject", "op": "contains", "value": "YOUR INVOICE", "case_sensitive": true})),
                "case_only",
                "subject contains \"YOUR INVOICE\": it is \"Your invoice\". Only upper and lower case differ: leave out \
                 case_sensitive.",
            ),
            (
                invoice,
                all(json!({"field": "text", "op": "contains", "value": "482913"})),
                "whitespace",
                "text contains \"482913\": it is \"Your code is 482 913.\". Only white space differs: write it as it stands \
                 there.",
            ),
            (
                "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n",
                json!({"subject": "=?utf-8?q?Gr=C3=BC=C3=9Fe?="}),
                "encoded_header",
                "subject contains \"=?utf-8?q?Gr=C3=BC=C3=9Fe?=\": it is \"Grüße\". Header fields are decoded before they are \
                 compared: write it as people read it.",
            ),
            (
                BOTH,
                all(json!({"field": "html", "op": "contains", "value": "Tom & Jerry"})),
                "html_entity",
                "html contains \"Tom & Jerry\": it is \"<p>Only here: Tom &amp; Jerry</p>\". Only HTML's way of writing a \
                 character differs: write it as it stands there.",
            ),
            (
                invoice,
                all(json!({"field": "from", "op": "equals", "value": "anna@t.test"})),
                "plus_tag",
                "from equals \"anna@t.test\": it is \"anna+signup@t.test\". Only the part behind the plus differs.",
            ),
            (
                BOTH,
                all(json!({"field": "text", "op": "contains", "value": "only here"})),
                "in_html_not_text",
                "text contains \"only here\": it is \"plain\". The HTML has it, the plain text has not: look in html or body.",
            ),
            (
                invoice,
                json!({"from": "help@app.test"}),
                "in_other_field(reply_to)",
                "from equals \"help@app.test\": it is \"anna+signup@t.test\". It would match in reply_to: look there.",
            ),
            (
                invoice,
                all(json!({"field": "subject", "op": "equals", "value": "invoice"})),
                "part_of_actual",
                "subject equals \"invoice\": it is \"Your invoice\". There is more around it: use contains.",
            ),
            (
                invoice,
                all(json!({"field": "header", "name": "X-None", "op": "contains", "value": "zzz"})),
                "no_overlap",
                "header X-None contains \"zzz\": it has none.",
            ),
            (
                invoice,
                json!({"subject": "Your invoice of May"}),
                "substring_of_expected",
                "subject contains \"Your invoice of May\": it is \"Your invoice\". It is a part of what was expected: expect \
                 less.",
            ),
            (
                invoice,
                json!({"subject": "Your invioce"}),
                "edit_distance",
                "subject contains \"Your invioce\": it is \"Your invoice\". It looks like a typing mistake.",
            ),
        ] {
            let (id, told) = miss(&http, octets, wanted).await;
            let condition = &told["candidates"][0]["conditions"][0];
            assert_eq!((&condition["hint"], &condition["passed"]), (&json!(hint), &json!(false)), "{told}");
            let summary = format!("1 message arrived and did not match. Closest: {id} failed {closest}");
            assert_eq!(text(&told, "summary"), summary);
        }
    }
}

both_databases! {
    async fn the_closest_is_what_is_most_like_it_not_what_is_newest(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let mut near = String::new();
        for number in 0..40 {
            let subject = if number == 3 { "Your verification code".to_owned() } else { format!("Totals {number}") };
            let id = http.inject(text(&inbox, "id"), format!("Subject: {subject}\r\n\r\nhello\r\n")).await;
            near = if number == 3 { text(&id, "id").to_owned() } else { near };
        }
        let path = format!("/v1/inboxes/{}/wait", text(&inbox, "id"));
        let told = http.post(&path, json!({"subject": "verifcation", "timeout_ms": 1})).await.json()["diagnostics"].clone();
        assert_eq!(
            text(&told, "summary"),
            format!(
                "40 messages arrived, none matched. Closest: {near} failed subject contains \"verifcation\": it is \"Your \
                 verification code\". It looks like a typing mistake."
            )
        );
        assert_eq!(told["candidates"].as_array().unwrap().len(), 10);
    }
}

both_databases! {
    async fn what_came_too_early_is_told_first(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let path = format!("/v1/inboxes/{}/wait", text(&inbox, "id"));
        let [other, early] = ["other", "Your code"].map(|subject| format!("Subject: {subject}\r\n\r\n"));
        let early = http.inject(text(&inbox, "id"), early).await;
        let other = http.inject(text(&inbox, "id"), other).await;
        let late = http.get(&format!("/v1/inboxes/{}", text(&inbox, "id"))).await.json();
        for since in [late["cursor"].clone(), json!("now")] {
            http.inject(text(&inbox, "id"), "Subject: something else\r\n\r\n").await;
            let answer = http.post(&path, json!({"subject": "code", "since": since, "timeout_ms": 1})).await.json();
            let told = &answer["diagnostics"];
            let first = &told["excluded_by_since"][0];
            assert_eq!((&first["message_id"], &first["would_have_matched"], &first["hint"]), (&early["id"], &json!(true), &json!("bad_since")));
            assert!(first["received_before_cursor_ms"].as_u64().is_some_and(|before| before < 60_000), "{told}");
            let others = told["excluded_by_since"].as_array().unwrap();
            assert!(others.iter().any(|one| one["message_id"] == other["id"] && one["would_have_matched"] == false), "{told}");
            assert_eq!(
                text(told, "summary"),
                format!(
                    "A message that matches came before the wait's beginning: {} \"Your code\". Take the cursor before the \
                     action that sends the mail.",
                    text(&early, "id")
                )
            );
        }
        // By time it is the same.
        let later = json!({"subject": "code", "received_after": "2100-01-01T00:00:00Z", "timeout_ms": 1});
        let told = http.post(&path, later).await.json()["diagnostics"].clone();
        assert_eq!((&told["excluded_by_since"][0]["message_id"], &told["arrived"]), (&early["id"], &json!(0)));
        let all = json!({"subject": "code", "received_after": "2001-01-01T00:00:00Z", "timeout_ms": 1});
        assert_eq!(http.post(&path, all).await.json()["outcome"], "matched");
    }
}
