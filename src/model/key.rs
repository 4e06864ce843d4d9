//! A key of the API, as everyone but its holder may know it.

use super::{KeyId, Narrowing, ProjectId, Scopes, Timestamp};

/// One key; its secrets are elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its public id.
    pub id: KeyId,
    /// The project that it opens.
    pub project: ProjectId,
    /// What its maker calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// What of the project it may reach.
    pub narrowed: Narrowing,
    /// When it was made.
    pub created_at: Timestamp,
    /// The key that made it; `None` for the root key.
    pub created_by: Option<KeyId>,
    /// When it ends; `None` never.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to within a minute or so.
    pub last_used_at: Option<Timestamp>,
}
