//! The connection to PostgreSQL breaks around a COMMIT: what was stored is acknowledged, what was not is sent again,
//! and nothing is there twice.

use restante::model::Secret;

use crate::support::cluster::Cluster;
use crate::support::cutting_proxy::CuttingProxy;
use crate::support::{Database, PATIENCE, Server, mail};

/// PostgreSQL's CommandComplete with this tag: its manual, "Message Formats".
const COMMITTED: &[u8] = b"C\0\0\0\x0bCOMMIT\0";
const INSERTED: &[u8] = b"C\0\0\0\x0fINSERT 0 ";

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
