//! Flags, keywords and tags: what IMAP STORE and the API's PATCH both change.

use restante::filter::Needles;
use restante::model::event::EventKind;
use restante::model::{Flags, Keyword, MessageId};
use restante::store::{BatchChange, Error, MessageChange, MessageQuery, Scope, StoredMessage};

use crate::both_stores;
use crate::support::BareStore;

async fn change(bare: &BareStore, id: MessageId, change: MessageChange) -> StoredMessage {
    bare.store.update_message(id, change).await.unwrap().expect("the message")
}

fn keywords(texts: &[&str]) -> Option<Vec<Keyword>> {
    Some(texts.iter().map(|text| Keyword::new(text).unwrap()).collect())
}

both_stores! {
    async fn flags_count_the_unseen_and_raise_the_mod_sequence(bare) {
        let inbox = bare.inbox("one@store.test").await;
        let stored = bare.deliver(b"Subject: 1\r\n\r\n", inbox).await.unwrap();
        let arrived = bare.store.message(stored.id).await.unwrap().unwrap();
        assert_eq!((arrived.message.flags, bare.get(inbox).await.counts.unseen), (Flags::NONE, 1));
        let add = |add| MessageChange { add, ..MessageChange::default() };
        let seen = change(&bare, stored.id, add(Flags::SEEN.with(Flags::FLAGGED))).await;
        assert_eq!(seen.message.flags, Flags::SEEN.with(Flags::FLAGGED));
        assert!(seen.mod_seq > arrived.mod_seq);
        assert_eq!(bare.get(inbox).await.counts.unseen, 0);
        // Once more is no second look.
        let again = change(&bare, stored.id, add(Flags::SEEN)).await;
        assert_eq!(bare.get(inbox).await.counts.unseen, 0);
        let remove = MessageChange { remove: Flags::SEEN, ..MessageChange::default() };
        let unseen = change(&bare, stored.id, remove).await;
        assert!(unseen.mod_seq > again.mod_seq);
        assert_eq!((unseen.message.flags, bare.get(inbox).await.counts.unseen), (Flags::FLAGGED, 1));
        // What happens to one message does not touch the number of another.
        let other = bare.deliver(b"Subject: 2\r\n\r\n", inbox).await.unwrap();
        let other = bare.store.message(other.id).await.unwrap().unwrap();
        assert!(other.mod_seq > unseen.mod_seq);
        assert_eq!(bare.store.message(stored.id).await.unwrap().unwrap().mod_seq, unseen.mod_seq);
    }
}

both_stores! {
    async fn a_change_for_another_version_is_refused_and_changes_nothing(bare) {
        let inbox = bare.inbox("one@store.test").await;
        let stored = bare.deliver(b"Subject: 1\r\n\r\n", inbox).await.unwrap();
        let seen = bare.store.message(stored.id).await.unwrap().unwrap().version();
        let first = change(&bare, stored.id, MessageChange { add: Flags::ANSWERED, ..MessageChange::default() }).await;
        let stale = MessageChange { add: Flags::SEEN, if_version: Some(seen), ..MessageChange::default() };
        assert!(matches!(bare.store.update_message(stored.id, stale.clone()).await, Err(Error::Changed)));
        assert_eq!(bare.store.message(stored.id).await.unwrap().unwrap().mod_seq, first.mod_seq);
        let here = BatchChange::Folder("INBOX".into());
        assert!(matches!(bare.store.change_message(inbox, stored.id, here, Some(seen)).await, Err(Error::Changed)));
        assert!(matches!(bare.store.delete_message(stored.id, Some(seen)).await, Err(Error::Changed)));
        assert!(matches!(bare.store.shut_inbox(inbox, Some(99)).await, Err(Error::Changed)));
        let fresh = MessageChange { if_version: Some(first.version()), ..stale };
        assert!(change(&bare, stored.id, fresh).await.message.flags.contains(Flags::SEEN));
        let nobody = bare.store.update_message(MessageId::new(bare.now()), MessageChange::default()).await;
        assert!(nobody.unwrap().is_none());
    }
}

both_stores! {
    async fn keywords_are_kept_as_first_written_and_compared_without_case(bare) {
        let inbox = bare.inbox("one@store.test").await;
        let one = bare.deliver(b"Subject: 1\r\n\r\n", inbox).await.unwrap().id;
        let two = bare.deliver(b"Subject: 2\r\n\r\n", inbox).await.unwrap().id;
        let set = |texts: &[&str]| MessageChange { keywords: keywords(texts), ..MessageChange::default() };
        change(&bare, one, set(&["$Forwarded", "Work"])).await;
        let second = change(&bare, two, set(&["WORK", "late"])).await;
        assert_eq!(second.message.keywords, ["Work", "late"]);
        assert_eq!(change(&bare, one, set(&["late"])).await.message.keywords, ["late"]);
        assert_eq!(change(&bare, one, set(&[])).await.message.keywords, [""; 0]);
        assert_eq!(bare.number("SELECT count(*) FROM keyword").await, 3);
        // Flags alone leave them.
        change(&bare, two, MessageChange { add: Flags::SEEN, ..MessageChange::default() }).await;
        assert_eq!(bare.store.message(two).await.unwrap().unwrap().message.keywords, ["Work", "late"]);
    }
}

both_stores! {
    async fn tags_and_flags_narrow_a_list(bare) {
        let inbox = bare.inbox("one@store.test").await;
        for number in 0..6 {
            let id = bare.deliver(format!("Subject: No {number}\r\n\r\n").as_bytes(), inbox).await.unwrap().id;
            let tags = if number % 2 == 0 { vec!["even".to_owned(), "x y".to_owned()] } else { vec!["odd".to_owned()] };
            let add = if number < 2 { Flags::SEEN } else { Flags::NONE };
            change(&bare, id, MessageChange { add, tags: Some(tags), ..MessageChange::default() }).await;
        }
        let all = MessageQuery::all(Scope::Inbox(inbox), 100);
        let finding = |needles: Needles| MessageQuery { needles, ..all.clone() };
        let seqs = async |query: MessageQuery| {
            bare.store.messages(&query).await.unwrap().iter().map(|one| one.number).collect::<Vec<_>>()
        };
        assert_eq!(seqs(finding(Needles { tag: Some("even".into()), ..Needles::default() })).await, [1, 3, 5]);
        assert_eq!(seqs(finding(Needles { tag: Some("eve".into()), ..Needles::default() })).await, [0; 0]);
        assert_eq!(seqs(finding(Needles { set: Flags::SEEN, ..Needles::default() })).await, [1, 2]);
        assert_eq!(seqs(finding(Needles { unset: Flags::SEEN, tag: Some("odd".into()), ..Needles::default() })).await, [4, 6]);
        assert_eq!(seqs(finding(Needles { subject: Some("no 3".into()), ..Needles::default() })).await, [4]);
        assert_eq!(seqs(MessageQuery { above: 4, ..finding(Needles { folder: Some("INBOX".into()), ..Needles::default() }) }).await, [5, 6]);
        assert_eq!(seqs(finding(Needles { folder: Some("Sent".into()), ..Needles::default() })).await, [0; 0]);
    }
}

both_stores! {
    async fn each_change_is_one_event(bare) {
        let inbox = bare.inbox("one@store.test").await;
        let id = bare.deliver(b"Subject: 1\r\n\r\n", inbox).await.unwrap().id;
        for _ in 0..3 {
            change(&bare, id, MessageChange { add: Flags::SEEN, ..MessageChange::default() }).await;
        }
        let updated = EventKind::MessageUpdated.as_str();
        assert_eq!(bare.number(&format!("SELECT count(*) FROM event WHERE kind = '{updated}'")).await, 3);
        assert_eq!(bare.position().await, 5);
    }
}
