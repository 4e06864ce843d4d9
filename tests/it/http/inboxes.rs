//! Inboxes are made, ensured, found by id and by address, and listed.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::Http;
use crate::support::http::{encoded, text};

/// All of a list, page by page.
async fn paged(http: &Http, query: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut after = String::new();
    loop {
        let page = http.get(&format!("/v1/inboxes?{query}{after}")).await.expect(StatusCode::OK).json();
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        assert_eq!(page["has_more"].as_bool().unwrap(), page["next_after"].is_string(), "{page}");
        let Some(next) = page["next_after"].as_str() else { return items };
        after = format!("&after={}", encoded(next));
    }
}

both_databases! {
    async fn an_inbox_has_what_was_asked_for_and_shows_its_password_once(server) {
        let asked = json!({
            "local_part": "signup-7", "domain": "t.test", "ttl_s": 3600, "tags": ["b", "a", "b"],
            "metadata": {"pr": "481"}, "run_id": "run 1", "persona": "gmail",
            "quota": {"max_messages": 200, "on_full": "evict_oldest"},
        });
        let made = server.http().post("/v1/inboxes", asked).await.expect(StatusCode::CREATED);
        let inbox = made.json();
        assert_eq!(inbox["address"], "signup-7@t.test");
        assert_eq!(inbox["tags"], json!(["a", "b"]));
        assert_eq!((&inbox["metadata"], &inbox["run_id"]), (&json!({"pr": "481"}), &json!("run 1")));
        assert_eq!(inbox["quota"], json!({"max_messages": 200, "on_full": "evict_oldest"}));
        assert_eq!(inbox["counts"], json!({"messages": 0, "unseen": 0, "bytes": 0}));
        assert_eq!(inbox["state"], "active");
        assert!(text(&inbox, "cursor").starts_with("c_0:") && text(&inbox, "expires_at") > text(&inbox, "created_at"));
        assert_eq!(inbox["smtp"]["port"], server.smtp_at().port());
        assert_eq!(inbox["smtp"]["username"], "signup-7@t.test");
        assert!(text(&inbox["smtp"], "password").len() >= 20);
        let place = format!("/v1/inboxes/{}", text(&inbox, "id"));
        assert_eq!(made.header("location"), place);
        let mut found = server.http().get(&place).await.expect(StatusCode::OK).json();
        assert!(found["smtp"]["password"].is_null(), "{found}");
        found["smtp"] = inbox["smtp"].clone();
        assert_eq!(found, inbox);
    }
}

both_databases! {
    async fn made_up_addresses_differ_and_begin_with_the_prefix(server) {
        let http = server.http();
        let mut known = std::collections::BTreeSet::new();
        for _ in 0..20 {
            let address = text(&http.inbox(json!({"prefix": "ci"})).await, "address").to_owned();
            assert!(address.starts_with("ci-") && address.ends_with("@restante.test"), "{address}");
            assert!(known.insert(address));
        }
        let nothing_said = crate::support::http::send(http.request(reqwest::Method::POST, "/v1/inboxes")).await;
        nothing_said.expect(StatusCode::CREATED);
    }
}

both_databases! {
    async fn a_taken_address_is_a_conflict_and_a_client_ref_gives_the_same_inbox(server) {
        let http = server.http();
        let named = json!({"local_part": "a", "client_ref": "test-17/a", "tags": ["x"]});
        let first = http.post("/v1/inboxes", named.clone()).await.expect(StatusCode::CREATED).json();
        let again = http.post("/v1/inboxes", named).await.expect(StatusCode::OK).json();
        assert_eq!(again["id"], first["id"]);
        assert!(again["smtp"]["password"].is_null());
        http.post("/v1/inboxes", json!({"local_part": "b", "client_ref": "test-17/a"})).await.problem(409, "client_ref_conflict");
        let taken = http.post("/v1/inboxes", json!({"local_part": "A"})).await.problem(409, "address_taken");
        assert!(text(&taken, "hint").contains("by-address"), "{taken}");
    }
}

both_databases! {
    async fn of_many_that_create_by_one_client_ref_at_once_all_get_the_one_inbox(server) {
        let http = server.http();
        let asked = || http.post("/v1/inboxes", json!({"client_ref": "one"}));
        let answers = futures_util::future::join_all((0..16).map(|_| asked())).await;
        let created = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
        assert_eq!(created, 1);
        let ids: std::collections::BTreeSet<_> = answers.iter().map(|answer| text(&answer.json(), "id").to_owned()).collect();
        assert_eq!(ids.len(), 1);
    }
}

both_databases! {
    async fn an_address_is_ensured_once_and_found_however_it_is_written(server) {
        let http = server.http();
        for address in ["plain@t.test", "with+plus@t.test", "jörg@bücher.test", "\"a b\"@t.test", "a/b@t.test", "%41@t.test"] {
            let path = format!("/v1/inboxes/by-address/{}", encoded(address));
            let made = http.put(&path, json!({"tags": ["first"]})).await.expect(StatusCode::CREATED).json();
            let again = http.put(&path, json!({"tags": ["second"]})).await.expect(StatusCode::OK).json();
            assert_eq!((&again["id"], &again["tags"]), (&made["id"], &json!(["first"])), "{address}");
            for written in [address.to_owned(), address.to_uppercase()] {
                let found = http.get(&format!("/v1/inboxes/{}", encoded(&written))).await.expect(StatusCode::OK).json();
                assert_eq!(found["id"], made["id"], "{written}");
            }
            assert_eq!(made["address"], address);
        }
        // Unencoded, as a person types it.
        assert_eq!(http.get("/v1/inboxes/with+plus@t.test").await.json()["address"], "with+plus@t.test");
        // Mail with a detail goes to the inbox without it, and it is found by that address too.
        assert_eq!(http.get("/v1/inboxes/plain+detail%40t.test").await.json()["address"], "plain@t.test");
        assert_eq!(http.get("/v1/inboxes/j%C3%B6rg%40xn--bcher-kva.test").await.json()["address"], "jörg@bücher.test");
    }
}

both_databases! {
    async fn what_cannot_be_is_told_with_its_place(server, |config| config.inboxes.domains = vec!["t.test".to_owned()]) {
        let http = server.http();
        for (body, pointer) in [
            (json!({"local_part": ""}), "/local_part"),
            (json!({"local_part": "a\r\nb", "domain": "t.test"}), "/local_part"),
            (json!({"local_part": "x".repeat(300), "domain": "t.test"}), "/local_part"),
            (json!({"local_part": "a", "prefix": "b", "domain": "t.test"}), "/prefix"),
            (json!({"ttl_s": -1}), "/ttl_s"),
            (json!({"ttl_s": 315_576_001_u64, "domain": "t.test"}), "/ttl_s"),
            (json!({"tags": ["ok", "a\nb"]}), "/tags/1"),
            (json!({"tags": ["ok", 7]}), "/tags/1"),
            (json!({"metadata": {"a/b": "\u{0}"}}), "/metadata/a~1b"),
            (json!({"quota": {"max_messages": "many"}}), "/quota/max_messages"),
            (json!({"quota": {"on_full": "explode"}}), "/quota/on_full"),
            (json!({"client_ref": ""}), "/client_ref"),
        ] {
            let problem = http.post("/v1/inboxes", body.clone()).await.problem(422, "validation_failed");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}: {problem}");
        }
        let foreign = json!({"local_part": "a", "domain": "other.test"});
        assert!(text(&http.post("/v1/inboxes", foreign).await.problem(422, "domain_not_hosted"), "detail").contains("t.test"));
        http.put("/v1/inboxes/by-address/a%40other.test", json!({})).await.problem(422, "domain_not_hosted");
        http.put("/v1/inboxes/by-address/nonsense", json!({})).await.problem(422, "validation_failed");
        http.put("/v1/inboxes/by-address/a%40t.test", json!({"local_part": "b"})).await.problem(422, "unknown_field");
        let misspelt = http.post("/v1/inboxes", json!({"quota": {"max_mesages": 1}})).await.problem(422, "unknown_field");
        assert_eq!(misspelt["errors"][0]["pointer"], "/quota/max_mesages");
        assert!(text(&misspelt, "hint").contains("max_messages"), "{misspelt}");
        assert_eq!(http.get("/v1/inboxes").await.json()["items"], json!([]));
    }
}

both_databases! {
    async fn what_is_not_there_is_not_found(server) {
        for name in ["inb_00000000000000000000000000", "nobody@t.test", "nonsense", "msg_00000000000000000000000000", "%00@t.test"] {
            server.http().get(&format!("/v1/inboxes/{name}")).await.problem(404, "not_found");
        }
        server.http().get("/v1/inboxes/%FF").await.problem(400, "malformed_request");
    }
}

both_databases! {
    async fn lists_page_newest_first_and_are_narrowed(server) {
        let http = server.http();
        let mut made = Vec::new();
        for number in 0..23 {
            let tags = if number % 2 == 0 { json!(["even", "all"]) } else { json!(["all"]) };
            let domain = if number < 3 { "few.test" } else { "many.test" };
            let asked = json!({"prefix": format!("p{number}"), "domain": domain, "tags": tags, "metadata": {"pr": number.to_string()}, "run_id": "r"});
            made.push(http.inbox(asked).await["id"].clone());
        }
        made.reverse();
        for limit in [1, 5, 23, 200] {
            let ids: Vec<Value> = paged(&http, &format!("limit={limit}")).await.iter().map(|inbox| inbox["id"].clone()).collect();
            assert_eq!(ids, made, "limit {limit}");
        }
        http.patch(&format!("/v1/inboxes/{}", made[0].as_str().unwrap()), json!({"state": "frozen"})).await.expect(StatusCode::OK);
        for (query, count) in [
            ("tag=even", 12), ("tag=all&tag=even", 12), ("tag=odd", 0), ("meta.pr=7", 1), ("meta.pr=7&tag=even", 0),
            ("run_id=r", 23), ("run_id=q", 0), ("domain=few.test", 3), ("q=P2-", 1), ("q=_", 0), ("state=frozen", 1),
            ("state=active&limit=4", 22),
        ] {
            assert_eq!(paged(&http, query).await.len(), count, "{query}");
        }
        for query in ["limit=0", "limit=201", "limit=x", "state=asleep", "after=x", "tag=%00", "limit=1&limit=2"] {
            let problem = http.get(&format!("/v1/inboxes?{query}")).await.problem(422, "validation_failed");
            assert!(text(&problem["errors"][0], "pointer").starts_with('?'), "{query}: {problem}");
        }
        let misspelt = http.get("/v1/inboxes?tagg=even").await.problem(422, "unknown_field");
        assert!(text(&misspelt, "hint").contains("tag"), "{misspelt}");
    }
}
