//! What is kept of calls, keys and the audit log, and for how long.

use restante::model::{EventId, Key, KeyId, Narrowing};
use restante::store::{AuditRecord, NamedCall, SecretDigest};

use crate::both_stores;

both_stores! {
    async fn the_newest_calls_are_kept_and_those_of_this_moment(bare) {
        let long_ago = bare.now().plus_seconds(-3_600);
        let owner = bare.store.default_project().uuid();
        for number in 0..9 {
            bare.pass_seconds(1);
            let call = NamedCall { owner, key: number.to_string(), fingerprint: vec![1] };
            bare.store.claim_call(call, long_ago, long_ago).await.unwrap();
        }
        assert_eq!(bare.store.prune_calls(long_ago, 9, bare.now()).await.unwrap(), 0);
        assert_eq!(bare.store.prune_calls(long_ago, 4, bare.now().plus_seconds(-7)).await.unwrap(), 2);
        assert_eq!(bare.store.prune_calls(long_ago, 4, bare.now()).await.unwrap(), 3);
        assert_eq!(bare.store.prune_calls(bare.now().plus_seconds(-3), 9, long_ago).await.unwrap(), 1);
        assert_eq!(bare.number("SELECT count(*) FROM idempotency").await, 3);
    }
}

both_stores! {
    async fn keys_leave_after_their_end(bare) {
        for (number, ends) in [(1, Some(10)), (2, Some(20)), (3, None)] {
            let key = Key {
                id: KeyId::new(bare.now()),
                project: bare.store.default_project(),
                name: "k".into(),
                scopes: "messages:r".parse().unwrap(),
                narrowed: Narrowing::default(),
                created_at: bare.now(),
                created_by: None,
                expires_at: ends.map(|seconds| bare.now().plus_seconds(seconds)),
                last_used_at: None,
            };
            let secret = SecretDigest { lookup: number.to_string(), digest: vec![number] };
            bare.store.create_key(key, secret).await.unwrap();
        }
        assert_eq!(bare.store.prune_keys(bare.now().plus_seconds(10)).await.unwrap(), 0);
        assert_eq!(bare.store.prune_keys(bare.now().plus_seconds(15)).await.unwrap(), 1);
        assert_eq!(bare.store.prune_keys(bare.now().plus_seconds(99)).await.unwrap(), 1);
        assert_eq!(bare.number("SELECT count(*) FROM api_key").await, 1);
        assert_eq!(bare.number("SELECT count(*) FROM api_key_secret").await, 1);
    }
}

both_stores! {
    async fn lines_of_the_audit_log_leave_by_age_and_by_number(bare) {
        let line = |seconds: i64| {
            let at = bare.now().plus_seconds(seconds);
            AuditRecord {
                // New ids of this process follow the latest clock of all tests, not this one.
                id: EventId::first_of(at),
                at,
                project: None,
                key: None,
                peer: "[::1]:9".into(),
                action: "key.created".into(),
                target: None,
                detail: None,
            }
        };
        bare.store.note_audit((0..10).map(line).collect()).await.unwrap();
        assert_eq!(bare.store.prune_audit(100, bare.now().plus_seconds(4)).await.unwrap(), 4);
        assert_eq!(bare.number("SELECT count(*) FROM audit").await, 6);
        assert_eq!(bare.store.prune_audit(5, bare.now()).await.unwrap(), 1);
    }
}
