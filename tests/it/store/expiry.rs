//! Inboxes whose time comes: their mail goes, a tombstone stays for a while, then their address is free.

use restante::events::Bus;
use restante::model::Address;
use restante::model::inbox::{Counts, InboxState};
use restante::retention::Retention;
use restante::store::{Error, InboxChange};

use crate::both_stores;
use crate::support::BareStore;

/// How long a tombstone stands here, in seconds.
const TOMBSTONE: u64 = 100;

async fn sweep(bare: &BareStore) {
    Retention::new(bare.store.clone(), Bus::new(), TOMBSTONE).sweep().await.unwrap();
}

both_stores! {
    async fn an_inbox_lives_stands_as_a_tombstone_and_fades(bare) {
        let mut new = bare.new_inbox("one@store.test");
        new.expires_at = Some(bare.now().plus_seconds(10));
        let inbox = bare.store.create_inbox(new).await.unwrap().id;
        let stays = bare.inbox("two@store.test").await;
        for id in [inbox, inbox, stays] {
            bare.deliver(b"Subject: 1\r\n\r\n", id).await.unwrap();
        }

        bare.pass_seconds(9);
        sweep(&bare).await;
        assert_eq!((bare.get(inbox).await.state, bare.get(inbox).await.counts.messages), (InboxState::Active, 2));

        bare.pass_seconds(1);
        // Before anyone has swept, late mail is refused already.
        assert!(matches!(bare.deliver(b"late", inbox).await, Err(Error::Expired(_))));
        sweep(&bare).await;
        let tombstone = bare.get(inbox).await;
        assert_eq!((tombstone.state, tombstone.counts), (InboxState::Expired, Counts::default()));
        assert!(matches!(bare.deliver(b"late", inbox).await, Err(Error::Expired(_))));
        assert!(matches!(bare.store.update_inbox(inbox, InboxChange::default()).await, Err(Error::Expired(_))));
        assert!(matches!(bare.store.create_inbox(bare.new_inbox("one@store.test")).await, Err(Error::Taken(_))));
        let events = |kind: &str| format!("SELECT count(*) FROM event WHERE kind = '{kind}'");
        assert_eq!(bare.number(&events("message.expired")).await, 2);
        assert_eq!(bare.number(&events("inbox.expired")).await, 1);

        bare.pass_seconds(i64::try_from(TOMBSTONE).unwrap() - 1);
        sweep(&bare).await;
        assert_eq!(bare.get(inbox).await.state, InboxState::Expired);
        // A sweep that finds nothing to do writes nothing.
        assert_eq!(bare.number(&events("inbox.expired")).await, 1);

        bare.pass_seconds(1);
        sweep(&bare).await;
        assert!(bare.store.inbox(inbox).await.unwrap().is_none());
        assert!(matches!(bare.deliver(b"late", inbox).await, Err(Error::NoInbox(_))));
        assert_ne!(bare.inbox("one@store.test").await, inbox);
        assert_eq!(bare.get(stays).await.counts.messages, 1);
    }
}

both_stores! {
    async fn a_client_ref_is_free_when_its_inbox_has_expired(bare) {
        let named = |address: &str| {
            let mut new = bare.new_inbox(address);
            new.client_ref = Some(("name".to_owned(), vec![1]));
            new
        };
        let mut first = named("one@store.test");
        first.expires_at = Some(bare.now().plus_seconds(1));
        bare.store.create_inbox(first).await.unwrap();
        bare.pass_seconds(1);
        sweep(&bare).await;
        assert!(bare.store.create_inbox(named("two@store.test")).await.is_ok());
    }
}

both_stores! {
    async fn more_inboxes_than_one_look_finds_all_end(bare) {
        let mut parcels = Vec::new();
        for number in 0..510 {
            let mut new = bare.new_inbox("x@store.test");
            new.address = Address::new(format!("box-{number}"), "store.test").unwrap();
            new.expires_at = Some(bare.now().plus_seconds(1));
            parcels.push(bare.store.create_inbox(new));
        }
        for made in futures_util::future::join_all(parcels).await {
            made.unwrap();
        }
        bare.pass_seconds(1);
        sweep(&bare).await;
        sweep(&bare).await;
        assert_eq!(bare.number("SELECT count(*) FROM inbox WHERE state = 'expired'").await, 510);
        assert_eq!(bare.number("SELECT count(*) FROM event WHERE kind = 'inbox.expired'").await, 510);
    }
}

both_stores! {
    async fn an_inbox_that_was_given_more_time_meanwhile_lives_on(bare) {
        let mut new = bare.new_inbox("one@store.test");
        new.expires_at = Some(bare.now().plus_seconds(10));
        let inbox = bare.store.create_inbox(new).await.unwrap().id;
        bare.deliver(b"Subject: 1\r\n\r\n", inbox).await.unwrap();
        // A sweep has seen that it is due, and then comes the change.
        let later = InboxChange { expires_at: Some(Some(bare.now().plus_seconds(100))), ..InboxChange::default() };
        bare.store.update_inbox(inbox, later).await.unwrap();
        bare.pass_seconds(10);
        assert!(bare.store.expire_inbox(inbox).await.unwrap().is_none());
        assert_eq!((bare.get(inbox).await.state, bare.get(inbox).await.counts.messages), (InboxState::Active, 1));
    }
}
