//! What is queued at once is committed at once; a delivery that cannot be fails alone.

use futures_util::future::join_all;
use restante::model::inbox::{InboxState, Quota};
use restante::model::{InboxId, Timestamp};
use restante::store::{Error, InboxChange};

use crate::both_stores;
use crate::support::BareStore;

fn raw(number: usize) -> Vec<u8> {
    format!("Subject: {number}\r\n\r\nNumber {number}.\r\n").into_bytes()
}

async fn change(bare: &BareStore, inbox: InboxId, change: InboxChange) {
    bare.store.update_inbox(inbox, change).await.unwrap();
}

both_stores! {
    async fn a_bad_delivery_fails_alone_and_leaves_nothing(bare) {
        let inboxes = bare.inboxes(5).await;
        let [good, frozen, ended, full, shut] = inboxes[..] else { panic!("five") };
        let nowhere = InboxId::new(bare.now());
        change(&bare, frozen, InboxChange { state: Some(InboxState::Frozen), ..InboxChange::default() }).await;
        change(&bare, ended, InboxChange { expires_at: Some(Some(bare.now())), ..InboxChange::default() }).await;
        let quota = Quota { max_messages: Some(0), ..Quota::default() };
        change(&bare, full, InboxChange { quota: Some(quota), ..InboxChange::default() }).await;
        bare.store.shut_inbox(shut, None).await.unwrap();
        let before = bare.position().await;
        // Each bad inbox between two good deliveries, alone and together with the good inbox.
        let bad = [frozen, ended, full, shut, nowhere];
        let mut parcels = Vec::new();
        for inbox in bad {
            for to in [vec![good], vec![inbox], vec![good, inbox], vec![inbox, good]] {
                parcels.push((to.clone(), bare.parcel(&raw(parcels.len()), &to)));
            }
        }
        let (to, parcels): (Vec<_>, Vec<_>) = parcels.into_iter().unzip();
        let outcomes = join_all(parcels.into_iter().map(|parcel| bare.store.deliver(parcel))).await;
        for (to, outcome) in to.iter().zip(&outcomes) {
            let is_right = match to.iter().find(|inbox| **inbox != good) {
                None => outcome.is_ok(),
                Some(inbox) if *inbox == frozen => matches!(outcome, Err(Error::Frozen(told)) if *told == frozen),
                Some(inbox) if *inbox == full => matches!(outcome, Err(Error::OverQuota { limit: 0, unit: "messages", .. })),
                Some(inbox) if *inbox == nowhere => matches!(outcome, Err(Error::NoInbox(told)) if *told == nowhere),
                Some(inbox) => matches!(outcome, Err(Error::Expired(told)) if told == inbox),
            };
            assert!(is_right, "{outcome:?}");
        }
        assert_eq!((bare.get(good).await.last_seq.0, bare.get(good).await.counts.messages), (5, 5));
        assert_eq!(bare.number("SELECT count(*) FROM message").await, 5);
        assert_eq!(bare.number("SELECT count(*) FROM blob").await, 5);
        assert_eq!(bare.number("SELECT count(*) FROM receipt").await, 5);
        assert_eq!(bare.position().await, before + 5);
    }
}

both_stores! {
    async fn other_work_in_a_batch_fails_or_succeeds_beside_mail(bare) {
        let inbox = bare.inbox("one@store.test").await;
        let taken = bare.store.create_inbox(bare.new_inbox("one@store.test"));
        let fresh = bare.store.create_inbox(bare.new_inbox("two@store.test"));
        let (first, second) = (raw(1), raw(2));
        let (before, taken, fresh, after) =
            tokio::join!(bare.deliver(&first, inbox), taken, fresh, bare.deliver(&second, inbox));
        assert!(matches!(taken, Err(Error::Taken(_))), "{taken:?}");
        assert!(fresh.is_ok(), "{fresh:?}");
        assert_eq!((before.unwrap().seq.0, after.unwrap().seq.0), (1, 2));
    }
}

both_stores! {
    async fn batches_of_every_size_around_the_statements_edges_are_whole(bare) {
        let inboxes = bare.inboxes(3).await;
        let mut sent = 0;
        for size in [1, 2, 3, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 200] {
            let parcels = (0..size).map(|place| bare.parcel(&raw(sent + place), &[inboxes[place % 3]]));
            let parcels: Vec<_> = parcels.collect();
            let stored = join_all(parcels.into_iter().map(|parcel| bare.store.deliver(parcel))).await;
            assert!(stored.iter().all(Result::is_ok));
            sent += size;
        }
        let sent = i64::try_from(sent).unwrap();
        for table in ["message", "entry", "blob", "receipt"] {
            assert_eq!(bare.number(&format!("SELECT count(*) FROM {table}")).await, sent, "{table}");
        }
        let mut counted = 0;
        for inbox in inboxes {
            let inbox = bare.get(inbox).await;
            assert_eq!((inbox.counts.messages, inbox.counts.unseen), (inbox.last_seq.0.unsigned_abs(), inbox.last_seq.0.unsigned_abs()));
            counted += inbox.last_seq.0;
        }
        assert_eq!(counted, sent);
    }
}

both_stores! {
    async fn messages_to_many_inboxes_in_one_batch_keep_counts_and_numbers(bare) {
        // More inboxes than the largest statement has rows, in batches that overlap.
        let inboxes = bare.inboxes(70).await;
        let parcels = [&inboxes[..65], &inboxes[5..], &inboxes[..], &inboxes[33..34]];
        let parcels: Vec<_> = parcels.iter().enumerate().map(|(place, to)| bare.parcel(&raw(place), to)).collect();
        let stored = join_all(parcels.into_iter().map(|parcel| bare.store.deliver(parcel))).await;
        let stored: Vec<_> = stored.into_iter().map(|outcome| outcome.unwrap().len()).collect();
        assert_eq!(stored, [65, 65, 70, 1]);
        for (place, inbox) in inboxes.iter().enumerate() {
            let expected: i64 = if place == 33 { 4 } else if (5..65).contains(&place) { 3 } else { 2 };
            let inbox = bare.get(*inbox).await;
            assert_eq!((inbox.last_seq.0, inbox.counts.messages), (expected, expected.unsigned_abs()), "{place}");
        }
    }
}

both_stores! {
    async fn whoever_goes_away_while_the_commit_is_under_way_does_not_undo_it(bare) {
        let inbox = bare.inbox("one@store.test").await;
        let mut gone = Box::pin(bare.store.deliver(bare.parcel(&raw(1), &[inbox])));
        // Once is enough to be queued.
        assert!(futures_util::poll!(&mut gone).is_pending());
        drop(gone);
        assert_eq!(bare.deliver(&raw(2), inbox).await.unwrap().seq.0, 2);
        assert_eq!(bare.get(inbox).await.counts.messages, 2);
    }
}

both_stores! {
    async fn a_closed_store_takes_nothing_and_has_what_it_took(bare) {
        let inbox = bare.inbox("one@store.test").await;
        let parcels: Vec<_> = (0..20).map(|number| bare.parcel(&raw(number), &[inbox])).collect();
        let (outcomes, ()) = tokio::join!(
            join_all(parcels.into_iter().map(|parcel| bare.store.deliver(parcel))),
            bare.store.close()
        );
        let taken = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(_) | Err(Error::Closed))));
        assert!(matches!(bare.deliver(&raw(99), inbox).await, Err(Error::Closed)));
        let bare = bare.reopened().await;
        assert_eq!(bare.get(inbox).await.counts.messages, taken as u64);
        assert_eq!(taken, 20, "all were queued before the end");
    }
}

both_stores! {
    async fn an_inbox_takes_mail_to_the_microsecond_before_its_end(bare) {
        let end = bare.now().plus_seconds(1);
        let mut new = bare.new_inbox("one@store.test");
        new.expires_at = Some(end);
        let inbox = bare.store.create_inbox(new).await.unwrap().id;
        bare.place.clock.set(Timestamp::from_micros(end.micros() - 1));
        assert!(bare.deliver(&raw(1), inbox).await.is_ok());
        bare.place.clock.set(end);
        assert!(matches!(bare.deliver(&raw(2), inbox).await, Err(Error::Expired(_))));
    }
}
