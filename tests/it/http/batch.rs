//! One change of many messages.

use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::Http;
use crate::support::http::text;

async fn change(http: &Http, body: Value) -> u64 {
    http.post("/v1/messages/batch", body).await.expect(StatusCode::OK).json()["affected"].as_u64().unwrap()
}

async fn inject(http: &Http, inbox: &str, count: usize) -> Vec<Value> {
    let each = (0..count).map(|number| http.inject(inbox, format!("Subject: mail {number}\r\n\r\n")));
    join_all(each).await.into_iter().map(|message| message["id"].clone()).collect()
}

/// The last position of the log.
async fn position(http: &Http) -> i64 {
    let cursor = http.get("/v1/cursor").await.json();
    text(&cursor, "cursor")[2..].split(':').next().unwrap().parse().unwrap()
}

async fn counts(http: &Http, inbox: &str) -> Value {
    http.get(&format!("/v1/inboxes/{inbox}")).await.json()["counts"].clone()
}

both_databases! {
    async fn messages_are_changed_by_their_ids(server) {
        let http = server.http();
        let inboxes = [http.inbox(json!({})).await, http.inbox(json!({})).await];
        let mut ids = inject(&http, text(&inboxes[0], "id"), 3).await;
        ids.extend(inject(&http, text(&inboxes[1], "id"), 2).await);
        let path = |place: usize| format!("/v1/messages/{}", ids[place].as_str().unwrap());
        let before = position(&http).await;
        for (op, affected) in [("seen", 5), ("seen", 0), ("flag", 5), ("unseen", 5), ("answered", 5), ("unanswered", 5), ("unflag", 5), ("unflag", 0)] {
            assert_eq!(change(&http, json!({"ids": ids, "op": op})).await, affected, "{op}");
        }
        assert_eq!(position(&http).await, before + 30, "one event for each that changed");
        assert_eq!(change(&http, json!({"ids": ids[..3], "op": "seen"})).await, 3);
        assert_eq!(counts(&http, text(&inboxes[0], "id")).await["unseen"], 0);
        assert_eq!(counts(&http, text(&inboxes[1], "id")).await["unseen"], 2);
        assert_eq!(change(&http, json!({"ids": ids, "op": "tag", "tags": ["b", "a"]})).await, 5);
        let etag = http.get(&path(0)).await.header("etag").to_owned();
        assert_eq!(change(&http, json!({"ids": [ids[0]], "op": "tag", "tags": ["c"]})).await, 1);
        let tagged = http.get(&path(0)).await;
        assert_eq!(tagged.json()["tags"], json!(["a", "b", "c"]));
        assert_ne!(tagged.header("etag"), etag);
        assert_eq!(change(&http, json!({"ids": ids, "op": "untag", "tags": ["c", "z"]})).await, 1);
        let many: Vec<String> = (0..49).map(|number| format!("t{number}")).collect();
        http.post("/v1/messages/batch", json!({"ids": ids, "op": "tag", "tags": many})).await.problem(422, "validation_failed");
        // One that is not there is passed over; one that is named twice is one.
        let with_gone = json!([ids[0], ids[0], "msg_00000000000000000000000000"]);
        assert_eq!(change(&http, json!({"ids": with_gone, "op": "delete"})).await, 1);
        http.get(&path(0)).await.problem(404, "not_found");
        assert_eq!(counts(&http, text(&inboxes[0], "id")).await["messages"], 2);
    }
}

both_databases! {
    async fn messages_of_a_filter_are_changed_in_pieces(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let id = text(&inbox, "id");
        for _ in 0..6 {
            inject(&http, id, 100).await;
        }
        http.inject(id, "Subject: keep\r\n\r\n").await;
        let before = position(&http).await;
        assert_eq!(change(&http, json!({"inbox_id": id, "subject": "mail", "op": "seen"})).await, 600);
        assert_eq!(position(&http).await, before + 600);
        let filter = json!({"all": [{"field": "subject", "op": "regex", "value": "^mail [0-4]$"}]});
        assert_eq!(change(&http, json!({"inbox_id": id, "filter": filter, "op": "unseen"})).await, 30);
        assert_eq!(counts(&http, id).await["unseen"], 31);
        http.post(&format!("/v1/inboxes/{id}/folders"), json!({"name": "Old"})).await.expect(StatusCode::CREATED);
        assert_eq!(change(&http, json!({"inbox_id": id, "subject": "mail", "op": "move", "folder": "Old"})).await, 600);
        let other = http.inbox(json!({})).await;
        let back = json!({"inbox_id": id, "filter": filter, "op": "move", "to_inbox_id": other["id"]});
        assert_eq!(change(&http, back).await, 30);
        let moved = http.get(&format!("/v1/inboxes/{}/messages?order=oldest&limit=200", text(&other, "id"))).await.json();
        let seqs: Vec<i64> = moved["items"].as_array().unwrap().iter().map(|item| item["seq"].as_i64().unwrap()).collect();
        assert_eq!(seqs, (1..=30).collect::<Vec<i64>>());
        assert_eq!(change(&http, json!({"inbox_id": id, "subject": "mail", "op": "delete"})).await, 570);
        let left = http.get(&format!("/v1/inboxes/{id}/messages")).await.json();
        assert_eq!((left["items"].as_array().unwrap().len(), &left["items"][0]["subject"]), (1, &json!("keep")));
        assert_eq!(counts(&http, id).await["messages"], 1);
    }
}

both_databases! {
    async fn nothing_never_means_everything(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let ids = inject(&http, text(&inbox, "id"), 2).await;
        let id = inbox["id"].clone();
        for (body, code) in [
            (json!({"op": "delete"}), "filter_required"),
            (json!({"ids": [], "op": "delete"}), "filter_required"),
            (json!({"inbox_id": id, "op": "delete"}), "filter_required"),
            (json!({"inbox_id": id, "filter": {}, "op": "delete"}), "filter_required"),
            (json!({"inbox_id": id, "subject": "", "op": "delete"}), "validation_failed"),
            (json!({"inbox_id": id, "subject": "\u{200b} ", "op": "delete"}), "validation_failed"),
            (json!({"subject": "mail", "op": "delete"}), "filter_required"),
            (json!({"ids": ids, "inbox_id": id, "op": "delete"}), "validation_failed"),
            (json!({"ids": ids, "subject": "x", "op": "delete"}), "validation_failed"),
            (json!({"ids": ["x"], "op": "delete"}), "validation_failed"),
            (json!({"ids": vec![ids[0].clone(); 501], "op": "delete"}), "too_many"),
            (json!({"ids": ids}), "validation_failed"),
            (json!({"ids": ids, "op": "destroy"}), "validation_failed"),
            (json!({"ids": ids, "op": "move"}), "validation_failed"),
            (json!({"ids": ids, "op": "tag"}), "validation_failed"),
            (json!({"ids": ids, "op": "tag", "tags": ["a\nb"]}), "validation_failed"),
            (json!({"ids": ids, "op": "delete", "folder": "INBOX"}), "validation_failed"),
            (json!({"inbox_id": id, "filter": {"all": [{"field": "subject", "op": "regex", "value": "("}]}, "op": "delete"}), "validation_failed"),
        ] {
            http.post("/v1/messages/batch", body.clone()).await.problem(422, code);
        }
        let nowhere = json!({"ids": ids, "op": "move", "folder": "none"});
        http.post("/v1/messages/batch", nowhere).await.problem(404, "not_found");
        assert_eq!(counts(&http, text(&inbox, "id")).await["messages"], 2);
    }
}
