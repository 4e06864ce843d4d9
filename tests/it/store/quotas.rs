//! No quota by default; where one is set it holds, and the counts are right.

use futures_util::future::join_all;
use restante::model::InboxId;
use restante::model::inbox::{Counts, OnFull, Quota};
use restante::store::{Error, InboxChange, MessageQuery, Scope};

use crate::both_stores;
use crate::support::BareStore;

/// A message of exactly `size` octets that differs from those of another number.
fn sized(number: usize, size: usize) -> Vec<u8> {
    let mut raw = format!("Subject: {number}\r\n\r\n").into_bytes();
    assert!(raw.len() <= size);
    raw.resize(size, b'x');
    raw
}

async fn inbox(bare: &BareStore, quota: Quota) -> InboxId {
    let mut new = bare.new_inbox("one@store.test");
    new.quota = quota;
    bare.store.create_inbox(new).await.unwrap().id
}

async fn seqs(bare: &BareStore, inbox: InboxId) -> Vec<i64> {
    let listed = bare.store.messages(&MessageQuery::all(Scope::Inbox(inbox), 1_000)).await.unwrap();
    listed.iter().map(|one| one.number).collect()
}

const REJECT: Quota = Quota { max_messages: None, max_bytes: None, on_full: OnFull::Reject };
const EVICT: Quota = Quota { max_messages: None, max_bytes: None, on_full: OnFull::EvictOldest };

both_stores! {
    async fn messages_above_the_number_are_refused_until_there_is_room(bare) {
        let inbox = inbox(&bare, Quota { max_messages: Some(3), ..REJECT }).await;
        // All at once, so that the batch itself has to count.
        let outcomes = join_all((0..5).map(async |number| bare.deliver(&sized(number, 100), inbox).await)).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 3);
        let refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
        assert!(refused.into_iter().all(|error| matches!(error, Error::OverQuota { limit: 3, unit: "messages", .. })));
        assert_eq!(bare.get(inbox).await.counts, Counts { messages: 3, unseen: 3, bytes: 300 });
        let first = outcomes[0].as_ref().unwrap().id;
        bare.store.delete_message(first, None).await.unwrap();
        assert_eq!(bare.deliver(&sized(9, 100), inbox).await.unwrap().seq.0, 4);
    }
}

both_stores! {
    async fn octets_above_the_number_are_refused_and_a_smaller_message_still_fits(bare) {
        let inbox = inbox(&bare, Quota { max_bytes: Some(250), ..REJECT }).await;
        assert!(bare.deliver(&sized(1, 200), inbox).await.is_ok());
        let refused = bare.deliver(&sized(2, 51), inbox).await;
        assert!(matches!(refused, Err(Error::OverQuota { limit: 250, unit: "bytes", .. })), "{refused:?}");
        assert!(bare.deliver(&sized(3, 50), inbox).await.is_ok());
        assert_eq!(bare.get(inbox).await.counts, Counts { messages: 2, unseen: 2, bytes: 250 });
    }
}

both_stores! {
    async fn the_oldest_give_way_to_the_newest(bare) {
        let inbox = inbox(&bare, Quota { max_messages: Some(3), ..EVICT }).await;
        for number in 1..=7 {
            assert_eq!(bare.deliver(&sized(number, 100), inbox).await.unwrap().seq.0, i64::try_from(number).unwrap());
        }
        assert_eq!(seqs(&bare, inbox).await, [5, 6, 7]);
        assert_eq!(bare.get(inbox).await.counts, Counts { messages: 3, unseen: 3, bytes: 300 });
        assert_eq!(bare.number("SELECT count(*) FROM event WHERE kind = 'message.expired'").await, 4);
        assert_eq!(bare.number("SELECT count(*) FROM blob").await, 3);
    }
}

both_stores! {
    async fn as_many_old_ones_give_way_as_the_octets_need_and_no_more(bare) {
        let inbox = inbox(&bare, Quota { max_bytes: Some(1_000), ..EVICT }).await;
        for number in 1..=10 {
            bare.deliver(&sized(number, 100), inbox).await.unwrap();
        }
        bare.deliver(&sized(11, 350), inbox).await.unwrap();
        assert_eq!(seqs(&bare, inbox).await, [5, 6, 7, 8, 9, 10, 11]);
        assert_eq!(bare.get(inbox).await.counts.bytes, 950);
        // What can never fit removes nothing.
        let refused = bare.deliver(&sized(12, 1_001), inbox).await;
        assert!(matches!(refused, Err(Error::OverQuota { limit: 1_000, unit: "bytes", .. })), "{refused:?}");
        assert_eq!(bare.get(inbox).await.counts.messages, 7);
    }
}

both_stores! {
    async fn a_quota_of_nothing_takes_nothing_even_where_it_would_evict(bare) {
        let inbox = inbox(&bare, Quota { max_messages: Some(0), ..EVICT }).await;
        assert!(matches!(bare.deliver(&sized(1, 100), inbox).await, Err(Error::OverQuota { .. })));
        assert_eq!(bare.get(inbox).await.counts, Counts::default());
    }
}

both_stores! {
    async fn a_quota_set_below_what_is_there_removes_nothing_by_itself(bare) {
        let inbox = inbox(&bare, REJECT).await;
        for number in 1..=5 {
            bare.deliver(&sized(number, 100), inbox).await.unwrap();
        }
        let quota = Quota { max_messages: Some(2), ..EVICT };
        bare.store.update_inbox(inbox, InboxChange { quota: Some(quota), ..InboxChange::default() }).await.unwrap();
        assert_eq!(bare.get(inbox).await.counts.messages, 5);
        bare.deliver(&sized(6, 100), inbox).await.unwrap();
        assert_eq!(seqs(&bare, inbox).await, [5, 6]);
    }
}

both_stores! {
    async fn one_full_inbox_of_several_keeps_a_message_from_all_and_others_in_the_batch_from_none(bare) {
        let full = inbox(&bare, Quota { max_messages: Some(0), ..REJECT }).await;
        let open = bare.inbox("two@store.test").await;
        let (both, one) = (bare.parcel(&sized(1, 100), &[open, full]), bare.parcel(&sized(2, 100), &[open]));
        let (both, one) = tokio::join!(bare.store.deliver(both), bare.store.deliver(one));
        assert!(matches!(both, Err(Error::OverQuota { inbox, .. }) if inbox == full), "{both:?}");
        assert_eq!(one.unwrap()[0].seq.0, 1);
        assert_eq!(bare.get(open).await.counts.bytes, 100);
    }
}

both_stores! {
    async fn room_is_made_however_many_must_go(bare) {
        let inbox = inbox(&bare, Quota { max_bytes: Some(60_000), ..EVICT }).await;
        for hundred in 0..6 {
            let batch = (0..100).map(async |number| bare.deliver(&sized(hundred * 100 + number, 100), inbox).await);
            assert!(join_all(batch).await.iter().all(Result::is_ok));
        }
        // More than one transaction of a clean-up removes at once.
        bare.deliver(&sized(1_000, 59_000), inbox).await.unwrap();
        assert_eq!(bare.get(inbox).await.counts, Counts { messages: 11, unseen: 11, bytes: 60_000 });
    }
}

both_stores! {
    async fn nothing_gives_way_for_a_message_that_another_inbox_refuses(bare) {
        let gives_way = inbox(&bare, Quota { max_messages: Some(1), ..EVICT }).await;
        let kept = bare.deliver(&sized(1, 100), gives_way).await.unwrap().seq.0;
        let mut full = bare.new_inbox("full@store.test");
        full.quota = Quota { max_messages: Some(0), ..REJECT };
        let full = bare.store.create_inbox(full).await.unwrap().id;
        let refused = bare.store.deliver(bare.parcel(&sized(2, 100), &[gives_way, full]));
        // In one batch with another that succeeds, so that the batch is committed.
        let other = bare.inbox("other@store.test").await;
        let third = sized(3, 100);
        let (refused, taken) = tokio::join!(refused, bare.deliver(&third, other));
        assert!(matches!(refused, Err(Error::OverQuota { .. })) && taken.is_ok());
        assert_eq!(seqs(&bare, gives_way).await, [kept]);
    }
}
