//! A server that restarts while it is waited on.

use std::net::{SocketAddr, TcpListener};

use super::client;
use super::waits::during;
use crate::both_databases;
use crate::support::{PATIENCE, mail};

/// An address that is the same before and after.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

both_databases! {
    async fn wait_goes_on_when_the_server_is_back(
        server, |config| (config.http.listen, config.http.max_waits) = (vec![free_address()], 1)
    ) {
        let inbox = client(&server).inboxes().create().address("w@t.test").await.unwrap();
        let (http, path) = (server.http(), format!("/v1/inboxes/{}/wait", inbox.id));
        let wait = inbox.wait().since(inbox.mark().await.unwrap()).timeout(PATIENCE);
        let (subject, server) = during(wait, &http, &path, async {
            // Boxed: the whole application is in it.
            let server = Box::pin(server.restart()).await;
            server.smtp().await.deliver(mail().to("w@t.test").subject("after")).await;
            server
        })
        .await;
        assert_eq!(subject, "after");
        server.stop().await;
    }
}
