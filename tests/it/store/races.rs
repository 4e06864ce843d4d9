//! Calls that meet: what one has read, another may change before it is written.

use restante::model::{Flags, InboxId, Key, KeyId, Narrowing};
use restante::store::{BatchChange, Location, MessageChange, SecretDigest};

use crate::both_stores;
use crate::support::BareStore;

/// How often two calls are let meet, so that they meet in every order.
const ROUNDS: usize = 40;

/// Whether the counts of an inbox are what its rows say.
async fn is_counted(bare: &BareStore, inbox: InboxId) -> bool {
    let counts = bare.get(inbox).await.counts;
    let uuid = inbox.uuid().simple().to_string();
    let here = match bare.place.location {
        Location::Folder(_) => format!("x'{uuid}'"),
        Location::Postgres(_) => format!("'{uuid}'"),
    };
    let rows = format!(
        "SELECT count(*) FROM message m JOIN entry e ON e.mailbox_id = m.mailbox_id AND e.uid = m.uid \
         WHERE m.inbox_id = {here}"
    );
    let seen = i64::from(Flags::SEEN.bits());
    let unseen = format!("{rows} AND e.flags & {seen} = 0");
    i64::try_from(counts.messages).unwrap() == bare.number(&rows).await
        && i64::try_from(counts.unseen).unwrap() == bare.number(&unseen).await
}

both_stores! {
    async fn a_change_and_a_move_to_another_inbox_keep_the_counts(bare) {
        let (one, two) = (bare.inbox("one@store.test").await, bare.inbox("two@store.test").await);
        for round in 0..ROUNDS {
            let id = bare.deliver(b"Subject: 1\r\n\r\n", one).await.unwrap().id;
            let away = BatchChange::Inbox { to: two, folder: "INBOX".into() };
            let seen = MessageChange { add: Flags::SEEN, ..MessageChange::default() };
            let (changed, _) = tokio::join!(bare.store.update_message(id, seen), async {
                for _ in 0..round % 8 {
                    tokio::task::yield_now().await;
                }
                bare.store.change_messages(one, vec![id], away).await.unwrap()
            });
            // Who is told of a change has it made.
            let now = bare.store.message(id).await.unwrap().unwrap().message;
            assert_eq!((now.inbox, now.flags.contains(Flags::SEEN)), (two, changed.unwrap().is_some()));
            assert!(is_counted(&bare, one).await && is_counted(&bare, two).await, "round {round}");
        }
    }
}

both_stores! {
    async fn a_removal_and_a_move_to_another_inbox_keep_the_counts(bare) {
        let (one, two) = (bare.inbox("one@store.test").await, bare.inbox("two@store.test").await);
        for round in 0..ROUNDS {
            let id = bare.deliver(b"Subject: 1\r\n\r\n", one).await.unwrap().id;
            let away = BatchChange::Inbox { to: two, folder: "INBOX".into() };
            let (removed, _) = tokio::join!(bare.store.delete_message(id, None), async {
                for _ in 0..round % 8 {
                    tokio::task::yield_now().await;
                }
                bare.store.change_messages(one, vec![id], away).await.unwrap()
            });
            assert_eq!(bare.store.message(id).await.unwrap().is_none(), removed.unwrap().is_some());
            assert!(is_counted(&bare, one).await && is_counted(&bare, two).await, "round {round}");
        }
    }
}

both_stores! {
    async fn one_message_that_left_its_inbox_is_not_moved_again(bare) {
        let (one, two) = (bare.inbox("one@store.test").await, bare.inbox("two@store.test").await);
        let id = bare.deliver(b"Subject: 1\r\n\r\n", one).await.unwrap().id;
        let away = BatchChange::Inbox { to: two, folder: "INBOX".into() };
        assert_eq!(bare.store.change_message(one, id, away.clone(), None).await.unwrap(), Some(true));
        assert_eq!(bare.store.change_message(one, id, away, None).await.unwrap(), None);
        let here = BatchChange::Folder("INBOX".into());
        assert_eq!(bare.store.change_message(two, id, here, None).await.unwrap(), Some(false));
    }
}

both_stores! {
    async fn of_two_rotations_at_once_one_secret_goes_on(bare) {
        // With PostgreSQL two nodes rotate it.
        let other = match bare.place.location {
            Location::Folder(_) => bare.store.clone(),
            Location::Postgres(_) => bare.place.open().await.unwrap(),
        };
        let secret = |letters: String| SecretDigest { digest: letters.clone().into_bytes(), lookup: letters };
        let key = Key {
            id: KeyId::new(bare.now()),
            project: bare.store.default_project(),
            name: "k".into(),
            scopes: "messages:r".parse().unwrap(),
            narrowed: Narrowing::default(),
            created_at: bare.now(),
            created_by: None,
            expires_at: None,
            last_used_at: None,
        };
        bare.store.create_key(key.clone(), secret("first".into())).await.unwrap();
        let end = bare.now().plus_seconds(60);
        for round in 0..ROUNDS {
            let (one, two) = tokio::join!(
                bare.store.rotate_key(key.id, secret(format!("one-{round}")), end),
                other.rotate_key(key.id, secret(format!("two-{round}")), end)
            );
            assert!(one.unwrap() && two.unwrap());
            assert_eq!(bare.number("SELECT count(*) FROM api_key_secret WHERE valid_until IS NULL").await, 1, "round {round}");
        }
        assert!(!other.rotate_key(KeyId::new(bare.now()), secret("nobody".into()), end).await.unwrap());
        other.close().await;
    }
}
