//! Messages and inboxes leave: counts go down, addresses are free again, and each leaving is an event.

use restante::model::event::EventKind;
use restante::model::inbox::{Counts, InboxState};
use restante::model::{Flags, MessageId, Seq};
use restante::store::{Error, MessageChange};

use crate::both_stores;
use crate::support::BareStore;

/// What hangs below inboxes and messages.
const TABLES: [&str; 11] = [
    "inbox",
    "mailbox",
    "blob",
    "receipt",
    "message",
    "entry",
    "keyword",
    "entry_keyword",
    "vanished",
    "credential",
    "rejection",
];

async fn events(bare: &BareStore, kind: EventKind) -> i64 {
    bare.number(&format!("SELECT count(*) FROM event WHERE kind = '{}'", kind.as_str())).await
}

both_stores! {
    async fn a_removed_message_lowers_every_count_and_is_an_event(bare) {
        let inbox = bare.inbox("one@store.test").await;
        let seen = bare.deliver(b"Subject: seen\r\n\r\n", inbox).await.unwrap();
        let unseen = bare.deliver(b"Subject: unseen\r\n\r\n", inbox).await.unwrap();
        let look = MessageChange { add: Flags::SEEN, ..MessageChange::default() };
        bare.store.update_message(seen.id, look).await.unwrap();
        assert_eq!(bare.get(inbox).await.counts, Counts { messages: 2, unseen: 1, bytes: 36 });
        assert_eq!(bare.store.delete_message(seen.id, None).await.unwrap(), Some(inbox));
        assert_eq!(bare.get(inbox).await.counts, Counts { messages: 1, unseen: 1, bytes: 19 });
        assert_eq!(bare.store.delete_message(seen.id, None).await.unwrap(), None);
        assert_eq!(bare.store.delete_message(MessageId::new(bare.now()), None).await.unwrap(), None);
        assert_eq!(bare.store.delete_message(unseen.id, None).await.unwrap(), Some(inbox));
        assert_eq!(bare.get(inbox).await.counts, Counts::default());
        assert_eq!(events(&bare, EventKind::MessageDeleted).await, 2);
        // QRESYNC is told of both, each with a mod-sequence of its own.
        assert_eq!(bare.number("SELECT count(DISTINCT mod_seq) FROM vanished").await, 2);
    }
}

both_stores! {
    async fn emptying_takes_pieces_and_stops_at_the_seq_that_it_was_given(bare) {
        let inbox = bare.inbox("one@store.test").await;
        let parcels: Vec<_> = (0..603).map(|number| bare.parcel(format!("Subject: {number}\r\n\r\n").as_bytes(), &[inbox])).collect();
        for outcome in futures_util::future::join_all(parcels.into_iter().map(|parcel| bare.store.deliver(parcel))).await {
            outcome.unwrap();
        }
        let before = bare.position().await;
        let mut removed = Vec::new();
        loop {
            let piece = bare.store.remove_oldest(inbox, Seq(601), EventKind::MessageDeleted).await.unwrap();
            if piece.messages == 0 {
                break;
            }
            removed.push(piece.messages);
        }
        assert_eq!(removed, [500, 101]);
        assert_eq!(bare.get(inbox).await.counts.messages, 2);
        assert_eq!(events(&bare, EventKind::MessageDeleted).await, 601);
        let position = bare.position().await;
        assert_eq!(position, before + 601);
        let holes = "SELECT max(position) - count(*) FROM event";
        assert_eq!(bare.number(holes).await, 0);
        assert_eq!(bare.number("SELECT count(*) FROM blob").await, 2);
    }
}

both_stores! {
    async fn a_deleted_inbox_leaves_no_row_but_events_and_its_address_is_free(bare) {
        let mut new = bare.new_inbox("one@store.test");
        new.client_ref = Some(("name".into(), vec![1]));
        let inbox = bare.store.create_inbox(new.clone()).await.unwrap().id;
        let stored = bare.deliver(b"Subject: 1\r\n\r\n", inbox).await.unwrap();
        let keywords = ["$Work", "later"].map(|text| restante::model::Keyword::new(text).unwrap()).to_vec();
        let change = MessageChange { keywords: Some(keywords), ..MessageChange::default() };
        bare.store.update_message(stored.id, change).await.unwrap();
        bare.store.shut_inbox(inbox, None).await.unwrap();
        assert!(matches!(bare.deliver(b"late", inbox).await, Err(Error::Expired(_))));
        assert_eq!(bare.get(inbox).await.state, InboxState::Expired);
        assert_eq!(bare.store.remove_oldest(inbox, Seq(i64::MAX), EventKind::MessageDeleted).await.unwrap().messages, 1);
        bare.store.delete_inbox(inbox).await.unwrap();
        assert!(bare.store.inbox(inbox).await.unwrap().is_none());
        assert!(matches!(bare.store.delete_inbox(inbox).await, Err(Error::NoInbox(_))));
        assert!(matches!(bare.store.shut_inbox(inbox, None).await, Err(Error::NoInbox(_))));
        for table in TABLES {
            assert_eq!(bare.number(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
        }
        assert_eq!(events(&bare, EventKind::InboxDeleted).await, 1);
        assert_ne!(bare.store.create_inbox(new).await.unwrap().id, inbox);
    }
}

both_stores! {
    async fn old_events_and_refusals_are_pruned_and_new_ones_stay(bare) {
        let inbox = bare.inbox("one@store.test").await;
        for number in 0..10 {
            bare.pass_seconds(1);
            bare.deliver(format!("Subject: {number}\r\n\r\n").as_bytes(), inbox).await.unwrap();
        }
        let project = bare.store.default_project();
        let until = bare.now().plus_seconds(-3);
        assert_eq!(bare.store.prune_events(project, until).await.unwrap(), 7);
        assert_eq!(bare.store.prune_events(project, until).await.unwrap(), 0);
        assert_eq!(bare.number("SELECT min(position) FROM event").await, 8);
        assert_eq!(bare.position().await, 11);
        let refusal = |number: i64| restante::store::RejectionRecord {
            at: bare.now().plus_seconds(number),
            stage: "RCPT".into(),
            reply: format!("550 {number}"),
            cause: "unknown_inbox".into(),
            envelope_from: None,
            envelope_to: Some("x@store.test".into()),
            helo: None,
            peer: "[::1]:9".into(),
        };
        bare.store.note_rejections((0..70).map(refusal).collect()).await.unwrap();
        assert_eq!(bare.store.rejections(2).await.unwrap(), [refusal(69), refusal(68)]);
        bare.store.prune_rejections(5).await.unwrap();
        let kept: Vec<String> = bare.store.rejections(100).await.unwrap().into_iter().map(|kept| kept.reply).collect();
        assert_eq!(kept, ["550 69", "550 68", "550 67", "550 66", "550 65"]);
    }
}
