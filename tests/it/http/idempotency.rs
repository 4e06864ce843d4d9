//! Calls with an `Idempotency-Key`: made once, answered as often as they are sent.

use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::Http;
use crate::support::http::{Answer, send, text};
use crate::support::routes::{Real, description, routes};

async fn post(http: &Http, path: &str, key: &str, body: Value) -> Answer {
    send(http.request(Method::POST, path).header("idempotency-key", key).json(&body)).await
}

async fn count(http: &Http, path: &str) -> usize {
    http.get(path).await.expect(StatusCode::OK).json()["items"].as_array().unwrap().len()
}

both_databases! {
    async fn a_call_that_is_sent_again_is_answered_again_and_not_made_again(server) {
        let http = server.http();
        let body = json!({"tags": ["once"]});
        let first = post(&http, "/v1/inboxes", "\"call-1\"", body.clone()).await.expect(StatusCode::CREATED);
        assert_eq!(first.header("idempotency-replayed"), "");
        assert!(first.json()["smtp"]["password"].is_string());
        // Bare, the name is the same; and the secret, which is shown in this answer only, is in it again.
        let again = post(&http, "/v1/inboxes", "call-1", body.clone()).await.expect(StatusCode::CREATED);
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.body, first.body);
        for name in ["content-type", "location", "etag"] {
            assert_eq!(again.header(name), first.header(name), "{name}");
            assert!(!again.header(name).is_empty(), "{name}");
        }
        assert_eq!(count(&http, "/v1/inboxes?tag=once").await, 1);
        let other = post(&http, "/v1/inboxes", "call-2", body).await.expect(StatusCode::CREATED);
        assert_ne!(other.json()["id"], first.json()["id"]);
    }
}

both_databases! {
    async fn another_call_with_the_same_key_is_refused(server) {
        let http = server.http();
        let inbox = text(&post(&http, "/v1/inboxes", "one", json!({})).await.json(), "id").to_owned();
        post(&http, "/v1/inboxes", "one", json!({"tags": ["x"]})).await.problem(422, "idempotency_key_reused");
        post(&http, &format!("/v1/inboxes/{inbox}/empty"), "one", json!({})).await.problem(422, "idempotency_key_reused");
        for key in ["", "a b", "\"open", "é", &"x".repeat(256)] {
            let request = http.request(Method::POST, "/v1/inboxes").header("idempotency-key", key.as_bytes()).json(&json!({}));
            send(request).await.problem(422, "validation_failed");
        }
        // Where nothing changes the field means nothing, and a key is not taken.
        http.get_with("/v1/inboxes", "idempotency-key", "one").await.expect(StatusCode::OK);
        for _ in 0..2 {
            let waited = post(&http, &format!("/v1/inboxes/{inbox}/wait"), "one", json!({"timeout_ms": 1})).await;
            assert_eq!((waited.status, waited.header("idempotency-replayed")), (StatusCode::OK, ""));
        }
    }
}

both_databases! {
    async fn a_problem_is_an_answer_too(server) {
        let http = server.http();
        let taken = json!({"local_part": "a", "domain": "t.test"});
        http.inbox(taken.clone()).await;
        let first = post(&http, "/v1/inboxes", "k", taken.clone()).await;
        let problem = first.problem(409, "address_taken");
        http.delete("/v1/inboxes/a%40t.test").await.expect(StatusCode::NO_CONTENT);
        let again = post(&http, "/v1/inboxes", "k", taken).await;
        assert_eq!((again.problem(409, "address_taken"), again.header("idempotency-replayed")), (problem, "true"));
    }
}

both_databases! {
    async fn a_refusal_for_load_leaves_the_key_free(server, |config| config.inboxes.domains = vec!["t.test".into()]) {
        let http = server.http();
        // 422 is kept; the same name cannot be used for the corrected call.
        post(&http, "/v1/inboxes", "k", json!({"domain": "else.test"})).await.problem(422, "domain_not_hosted");
        post(&http, "/v1/inboxes", "k", json!({"domain": "t.test"})).await.problem(422, "idempotency_key_reused");
        // 507 is not: nothing was done, and later there may be room.
        let inbox = http.inbox(json!({"domain": "t.test", "quota": {"max_messages": 1}})).await;
        let path = format!("/v1/inboxes/{}", text(&inbox, "id"));
        let draft = json!({"from": "a@b.test"});
        post(&http, &format!("{path}/messages"), "first", draft.clone()).await.expect(StatusCode::CREATED);
        post(&http, &format!("{path}/messages"), "second", draft.clone()).await.problem(507, "over_quota");
        http.post(&format!("{path}/empty"), json!({})).await.expect(StatusCode::OK);
        post(&http, &format!("{path}/messages"), "second", draft).await.expect(StatusCode::CREATED);
    }
}

both_databases! {
    async fn of_many_calls_at_once_one_is_made(server) {
        let http = server.http();
        let calls = (0..20).map(|_| post(&http, "/v1/inboxes", "same", json!({"tags": ["many"]})));
        let mut made = Vec::new();
        for answer in join_all(calls).await {
            match answer.status {
                StatusCode::CREATED => made.push((answer.json()["id"].clone(), answer.header("idempotency-replayed").to_owned())),
                _ => {
                    answer.problem(409, "idempotency_in_flight");
                    assert_eq!(answer.header("retry-after"), "1");
                }
            }
        }
        assert_eq!(made.iter().filter(|(_, replayed)| replayed.is_empty()).count(), 1, "{made:?}");
        assert!(made.iter().all(|(id, _)| *id == made[0].0), "{made:?}");
        assert_eq!(count(&http, "/v1/inboxes?tag=many").await, 1);
    }
}

both_databases! {
    async fn a_call_whose_end_is_not_known_is_not_made_again(server) {
        let http = server.http();
        post(&http, "/v1/inboxes", "k", json!({"tags": ["x"]})).await.expect(StatusCode::CREATED);
        // As a server leaves it that dies between the effect and the note.
        server.tamper("UPDATE idempotency SET status = NULL, body = NULL").await;
        post(&http, "/v1/inboxes", "k", json!({"tags": ["x"]})).await.problem(409, "idempotency_in_flight");
        post(&http, "/v1/inboxes", "k", json!({"tags": ["y"]})).await.problem(422, "idempotency_key_reused");
        server.tamper("UPDATE idempotency SET renewed_at = renewed_at - 61000000").await;
        let unknown = post(&http, "/v1/inboxes", "k", json!({"tags": ["x"]})).await;
        assert!(text(&unknown.problem(409, "idempotency_unknown"), "hint").contains("new key"));
        assert_eq!(unknown.header("retry-after"), "");
        assert_eq!(count(&http, "/v1/inboxes?tag=x").await, 1);
        // After a day it is forgotten.
        server.tamper("UPDATE idempotency SET claimed_at = claimed_at - 86400000000").await;
        post(&http, "/v1/inboxes", "k", json!({"tags": ["x"]})).await.expect(StatusCode::CREATED);
    }
}

both_databases! {
    async fn an_answer_that_was_too_long_is_named_by_its_place(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let path = format!("/v1/inboxes/{}/messages", text(&inbox, "id"));
        let draft = json!({"from": "a@b.test", "text": "x".repeat(600_000)});
        let first = post(&http, &path, "long", draft.clone()).await.expect(StatusCode::CREATED);
        let again = post(&http, &path, "long", draft).await.problem(409, "idempotency_not_kept");
        assert_eq!(again["instance"], first.header("location"));
        assert_eq!(count(&http, &path).await, 1);
    }
}

both_databases! {
    async fn what_is_kept_cannot_be_read_in_the_database(server) {
        let http = server.http();
        let made = post(&http, "/v1/inboxes", "k", json!({})).await.expect(StatusCode::CREATED).json();
        // Moved under another name, it does not open.
        server.tamper("UPDATE idempotency SET key = 'k2'").await;
        post(&http, "/v1/inboxes", "k2", json!({})).await.problem(409, "idempotency_not_kept");
        assert_eq!(count(&http, "/v1/inboxes").await, 1);
        let _ = made;
    }
}

both_databases! {
    async fn every_post_with_effects_takes_the_key_and_says_so(server) {
        let http = server.http();
        let real = Real::make(&http).await;
        let description = description();
        for route in routes().into_iter().filter(|route| route.method == Method::POST) {
            let operation = &description["paths"][&route.path]["post"];
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let is_described = parameters.iter().any(|one| one["name"] == "Idempotency-Key" && one["in"] == "header");
            let key = format!("matrix {}", route.path).replace(' ', "_");
            let call = async || {
                let body = json!({"zzz": 1});
                send(route.call(&http, &real).header("idempotency-key", &key).json(&body)).await
            };
            let first = call().await.problem(422, "unknown_field");
            let again = call().await;
            assert_eq!(again.header("idempotency-replayed") == "true", is_described, "{route}");
            if is_described {
                assert_eq!(again.json(), first, "{route}");
            } else {
                assert!(["wait", "search", "extract"].iter().any(|question| route.path.ends_with(question)), "{route}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_outlives_the_server() {
    let server = crate::support::Server::start().await;
    let first = post(&server.http(), "/v1/inboxes", "k", json!({})).await.expect(StatusCode::CREATED);
    let server = server.restart().await;
    let again = post(&server.http(), "/v1/inboxes", "k", json!({})).await.expect(StatusCode::CREATED);
    assert_eq!((again.body, again.headers["idempotency-replayed"].to_str().unwrap()), (first.body, "true"));
}
