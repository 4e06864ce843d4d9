//! Who calls, and what they may reach.

use super::{InboxId, KeyId, ProjectId, Scope, Scopes};

/// Who made a call, once the key that they showed has been looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The key that was shown; `None` for the root key, and where nobody must show one.
    pub key: Option<KeyId>,
    /// The project that the call is about.
    pub project: ProjectId,
    /// What it may do there.
    pub scopes: Scopes,
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
    /// Whoever may do and reach everything in `project`: the root key's caller, and everyone on an open server.
    #[must_use]
    pub fn of(project: ProjectId) -> Self {
        Self { key: None, project, scopes: Scopes::ALL, narrowed: Narrowing::default() }
    }

    /// Whether it stands above all projects: it may name the one that a call is about.
    #[must_use]
    pub const fn is_root(&self) -> bool {
        self.key.is_none()
    }

    /// Whether it may do this.
    #[must_use]
    pub const fn may(&self, scope: Scope) -> bool {
        self.scopes.allows(scope)
    }
}

impl Narrowing {
    /// Whether it narrows nothing.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.inbox.is_none() && self.tag.is_none() && self.run.is_none()
    }

    /// Whether everything within `self` is within `other` too.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        fn keeps<T: PartialEq>(mine: Option<&T>, other: Option<&T>) -> bool {
            other.is_none_or(|other| mine == Some(other))
        }
        keeps(self.inbox.as_ref(), other.inbox.as_ref())
            && keeps(self.tag.as_ref(), other.tag.as_ref())
            && keeps(self.run.as_ref(), other.run.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_more_closely_lies_within() {
        let tag = |tag: &str| Narrowing { tag: Some(tag.to_owned()), ..Narrowing::default() };
        let both = Narrowing { run: Some("r".to_owned()), ..tag("a") };
        assert!(both.is_within(&tag("a")) && both.is_within(&both) && both.is_within(&Narrowing::default()));
        assert!(!tag("a").is_within(&both) && !tag("b").is_within(&tag("a")));
        assert!(!Narrowing::default().is_within(&tag("a")));
    }
}
