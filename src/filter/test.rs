//! What is asked of one value.

use memchr::memmem::Finder;
use regex::Regex;

use super::glob;

/// A question to a text.
#[derive(Clone, Debug)]
pub(super) enum TextTest {
    Equals(String),
    Contains(Box<Finder<'static>>),
    StartsWith(String),
    EndsWith(String),
    Glob(String),
    Regex(Regex),
}

/// Octets of a text that a pattern is tried on: it may take many steps for each. Other tests look at all of it.
pub(super) const MAX_PATTERN_BYTES: usize = 256 << 10;

impl TextTest {
    pub(super) fn contains(needle: &str) -> Self {
        Self::Contains(Box::new(Finder::new(needle).into_owned()))
    }

    /// The answer for a text in the form that the test was made for.
    pub(super) fn holds(&self, text: &str) -> bool {
        match self {
            Self::Equals(wanted) => text == wanted,
            Self::Contains(finder) => finder.find(text.as_bytes()).is_some(),
            Self::StartsWith(wanted) => text.starts_with(wanted.as_str()),
            Self::EndsWith(wanted) => text.ends_with(wanted.as_str()),
            Self::Glob(pattern) => glob::fits(pattern, beginning(text)),
            Self::Regex(regex) => regex.is_match(beginning(text)),
        }
    }
}

fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_PATTERN_BYTES)).unwrap_or(text)
}

/// A question to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberTest {
    Equals(i64),
    Above(i64),
    Below(i64),
}

impl NumberTest {
    pub(super) const fn holds(self, number: i64) -> bool {
        match self {
            Self::Equals(wanted) => number == wanted,
            Self::Above(limit) => number > limit,
            Self::Below(limit) => number < limit,
        }
    }
}
