//! What the client says when something is wrong.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use restante::config::AuthMode;
use restante::model::Secret;
use restante_client::{Client, Error};

use super::client;
use crate::both_databases;
use crate::support::{Database, Server, mail};

const KEY: &str = "a key of at least sixteen";

both_databases! {
    async fn timeout_prints_what_is_known(server) {
        let inbox = client(&server).inboxes().create().address("w@t.test").await.unwrap();
        server.smtp().await.deliver(mail().to("w@t.test").subject("Passwort ändern")).await;
        let error = inbox.wait().subject("reset").timeout(Duration::from_millis(100)).await.unwrap_err();
        let Error::WaitTimeout(told) = &error else { panic!("{error:?}") };
        let text = error.to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], told.summary);
        assert!(lines[0].starts_with("1 message arrived"), "{text}");
        assert!(lines.last().unwrap().starts_with("SMTP               1 connections, the last at 20"), "{text}");
        assert_eq!(told.arrived, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_key_is_an_error_of_its_own() {
    let server = Server::with_on(Database::Sqlite, |config| {
        config.http.auth = AuthMode::Key;
        config.http.root_key = Some(Secret::new(KEY));
    })
    .await;
    let base = server.http().base().to_owned();
    for key in [None, Some("another key of some length")] {
        let refused = Client::new(&base, key).unwrap().mark().await.unwrap_err();
        assert!(matches!(refused, Error::Auth(_)), "{refused}");
    }
    Client::new(&base, Some(KEY)).unwrap().mark().await.unwrap();
}

both_databases! {
    async fn what_is_not_there_and_what_is_taken_are_told_apart(server) {
        let client = client(&server);
        let missing = client.message("msg_00000000000000000000000000").raw().await.unwrap_err();
        assert!(matches!(&missing, Error::NotFound(problem) if problem.code == "not_found"), "{missing}");
        client.inboxes().create().address("w@t.test").await.unwrap();
        let taken = client.inboxes().create().address("w@t.test").await.unwrap_err();
        assert!(matches!(&taken, Error::Conflict(problem) if problem.code == "address_taken"), "{taken}");
        assert!(matches!(&taken, Error::Conflict(problem) if problem.request_id.is_some()));
        let wrong = client.inbox("w@t.test").wait().since("c_1:nonsense".into()).await.unwrap_err();
        assert!(matches!(&wrong, Error::Problem(problem) if problem.status == 422), "{wrong}");
    }
}

both_databases! {
    async fn deleted_inbox_ends_the_wait(server) {
        let inbox = client(&server).inboxes().create().await.unwrap();
        let wait = inbox.wait().hold(Duration::from_millis(50)).timeout(Duration::from_secs(20));
        let (ended, deleted) = tokio::join!(wait.into_future(), inbox.delete());
        deleted.unwrap();
        // The call that was under way is told; one that comes later finds nothing.
        assert!(matches!(ended, Err(Error::InboxDeleted | Error::NotFound(_))), "{ended:?}");
    }
}

#[tokio::test]
async fn nobody_there_is_told_long_before_the_deadline() {
    let at = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let began = Instant::now();
    let inbox = Client::new(format!("http://{at}"), None).unwrap().inbox("w@t.test");
    let error = inbox.wait().timeout(Duration::from_secs(60)).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert!(began.elapsed() < Duration::from_secs(20));
}
