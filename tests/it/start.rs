//! The application as a whole: it starts, many at once, on either database, and stops without leaving anything.

use reqwest::StatusCode;
use tokio::net::TcpStream;

use crate::both_databases;
use crate::support::Server;

both_databases! {
    async fn server_that_has_started_is_ready(server) {
        server.http().get("/readyz").await.expect(StatusCode::OK);
        server.stop().await;
    }
}

both_databases! {
    async fn lmtp_listens_where_it_is_turned_on(server, |config| config.smtp.listen_lmtp = config.smtp.listen.clone()) {
        assert!(TcpStream::connect(server.lmtp_at()).await.is_ok());
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_run_side_by_side() {
    let (one, two) = tokio::join!(Server::start(), Server::start());
    assert_ne!(one.http_at(), two.http_at());
    assert_ne!(one.folder(), two.folder());
    one.stop().await;
    two.http().get("/readyz").await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_that_has_stopped_listens_no_more() {
    let server = Server::start().await;
    let listeners = [server.smtp_at(), server.smtp_tls_at(), server.http_at()];
    server.stop().await;
    for at in listeners {
        assert!(TcpStream::connect(at).await.is_err(), "{at}");
    }
}
