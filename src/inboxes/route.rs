//! Where forward-paths lead, kept in memory so that RCPT rarely asks the database.

use quick_cache::sync::Cache;

use crate::model::inbox::{Inbox, InboxState};
use crate::model::{Address, ForwardPath, InboxId, ProjectId, Timestamp};

/// Where one forward-path leads. Made by [`super::Inboxes::resolve`], used by [`super::Inboxes::deliver`].
#[derive(Clone, Debug)]
pub struct Route {
    /// The forward-path as the client gave it.
    pub path: ForwardPath,
    pub(super) target: Target,
}

impl Route {
    /// The route of `path` to an inbox that is known.
    #[must_use]
    pub const fn to(path: ForwardPath, inbox: InboxId) -> Self {
        Self { path, target: Target::Inbox(inbox) }
    }
}

/// What a route ends at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// An inbox.
    Inbox(InboxId),
    /// An inbox of this project that is made when the message is complete.
    New(Address, ProjectId),
}

/// Addresses that are remembered; the ones asked for least are forgotten first.
const CAPACITY: usize = 10_000;

/// What is remembered of an inbox. The store decides anew at the commit, so an old entry can do no harm.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) inbox: InboxId,
    pub(super) project: ProjectId,
    pub(super) state: InboxState,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) has_quota: bool,
}

impl Known {
    pub(super) const fn of(inbox: &Inbox) -> Self {
        Self {
            inbox: inbox.id,
            project: inbox.project,
            state: inbox.state,
            expires_at: inbox.expires_at,
            has_quota: inbox.quota.max_messages.is_some() || inbox.quota.max_bytes.is_some(),
        }
    }
}

/// The remembered routes, by [`Address::key`].
pub(super) struct Routes(Cache<String, Known>);

impl Routes {
    pub(super) fn new() -> Self {
        Self(Cache::new(CAPACITY))
    }

    pub(super) fn get(&self, key: &str) -> Option<Known> {
        self.0.get(key)
    }

    pub(super) fn remember(&self, key: String, known: Known) {
        self.0.insert(key, known);
    }

    pub(super) fn forget(&self, address: &Address) {
        self.0.remove(&address.key());
    }
}
