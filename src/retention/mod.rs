//! Expiry: what has an end is removed when it comes, in small pieces, and every removal is an event.

mod projects;

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::events::Bus;
use crate::model::event::EventKind;
use crate::model::{InboxId, Seq};
use crate::store::{Error, Store};

/// How often it looks.
const INTERVAL: Duration = Duration::from_secs(1);
/// Every how many rounds it looks for what has become old.
const PRUNE_EVERY: u32 = 60;
/// How long events are kept, in seconds: seven days.
const KEEP_EVENTS_S: i64 = 7 * 24 * 3600;
/// How long the answers of calls with an `Idempotency-Key` are kept, in seconds: a day.
const KEEP_CALLS_S: i64 = 24 * 3600;
/// How many of them are kept: with answers of 512 KiB each that is 5 GiB, and most have less than 2 KiB.
const KEEP_CALLS: i64 = 10_000;
/// How long a call is never forgotten, in seconds, however many come: time enough to send it again.
const CALL_S: i64 = 600;
/// Every how many rounds vanished numbers are counted, which reads all of them.
const VANISHED_EVERY: u32 = 3600;
/// How many of a mailbox's vanished numbers are kept.
const KEEP_VANISHED: i64 = 10_000;
/// How long the log of waits is kept, in seconds: a day.
const KEEP_WAITS_S: i64 = 24 * 3600;
/// How long the audit log is kept, in seconds: 90 days.
const KEEP_AUDIT_S: i64 = 90 * 24 * 3600;
/// How long a key that has ended is still shown, in seconds: 30 days. The audit log keeps its name longer.
const KEEP_KEYS_S: i64 = 30 * 24 * 3600;
/// Lines of the audit log that are kept.
const KEEP_AUDIT: i64 = 100_000;

/// Removes what has had its time.
#[derive(Clone, Debug)]
pub struct Retention {
    store: Store,
    bus: Bus,
    tombstone_s: i64,
}

impl Retention {
    /// Over `store`; an expired inbox's address answers "expired" for `tombstone_s` seconds.
    #[must_use]
    pub fn new(store: Store, bus: Bus, tombstone_s: u64) -> Self {
        Self { store, bus, tombstone_s: i64::try_from(tombstone_s).unwrap_or(i64::MAX) }
    }

    /// Looks once a second until `shutdown`.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut rounds: u32 = 0;
        let mut settled = projects::Settled::default();
        while shutdown.run_until_cancelled(tokio::time::sleep(INTERVAL)).await.is_some() {
            // Half a removal is no harm: the next round goes on where this one stops.
            let round = async {
                self.sweep().await?;
                self.prune_projects(&mut settled).await?;
                if rounds.is_multiple_of(PRUNE_EVERY) {
                    self.prune().await?;
                }
                if rounds.is_multiple_of(VANISHED_EVERY) { self.prune_vanished().await } else { Ok(()) }
            };
            if let Some(Err(error)) = shutdown.run_until_cancelled(round).await {
                tracing::warn!(error = %error, "what has had its time could not be removed; it is tried again");
            }
            rounds = rounds.wrapping_add(1);
        }
    }

    /// Ends the inboxes whose time came, and removes the tombstones whose time came too.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn sweep(&self) -> Result<(), Error> {
        let now = self.store.clock().now();
        for inbox in self.store.inboxes_due(now).await? {
            gone_is_fine(self.expire(inbox).await)?;
        }
        for inbox in self.store.inboxes_faded(now.plus_seconds(-self.tombstone_s)).await? {
            gone_is_fine(self.fade(inbox).await)?;
        }
        Ok(())
    }

    async fn expire(&self, id: InboxId) -> Result<(), Error> {
        let Some(inbox) = self.store.expire_inbox(id).await? else { return Ok(()) };
        // Whoever waits on it need not wait for the removal.
        self.bus.hint_inbox(id);
        self.bus.hint_project(inbox.project);
        self.remove_messages(id).await
    }

    async fn fade(&self, id: InboxId) -> Result<(), Error> {
        self.remove_messages(id).await?;
        self.store.delete_inbox(id).await?;
        self.bus.hint_inbox(id);
        Ok(())
    }

    async fn remove_messages(&self, id: InboxId) -> Result<(), Error> {
        while self.store.remove_oldest(id, Seq(i64::MAX), EventKind::MessageExpired).await?.messages > 0 {
            self.bus.hint_inbox(id);
        }
        Ok(())
    }

    async fn prune_vanished(&self) -> Result<(), Error> {
        while self.store.prune_vanished(KEEP_VANISHED).await? > 0 {}
        Ok(())
    }

    async fn prune(&self) -> Result<(), Error> {
        let now = self.store.clock().now();
        for project in self.store.projects().await? {
            while self.store.prune_events(project.id, now.plus_seconds(-KEEP_EVENTS_S)).await? > 0 {}
        }
        while self.store.prune_audit(KEEP_AUDIT, now.plus_seconds(-KEEP_AUDIT_S)).await? > 0 {}
        while self.store.prune_calls(now.plus_seconds(-KEEP_CALLS_S), KEEP_CALLS, now.plus_seconds(-CALL_S)).await? > 0
        {
        }
        while self.store.prune_keys(now.plus_seconds(-KEEP_KEYS_S)).await? > 0 {}
        while self.store.prune_waits(now.plus_seconds(-KEEP_WAITS_S)).await? > 0 {}
        Ok(())
    }
}

/// A user, or another node, may remove an inbox first.
fn gone_is_fine(outcome: Result<(), Error>) -> Result<(), Error> {
    match outcome {
        Err(Error::NoInbox(_)) => Ok(()),
        outcome => outcome,
    }
}
