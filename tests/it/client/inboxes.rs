//! Inboxes and messages through the client: made, listed, sent to, read, removed.

use std::time::Duration;

use restante_client::{Client, Config, Draft, Error};

use super::client;
use crate::both_databases;
use crate::support::mail;

both_databases! {
    async fn settings_of_a_new_inbox_arrive(server) {
        let config = Config { url: server.http().base().to_owned(), key: None, run_id: Some("github-7-1".to_owned()) };
        let client = Client::with(config).unwrap();
        let create = client.inboxes().create().prefix("ci").ttl(Duration::from_secs(600)).tag("checkout");
        let made = create.metadata("pr", "481").client_ref("test-17").await.unwrap();
        assert!(made.address.starts_with("ci-") && made.info.expires_at.is_some(), "{made:?}");
        let told = server.http().get(&format!("/v1/inboxes/{}", made.id)).await.json();
        assert_eq!(serde_json::to_value(made.get().await.unwrap().info).unwrap(), told);
        assert_eq!((&made.info.more["run_id"], &made.info.more["metadata"]["pr"]), (&"github-7-1".into(), &"481".into()));
        assert_eq!(made.info.more["tags"], serde_json::json!(["checkout"]));
        assert_eq!(client.inboxes().list().run_id("github-7-1").tag("checkout").page().await.unwrap().items.len(), 1);
        assert_eq!(client.inboxes().list().run_id("github-8-1").page().await.unwrap().items.len(), 0);
    }
}

both_databases! {
    async fn lists_are_read_over_all_pages(server) {
        let client = client(&server);
        for number in 0..5 {
            client.inboxes().ensure(&format!("l{number}@t.test")).await.unwrap();
        }
        let (mut pages, mut seen) = (client.inboxes().list().limit(2).pages(), Vec::new());
        while let Some(inbox) = pages.next().await.unwrap() {
            seen.push(inbox.address);
        }
        assert_eq!(seen, ["l4@t.test", "l3@t.test", "l2@t.test", "l1@t.test", "l0@t.test"]);
        assert!(pages.next().await.unwrap().is_none());
    }
}

both_databases! {
    async fn message_is_read_in_all_its_parts(server) {
        let client = client(&server);
        let inbox = client.inboxes().create().address("r@t.test").await.unwrap();
        let sent = mail().to("r@t.test").subject("Whole").body("exactly this\r\n");
        let raw = inbox.send_raw(sent.octets()).await.unwrap();
        assert_eq!(client.message(&raw.id).raw().await.unwrap(), sent.octets());
        let draft = Draft::from("App <app@example.com>").subject("Parts").text("plain").html("<p>rich</p>");
        let made = inbox.send(&draft.attach("a.txt", "text/plain", b"file").header("X-Env", "ci")).await.unwrap();
        let message = client.message(&made.id);
        assert_eq!((message.text().await.unwrap().trim(), message.html().await.unwrap().trim()), ("plain", "<p>rich</p>"));
        let whole = message.get().await.unwrap();
        // What this version has no field for is kept too.
        let told = server.http().get(&format!("/v1/messages/{}", made.id)).await.json();
        assert_eq!(serde_json::to_value(&whole).unwrap(), told);
        assert_eq!(whole.from.unwrap().to_string(), "App <app@example.com>");
        assert_eq!((whole.attachments[0].filename.as_str(), whole.attachments[0].size), ("a.txt", 4));
        let fields = message.headers().await.unwrap();
        assert!(fields.iter().any(|field| field.name == "X-Env" && field.value == "ci"), "{fields:?}");
        let listed = inbox.messages().subject("parts").page().await.unwrap();
        assert_eq!((listed.items.len(), listed.items[0].id.as_str()), (1, made.id.as_str()));
    }
}

both_databases! {
    async fn emptied_and_deleted_is_gone(server) {
        let client = client(&server);
        let inbox = client.inboxes().create().await.unwrap();
        for subject in ["one", "two"] {
            inbox.send(&Draft::from("app@example.com").subject(subject)).await.unwrap();
        }
        let left = inbox.wait().subject("two").await.unwrap();
        client.message(&left.id).delete().await.unwrap();
        assert_eq!(inbox.empty(None).await.unwrap().deleted, 1);
        inbox.delete().await.unwrap();
        assert!(matches!(inbox.get().await, Err(Error::NotFound(_))));
    }
}
