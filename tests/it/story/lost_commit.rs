//! The connection to PostgreSQL breaks around a COMMIT: what was stored is acknowledged, what was not is sent again,
//! and nothing is there twice.

use reqwest::{Method, StatusCode};
use restante::model::Secret;
use serde_json::json;

use crate::support::cluster::Cluster;
use crate::support::cutting_proxy::CuttingProxy;
use crate::support::http::{send, text};
use crate::support::{Database, PATIENCE, Server, mail};

/// PostgreSQL's CommandComplete with this tag: its manual, "Message Formats".
const COMMITTED: &[u8] = b"C\0\0\0\x0bCOMMIT\0";
const INSERTED: &[u8] = b"C\0\0\0\x0fINSERT 0 ";

/// Begins the description of the rows of a message that is read back.
const MESSAGE_ROWS: &[u8] = b"delivered_to\0";

/// A server that reaches its database through a proxy.
async fn server() -> Option<(Server, CuttingProxy)> {
    if !Database::Postgres.is_here() {
        return None;
    }
    let fresh = Database::Postgres.fresh().await.unwrap();
    let name = fresh.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
    let direct = Cluster::get().unwrap().tcp_url(&name);
    let (credentials, rest) = direct.rsplit_once('@').unwrap();
    let at = rest.split('/').next().unwrap();
    let at = tokio::net::lookup_host(at).await.unwrap().next().unwrap();
    let proxy = CuttingProxy::before(at).await;
    let url = format!("{credentials}@{}/{name}?sslmode=disable", proxy.at);
    let server = Server::with(|config| config.store.url = Some(Secret::new(url))).await;
    Some((server, proxy))
}

async fn subjects(server: &Server) -> Vec<String> {
    let page = server.http().get("/v1/messages?order=oldest").await.json();
    page["items"].as_array().unwrap().iter().map(|item| item["subject"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_acknowledged_all_the_same() {
    let Some((server, proxy)) = server().await else { return };
    let mut smtp = server.smtp().await;
    smtp.deliver(mail().to("x@lost.test").subject("before")).await;
    proxy.cut_at(COMMITTED);
    smtp.deliver(mail().to("x@lost.test").subject("lost answer")).await;
    assert!(proxy.has_cut());
    smtp.deliver(mail().to("x@lost.test").subject("after")).await;
    assert_eq!(subjects(&server).await, ["before", "lost answer", "after"]);
    server.stop().await;
}

#[tokio::test]
async fn a_transaction_that_broke_before_its_commit_is_told_and_leaves_nothing() {
    let Some((server, proxy)) = server().await else { return };
    let mut smtp = server.smtp().await;
    smtp.deliver(mail().to("x@lost.test").subject("before")).await;
    proxy.cut_at(INSERTED);
    let reply = smtp.send(&mail().to("x@lost.test").subject("broken")).await;
    assert!(reply.starts_with("451 4.3.0"), "{reply}");
    assert!(proxy.has_cut());
    let again = tokio::time::timeout(PATIENCE, smtp.send(&mail().to("x@lost.test").subject("broken"))).await.unwrap();
    assert!(again.starts_with("250"), "{again}");
    assert_eq!(subjects(&server).await, ["before", "broken"]);
    server.stop().await;
}

#[tokio::test]
async fn a_message_that_cannot_be_read_back_was_put_into_the_inbox_all_the_same() {
    let Some((server, proxy)) = server().await else { return };
    let http = server.http();
    let inbox = http.inbox(json!({})).await;
    let path = format!("/v1/inboxes/{}/messages", text(&inbox, "id"));
    let put = async || {
        let request = http.request(Method::POST, &path).header("idempotency-key", "once");
        send(request.json(&json!({"from": "a@b.test", "subject": "once"}))).await.expect(StatusCode::CREATED)
    };
    proxy.cut_at(MESSAGE_ROWS);
    let first = put().await;
    assert!(proxy.has_cut());
    let place = first.header("location").to_owned();
    assert_eq!(place, format!("/v1/messages/{}", text(&first.json(), "id")));
    let again = put().await;
    assert_eq!((again.body.clone(), again.header("idempotency-replayed")), (first.body, "true"));
    http.get(&place).await.expect(StatusCode::OK);
    assert_eq!(subjects(&server).await, ["once"]);
    server.stop().await;
}
