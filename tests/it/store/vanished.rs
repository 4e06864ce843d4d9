//! Numbers that are gone are remembered for a while, and not for ever.

use restante::model::Seq;
use restante::model::event::EventKind;

use crate::both_stores;

both_stores! {
    async fn the_newest_are_kept_and_what_was_forgotten_is_noted(bare) {
        let inbox = bare.inbox("one@store.test").await;
        let other = bare.inbox("two@store.test").await;
        for number in 0..6 {
            bare.deliver(format!("Subject: {number}\r\n\r\n").as_bytes(), inbox).await.unwrap();
            // Each leaves by itself, with a mod-sequence of its own.
            bare.store.remove_oldest(inbox, Seq(i64::MAX), EventKind::MessageDeleted).await.unwrap();
        }
        bare.deliver(b"Subject: x\r\n\r\n", other).await.unwrap();
        bare.store.remove_oldest(other, Seq(i64::MAX), EventKind::MessageDeleted).await.unwrap();
        assert_eq!(bare.store.prune_vanished(2).await.unwrap(), 4);
        assert_eq!(bare.store.prune_vanished(2).await.unwrap(), 0);
        assert_eq!(bare.number("SELECT count(*) FROM vanished").await, 3);
        assert_eq!(bare.number("SELECT min(uid) FROM vanished WHERE uid > 1").await, 5);
        // Everything that is still told came after what is not told any more.
        let kept = "SELECT min(v.mod_seq) FROM vanished v JOIN mailbox m ON m.id = v.mailbox_id WHERE m.forgotten_mod_seq > 0";
        let forgotten = bare.number("SELECT max(forgotten_mod_seq) FROM mailbox").await;
        assert!(forgotten > 0 && forgotten < bare.number(kept).await);
        assert_eq!(bare.number("SELECT min(forgotten_mod_seq) FROM mailbox").await, 0);
    }
}
