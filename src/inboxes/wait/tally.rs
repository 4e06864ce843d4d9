//! Counting matches: when there are enough, when there are too many, and when it has been quiet for long enough.

use std::time::Duration;

use tokio::time::Instant;

use super::ask::{Count, MOST_MESSAGES};
use crate::model::Timestamp;
use crate::store::{Listed, Order};

/// What has matched so far.
pub(super) struct Tally {
    count: Count,
    order: Order,
    /// In the order that was asked for, no more than are needed to decide and to answer.
    pub(super) found: Vec<Listed>,
    /// When the last match is so old that no other belongs to it.
    quiet_at: Option<Instant>,
}

/// Whether a wait is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// What was wanted is there.
    Enough,
    /// More than that is there.
    TooMany,
    /// Not yet; quiet until then would do.
    NotYet(Option<Instant>),
}

impl Count {
    /// How many matches decide it, or are given at most.
    const fn enough(self) -> usize {
        match self {
            Self::AtLeast { min, settle: None } => min,
            Self::AtLeast { settle: Some(_), .. } => MOST_MESSAGES,
            Self::Exactly { count, .. } => count + 1,
        }
    }

    const fn settle(self) -> Option<Duration> {
        match self {
            Self::AtLeast { settle, .. } => settle,
            Self::Exactly { settle, .. } => Some(settle),
        }
    }

    fn verdict(self, found: usize, quiet_at: Option<Instant>, now: Instant) -> Verdict {
        let settled = || match quiet_at {
            Some(at) if at > now => Verdict::NotYet(Some(at)),
            _ => Verdict::Enough,
        };
        match self {
            Self::AtLeast { min, settle: None } if found >= min => Verdict::Enough,
            Self::AtLeast { settle: Some(_), .. } if found >= MOST_MESSAGES => Verdict::Enough,
            Self::AtLeast { min, settle: Some(_) } if found >= min => settled(),
            Self::Exactly { count, .. } if found > count => Verdict::TooMany,
            Self::Exactly { count, .. } if found == count && count > 0 => settled(),
            Self::AtLeast { .. } | Self::Exactly { .. } => Verdict::NotYet(None),
        }
    }
}

impl Tally {
    pub(super) const fn new(count: Count, order: Order) -> Self {
        Self { count, order, found: Vec::new(), quiet_at: None }
    }

    /// How many more matches to look for; 0 when no further one could change anything.
    pub(super) const fn wanted(&self) -> usize {
        match self.order {
            Order::Oldest => self.count.enough().saturating_sub(self.found.len()),
            // A newer one always takes the place of an older one.
            Order::Newest => self.count.enough(),
        }
    }

    /// Adds what was found behind everything before, in the order that was asked for.
    pub(super) fn add(&mut self, mut found: Vec<Listed>, seen_at: Instant, now: Timestamp) {
        let Some(newest) = found.iter().map(|one| one.found.message.received_at).max() else { return };
        if let Some(settle) = self.count.settle() {
            // How old it is counts, not when this call saw it: a call that goes on with a wait finds it again.
            let age = Duration::from_millis(u64::try_from(now.millis_since(newest)).unwrap_or(0));
            self.quiet_at = Some(seen_at + settle.saturating_sub(age));
        }
        match self.order {
            Order::Oldest => self.found.append(&mut found),
            Order::Newest => {
                found.append(&mut self.found);
                self.found = found;
            }
        }
        self.found.truncate(self.count.enough());
    }

    pub(super) fn verdict(&self, now: Instant) -> Verdict {
        self.count.verdict(self.found.len(), self.quiet_at, now)
    }

    /// Whether what is there at the deadline is what was wanted; what was not looked through could be one too many.
    pub(super) const fn is_enough_at_the_end(&self, is_behind: bool) -> bool {
        match self.count {
            Count::AtLeast { min, .. } => self.found.len() >= min,
            Count::Exactly { count, .. } => self.found.len() == count && !is_behind,
        }
    }

    /// Whether the wait asked for quiet that it did not have by `now`.
    pub(super) fn is_unsettled(&self, now: Instant) -> bool {
        !self.found.is_empty() && self.quiet_at.is_some_and(|at| at > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_count_ends_when_it_should() {
        const SECOND: Duration = Duration::from_secs(1);
        let now = Instant::now();
        let (past, later) = (Some(now), Some(now + SECOND));
        let at_least = |min, settle| Count::AtLeast { min, settle };
        let exactly = |count| Count::Exactly { count, settle: SECOND };
        for (count, found, quiet_at, verdict) in [
            (at_least(1, None), 0, None, Verdict::NotYet(None)),
            (at_least(1, None), 1, None, Verdict::Enough),
            (at_least(3, None), 2, None, Verdict::NotYet(None)),
            (at_least(3, None), 3, None, Verdict::Enough),
            (at_least(2, Some(SECOND)), 1, past, Verdict::NotYet(None)),
            (at_least(2, Some(SECOND)), 2, later, Verdict::NotYet(later)),
            (at_least(2, Some(SECOND)), 5, past, Verdict::Enough),
            (at_least(2, Some(SECOND)), MOST_MESSAGES, later, Verdict::Enough),
            (exactly(0), 0, None, Verdict::NotYet(None)),
            (exactly(0), 1, later, Verdict::TooMany),
            (exactly(2), 1, past, Verdict::NotYet(None)),
            (exactly(2), 2, later, Verdict::NotYet(later)),
            (exactly(2), 2, past, Verdict::Enough),
            (exactly(2), 3, past, Verdict::TooMany),
        ] {
            assert_eq!(count.verdict(found, quiet_at, now), verdict, "{count:?} with {found}");
        }
    }

    #[test]
    fn at_the_deadline_the_number_alone_counts() {
        let tally = |count| Tally::new(count, Order::Oldest);
        let none = Count::Exactly { count: 0, settle: Duration::ZERO };
        assert!(tally(none).is_enough_at_the_end(false));
        assert!(!tally(none).is_enough_at_the_end(true), "what was not looked at may be one");
        assert!(!tally(Count::AtLeast { min: 1, settle: None }).is_enough_at_the_end(false));
    }
}
