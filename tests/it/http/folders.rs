//! Folders, and messages that move between them and between inboxes.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::Http;
use crate::support::http::{encoded, text};

async fn folders(http: &Http, inbox: &str) -> Vec<(String, u64, u64)> {
    let list = http.get(&format!("/v1/inboxes/{inbox}/folders")).await.expect(StatusCode::OK).json();
    let each = list["items"].as_array().unwrap().iter();
    each.map(|folder| {
        let count = |name: &str| folder["counts"][name].as_u64().unwrap();
        (text(folder, "name").to_owned(), count("messages"), count("unseen"))
    })
    .collect()
}

async fn shift(http: &Http, message: &Value, body: Value) -> Value {
    http.post(&format!("/v1/messages/{}/move", text(message, "id")), body).await.expect(StatusCode::OK).json()
}

both_databases! {
    async fn folders_come_and_go(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let id = text(&inbox, "id");
        let path = format!("/v1/inboxes/{id}/folders");
        assert_eq!(folders(&http, id).await, [("INBOX".into(), 0, 0)]);
        let made = http.post(&path, json!({"name": "Archive/2026 ü"})).await.expect(StatusCode::CREATED);
        assert_eq!(made.header("location"), format!("{path}/{}", text(&made.json(), "id")));
        http.post(&path, json!({"name": "Archive/2026 ü"})).await.problem(409, "already_exists");
        for name in ["inbox", "INBOX", "Inbox"] {
            http.post(&path, json!({"name": name})).await.problem(409, "already_exists");
            http.delete(&format!("{path}/{name}")).await.problem(409, "folder_protected");
        }
        for name in ["", "a\nb", "a*", "%", "/a", "a/", "a//b", " a", "a/ b", &"x".repeat(201), "fld_00000000000000000000000000"] {
            http.post(&path, json!({"name": name})).await.problem(422, "validation_failed");
        }
        let message = http.inject(id, "Subject: one\r\n\r\n").await;
        assert_eq!(message["folder"], "INBOX");
        shift(&http, &message, json!({"folder": "Archive/2026 ü"})).await;
        assert_eq!(folders(&http, id).await, [("INBOX".into(), 0, 0), ("Archive/2026 ü".into(), 1, 1)]);
        let by_name = format!("{path}/{}", encoded("Archive/2026 ü"));
        http.delete(&by_name).await.problem(409, "folder_not_empty");
        http.delete(&format!("/v1/messages/{}", text(&message, "id"))).await.expect(StatusCode::NO_CONTENT);
        http.delete(&by_name).await.expect(StatusCode::NO_CONTENT);
        http.delete(&by_name).await.problem(404, "not_found");
        // Made anew, its UIDs mean something new.
        let again = http.post(&path, json!({"name": "Archive/2026 ü"})).await.expect(StatusCode::CREATED).json();
        assert!(again["uid_validity"].as_u64() > made.json()["uid_validity"].as_u64(), "{again}");
        http.delete(&format!("{path}/{}", text(&again, "id"))).await.expect(StatusCode::NO_CONTENT);
        let other = http.inbox(json!({})).await;
        let foreign = http.get(&format!("/v1/inboxes/{}/folders", text(&other, "id"))).await.json();
        http.delete(&format!("{path}/{}", text(&foreign["items"][0], "id"))).await.problem(404, "not_found");
    }
}

both_databases! {
    async fn a_message_moves_with_all_that_is_its_own(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let id = text(&inbox, "id");
        http.post(&format!("/v1/inboxes/{id}/folders"), json!({"name": "A"})).await.expect(StatusCode::CREATED);
        let first = http.inject(id, "Subject: first\r\n\r\n").await;
        let other = http.inject(id, "Subject: other\r\n\r\n").await;
        http.patch(&format!("/v1/messages/{}", text(&other, "id")), json!({"keywords": ["x", "zeta"]})).await.expect(StatusCode::OK);
        let marks = json!({"seen": true, "flagged": true, "keywords": ["zeta", "$Work"], "tags": ["t"]});
        let marked = http.patch(&format!("/v1/messages/{}", text(&first, "id")), marks).await.expect(StatusCode::OK).json();
        shift(&http, &other, json!({"folder": "A"})).await;
        let moved = shift(&http, &first, json!({"folder": "A"})).await;
        for name in ["id", "seq", "received_at", "seen", "flagged", "tags", "subject", "sha256"] {
            assert_eq!(moved[name], marked[name], "{name}");
        }
        let mut keywords: Vec<&str> = moved["keywords"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        keywords.sort_unstable();
        assert_eq!(keywords, ["$Work", "zeta"]);
        assert_eq!((&moved["folder"], &moved["uid"]), (&json!("A"), &json!(2)));
        // There already: nothing changes, no new number is given.
        let path = format!("/v1/messages/{}", text(&first, "id"));
        let etag = http.get(&path).await.header("etag").to_owned();
        assert_eq!(shift(&http, &first, json!({"folder": "A"})).await, moved);
        assert_eq!(http.get(&path).await.header("etag"), etag);
        // Back, and it has a number that no message had before; by PATCH it is the same.
        let back = http.patch(&path, json!({"folder": "inbox", "seen": false})).await.expect(StatusCode::OK).json();
        assert_eq!((&back["folder"], &back["uid"], &back["seen"]), (&json!("INBOX"), &json!(3), &json!(false)));
        assert_eq!(folders(&http, id).await, [("INBOX".into(), 1, 1), ("A".into(), 1, 1)]);
        let listed = http.get(&format!("/v1/inboxes/{id}/messages?folder=A")).await.json();
        assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["id"]), (1, &other["id"]));
        http.patch(&path, json!({"folder": "B", "seen": true})).await.problem(404, "not_found");
        assert_eq!(http.get(&path).await.json()["seen"], false, "all of a change or none of it");
    }
}

both_databases! {
    async fn in_another_inbox_it_is_new_mail(server) {
        let http = server.http();
        let from = http.inbox(json!({})).await;
        let to = http.inbox(json!({"local_part": "to", "domain": "t.test"})).await;
        let (from_id, to_id) = (text(&from, "id"), text(&to, "id"));
        let older = http.inject(to_id, "Subject: older\r\n\r\n").await;
        let message = http.inject(from_id, "Subject: on its way\r\n\r\n").await;
        http.patch(&format!("/v1/messages/{}", text(&message, "id")), json!({"keywords": ["$Work"]})).await.expect(StatusCode::OK);
        let here = http.get(&format!("/v1/inboxes/{to_id}")).await.json();
        let all = http.get("/v1/cursor").await.json();
        let body = json!({"since": here["cursor"], "subject": "on its way", "timeout_ms": 20_000});
        let path = format!("/v1/inboxes/{to_id}/wait");
        let wait = http.post(&path, body);
        let (waited, moved) = tokio::join!(wait, shift(&http, &message, json!({"inbox_id": "to@t.test"})));
        assert_eq!(waited.json()["messages"][0]["id"], message["id"]);
        assert_eq!((&moved["inbox_id"], &moved["seq"], &moved["uid"]), (&to["id"], &json!(2), &json!(2)));
        assert_eq!((&moved["id"], &moved["keywords"]), (&message["id"], &json!(["$Work"])));
        let body = json!({"since": all["cursor"], "timeout_ms": 20_000});
        assert_eq!(http.post("/v1/wait", body).await.json()["messages"][0]["id"], message["id"]);
        let counts = async |id: &str| http.get(&format!("/v1/inboxes/{id}")).await.json()["counts"].clone();
        assert_eq!(counts(from_id).await, json!({"messages": 0, "unseen": 0, "bytes": 0}));
        let bytes = older["size"].as_u64().unwrap() + message["size"].as_u64().unwrap();
        assert_eq!(counts(to_id).await, json!({"messages": 2, "unseen": 2, "bytes": bytes}));
        let raw = http.get(&format!("/v1/messages/{}/raw", text(&message, "id"))).await.expect(StatusCode::OK);
        assert_eq!(raw.text(), "Subject: on its way\r\n\r\n");
        // Within its own inbox, named by its address, it is a move between folders.
        let stays = shift(&http, &message, json!({"inbox_id": "to@t.test", "folder": "INBOX"})).await;
        assert_eq!(stays["seq"], 2);
    }
}

both_databases! {
    async fn what_keeps_mail_out_keeps_moved_mail_out(server) {
        let http = server.http();
        let from = http.inbox(json!({})).await;
        let message = http.inject(text(&from, "id"), "Subject: x\r\n\r\n").await;
        let path = format!("/v1/messages/{}/move", text(&message, "id"));
        let full = http.inbox(json!({"quota": {"max_messages": 1}})).await;
        http.inject(text(&full, "id"), "Subject: y\r\n\r\n").await;
        http.post(&path, json!({"inbox_id": full["id"]})).await.problem(507, "over_quota");
        let frozen = http.inbox(json!({})).await;
        http.patch(&format!("/v1/inboxes/{}", text(&frozen, "id")), json!({"state": "frozen"})).await.expect(StatusCode::OK);
        http.post(&path, json!({"inbox_id": frozen["id"]})).await.problem(409, "inbox_frozen");
        http.post(&path, json!({"inbox_id": "nobody@t.test"})).await.problem(404, "not_found");
        http.post(&path, json!({"inbox_id": from["id"], "folder": "none"})).await.problem(404, "not_found");
        http.post(&path, json!({})).await.problem(422, "validation_failed");
        http.post(&path, json!({"folder": "a*"})).await.problem(422, "validation_failed");
        assert_eq!(http.get(&format!("/v1/messages/{}", text(&message, "id"))).await.json()["inbox_id"], from["id"]);
        // Where the oldest make room, they do here too.
        let rolling = http.inbox(json!({"quota": {"max_messages": 1, "on_full": "evict_oldest"}})).await;
        http.inject(text(&rolling, "id"), "Subject: y\r\n\r\n").await;
        shift(&http, &message, json!({"inbox_id": rolling["id"]})).await;
        let listed = http.get(&format!("/v1/inboxes/{}/messages", text(&rolling, "id"))).await.json();
        assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["id"]), (1, &message["id"]));
    }
}
