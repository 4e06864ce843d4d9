//! Who calls, and what they may reach.

use super::{InboxId, KeyId, ProjectId};

/// Who made a call, once the key that they showed has been looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The key that was shown; `None` for the root key, and where nobody must show one.
    pub key: Option<KeyId>,
    /// The project that the call is about.
    pub project: ProjectId,
    /// What of the project it may reach.
    pub narrowed: Narrowing,
}

/// What a key is narrowed to; everything that is named must hold, and nothing named is the whole project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// This one inbox.
    pub inbox: Option<InboxId>,
    /// Inboxes with this tag.
    pub tag: Option<String>,
    /// Inboxes of this run.
    pub run: Option<String>,
}

impl Principal {
    /// Whoever may reach everything in `project`.
    #[must_use]
    pub fn of(project: ProjectId) -> Self {
        Self { key: None, project, narrowed: Narrowing::default() }
    }
}
