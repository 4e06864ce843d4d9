//! Whether the store takes mail, known without asking the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio_util::sync::CancellationToken;

/// The writer's state, readable from everywhere.
#[derive(Clone, Debug, Default)]
pub struct Health {
    state: Arc<AtomicU8>,
    failed: CancellationToken,
}

const OPEN: u8 = 0;
const FULL: u8 = 1;
const DOWN: u8 = 2;
const CLOSED: u8 = 3;

impl Health {
    /// Why nothing can be written now, or `None`.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        match self.state.load(Ordering::Acquire) {
            OPEN => None,
            FULL => Some(Trouble::DiskFull),
            DOWN => Some(Trouble::Down),
            _ => Some(Trouble::Closed),
        }
    }

    /// Resolves when a write or sync has failed for good: the process should let go of its clients and end.
    pub async fn failed(&self) {
        self.failed.cancelled().await;
    }

    /// Whether a write or sync has failed for good.
    pub(super) fn has_failed(&self) -> bool {
        self.failed.is_cancelled()
    }

    /// A write or sync failed: nothing more is written, and [`Health::failed`] resolves.
    pub(super) fn fail(&self) {
        self.close();
        self.failed.cancel();
    }

    /// All is well again, unless the store is closed for good.
    pub(super) fn open(&self) {
        self.change(OPEN);
    }

    /// The disk is full or nearly so.
    pub(super) fn full(&self) {
        self.change(FULL);
    }

    /// The database cannot be reached.
    pub(super) fn down(&self) {
        self.change(DOWN);
    }

    /// Nothing more is written until a restart.
    pub(super) fn close(&self) {
        self.state.store(CLOSED, Ordering::Release);
    }

    fn change(&self, to: u8) {
        // Closed is for good: what a failed sync left behind is unknown until the next start reads it.
        let _ = self.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, |now| (now != CLOSED).then_some(to));
    }
}

/// Why nothing can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no room on the disk.
    DiskFull,
    /// The database cannot be reached; it is tried again.
    Down,
    /// A write failed for good, or the store is closing.
    Closed,
}
