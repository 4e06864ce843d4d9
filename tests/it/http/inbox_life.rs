//! Inboxes change, are emptied, deleted, and end when their time comes.

use reqwest::{Method, StatusCode};
use restante::model::Clock;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::bare_store::START;
use crate::support::http::{Answer, send, text};
use crate::support::{Database, Http, PATIENCE, Server, mail};

async fn patch_if(http: &Http, path: &str, etag: &str, body: Value) -> Answer {
    send(http.request(Method::PATCH, path).header("if-match", etag).json(&body)).await
}

/// Asks again and again until the answer has this status.
async fn until(http: &Http, path: &str, status: StatusCode) -> Answer {
    let asked = async {
        loop {
            let answer = http.get(path).await;
            if answer.status == status {
                return answer;
            }
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.expect("in time")
}

both_databases! {
    async fn a_change_is_seen_and_a_stale_one_refused(server) {
        let http = server.http();
        let made = http.post("/v1/inboxes", json!({"tags": ["old"], "metadata": {"a": "1"}})).await;
        let path = format!("/v1/inboxes/{}", text(&made.json(), "id"));
        let etag = made.header("etag").to_owned();
        assert_eq!(http.get_with(&path, "if-none-match", &etag).await.status, StatusCode::NOT_MODIFIED);
        let changed = patch_if(&http, &path, &etag, json!({"tags": ["new"], "ttl_s": 60, "quota": {"max_bytes": 5}})).await;
        let changed = changed.expect(StatusCode::OK);
        assert_eq!((&changed.json()["tags"], &changed.json()["metadata"]), (&json!(["new"]), &json!({"a": "1"})));
        assert!(changed.json()["expires_at"].is_string() && changed.json()["quota"]["max_bytes"] == 5);
        patch_if(&http, &path, &etag, json!({"tags": ["late"]})).await.problem(412, "precondition_failed");
        patch_if(&http, &path, "\"nonsense\"", json!({})).await.problem(412, "precondition_failed");
        patch_if(&http, &path, "*", json!({"ttl_s": 0})).await.expect(StatusCode::OK);
        let now = http.get(&path).await;
        assert_eq!((&now.json()["tags"], &now.json()["expires_at"]), (&json!(["new"]), &Value::Null));
        assert_eq!(http.get_with(&path, "if-none-match", &etag).await.status, StatusCode::OK);
        // New mail is another state to whoever caches, and no conflict to whoever changes.
        let etag = now.header("etag").to_owned();
        http.patch(&path, json!({"quota": {}})).await.expect(StatusCode::OK);
        let before_mail = http.get(&path).await.header("etag").to_owned();
        assert_ne!(before_mail, etag);
        http.inject(text(&now.json(), "id"), "Subject: new\r\n\r\n").await;
        assert_eq!(http.get_with(&path, "if-none-match", &before_mail).await.status, StatusCode::OK);
        patch_if(&http, &path, &before_mail, json!({"tags": []})).await.expect(StatusCode::OK);
    }
}

both_databases! {
    async fn a_frozen_inbox_keeps_what_it_has_and_takes_no_more_until_it_is_thawed(server) {
        let http = server.http();
        http.inbox(json!({"local_part": "ice", "domain": "t.test"})).await;
        server.smtp().await.deliver(mail().to("ice@t.test").subject("before")).await;
        http.patch("/v1/inboxes/ice%40t.test", json!({"state": "frozen"})).await.expect(StatusCode::OK);
        let mut smtp = server.smtp().await;
        smtp.command("MAIL FROM:<a@b.test>").await;
        let refused = smtp.command("RCPT TO:<ice@t.test>").await;
        assert!(refused.starts_with('4') || refused.starts_with('5'), "{refused}");
        let octets = http.request(Method::POST, "/v1/inboxes/ice%40t.test/messages").header("content-type", "message/rfc822");
        send(octets.body("Subject: x\r\n\r\n")).await.problem(409, "inbox_frozen");
        assert_eq!(http.wait("ice%40t.test", "before").await["subject"], "before");
        http.patch("/v1/inboxes/ice%40t.test", json!({"state": "active"})).await.expect(StatusCode::OK);
        server.smtp().await.deliver(mail().to("ice@t.test").subject("after")).await;
        http.patch("/v1/inboxes/ice%40t.test", json!({"state": "expired"})).await.problem(422, "validation_failed");
    }
}

both_databases! {
    async fn emptying_removes_up_to_a_cursor_and_later_mail_stays(server) {
        let http = server.http();
        let inbox = http.inbox(json!({})).await;
        let path = format!("/v1/inboxes/{}", text(&inbox, "id"));
        for number in 1..=3 {
            http.inject(text(&inbox, "id"), format!("Subject: {number}\r\n\r\n")).await;
        }
        let cursor = http.get(&path).await.json()["cursor"].clone();
        http.inject(text(&inbox, "id"), "Subject: 4\r\n\r\n").await;
        let emptied = http.post(&format!("{path}/empty"), json!({"before": cursor})).await.expect(StatusCode::OK).json();
        assert_eq!(emptied, json!({"deleted": 3, "cursor": cursor}));
        let counts = http.get(&path).await.json()["counts"].clone();
        assert_eq!(counts, json!({"messages": 1, "unseen": 1, "bytes": 14}));
        let emptied = http.post(&format!("{path}/empty"), json!({})).await.expect(StatusCode::OK).json();
        assert_eq!(emptied["deleted"], 1);
        // The cursor goes on from there, and numbers are not used again.
        assert_eq!(http.inject(text(&inbox, "id"), "Subject: 5\r\n\r\n").await["seq"], 5);
        let page = http.get(&format!("{path}/messages?since={}", text(&emptied, "cursor"))).await.json();
        assert_eq!(page["items"][0]["subject"], "5");
        let other = http.inbox(json!({})).await;
        for foreign in [other["cursor"].clone(), json!("c_x"), json!("now")] {
            let problem = http.post(&format!("{path}/empty"), json!({"before": foreign})).await.problem(422, "cursor_invalid");
            assert_eq!(problem["errors"][0]["pointer"], "/before", "{problem}");
        }
    }
}

both_databases! {
    async fn a_deleted_inbox_is_gone_with_its_mail_and_its_address_is_free(server) {
        let http = server.http();
        let inbox = http.put("/v1/inboxes/by-address/a%40t.test", json!({})).await.json();
        let message = http.inject("a%40t.test", "Subject: 1\r\n\r\n").await;
        let path = format!("/v1/inboxes/{}", text(&inbox, "id"));
        assert_eq!(http.delete(&path).await.status, StatusCode::NO_CONTENT);
        http.delete(&path).await.problem(404, "not_found");
        http.get(&path).await.problem(404, "not_found");
        http.get(&format!("/v1/messages/{}", text(&message, "id"))).await.problem(404, "not_found");
        assert_eq!(http.get("/v1/messages").await.json()["items"], json!([]));
        // A route that SMTP remembers leads nowhere any more: the mail makes a new inbox.
        server.smtp().await.deliver(mail().to("a@t.test").subject("new life")).await;
        let again = http.get("/v1/inboxes/a%40t.test").await.expect(StatusCode::OK).json();
        assert_ne!(again["id"], inbox["id"]);
        assert_eq!(again["counts"]["messages"], 1);
    }
}

/// The whole life of an address, on a clock that the test moves.
async fn ends_and_is_free_again(database: Database) {
    let clock = Clock::manual(START);
    let server = Server::with_clock(database, clock.clone(), |config| config.inboxes.tombstone_s = 100).await;
    let http = server.http();
    http.inbox(json!({"local_part": "a", "domain": "t.test", "ttl_s": 10})).await;
    server.smtp().await.deliver(mail().to("a@t.test")).await;

    clock.set(START.plus_seconds(10));
    let gone = until(&http, "/v1/inboxes/a%40t.test", StatusCode::GONE).await.problem(410, "expired");
    assert!(text(&gone, "detail").contains("2026-11-20T09:00:10"), "{gone}");
    for path in ["/messages", "/messages/latest"] {
        http.get(&format!("/v1/inboxes/a%40t.test{path}")).await.problem(410, "expired");
    }
    http.post("/v1/inboxes/a%40t.test/wait", json!({})).await.problem(410, "expired");
    http.put("/v1/inboxes/by-address/a%40t.test", json!({})).await.problem(410, "expired");
    http.post("/v1/inboxes", json!({"local_part": "a", "domain": "t.test"})).await.problem(409, "address_taken");
    let mut smtp = server.smtp().await;
    smtp.command("MAIL FROM:<b@b.test>").await;
    let refused = smtp.command("RCPT TO:<a@t.test>").await;
    assert!(refused.starts_with("550 5.1.1 ") && refused.contains("expired"), "{refused}");

    clock.set(START.plus_seconds(110));
    until(&http, "/v1/inboxes/a%40t.test", StatusCode::NOT_FOUND).await;
    // What SMTP remembers of the address has faded too.
    smtp.command("RSET").await;
    smtp.deliver(mail().to("a@t.test").subject("new life")).await;
    assert_eq!(http.get("/v1/inboxes/a%40t.test").await.expect(StatusCode::OK).json()["counts"]["messages"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inbox_ends_stands_as_a_tombstone_and_fades_on_sqlite() {
    ends_and_is_free_again(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inbox_ends_stands_as_a_tombstone_and_fades_on_postgres() {
    if Database::Postgres.is_here() {
        ends_and_is_free_again(Database::Postgres).await;
    }
}
