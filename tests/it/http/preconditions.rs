//! Calls that depend on what the caller has seen, and parts of what never changes.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::Http;
use crate::support::http::{Answer, send, text};

/// A call with these fields in its header, each line as it stands here.
async fn call(http: &Http, method: Method, path: &str, fields: &[(&str, &str)], body: Option<Value>) -> Answer {
    let mut request = http.request(method, path);
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    send(match body {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

both_databases! {
    // RFC 9110 §13.1.2: weak comparison, a list, several lines, *.
    async fn none_match_knows_lists_lines_and_weak_tags(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let message = http.inject(text(&inbox, "id"), "Subject: x\r\n\r\nbody\r\n").await;
        for path in [
            format!("/v1/inboxes/{}", text(&inbox, "id")),
            format!("/v1/messages/{}", text(&message, "id")),
            format!("/v1/messages/{}/raw", text(&message, "id")),
            format!("/v1/inboxes/{}/messages/latest", text(&inbox, "id")),
        ] {
            let etag = http.get(&path).await.expect(StatusCode::OK).header("etag").to_owned();
            assert!(etag.starts_with('"'), "{path}: {etag}");
            let weak = format!("W/{etag}");
            let list = format!("\"x,y\" ,, {etag}");
            for lines in [vec![etag.as_str()], vec!["*"], vec![&weak], vec![&list], vec!["\"x\"", &etag], vec!["\"x\"", "\"y\", W/\"z\"", &weak]] {
                let fields: Vec<(&str, &str)> = lines.iter().map(|line| ("if-none-match", *line)).collect();
                for method in [Method::GET, Method::HEAD] {
                    let known = call(&http, method, &path, &fields, None).await;
                    assert_eq!((known.status, known.body.len()), (StatusCode::NOT_MODIFIED, 0), "{path} {fields:?}");
                    assert_eq!(known.header("etag"), etag);
                }
            }
            for other in ["\"x\"", etag.trim_matches('"'), "W/*", ""] {
                let new = call(&http, Method::GET, &path, &[("if-none-match", other)], None).await;
                assert_eq!(new.status, StatusCode::OK, "{path} {other:?}");
            }
        }
    }
}

both_databases! {
    // RFC 9110 §13.1.1: strong comparison, a list, several lines, *.
    async fn match_guards_every_change(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let message = http.inject(text(&inbox, "id"), "Subject: x\r\n\r\n").await;
        http.post(&format!("/v1/inboxes/{}/folders", text(&inbox, "id")), json!({"name": "A"})).await.expect(StatusCode::CREATED);
        let paths = [format!("/v1/inboxes/{}", text(&inbox, "id")), format!("/v1/messages/{}", text(&message, "id"))];
        for path in &paths {
            let etag = async || http.get(path).await.header("etag").to_owned();
            let weak = format!("W/{}", etag().await);
            for fields in [vec![("if-match", weak.as_str())], vec![("if-match", "\"99\"")], vec![("if-match", "x"), ("if-match", "\"98\"")]] {
                call(&http, Method::PATCH, path, &fields, Some(json!({"tags": ["no"]}))).await.problem(412, "precondition_failed");
                call(&http, Method::DELETE, path, &fields, None).await.problem(412, "precondition_failed");
            }
            let list = format!("\"99\", {}", etag().await);
            call(&http, Method::PATCH, path, &[("if-match", "\"1000\""), ("if-match", &list)], Some(json!({"tags": ["yes"]}))).await.expect(StatusCode::OK);
            call(&http, Method::PATCH, path, &[("if-match", "*")], Some(json!({"tags": ["yes", "yes2"]}))).await.expect(StatusCode::OK);
            assert_eq!(http.get(path).await.json()["tags"], json!(["yes", "yes2"]));
        }
        let shift = format!("{}/move", paths[1]);
        call(&http, Method::POST, &shift, &[("if-match", "\"99\"")], Some(json!({"folder": "A"}))).await.problem(412, "precondition_failed");
        let etag = http.get(&paths[1]).await.header("etag").to_owned();
        call(&http, Method::POST, &shift, &[("if-match", &etag)], Some(json!({"folder": "A"}))).await.expect(StatusCode::OK);
        // What is not there is not there, whatever is expected of it (RFC 9110 §13.2.1).
        let gone = "/v1/messages/msg_00000000000000000000000000";
        call(&http, Method::DELETE, gone, &[("if-match", "*")], None).await.problem(404, "not_found");
        call(&http, Method::DELETE, &paths[0], &[("if-match", "*")], None).await.expect(StatusCode::NO_CONTENT);
    }
}

both_databases! {
    async fn a_message_that_moved_has_another_etag(server) {
        let http = server.http();
        let (one, two) = (http.inbox(json!({})).await, http.inbox(json!({})).await);
        let message = http.inject(text(&one, "id"), "Subject: x\r\n\r\n").await;
        let path = format!("/v1/messages/{}", text(&message, "id"));
        // The first change of each mailbox: the mod-sequences alone are the same.
        let mut seen = vec![http.get(&path).await.header("etag").to_owned()];
        for inbox in [&two, &one, &two] {
            http.post(&format!("{path}/move"), json!({"inbox_id": inbox["id"]})).await.expect(StatusCode::OK);
            for old in &seen {
                call(&http, Method::GET, &path, &[("if-none-match", old)], None).await.expect(StatusCode::OK);
                call(&http, Method::PATCH, &path, &[("if-match", old)], Some(json!({"seen": true}))).await.problem(412, "precondition_failed");
            }
            seen.push(http.get(&path).await.header("etag").to_owned());
        }
    }
}

both_databases! {
    async fn of_two_calls_for_one_version_one_is_made(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        for _ in 0..20 {
            let message = http.inject(text(&inbox, "id"), "Subject: x\r\n\r\n").await;
            let other = http.inbox(json!({})).await;
            for path in [format!("/v1/messages/{}", text(&message, "id")), format!("/v1/inboxes/{}", text(&other, "id"))] {
                let etag = http.get(&path).await.header("etag").to_owned();
                let fields = [("if-match", etag.as_str())];
                let (changed, removed) = tokio::join!(
                    call(&http, Method::PATCH, &path, &fields, Some(json!({"tags": ["x"]}))),
                    call(&http, Method::DELETE, &path, &fields, None)
                );
                // Whatever was removed first cannot be changed, and what was changed first is another version.
                let made = (changed.status.is_success(), removed.status.is_success());
                assert!(made.0 != made.1, "{path}: {} {}", changed.status, removed.status);
            }
        }
    }
}

both_databases! {
    async fn an_address_can_be_ensured_only_if_it_has_none(server) {
        let http = server.http();
        let path = "/v1/inboxes/by-address/a%40t.test";
        let only_new = [("if-none-match", "*")];
        call(&http, Method::PUT, path, &only_new, Some(json!({}))).await.expect(StatusCode::CREATED);
        call(&http, Method::PUT, path, &only_new, Some(json!({}))).await.problem(412, "precondition_failed");
        call(&http, Method::PUT, path, &[], Some(json!({}))).await.expect(StatusCode::OK);
    }
}

both_databases! {
    // RFC 9110 §13.1.5, §14.1, §14.2.
    async fn ranges_are_for_get_and_for_what_is_still_the_same(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let message = http.inject(text(&inbox, "id"), "Subject: x\r\n\r\n0123456789").await;
        let path = format!("/v1/messages/{}/raw", text(&message, "id"));
        let whole = http.get(&path).await;
        let etag = whole.header("etag").to_owned();
        for unit in ["bytes", "Bytes", "BYTES"] {
            let part = call(&http, Method::GET, &path, &[("range", &format!("{unit}=-4"))], None).await;
            assert_eq!((part.status, part.text().as_str()), (StatusCode::PARTIAL_CONTENT, "6789"), "{unit}");
        }
        let weak = format!("W/{etag}");
        for (fields, status) in [
            (vec![("range", "lines=0-1")], 200),
            (vec![("range", "bytes=0-3"), ("if-range", etag.as_str())], 206),
            (vec![("range", "bytes=0-3"), ("if-range", "\"other\"")], 200),
            (vec![("range", "bytes=0-3"), ("if-range", &weak)], 200),
            (vec![("range", "bytes=0-3"), ("if-range", "Fri, 20 Nov 2026 09:00:00 GMT")], 200),
            (vec![("range", "bytes=0-3"), ("if-match", &etag)], 206),
            (vec![("range", "bytes=0-3"), ("if-match", &weak)], 412),
            (vec![("range", "bytes=0-3"), ("if-none-match", &etag)], 304),
            (vec![("range", "bytes=999-"), ("if-none-match", &etag)], 304),
            (vec![("range", "bytes=999-")], 416),
            (vec![("range", "bytes=999-"), ("if-range", "\"other\"")], 200),
        ] {
            assert_eq!(call(&http, Method::GET, &path, &fields, None).await.status.as_u16(), status, "{fields:?}");
        }
        for range in ["bytes=0-3", "bytes=999-"] {
            let head = call(&http, Method::HEAD, &path, &[("range", range)], None).await;
            assert_eq!((head.status, head.header("content-length")), (StatusCode::OK, whole.body.len().to_string().as_str()));
            assert_eq!((head.header("content-range"), head.header("accept-ranges")), ("", "bytes"));
        }
    }
}
