//! The service itself: what it is made of, and what it writes down in the background.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use super::audit::Refusals;
use super::recent::Recent;
use super::throttle::Throttle;
use crate::model::{KeyId, Secret, Timestamp};
use crate::store::{AuditRecord, Store};

/// Keys, and the log of who changed what. Cheap to clone; every clone is the same service.
#[derive(Clone)]
pub struct Auth(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) store: Store,
    /// `None` when everyone may call.
    pub(super) root_key: Option<Secret>,
    pub(super) recent: Recent,
    pub(super) throttle: Throttle,
    pub(super) refusals: Refusals,
    pub(super) notes: mpsc::Sender<Note>,
}

/// Something to write down when there is time.
#[derive(Debug)]
pub(super) enum Note {
    /// A key was used.
    Used(KeyId, Timestamp),
    /// Someone was refused.
    Refused(AuditRecord),
}

/// Notes that may wait; when more come, the newest are dropped: they must not slow down the requests.
const QUEUE: usize = 1_024;

impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Auth").field("is_open", &self.is_open()).finish_non_exhaustive()
    }
}

impl Auth {
    /// The service over `store`; without `root_key` everyone may call. Its background task runs on `tracker` until the
    /// service is dropped.
    #[must_use]
    pub fn new(store: Store, root_key: Option<Secret>, tracker: &TaskTracker) -> Self {
        let (notes, queue) = mpsc::channel(QUEUE);
        tracker.spawn(write_down(store.clone(), queue));
        Self(Arc::new(Inner {
            store,
            root_key,
            recent: Recent::new(),
            throttle: Throttle::default(),
            refusals: Refusals::default(),
            notes,
        }))
    }

    /// Whether nobody need show a key.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0.root_key.is_none()
    }

    pub(super) fn note_later(&self, note: Note) {
        if self.0.notes.try_send(note).is_err() {
            metrics::counter!("restante_audit_dropped_total").increment(1);
        }
    }
}

async fn write_down(store: Store, mut queue: mpsc::Receiver<Note>) {
    let mut waiting = Vec::new();
    while queue.recv_many(&mut waiting, QUEUE).await > 0 {
        let (mut used, mut refused) = (Vec::new(), Vec::new());
        for note in waiting.drain(..) {
            match note {
                Note::Used(key, at) => used.push((key, at)),
                Note::Refused(record) => refused.push(record),
            }
        }
        if !used.is_empty()
            && let Err(error) = store.touch_keys(used).await
        {
            tracing::warn!(error = %error, "the use of keys could not be written down");
        }
        if !refused.is_empty()
            && let Err(error) = store.note_audit(refused).await
        {
            tracing::warn!(error = %error, "refused calls could not be written down");
        }
    }
}
