//! Lists of messages: paging while mail arrives, conditions, cursors.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::http::{encoded, text};
use crate::support::{Http, mail};

/// The subjects of all pages; after each page `meanwhile` happens.
async fn paged(http: &Http, path: &str, query: &str, mut meanwhile: impl AsyncFnMut()) -> Vec<String> {
    let mut subjects = Vec::new();
    let mut after = String::new();
    loop {
        let answer = http.get(&format!("{path}?{query}{after}")).await.expect(StatusCode::OK);
        let page = answer.json();
        subjects.extend(page["items"].as_array().unwrap().iter().map(|item| text(item, "subject").to_owned()));
        let Some(next) = page["next_after"].as_str() else {
            assert_eq!((&page["has_more"], answer.headers.get("link")), (&json!(false), None));
            return subjects;
        };
        after = format!("&after={}", encoded(next));
        assert_eq!(answer.header("link"), format!("<?{query}{after}>; rel=\"next\""));
        meanwhile().await;
    }
}

fn subjects(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| text(item, "subject")).collect()
}

both_databases! {
    async fn pages_have_no_doubles_and_no_holes_while_mail_arrives(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let id = text(&inbox, "id");
        for number in 0..25 {
            http.inject(id, format!("Subject: {number}\r\n\r\n")).await;
        }
        let first: Vec<String> = (0..25).map(|number| number.to_string()).collect();
        let mut late = 0;
        for path in [format!("/v1/inboxes/{id}/messages"), "/v1/messages".to_owned()] {
            let mut newest = paged(&http, &path, "limit=4", async || {
                late += 1;
                http.inject(id, format!("Subject: late {late}\r\n\r\n")).await;
            })
            .await;
            // What came in between is newer than the first page: it is not in this list, and moves nothing in it.
            let from_before = newest.split_off(newest.len() - 25);
            assert!(newest.iter().all(|subject| subject.starts_with("late ")) && from_before.iter().rev().eq(&first), "{path}");
        }
        let mut later = 0;
        let oldest = paged(&http, &format!("/v1/inboxes/{id}/messages"), "limit=10&order=oldest", async || {
            later += 1;
            http.inject(id, format!("Subject: later {later}\r\n\r\n")).await;
        })
        .await;
        // Oldest first, new mail is at the end and belongs to it.
        assert_eq!(oldest[..25], first);
        assert_eq!(oldest.last(), Some(&format!("later {later}")));
        let distinct: std::collections::BTreeSet<&String> = oldest.iter().collect();
        assert_eq!(distinct.len(), oldest.len(), "{oldest:?}");
        assert_eq!(oldest.len(), 25 + late + later);
    }
}

both_databases! {
    async fn conditions_narrow_a_list_together(server) {
        let http = server.http();
        let mut smtp = server.smtp().await;
        let to = "list@t.test";
        smtp.deliver(mail().from("anna@app.test").to(to).subject("Reset your  Password").body("code 1234\r\n")).await;
        smtp.deliver(mail().from("bert@app.test").to(to).subject("Invoice").body("the code is elsewhere\r\n")).await;
        smtp.deliver(mail().from("anna@other.test").to(to).to("list+tag@t.test").subject("größe").body("nothing\r\n")).await;
        let all = "/v1/inboxes/list%40t.test/messages";
        let first = text(&http.get(&format!("{all}?order=oldest")).await.json()["items"][0], "id").to_owned();
        http.patch(&format!("/v1/messages/{first}"), json!({"seen": true, "tags": ["x"]})).await.expect(StatusCode::OK);
        for (query, expected) in [
            ("subject=reset+YOUR+password", vec!["Reset your  Password"]),
            ("subject=GR%C3%96SSE", vec![]),
            ("subject=Gr%C3%B6%C3%9Fe", vec!["größe"]),
            ("from=anna", vec!["Reset your  Password", "größe"]),
            ("from=anna%40app.test", vec!["Reset your  Password"]),
            ("from=*%40app.test", vec!["Reset your  Password", "Invoice"]),
            ("from=nna%40app.test", vec![]),
            ("to=list%2Btag%40t.test", vec!["größe"]),
            ("body=CODE", vec!["Reset your  Password", "Invoice"]),
            ("body=code&from=bert", vec!["Invoice"]),
            ("tag=x", vec!["Reset your  Password"]),
            ("seen=true", vec!["Reset your  Password"]),
            ("seen=false&from=anna", vec!["größe"]),
            ("folder=INBOX&subject=invoice", vec!["Invoice"]),
            ("folder=Sent", vec![]),
            ("received_after=2020-01-01T00:00:00Z&received_before=2020-01-02T00:00:00Z", vec![]),
            ("subject=%25", vec![]),
        ] {
            let page = http.get(&format!("{all}?order=oldest&{query}")).await.expect(StatusCode::OK).json();
            assert_eq!(subjects(&page), expected, "{query}");
        }
        for query in ["seen=maybe", "order=random", "after=7", "after=a_-1", "received_after=yesterday", "limit=0", "subject=a&subject=b"] {
            let problem = http.get(&format!("{all}?{query}")).await.problem(422, "validation_failed");
            assert!(text(&problem["errors"][0], "pointer").starts_with('?'), "{query}: {problem}");
        }
        let misspelt = http.get(&format!("{all}?subjet=x")).await.problem(422, "unknown_field");
        assert!(text(&misspelt, "hint").contains("subject"), "{misspelt}");
    }
}

both_databases! {
    async fn since_a_cursor_only_later_mail_is_listed(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let (id, start) = (text(&inbox, "id"), text(&inbox, "cursor"));
        let project_start = http.get("/v1/cursor").await.json();
        http.inject(id, "Subject: one\r\n\r\n").await;
        let page = http.get(&format!("/v1/inboxes/{id}/messages?since={start}")).await.json();
        assert_eq!(subjects(&page), ["one"]);
        http.inject(id, "Subject: two\r\n\r\n").await;
        let next = http.get(&format!("/v1/inboxes/{id}/messages?since={}", text(&page, "cursor"))).await.json();
        assert_eq!(subjects(&next), ["two"]);
        let all = http.get(&format!("/v1/messages?since={}", text(&project_start, "cursor"))).await.json();
        assert_eq!(subjects(&all), ["two", "one"]);
        for (path, cursor) in [
            (format!("/v1/inboxes/{id}/messages"), text(&project_start, "cursor")),
            ("/v1/messages".to_owned(), start),
            ("/v1/messages".to_owned(), "now"),
        ] {
            http.get(&format!("{path}?since={cursor}")).await.problem(422, "cursor_invalid");
        }
    }
}

both_databases! {
    async fn the_newest_message_has_a_name_of_its_own(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let path = format!("/v1/inboxes/{}/messages/latest", text(&inbox, "id"));
        http.get(&path).await.problem(404, "not_found");
        for number in 1..=3 {
            http.inject(text(&inbox, "id"), format!("Subject: {number}\r\n\r\nbody {number}\r\n")).await;
        }
        let newest = http.get(&path).await.expect(StatusCode::OK).json();
        assert_eq!((&newest["subject"], text(&newest, "text").trim()), (&json!("3"), "body 3"));
    }
}
