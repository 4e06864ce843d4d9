//! Many inboxes at once: made together or not at all, removed by run and tag.

use std::collections::BTreeSet;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::http::text;
use crate::support::{Http, mail};

async fn addresses(http: &Http, query: &str) -> BTreeSet<String> {
    let page = http.get(&format!("/v1/inboxes?limit=200&{query}")).await.expect(StatusCode::OK).json();
    page["items"].as_array().unwrap().iter().map(|inbox| text(inbox, "address").to_owned()).collect()
}

both_databases! {
    async fn a_template_makes_as_many_as_are_asked_for(server) {
        let http = server.http();
        let body = json!({"count": 500, "template": {"prefix": "w", "run_id": "ci-1", "tags": ["bulk"]}});
        let made = http.post("/v1/inboxes/bulk", body).await.expect(StatusCode::CREATED).json();
        let items = made["items"].as_array().unwrap();
        let distinct: BTreeSet<&str> = items.iter().map(|inbox| text(inbox, "address")).collect();
        assert_eq!((items.len(), distinct.len()), (500, 500));
        for inbox in [&items[0], &items[499]] {
            assert!(text(inbox, "address").starts_with("w-") && inbox["smtp"]["password"].is_string(), "{inbox}");
            assert_eq!(*inbox, {
                let mut same = http.get(&format!("/v1/inboxes/{}", text(inbox, "id"))).await.json();
                same["smtp"] = inbox["smtp"].clone();
                same
            });
        }
        // They take mail like any other.
        server.smtp().await.deliver(mail().to(text(&items[7], "address")).subject("hello 7")).await;
        http.wait(text(&items[7], "id"), "hello 7").await;
        let events: Value = http.get("/v1/cursor").await.json();
        assert!(text(&events, "cursor").starts_with("c_501:"), "an event for each, and the mail: {events}");
    }
}

both_databases! {
    async fn one_that_cannot_be_made_keeps_all_from_being_made(server, |config| config.inboxes.domains = vec!["t.test".into()]) {
        let http = server.http();
        http.inbox(json!({"local_part": "taken", "domain": "t.test"})).await;
        let one = |name: &str| json!({"local_part": name, "domain": "t.test"});
        let bulk = async |inboxes: Value| http.post("/v1/inboxes/bulk", json!({"inboxes": inboxes})).await;
        let refused = bulk(json!([one("a"), one("taken"), one("b")])).await.problem(409, "address_taken");
        assert!(text(&refused, "detail").contains("taken@t.test"), "{refused}");
        bulk(json!([one("a"), one("A")])).await.problem(409, "address_taken");
        bulk(json!([one("a"), {"domain": "else.test"}])).await.problem(422, "domain_not_hosted");
        let place = bulk(json!([one("a"), {"tags": ["ok", ""], "domain": "t.test"}])).await.problem(422, "validation_failed");
        assert_eq!(place["errors"][0]["pointer"], "/inboxes/1/tags/1");
        assert_eq!(addresses(&http, "").await.len(), 1);
        bulk(json!([one("a"), one("b")])).await.expect(StatusCode::CREATED);
        assert_eq!(addresses(&http, "").await.len(), 3);
    }
}

both_databases! {
    async fn names_of_the_callers_own_are_made_once(server) {
        let http = server.http();
        let body = json!({"inboxes": [{"client_ref": "one"}, {"client_ref": "two", "tags": ["x"]}]});
        let first = http.post("/v1/inboxes/bulk", body.clone()).await.expect(StatusCode::CREATED).json();
        let again = http.post("/v1/inboxes/bulk", body).await.expect(StatusCode::OK).json();
        for place in 0..2 {
            assert_eq!(first["items"][place]["id"], again["items"][place]["id"]);
            assert!(again["items"][place]["smtp"].get("password").is_none());
        }
        let more = json!({"inboxes": [{"client_ref": "two", "tags": ["x"]}, {"client_ref": "three"}]});
        let more = http.post("/v1/inboxes/bulk", more).await.expect(StatusCode::CREATED).json();
        assert_eq!(more["items"][0]["id"], first["items"][1]["id"]);
        let other = json!({"inboxes": [{"client_ref": "four"}, {"client_ref": "two", "tags": ["y"]}]});
        http.post("/v1/inboxes/bulk", other).await.problem(409, "client_ref_conflict");
        assert_eq!(addresses(&http, "").await.len(), 3);
    }
}

both_databases! {
    async fn what_bulk_does_not_take(server) {
        let http = server.http();
        for (body, code) in [
            (json!({}), "validation_failed"),
            (json!({"count": 0}), "validation_failed"),
            (json!({"count": 501}), "too_many"),
            (json!({"inboxes": []}), "validation_failed"),
            (json!({"inboxes": vec![json!({}); 501]}), "too_many"),
            (json!({"count": 2, "inboxes": [{}]}), "validation_failed"),
            (json!({"template": {}}), "validation_failed"),
            (json!({"count": 2, "template": {"local_part": "x"}}), "validation_failed"),
            (json!({"count": 2, "template": {"client_ref": "x"}}), "validation_failed"),
            (json!({"count": 1, "template": {"tag": "x"}}), "unknown_field"),
        ] {
            http.post("/v1/inboxes/bulk", body.clone()).await.problem(422, code);
        }
        http.post("/v1/inboxes/bulk", json!({"count": 1, "template": {"local_part": "x"}})).await.expect(StatusCode::CREATED);
        assert_eq!(addresses(&http, "").await.len(), 1);
    }
}

both_databases! {
    async fn inboxes_of_a_run_or_a_tag_are_removed_together(server) {
        let http = server.http();
        for (count, run, tags) in [(3, "one", json!(["a"])), (2, "one", json!(["a", "b"])), (2, "two", json!(["b"])), (210, "many", json!([]))] {
            let body = json!({"count": count, "template": {"run_id": run, "tags": tags}});
            http.post("/v1/inboxes/bulk", body).await.expect(StatusCode::CREATED);
        }
        let kept = http.inbox(json!({"tags": ["keep"]})).await;
        for query in ["", "dry_run=true", "tag=", "run_id="] {
            http.delete(&format!("/v1/inboxes?{query}")).await.problem(422, "filter_required");
        }
        http.delete("/v1/inboxes?run=one").await.problem(422, "unknown_field");
        http.delete("/v1/inboxes?run_id=one&dry_run=maybe").await.problem(422, "validation_failed");
        for (query, count) in [("run_id=one", 5), ("tag=b", 4), ("run_id=one&tag=b", 2), ("tag=a&tag=b", 2), ("run_id=many", 210), ("tag=none", 0)] {
            let counted = http.delete(&format!("/v1/inboxes?{query}&dry_run=true")).await.expect(StatusCode::OK).json();
            assert_eq!(counted, json!({"would_delete": count}), "{query}");
        }
        for (query, count) in [("run_id=one&tag=b", 2), ("run_id=one", 3), ("run_id=many", 210), ("run_id=many", 0), ("tag=b", 2)] {
            let removed = http.delete(&format!("/v1/inboxes?{query}&dry_run=false")).await.expect(StatusCode::OK).json();
            assert_eq!(removed, json!({"deleted": count}), "{query}");
        }
        assert_eq!(addresses(&http, "").await, BTreeSet::from([text(&kept, "address").to_owned()]));
    }
}
