//! A filter: conditions that a message meets or does not.

use std::sync::Arc;

use super::condition::Condition;
use super::{Facts, Field};

/// Conditions that a message must meet; none at all is met by every message. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Each must hold.
    pub(super) all: Vec<Arc<Condition>>,
    /// One must hold, unless there are none.
    pub(super) any: Vec<Arc<Condition>>,
    /// None may hold.
    pub(super) none: Vec<Arc<Condition>>,
}

/// What must be loaded besides a message's row to decide a filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The octets: header fields, texts, attachments.
    pub octets: bool,
    /// What was noted at delivery.
    pub receipt: bool,
    /// What extraction finds.
    pub extract: bool,
}

/// What of a message's octets must be read; the rest of [`super::Octets`] may stay empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// The header's fields.
    pub headers: bool,
    /// The text that a person reads.
    pub text: bool,
    /// The HTML, with and without markup.
    pub html: bool,
    /// The digests of attachments, which takes longer than all else.
    pub digests: bool,
    /// What extraction finds.
    pub found: bool,
}

impl Reads {
    /// The same with all that an explanation shows and compares besides.
    #[must_use]
    pub const fn explained(self) -> Self {
        Self { headers: true, text: true, html: true, ..self }
    }
}

impl Needs {
    /// Everything, as an explanation wants it.
    pub const ALL: Self = Self { octets: true, receipt: true, extract: true };

    /// Whether the row is enough.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

impl Filter {
    /// Whether every message passes.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.all.is_empty() && self.any.is_empty() && self.none.is_empty()
    }

    /// The filter of those that pass both. At most one of the two may have an `any` list: that of `self` is kept.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.all.extend(other.all);
        self.none.extend(other.none);
        if self.any.is_empty() {
            self.any = other.any;
        }
        self
    }

    /// What must be loaded to decide.
    #[must_use]
    pub fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        for condition in self.conditions() {
            match condition.field {
                Field::Text
                | Field::Html
                | Field::Body
                | Field::Anywhere
                | Field::Header(_)
                | Field::AttachmentSha256 => needs.octets = true,
                Field::EnvelopeFrom => needs.receipt = true,
                Field::Code | Field::Link => needs.extract = true,
                _ => {}
            }
        }
        needs
    }

    /// What of the octets must be read to decide.
    #[must_use]
    pub fn reads(&self) -> Reads {
        let mut reads = Reads::default();
        for condition in self.conditions() {
            match condition.field {
                Field::Text => reads.text = true,
                Field::Html => reads.html = true,
                Field::Body | Field::Anywhere => (reads.text, reads.html) = (true, true),
                Field::Header(_) => reads.headers = true,
                Field::AttachmentSha256 => reads.digests = true,
                Field::Code | Field::Link => reads.found = true,
                _ => {}
            }
        }
        reads
    }

    /// Whether a message passes; `None` when that cannot be told from what has been loaded.
    #[must_use]
    pub fn decide(&self, facts: &Facts<'_>) -> Option<bool> {
        let mut is_known = true;
        let mut holds = |condition: &Arc<Condition>, otherwise: bool| {
            let held = condition.holds(facts);
            is_known &= held.is_some();
            held.unwrap_or(otherwise)
        };
        let passes = self.all.iter().all(|condition| holds(condition, true))
            && !self.none.iter().any(|condition| holds(condition, false))
            && (self.any.is_empty() || self.any.iter().any(|condition| holds(condition, true)));
        // What fails with everything unknown in its favour fails for good.
        if passes && !is_known { None } else { Some(passes) }
    }

    /// Whether a message passes, of which everything that the filter needs has been loaded.
    #[must_use]
    pub fn matches(&self, facts: &Facts<'_>) -> bool {
        self.decide(facts) == Some(true)
    }

    pub(super) fn conditions(&self) -> impl Iterator<Item = &Arc<Condition>> {
        self.all.iter().chain(&self.any).chain(&self.none)
    }
}
