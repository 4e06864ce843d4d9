//! What a key may do.

use std::fmt;
use std::str::FromStr;

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// One thing that a key may be allowed; the text is part of the API's contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Scope {
            $($(#[$doc])* $name,)*
        }

        impl Scope {
            /// Every scope, in the order in which they are listed.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// `inboxes:r` and so on.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

scopes! {
    /// Reading inboxes.
    InboxesRead = "inboxes:r";
    /// Making, changing and removing inboxes, their credentials and their tokens.
    InboxesWrite = "inboxes:w";
    /// Reading messages and waiting for them.
    MessagesRead = "messages:r";
    /// Putting messages into inboxes, changing and removing them.
    MessagesWrite = "messages:w";
    /// Letting messages out.
    MessagesSend = "messages:send";
    /// Reading webhooks and their deliveries.
    WebhooksRead = "webhooks:r";
    /// Making, changing and removing webhooks.
    WebhooksWrite = "webhooks:w";
    /// Making, changing and removing faults.
    FaultsWrite = "faults:w";
    /// Reading runs.
    RunsRead = "runs:r";
    /// Making and ending runs.
    RunsWrite = "runs:w";
    /// Reading the log of events.
    EventsRead = "events:r";
    /// Managing the project and its keys, and everything else in the project.
    Admin = "admin";
}

/// The text was not the name of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such scope")]
pub struct ParseScopeError;

impl FromStr for Scope {
    type Err = ParseScopeError;

    fn from_str(text: &str) -> Result<Self, ParseScopeError> {
        Self::ALL.iter().copied().find(|scope| scope.as_str() == text).ok_or(ParseScopeError)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u16);

impl Scopes {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Everything, `admin` too.
    pub const ALL: Self = {
        let (mut all, mut rest) = (Self::NONE, Scope::ALL);
        while let Some((scope, others)) = rest.split_first() {
            all = all.with(*scope);
            rest = others;
        }
        all
    };

    /// The same with `scope`.
    #[must_use]
    pub const fn with(self, scope: Scope) -> Self {
        Self(self.0 | 1 << scope as u16)
    }

    /// Whether `scope` was given by name.
    #[must_use]
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & 1 << scope as u16 != 0
    }

    /// Whether `scope` may be used: it was given, or `admin` was, which is all of them.
    #[must_use]
    pub const fn allows(self, scope: Scope) -> bool {
        self.contains(scope) || self.contains(Scope::Admin)
    }

    /// The first of `others` that may not be used, or `None` when all may.
    #[must_use]
    pub fn lacks_of(self, others: Self) -> Option<Scope> {
        others.iter().find(|scope| !self.allows(*scope))
    }

    /// Each scope that was given, in the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.contains(*scope))
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        scopes.into_iter().fold(Self::NONE, Self::with)
    }
}

/// The names, separated by spaces.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, scope) in self.iter().enumerate() {
            write!(f, "{}{scope}", if place == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

/// The inverse of `Display`.
impl FromStr for Scopes {
    type Err = ParseScopeError;

    fn from_str(text: &str) -> Result<Self, ParseScopeError> {
        text.split_ascii_whitespace().map(str::parse).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_value_are_inverses() {
        for scope in Scope::ALL {
            assert_eq!(scope.as_str().parse(), Ok(*scope));
        }
        for scopes in [Scopes::NONE, Scopes::ALL, Scopes::NONE.with(Scope::EventsRead).with(Scope::InboxesRead)] {
            assert_eq!(scopes.to_string().parse(), Ok(scopes));
        }
        assert_eq!("messages:x".parse::<Scopes>(), Err(ParseScopeError));
        assert_eq!(Scopes::ALL.iter().count(), Scope::ALL.len());
    }

    #[test]
    fn admin_allows_everything_and_nothing_else_allows_more_than_itself() {
        let admin = Scopes::NONE.with(Scope::Admin);
        for scope in Scope::ALL {
            assert!(admin.allows(*scope));
            let only = Scopes::NONE.with(*scope);
            let allowed = Scope::ALL.iter().filter(|other| only.allows(**other)).count();
            assert_eq!(allowed, if *scope == Scope::Admin { Scope::ALL.len() } else { 1 }, "{scope}");
        }
        let reader = Scopes::NONE.with(Scope::MessagesRead);
        assert_eq!(reader.lacks_of(reader), None);
        assert_eq!(reader.lacks_of(reader.with(Scope::InboxesWrite)), Some(Scope::InboxesWrite));
    }
}
