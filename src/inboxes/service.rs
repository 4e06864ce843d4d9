//! The service itself: what it is made of.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use super::Error;
use super::extraction::Extractions;
use super::policy::Policies;
use super::rejection::{self, Rejection};
use super::route::Routes;
use super::seal::SealKey;
use super::signatures::Signatures;
use super::wait::{self, Note, Permits, WaitLimits};
use crate::config::InboxesSection;
use crate::events::Bus;
use crate::model::{Clock, InboxId, ProjectId, Timestamp};
use crate::store::{Store, Trouble};

/// Everything that front-ends may do with inboxes and messages. Cheap to clone; every clone is the same service.
#[derive(Clone)]
pub struct Inboxes(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) store: Store,
    pub(super) bus: Bus,
    pub(super) section: InboxesSection,
    pub(super) max_message_bytes: u64,
    pub(super) seal: SealKey,
    pub(super) routes: Routes,
    pub(super) extractions: Extractions,
    pub(super) signatures: Signatures,
    pub(super) policies: Policies,
    pub(super) rejections: mpsc::Sender<Rejection>,
    pub(super) connections: AtomicU64,
    pub(super) last_connection: AtomicI64,
    pub(super) permits: Permits,
    pub(super) wait_notes: mpsc::Sender<Note>,
}

/// Who AUTH proved (or, by the policy `any`, claimed) to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The user name.
    pub identity: String,
    /// The inbox whose credential it is.
    pub inbox: Option<InboxId>,
    /// Whether the secret was checked.
    pub verified: bool,
}

impl std::fmt::Debug for Inboxes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inboxes").field("store", &self.0.store).finish_non_exhaustive()
    }
}

impl Inboxes {
    /// The service over `store`. Its background tasks run on `tracker` until the service is dropped.
    #[must_use]
    pub fn new(
        store: Store,
        bus: Bus,
        section: InboxesSection,
        max_message_bytes: u64,
        waits: WaitLimits,
        seal: SealKey,
        tracker: &TaskTracker,
    ) -> Self {
        let (rejections, queue) = mpsc::channel(rejection::QUEUE);
        tracker.spawn(rejection::keep(store.clone(), queue));
        let (wait_notes, queue) = mpsc::channel(wait::QUEUE);
        tracker.spawn(wait::keep(store.clone(), queue));
        Self(Arc::new(Inner {
            store,
            bus,
            section,
            max_message_bytes,
            seal,
            routes: Routes::new(),
            extractions: Extractions::new(),
            signatures: Signatures::new(),
            policies: Policies::default(),
            rejections,
            connections: AtomicU64::new(0),
            last_connection: AtomicI64::new(0),
            permits: Permits::new(waits),
            wait_notes,
        }))
    }

    /// The clock that everything is dated by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        self.0.store.clock()
    }

    /// The project that calls without another belong to.
    #[must_use]
    pub fn project(&self) -> ProjectId {
        self.0.store.default_project()
    }

    /// Most octets of a message.
    #[must_use]
    pub fn max_message_bytes(&self) -> u64 {
        self.0.max_message_bytes
    }

    /// Why mail cannot be taken now, or `None`.
    #[must_use]
    pub fn unavailable(&self) -> Option<Error> {
        match self.0.store.health().trouble()? {
            Trouble::DiskFull => Some(Error::DiskFull),
            Trouble::Closed => Some(Error::StoreClosed),
            // It is tried with the next message.
            Trouble::Down => None,
        }
    }

    /// Notes that something connected to a door for mail.
    pub fn note_connection(&self) {
        self.0.connections.fetch_add(1, Ordering::Relaxed);
        self.0.last_connection.store(self.clock().now().micros(), Ordering::Relaxed);
    }

    /// How many connections came since the start, and when the last one did.
    #[must_use]
    pub fn connections(&self) -> (u64, Option<Timestamp>) {
        let count = self.0.connections.load(Ordering::Relaxed);
        let last = Timestamp::from_micros(self.0.last_connection.load(Ordering::Relaxed));
        (count, (count > 0).then_some(last))
    }

    /// Tells everyone who waits on the inbox or its project to look again.
    pub(super) fn hint(&self, inbox: InboxId, project: ProjectId) {
        self.0.bus.hint_inbox(inbox);
        self.0.bus.hint_project(project);
        self.0.store.ring(inbox);
    }
}
