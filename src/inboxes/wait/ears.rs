//! Hearing the hints of everything that a wait looks at.

use futures_util::future::select_all;

use super::ask::{Wait, WaitScope};
use crate::events::{Bus, Closed, Hints};

/// The subscriptions of one wait.
pub(super) struct Ears(Vec<Hints>);

impl Ears {
    /// Subscribes; do it before the first look, so that a message stored in between is not missed.
    pub(super) fn open(bus: &Bus, wait: &Wait) -> Self {
        Self(match &wait.scope {
            WaitScope::Inbox(inbox) => vec![bus.subscribe_inbox(*inbox)],
            WaitScope::Inboxes(inboxes) => inboxes.iter().map(|inbox| bus.subscribe_inbox(*inbox)).collect(),
            WaitScope::Project => vec![bus.subscribe_project(wait.who.project)],
        })
    }

    /// Waits for a hint from any of them. Cancel-safe, as [`Hints::changed`] is.
    pub(super) async fn changed(&mut self) -> Result<(), Closed> {
        if let [one] = self.0.as_mut_slice() {
            return one.changed().await;
        }
        select_all(self.0.iter_mut().map(|hints| Box::pin(hints.changed()))).await.0
    }
}
