//! The numbers of messages, changes and events are the order of commits.

use std::collections::{BTreeMap, BTreeSet};

use restante::model::{InboxId, MessageId};
use restante::store::{MessageQuery, Order, Scope};

use crate::both_stores;
use crate::support::BareStore;

/// Deliverers that are at work at once.
const DELIVERERS: usize = 32;
/// Messages that each of them delivers, one after the other.
const EACH: usize = 12;

async fn listed(bare: &BareStore, scope: Scope, order: Order) -> Vec<(i64, MessageId)> {
    let query = MessageQuery { order, ..MessageQuery::all(scope, 10_000) };
    let listed = bare.store.messages(&query).await.unwrap();
    listed.into_iter().map(|one| (one.number, one.found.message.id)).collect()
}

both_stores! {
    async fn seq_and_uid_ascend_without_holes_whoever_delivers_at_once(bare) {
        let inboxes = bare.inboxes(4).await;
        let deliverer = async |number: usize| {
            let mut before: BTreeMap<InboxId, i64> = BTreeMap::new();
            let mut done = Vec::new();
            for round in 0..EACH {
                // To one, two or all four of them, in an order that differs.
                let count = [1, 2, 4][round % 3];
                let to: Vec<InboxId> = (0..count).map(|place| inboxes[(number + place) % 4]).collect();
                let raw = format!("Subject: {number}/{round}\r\n\r\nx\r\n");
                for stored in bare.store.deliver(bare.parcel(raw.as_bytes(), &to)).await.unwrap() {
                    // What one deliverer was told later has a higher number.
                    assert!(before.insert(stored.inbox, stored.seq.0).is_none_or(|last| last < stored.seq.0));
                    done.push(stored);
                }
            }
            done
        };
        let done = futures_util::future::join_all((0..DELIVERERS).map(deliverer)).await;
        let mut numbers: BTreeMap<InboxId, BTreeSet<i64>> = BTreeMap::new();
        let mut positions = 0;
        for stored in done.iter().flatten() {
            assert_eq!(i64::from(stored.uid.get()), stored.seq.0);
            assert!(numbers.entry(stored.inbox).or_default().insert(stored.seq.0), "{stored:?} has a number twice");
            positions += 1;
        }
        for (inbox, numbers) in &numbers {
            let count = i64::try_from(numbers.len()).unwrap();
            assert_eq!(numbers.iter().copied().collect::<Vec<_>>(), (1..=count).collect::<Vec<_>>());
            let inbox_now = bare.get(*inbox).await;
            assert_eq!((inbox_now.last_seq.0, inbox_now.counts.messages), (count, count.unsigned_abs()));
        }
        // Each inbox that was made is an event, and so is each message.
        let position = bare.position().await;
        assert_eq!(position, positions + 4);
        assert_eq!(bare.number("SELECT count(*) FROM event").await, position);
        assert_eq!(bare.number("SELECT count(DISTINCT position) FROM event").await, position);
    }
}

both_stores! {
    async fn both_orders_of_a_list_are_each_others_reverse_in_inbox_and_project(bare) {
        let inboxes = bare.inboxes(2).await;
        for number in 0..20 {
            bare.deliver(format!("Subject: {number}\r\n\r\n").as_bytes(), inboxes[number % 2]).await.unwrap();
        }
        let project = bare.store.default_project();
        for scope in [Scope::Inbox(inboxes[0]), Scope::Inbox(inboxes[1]), Scope::Project(project)] {
            let oldest = listed(&bare, scope, Order::Oldest).await;
            let mut newest = listed(&bare, scope, Order::Newest).await;
            newest.reverse();
            assert_eq!(oldest, newest);
            assert!(oldest.is_sorted() && oldest.len() == if matches!(scope, Scope::Project(_)) { 20 } else { 10 });
        }
    }
}

both_stores! {
    async fn numbers_of_removed_messages_are_never_used_again(bare) {
        let inbox = bare.inbox("one@store.test").await;
        let first = bare.deliver(b"Subject: 1\r\n\r\n", inbox).await.unwrap();
        bare.store.delete_message(first.id, None).await.unwrap();
        let bare = bare.reopened().await;
        let second = bare.deliver(b"Subject: 2\r\n\r\n", inbox).await.unwrap();
        assert_eq!((second.seq.0, second.uid.get()), (2, 2));
    }
}

both_stores! {
    async fn a_mailbox_of_an_address_that_is_made_anew_has_a_higher_uid_validity(bare) {
        let mut last = 0;
        for _ in 0..3 {
            let inbox = bare.inbox("one@store.test").await;
            let validity = bare.number("SELECT uid_validity FROM mailbox").await;
            assert!(validity > last, "{validity} after {last}, with the clock standing still");
            last = validity;
            bare.store.shut_inbox(inbox, None).await.unwrap();
            bare.store.delete_inbox(inbox).await.unwrap();
        }
    }
}
