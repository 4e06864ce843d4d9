//! Searching: the search box on lists, searches with reasons, and what cannot be read.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::http::{encoded, text};
use crate::support::mail;

fn subjects(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| text(item, "subject")).collect()
}

const WITH_FILE: &str = "Content-Type: multipart/mixed; boundary=b\r\nFrom: shop@app.test\r\nSubject: Your invoice\r\nX-Env: ci\r\n\r\n\
    --b\r\nContent-Type: text/html\r\n\r\n<p>Tom &amp; Jerry: <b>paid</b> in full</p>\r\n\
    --b\r\nContent-Type: application/pdf; name=\"invoice 7.pdf\"\r\nContent-Disposition: attachment\r\n\r\nPDF\r\n--b--\r\n";

both_databases! {
    async fn one_line_narrows_a_list(server) {
        let http = server.http();
        let one = http.inbox(json!({"local_part": "one", "run_id": "run_7"})).await;
        let two = http.inbox(json!({"local_part": "two"})).await;
        let (one, two) = (text(&one, "id"), text(&two, "id"));
        let first = http.inject(one, WITH_FILE).await;
        http.patch(&format!("/v1/messages/{}", text(&first, "id")), json!({"flagged": true, "tags": ["kept", "x y"]})).await;
        http.inject(one, "From: Anna <anna@app.test>\r\nSubject: Reset code\r\n\r\nYour code is\r\n482913\r\nIt is good for ten minutes.\r\n").await;
        http.inject(two, format!("From: anna@app.test\r\nSubject: Digest\r\n\r\n{}", "long ".repeat(3_000))).await;
        for (path, line, expected) in [
            ("/v1/messages", "", vec!["Your invoice", "Reset code", "Digest"]),
            ("/v1/messages", "from:anna", vec!["Reset code", "Digest"]),
            ("/v1/messages", "from:anna@app.test -subject:digest", vec!["Reset code"]),
            ("/v1/messages", "has:attachment", vec!["Your invoice"]),
            ("/v1/messages", "-has:attachment", vec!["Reset code", "Digest"]),
            ("/v1/messages", "filename:*.pdf header:X-Env=ci", vec!["Your invoice"]),
            ("/v1/messages", "\"tom & jerry\"", vec!["Your invoice"]),
            ("/v1/messages", "\"is 482913\"", vec!["Reset code"]),
            ("/v1/messages", "text:code text:482913", vec!["Reset code"]),
            ("/v1/messages", "text:zebrafish", vec![]),
            ("/v1/messages", "body:\"<b>paid\"", vec!["Your invoice"]),
            ("/v1/messages", "paid \"invoice 7\"", vec!["Your invoice"]),
            ("/v1/messages", "anna long", vec!["Digest"]),
            ("/v1/messages", "two@", vec!["Digest"]),
            ("/v1/messages", "text:lo -long", vec![]),
            ("/v1/messages", "tag:kept is:flagged", vec!["Your invoice"]),
            ("/v1/messages", "-tag:\"x y\" is:unseen in:inbox", vec!["Reset code", "Digest"]),
            ("/v1/messages", "larger:10k", vec!["Digest"]),
            ("/v1/messages", "smaller:10k run:run_7", vec!["Your invoice", "Reset code"]),
            ("/v1/messages", "after:2001-01-01 before:2002-01-01", vec![]),
            ("/v1/inboxes/{one}/messages", "app", vec!["Your invoice", "Reset code"]),
            ("/v1/inboxes/{two}/messages", "app", vec!["Digest"]),
        ] {
            let path = path.replace("{one}", one).replace("{two}", two);
            // What the first search learns of the texts must not change what the second one finds.
            for _ in 0..2 {
                let page = http.get(&format!("{path}?order=oldest&q={}", encoded(line))).await.expect(StatusCode::OK).json();
                assert_eq!(subjects(&page), expected, "{line}");
            }
        }
        for (query, expected) in [
            ("has=attachment", vec!["Your invoice"]),
            ("has=code", vec!["Reset code"]),
            ("q=code%3A482913", vec!["Reset code"]),
            ("flagged=false", vec!["Reset code", "Digest"]),
            ("run_id=run_7&q=code", vec!["Reset code"]),
            ("tag=kept&tag=x+y", vec!["Your invoice"]),
            ("tag=kept&tag=other", vec![]),
        ] {
            let page = http.get(&format!("/v1/messages?order=oldest&{query}")).await.expect(StatusCode::OK).json();
            assert_eq!(subjects(&page), expected, "{query}");
        }
        for (query, pointer, told) in [
            ("q=a+subjct%3Ax", "?q", "column 3"),
            ("has=paper", "?has", "attachment, code"),
            (&format!("subject={}", "x".repeat(1_001)), "?subject", "1000 characters"),
            (&format!("folder={}", "x".repeat(1_001)), "?folder", "1000 characters"),
        ] {
            let problem = http.get(&format!("/v1/messages?{query}")).await.problem(422, "validation_failed");
            assert_eq!(text(&problem["errors"][0], "pointer"), pointer, "{problem}");
            assert!(text(&problem, "detail").contains(told), "{problem}");
        }
    }
}

both_databases! {
    async fn a_search_says_why(server) {
        let http = server.http();
        let mut smtp = server.smtp().await;
        smtp.deliver(mail().from("no-reply@app.test").to("a@t.test").subject("Your invoice").field("Reply-To", "help@app.test")).await;
        smtp.deliver(mail().from("no-reply@app.test").to("b@t.test").subject("Reset your password")).await;
        smtp.deliver(mail().from("bounce@other.test").to("c@t.test").subject("Reset your password")).await;
        let search = async |body: Value| http.post("/v1/messages/search", body).await.expect(StatusCode::OK).json();
        let found = search(json!({"subject": "reset", "order": "oldest", "explain": true})).await;
        assert_eq!(subjects(&found), ["Reset your password"; 2]);
        let told = &found["items"][0]["explanation"];
        assert_eq!((&told["passed"], &told["score"], &told["conditions"][0]["path"]), (&json!(true), &json!(1.0), &json!("subject")));
        assert!(found.get("nearest").is_none());
        // Only where it was asked for.
        let in_two = search(json!({"inbox_ids": ["b@t.test", "a@t.test"], "order": "oldest"})).await;
        assert_eq!(subjects(&in_two), ["Your invoice", "Reset your password"]);
        assert!(in_two["items"][0].get("explanation").is_none());
        let page = search(json!({"limit": 2})).await;
        assert_eq!((subjects(&page).len(), &page["has_more"]), (2, &json!(true)));
        let rest = search(json!({"limit": 2, "after": page["next_after"]})).await;
        assert_eq!((subjects(&rest), &rest["has_more"]), (vec!["Your invoice"], &json!(false)));
        let filter = json!({
            "all": [
                {"field": "from", "op": "equals", "value": "help@app.test"},
                {"field": "subject", "op": "contains", "value": "YOUR INVOICE", "case_sensitive": true},
                {"field": "envelope_from", "op": "ends_with", "value": "@app.test"},
            ],
            "any": [{"field": "subject", "op": "contains", "value": "invioce"}],
            "none": [{"field": "to", "op": "contains", "value": "b@"}],
        });
        let missed = search(json!({"filter": filter, "q": "from:no-reply@app.test", "explain": true})).await;
        assert_eq!(missed["items"], json!([]));
        let nearest = &missed["nearest"][0];
        assert_eq!(nearest["subject"], "Your invoice", "{missed}");
        let told: Vec<(&str, bool, &str)> = nearest["explanation"]["conditions"].as_array().unwrap().iter()
            .map(|one| (text(one, "path"), one["passed"] == true, one["hint"].as_str().unwrap_or("")))
            .collect();
        assert_eq!(told, [
            ("all/0", false, "in_other_field(reply_to)"),
            ("all/1", false, "case_only"),
            ("all/2", true, ""),
            ("q/0", true, ""),
            ("any", false, "edit_distance"),
            ("none/0", true, ""),
        ]);
        assert_eq!(nearest["explanation"]["conditions"][0]["actual"], "no-reply@app.test");
        // The nearer one first, then the newer.
        let senders: Vec<&Value> = missed["nearest"].as_array().unwrap().iter().map(|item| &item["from"]["address"]).collect();
        assert_eq!(senders, ["no-reply@app.test", "no-reply@app.test", "bounce@other.test"]);
    }
}

both_databases! {
    async fn a_search_that_cannot_be_read_says_where(server) {
        let http = server.http();
        for (body, code, pointer, told) in [
            (json!({"subjct": "x"}), "unknown_field", "/subjct", "subject"),
            (json!({"filter": {"all": [{"field": "subjct", "op": "contains", "value": "x"}]}}), "validation_failed", "/filter/all/0/field", "\"subject\""),
            (json!({"filter": {"all": [{"field": "subject", "op": "contains", "valu": "x"}]}}), "unknown_field", "/filter/all/0/valu", "value"),
            (json!({"filter": {"none": [{"field": "text", "op": "regex", "value": "a("}]}}), "validation_failed", "/filter/none/0/value", "character 2"),
            (json!({"q": "is:odd"}), "validation_failed", "/q", "column 1"),
            (json!({"limit": 201}), "validation_failed", "/limit", "200"),
            (json!({"after": "x"}), "validation_failed", "/after", "next_after"),
            (json!({"inbox_ids": []}), "validation_failed", "/inbox_ids", "leave it out"),
            (json!({"inbox_ids": ["?"]}), "validation_failed", "/inbox_ids/0", "address"),
        ] {
            let problem = http.post("/v1/messages/search", body.clone()).await.problem(422, code);
            assert_eq!(text(&problem["errors"][0], "pointer"), pointer, "{body}: {problem}");
            assert!(problem.to_string().replace("\\\"", "\"").contains(told), "{body}: {problem}");
        }
        http.post("/v1/messages/search", json!({"inbox_ids": ["nobody@t.test"]})).await.problem(404, "not_found");
    }
}
