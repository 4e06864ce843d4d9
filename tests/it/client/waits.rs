//! Waiting with the client: before the mail, during it, behind a cursor, over several calls.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use restante_client::{Error, Wait};
use serde_json::json;

use super::client;
use crate::both_databases;
use crate::support::{Http, PATIENCE, mail};

/// Lets `action` happen when the wait is surely under way. The server allows one wait at a time.
pub(super) async fn during<T>(wait: Wait, http: &Http, path: &str, action: impl Future<Output = T>) -> (String, T) {
    let act = async {
        let probe = json!({"subject": "a probe", "hold_ms": 1});
        while http.post(path, probe.clone()).await.status != StatusCode::TOO_MANY_REQUESTS {}
        action.await
    };
    let both = async { tokio::join!(wait.into_future(), act) };
    let (found, done) = tokio::time::timeout(PATIENCE, both).await.expect("the wait ends");
    (found.expect("a message").subject, done)
}

both_databases! {
    async fn mail_from_before_the_wait_is_found(server) {
        let inbox = client(&server).inboxes().create().address("w@t.test").await.unwrap();
        server.smtp().await.deliver(mail().to("w@t.test").subject("Verify")).await;
        let found = inbox.wait().subject("verify").from("sender@example.com").timeout(PATIENCE).await.unwrap();
        assert_eq!((found.subject.as_str(), found.envelope_to), ("Verify", vec!["w@t.test".to_owned()]));
    }
}

both_databases! {
    async fn mail_during_a_hold_ends_the_wait_at_once(server, |config| config.http.max_waits = 1) {
        let inbox = client(&server).inboxes().create().address("w@t.test").await.unwrap();
        let path = format!("/v1/inboxes/{}/wait", inbox.id);
        let wait = inbox.wait().subject("second").timeout(PATIENCE);
        let (subject, sent) = during(wait, &server.http(), &path, async {
            let mut smtp = server.smtp().await;
            smtp.deliver(mail().to("w@t.test").subject("first")).await;
            smtp.deliver(mail().to("w@t.test").subject("second")).await;
            Instant::now()
        })
        .await;
        assert_eq!(subject, "second");
        assert!(sent.elapsed() < Duration::from_secs(10), "it was polled for");
    }
}

both_databases! {
    async fn mail_before_the_cursor_does_not_count(server) {
        let inbox = client(&server).inboxes().create().address("w@t.test").await.unwrap();
        let mut smtp = server.smtp().await;
        smtp.deliver(mail().to("w@t.test").subject("code").body("stale\r\n")).await;
        let mark = inbox.mark().await.unwrap();
        smtp.deliver(mail().to("w@t.test").subject("code").body("fresh\r\n")).await;
        let found = inbox.wait().subject("code").since(mark.clone()).timeout(PATIENCE).await.unwrap();
        assert_eq!(found.text.as_deref().map(str::trim), Some("fresh"));
        // The cursor is a value: the same wait again finds the same message.
        let again = inbox.wait().subject("code").since(mark).timeout(PATIENCE).await.unwrap();
        assert_eq!(again.id, found.id);
    }
}

both_databases! {
    async fn wait_goes_on_over_many_holds(server) {
        let inbox = client(&server).inboxes().create().address("w@t.test").await.unwrap();
        let wait = inbox.wait().subject("late").hold(Duration::from_millis(20)).timeout(PATIENCE);
        let send = async {
            let in_vain = inbox.wait().subject("never").hold(Duration::from_millis(50)).timeout(Duration::from_millis(200));
            assert!(matches!(in_vain.await, Err(Error::WaitTimeout(_))));
            server.smtp().await.deliver(mail().to("w@t.test").subject("late")).await;
        };
        let (found, ()) = tokio::join!(wait.into_future(), send);
        assert_eq!(found.unwrap().subject, "late");
    }
}

both_databases! {
    async fn now_is_when_the_wait_began_and_not_its_last_call(server) {
        let inbox = client(&server).inboxes().create().address("w@t.test").await.unwrap();
        let mut smtp = server.smtp().await;
        smtp.deliver(mail().to("w@t.test").subject("before")).await;
        // Many short calls: mail between two of them must not be missed.
        let wait = inbox.wait().since("now".into()).hold(Duration::from_millis(1)).timeout(PATIENCE);
        let send = async {
            let in_vain = inbox.wait().subject("never").timeout(Duration::from_millis(200));
            assert!(matches!(in_vain.await, Err(Error::WaitTimeout(_))));
            smtp.deliver(mail().to("w@t.test").subject("after")).await;
        };
        let (found, ()) = tokio::join!(wait.into_future(), send);
        assert_eq!(found.unwrap().subject, "after");
    }
}

both_databases! {
    async fn dropped_wait_loses_nothing(server) {
        let inbox = client(&server).inboxes().create().address("w@t.test").await.unwrap();
        let mark = inbox.mark().await.unwrap();
        let wait = inbox.wait().since(mark).timeout(PATIENCE);
        let dropped = tokio::time::timeout(Duration::from_millis(50), wait.clone().into_future()).await;
        assert!(dropped.is_err());
        server.smtp().await.deliver(mail().to("w@t.test").subject("kept")).await;
        assert_eq!(wait.await.unwrap().subject, "kept");
    }
}

both_databases! {
    async fn any_inbox_is_waited_on_behind_the_projects_cursor(server) {
        let client = client(&server);
        let mut smtp = server.smtp().await;
        smtp.deliver(mail().to("a@t.test").subject("before")).await;
        let mark = client.mark().await.unwrap();
        smtp.deliver(mail().to("b@t.test").subject("behind")).await;
        let found = client.wait().since(mark).timeout(PATIENCE).await.unwrap();
        assert_eq!((found.subject.as_str(), found.envelope_to), ("behind", vec!["b@t.test".to_owned()]));
    }
}

both_databases! {
    async fn tail_gives_each_message_once_and_in_order(server) {
        let client = client(&server);
        let mut smtp = server.smtp().await;
        smtp.deliver(mail().to("a@t.test").subject("before")).await;
        let mut tail = client.tail(client.mark().await.unwrap());
        for subject in ["one", "two", "three"] {
            smtp.deliver(mail().to("a@t.test").subject(subject)).await;
        }
        for subject in ["one", "two", "three"] {
            assert_eq!(tail.next().await.unwrap().subject, subject);
        }
    }
}
