//! Octets are kept once for each digest and come back exactly.

use restante::model::MessageId;

use crate::both_stores;
use crate::support::BareStore;

/// Octets that no compressor makes shorter, the same ones for the same seed.
fn noise(count: usize, mut seed: u64) -> Vec<u8> {
    let mut octets = Vec::with_capacity(count + 8);
    while octets.len() < count {
        // xorshift64
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        octets.extend(seed.to_le_bytes());
    }
    octets.truncate(count);
    octets
}

async fn raw(bare: &BareStore, id: MessageId) -> Option<Vec<u8>> {
    let message = bare.store.message(id).await.unwrap()?;
    bare.store.raw(&message).await.unwrap()
}

both_stores! {
    async fn exact_octets_come_back_whatever_they_are(bare) {
        let inbox = bare.inbox("one@store.test").await;
        let every_value: Vec<u8> = (0..=255).collect();
        let cases: [(&str, Vec<u8>); 8] = [
            ("nothing", Vec::new()),
            ("one octet", vec![0]),
            ("every value", every_value.clone()),
            ("every value, often", every_value.repeat(40)),
            ("just below and", vec![b'x'; 511]),
            ("just at what is compressed", vec![b'x'; 512]),
            ("highly compressible", vec![b'\n'; 5 << 20]),
            ("random", noise(5 << 20, 7)),
        ];
        for (name, octets) in cases {
            let stored = bare.deliver(&octets, inbox).await.unwrap();
            let message = bare.store.message(stored.id).await.unwrap().unwrap().message;
            assert_eq!(message.size, octets.len() as u64, "{name}");
            assert!(raw(&bare, stored.id).await.unwrap() == octets, "{name}: other octets came back");
        }
        assert!(bare.number("SELECT max(length(bytes)) FROM blob WHERE codec = 1").await < 10_000);
    }
}

both_stores! {
    async fn a_message_to_300_inboxes_stores_its_octets_once_and_all_have_it(bare) {
        let inboxes = bare.inboxes(300).await;
        let octets = noise(200_000, 1);
        let stored = bare.store.deliver(bare.parcel(&octets, &inboxes)).await.unwrap();
        assert_eq!(stored.iter().map(|one| one.inbox).collect::<Vec<_>>(), inboxes);
        assert_eq!(bare.number("SELECT count(*) FROM blob").await, 1);
        assert_eq!(bare.number("SELECT refs FROM blob").await, 300);
        assert_eq!(bare.number("SELECT count(*) FROM receipt").await, 1);
        assert_eq!(bare.number("SELECT length(bytes) FROM blob").await, 200_000);
        for one in stored.iter().step_by(37) {
            assert!(raw(&bare, one.id).await.unwrap() == octets);
        }
        for inbox in inboxes {
            assert_eq!(bare.get(inbox).await.counts.messages, 1);
        }
    }
}

both_stores! {
    async fn the_same_octets_are_kept_until_the_last_message_that_has_them_is_gone(bare) {
        let inboxes = bare.inboxes(2).await;
        let octets = b"Subject: twice\r\n\r\nthe same\r\n";
        // In one batch, and once more in another.
        let parcels = [inboxes[0], inboxes[1]].map(|inbox| bare.deliver(octets, inbox));
        let mut stored: Vec<_> =
            futures_util::future::join_all(parcels).await.into_iter().map(Result::unwrap).collect();
        stored.push(bare.deliver(octets, inboxes[0]).await.unwrap());
        assert_eq!(bare.number("SELECT refs FROM blob").await, 3);
        for (place, one) in stored.iter().enumerate() {
            assert_eq!(raw(&bare, one.id).await.unwrap(), octets);
            assert!(bare.store.delete_message(one.id, None).await.unwrap().is_some());
            assert!(raw(&bare, one.id).await.is_none());
            assert_eq!(bare.number("SELECT count(*) FROM blob").await, i64::from(place < 2));
        }
        assert_eq!(bare.number("SELECT count(*) FROM receipt").await, 0);
    }
}

both_stores! {
    async fn octets_and_receipt_of_a_message_survive_a_restart(bare) {
        let inbox = bare.inbox("one@store.test").await;
        let octets = noise(70_000, 3);
        let stored = bare.deliver(&octets, inbox).await.unwrap();
        let bare = bare.reopened().await;
        let message = bare.store.message(stored.id).await.unwrap().unwrap();
        assert!(bare.store.raw(&message).await.unwrap().unwrap() == octets);
        assert!(bare.store.receipt(message.message.receipt).await.unwrap().is_some());
    }
}
