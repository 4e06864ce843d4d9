//! `Prefer: wait` on lists: the first item ends the wait.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::both_databases;
use crate::support::http::{send, text};
use crate::support::{Http, mail};

async fn list(http: &Http, path: &str, prefer: &str) -> crate::support::http::Answer {
    send(http.request(Method::GET, path).header("prefer", prefer)).await
}

both_databases! {
    async fn an_empty_list_waits_for_its_first_item(server) {
        let http = server.http();
        let inbox = http.inbox(json!({"local_part": "a", "domain": "t.test"})).await;
        let start = http.get("/v1/cursor").await.json();
        for path in [
            format!("/v1/inboxes/{}/messages?subject=wanted&seen=false", text(&inbox, "id")),
            format!("/v1/messages?subject=wanted&since={}", text(&start, "cursor")),
        ] {
            let send = async {
                let mut smtp = server.smtp().await;
                smtp.deliver(mail().to("a@t.test").subject("noise")).await;
                smtp.deliver(mail().to("a@t.test").subject("wanted")).await;
            };
            let (answer, ()) = tokio::join!(list(&http, &path, "respond-async, wait=20"), send);
            let page = answer.json();
            assert_eq!(page["items"].as_array().unwrap().len(), 1, "{path}: {page}");
            assert_eq!((answer.header("preference-applied"), answer.header("vary")), ("wait=20", "Prefer"));
            // What is there already is given at once, and the list goes on behind its cursor.
            assert_eq!(list(&http, &path, "wait=20").await.json()["items"], page["items"]);
            http.delete(&format!("/v1/messages/{}", text(&page["items"][0], "id"))).await.expect(StatusCode::NO_CONTENT);
        }
    }
}

both_databases! {
    async fn when_nothing_comes_the_page_is_empty(server, |config| config.http.max_hold_ms = 1_500) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let path = format!("/v1/inboxes/{}/messages", text(&inbox, "id"));
        for (prefer, applied, least) in [("wait=1", "wait=1", 1_000), ("wait=60", "wait=1", 1_500), ("wait=0", "wait=0", 0), ("wait=soon", "", 0)] {
            let began = Instant::now();
            let answer = list(&http, &path, prefer).await.expect(StatusCode::OK);
            assert!(began.elapsed() >= Duration::from_millis(least), "{prefer}: {:?}", began.elapsed());
            assert_eq!((answer.header("preference-applied"), answer.json()["items"].clone()), (applied, json!([])), "{prefer}");
        }
    }
}

both_databases! {
    async fn a_held_list_counts_as_a_wait_and_ends_with_its_inbox(server, |config| config.http.max_waits = 1) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let path = format!("/v1/inboxes/{}", text(&inbox, "id"));
        let messages = format!("{path}/messages");
        let other = async {
            // The limit is one: whoever asks beside the held call is told so, until it is held.
            loop {
                let beside = http.post("/v1/wait", json!({"timeout_ms": 1})).await;
                if beside.status == StatusCode::TOO_MANY_REQUESTS {
                    beside.problem(429, "too_many_waits");
                    break;
                }
            }
            list(&http, &messages, "wait=20").await.problem(429, "too_many_waits");
            http.delete(&path).await.expect(StatusCode::NO_CONTENT);
        };
        let held = async {
            loop {
                let held = list(&http, &messages, "wait=20").await;
                // One of the other's waits may have been first.
                if held.status != StatusCode::TOO_MANY_REQUESTS {
                    return held;
                }
            }
        };
        let (held, ()) = tokio::join!(held, other);
        held.problem(404, "not_found");
    }
}
