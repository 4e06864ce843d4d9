//! The bus under one task and under many.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use super::{Bus, Closed};
use crate::model::{InboxId, ProjectId, Timestamp};

const LONG: Duration = Duration::from_secs(20);

fn inbox() -> InboxId {
    InboxId::new(Timestamp::from_micros(1_700_000_000_000_000))
}

fn project() -> ProjectId {
    ProjectId::new(Timestamp::from_micros(1_700_000_000_000_000))
}

#[tokio::test]
async fn a_hint_between_subscribe_and_changed_is_not_lost() {
    let bus = Bus::new();
    let id = inbox();
    let mut hints = bus.subscribe_inbox(id);
    bus.hint_inbox(id);
    bus.hint_inbox(id);
    assert_eq!(hints.changed().now_or_never(), Some(Ok(())));
    assert_eq!(hints.changed().now_or_never(), None, "two hints are told as one");
}

#[tokio::test]
async fn a_hint_before_the_subscription_is_not_told() {
    let bus = Bus::new();
    let id = inbox();
    let mut first = bus.subscribe_inbox(id);
    bus.hint_inbox(id);
    let mut second = bus.subscribe_inbox(id);
    assert_eq!(second.changed().now_or_never(), None);
    assert_eq!(first.changed().now_or_never(), Some(Ok(())));
}

#[tokio::test]
async fn a_dropped_changed_takes_no_hint_with_it() {
    let bus = Bus::new();
    let id = inbox();
    let mut hints = bus.subscribe_inbox(id);
    assert_eq!(hints.changed().now_or_never(), None);
    bus.hint_inbox(id);
    drop(hints.changed());
    assert_eq!(hints.changed().now_or_never(), Some(Ok(())));
}

#[tokio::test]
async fn hints_reach_their_own_topic_only() {
    let bus = Bus::new();
    let uuid = inbox().uuid();
    let mut of_inbox = bus.subscribe_inbox(InboxId::from_uuid(uuid));
    let mut of_project = bus.subscribe_project(ProjectId::from_uuid(uuid));
    let mut of_other = bus.subscribe_inbox(inbox());
    bus.hint_inbox(InboxId::from_uuid(uuid));
    assert_eq!(of_inbox.changed().now_or_never(), Some(Ok(())));
    assert_eq!(of_project.changed().now_or_never(), None);
    assert_eq!(of_other.changed().now_or_never(), None);
    bus.hint_project(ProjectId::from_uuid(uuid));
    assert_eq!(of_inbox.changed().now_or_never(), None);
    assert_eq!(of_project.changed().now_or_never(), Some(Ok(())));
}

#[tokio::test]
async fn hint_all_reaches_everyone() {
    let bus = Bus::new();
    let mut all: Vec<_> = (0..500).map(|_| bus.subscribe_inbox(inbox())).collect();
    all.push(bus.subscribe_project(project()));
    bus.hint_all();
    for hints in &mut all {
        assert_eq!(timeout(LONG, hints.changed()).await, Ok(Ok(())));
    }
}

#[tokio::test]
async fn hints_without_subscribers_leave_nothing_behind() {
    let bus = Bus::new();
    for bits in 0..1_000_000 {
        bus.hint_inbox(InboxId::from_uuid(uuid::Uuid::from_u128(bits)));
    }
    assert_eq!(bus.topics(), 0);
}

#[tokio::test]
async fn the_entry_goes_with_its_last_subscriber() {
    let bus = Bus::new();
    let id = inbox();
    let (first, second) = (bus.subscribe_inbox(id), bus.subscribe_inbox(id));
    assert_eq!(bus.topics(), 1);
    drop(first);
    assert_eq!(bus.topics(), 1);
    drop(second);
    assert_eq!(bus.topics(), 0);
}

#[tokio::test]
async fn closing_ends_old_and_new_subscriptions_after_the_hints_before_it() {
    let bus = Bus::new();
    let id = inbox();
    let mut waiting = bus.subscribe_inbox(inbox());
    let mut hinted = bus.subscribe_inbox(id);
    bus.hint_inbox(id);
    bus.close();
    assert_eq!(hinted.changed().await, Ok(()));
    assert_eq!(hinted.changed().await, Err(Closed));
    assert_eq!(waiting.changed().await, Err(Closed));
    assert_eq!(bus.subscribe_project(project()).changed().await, Err(Closed));
    drop((waiting, hinted));
    assert_eq!(bus.topics(), 0);
}

/// Each inbox has a counter that only grows; a waiter that sleeps past its growth would never end.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_tasks_miss_nothing_and_leave_nothing() {
    const INBOXES: usize = 20;
    const WAITERS: u64 = 40;
    const HINTS: u64 = 500;
    let bus = Bus::new();
    let counters: Vec<_> = (0..INBOXES).map(|_| (inbox(), Arc::new(AtomicU64::new(0)))).collect();
    let tracker = TaskTracker::new();
    for (id, counter) in &counters {
        for waiter in 0..WAITERS {
            let (bus, id, counter) = (bus.clone(), *id, Arc::clone(counter));
            tracker.spawn(async move {
                for wanted in 1..=HINTS {
                    if wanted % 7 == waiter % 7 {
                        drop(bus.subscribe_inbox(id)); // Others come and go meanwhile.
                    }
                    let mut hints = bus.subscribe_inbox(id);
                    while counter.load(Ordering::SeqCst) < wanted {
                        hints.changed().await.unwrap();
                    }
                }
            });
        }
        let (bus, id, counter) = (bus.clone(), *id, Arc::clone(counter));
        tracker.spawn(async move {
            for _ in 0..HINTS {
                counter.fetch_add(1, Ordering::SeqCst);
                bus.hint_inbox(id);
                tokio::task::yield_now().await;
            }
        });
    }
    tracker.close();
    timeout(LONG, tracker.wait()).await.expect("a hint was lost");
    assert_eq!(bus.topics(), 0);
}

/// 10,000 hints over 1,000 subscribers: what one busy second asks for. Generous, so that only a wrong order of
/// growth fails it.
#[tokio::test]
async fn a_busy_second_is_cheap() {
    let bus = Bus::new();
    let ids: Vec<_> = (0..1_000).map(|_| inbox()).collect();
    let subscribed: Vec<_> = ids.iter().map(|id| bus.subscribe_inbox(*id)).collect();
    let start = std::time::Instant::now();
    for _ in 0..10 {
        for id in &ids {
            bus.hint_inbox(*id);
        }
    }
    assert!(start.elapsed() < Duration::from_millis(200), "took {:?}", start.elapsed());
    drop(subscribed);
}
