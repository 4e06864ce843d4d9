//! What a client has marked a message with.

use std::fmt;

/// The system flags of one message, as a set. Spec: RFC 9051 §2.3.2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags(u8);

impl Flags {
    /// Nothing is set: how a message arrives.
    pub const NONE: Self = Self(0);
    /// `\Seen`: the message has been read.
    pub const SEEN: Self = Self(1);
    /// `\Answered`: the message has been answered.
    pub const ANSWERED: Self = Self(2);
    /// `\Flagged`: the message is marked as urgent or special.
    pub const FLAGGED: Self = Self(4);
    /// `\Deleted`: the next EXPUNGE removes the message.
    pub const DELETED: Self = Self(8);
    /// `\Draft`: the message is not finished.
    pub const DRAFT: Self = Self(16);
    /// All of them.
    pub const ALL: Self = Self(31);

    /// The set with these bits; bits that mean nothing are dropped.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// The bits, as stored.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether every flag of `other` is in this set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// This set and `other`.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set without `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// This set with `other` put in (`on`) or taken out.
    #[must_use]
    pub const fn set(self, other: Self, on: bool) -> Self {
        if on { self.with(other) } else { self.without(other) }
    }
}

/// A flag that a client made up: an atom such as `$Forwarded` or `work`.
///
/// Kept as written, compared without case. Spec: RFC 9051 §2.3.2, §9 (`flag-keyword`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Keyword(String);

impl Keyword {
    /// Longest keyword that is taken, in bytes.
    pub const MAX_BYTES: usize = 100;

    /// The keyword, or `None` when `text` is not an IMAP atom of 1..=100 bytes.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let is_atom = |byte: u8| byte.is_ascii_graphic() && !br#"(){%*"\]"#.contains(&byte);
        let fits = !text.is_empty() && text.len() <= Self::MAX_BYTES && text.bytes().all(is_atom);
        fits.then(|| Self(text.to_owned()))
    }

    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
