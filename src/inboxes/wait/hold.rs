//! One call of a wait: it listens, looks, and sleeps until there is something to look at.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::super::Error;
use super::super::diagnose::Miss;
use super::super::service::Inboxes;
use super::ask::{Outcome, Since, Wait, WaitScope, WaitWarning, Waited};
use super::ears::Ears;
use super::entry::Entry;
use super::scope::Head;
use super::tally::{Tally, Verdict};
use crate::model::Cursor;
use crate::store::{Listed, Order};

/// How long one search may take beyond the caller's deadline.
const SEARCH: Duration = Duration::from_secs(5);
/// How far apart the looks of all waits together are, on average, while no hint comes.
const PACE: Duration = Duration::from_millis(2);
/// Numbers that are searched at a time. What has been searched stays so when the time is over.
const STRETCH: i64 = 10_000;

/// What one call has looked at.
struct Watch {
    begin: i64,
    looked_at: i64,
    /// Whether the last search ran out of time.
    is_behind: bool,
    tally: Tally,
}

impl Inboxes {
    /// Waits until as many messages after `since` as are wanted pass the filter, or the hold or the deadline comes.
    ///
    /// What passed is counted from `since`, not from this call: asking again after [`Outcome::Pending`] loses nothing
    /// and counts nothing twice. Cancel-safe: dropping the future leaves nothing behind but a line in the log.
    ///
    /// # Errors
    /// [`Error::CursorInvalid`], [`Error::TooManyWaits`].
    pub async fn wait(&self, wait: &Wait) -> Result<Waited, Error> {
        let _permit = self.0.permits.take(wait.who.key)?;
        // Listen before looking, so that a message stored in between is not missed.
        let mut ears = Ears::open(&self.0.bus, wait);
        let mut entry = Entry::of(wait, &self.0.wait_notes, self.clock());
        let mut warnings = Vec::new();
        let begin = match wait.since {
            Since::Start => Head::At(0),
            Since::Cursor(cursor) => match self.number(cursor, wait.within()) {
                Ok(number) => Head::At(number),
                Err(error) => return entry.refused(error),
            },
            Since::Now => {
                warnings.push(WaitWarning::SinceNowIsRacy);
                self.head(wait).await?
            }
        };
        let outcome = match begin {
            Head::At(begin) => {
                let tally = Tally::new(wait.count, wait.order);
                let watch = Watch { begin, looked_at: begin, is_behind: false, tally };
                // Boxed, because thousands of them may sleep at once, and few look.
                Box::pin(self.hold(wait, watch, &mut ears, &mut entry, &mut warnings)).await?
            }
            Head::Gone => Outcome::InboxDeleted,
        };
        let id = entry.id;
        entry.end(&outcome);
        Ok(Waited { id, outcome, warnings })
    }

    async fn hold(
        &self,
        wait: &Wait,
        mut watch: Watch,
        ears: &mut Ears,
        entry: &mut Entry<'_>,
        warnings: &mut Vec<WaitWarning>,
    ) -> Result<Outcome, Error> {
        let started = Instant::now();
        let deadline = started + wait.timeout;
        let hold_ends = deadline.min(started + wait.hold);
        let mut is_closing = false;
        let mut is_first = true;
        loop {
            // A look that begins behind the deadline is the last one: a hint may have been on its way.
            let is_last = !is_first && Instant::now() >= deadline;
            is_first = false;
            // Each look is boxed, so that its memory is given back while the wait sleeps.
            // What is committed now is looked at once; what comes later has a higher number, and a hint.
            let Head::At(head) = Box::pin(self.head(wait)).await? else { return Ok(Outcome::InboxDeleted) };
            // A search through many bodies may take longer than the caller waits. What is there already is found all
            // the same, however short the deadline: a search has its own time.
            let search_ends = hold_ends.max(Instant::now() + SEARCH);
            let looked = timeout_at(search_ends, Box::pin(self.look_behind(wait, &mut watch, head))).await;
            watch.is_behind = looked.is_err();
            looked.unwrap_or(Ok(()))?;
            let quiet_at = match watch.tally.verdict(Instant::now()) {
                Verdict::Enough => return Ok(self.matched(wait, watch)),
                Verdict::TooMany => return Box::pin(self.exceeded(wait, watch, entry)).await,
                Verdict::NotYet(quiet_at) => quiet_at,
            };
            if is_last {
                return Box::pin(self.ended(wait, watch, entry, warnings)).await;
            }
            let now = Instant::now();
            if is_closing || (now >= hold_ends && now < deadline) {
                return Box::pin(self.pending(wait, &watch, deadline.saturating_duration_since(now))).await;
            }
            entry.open();
            let look_again = hold_ends.min(now + self.look_again());
            let wake_up = quiet_at.map_or(look_again, |at| at.min(look_again));
            is_closing = matches!(timeout_at(wake_up, ears.changed()).await, Ok(Err(_)));
        }
    }

    /// After how long to look without a hint, in case one was lost. The more waits there are, the more seldom each of them
    /// looks, so that all of them together do not keep the database from taking mail.
    fn look_again(&self) -> Duration {
        let waits = u32::try_from(self.0.permits.count()).unwrap_or(u32::MAX);
        self.0.store.look_again().max(PACE.saturating_mul(waits))
    }

    /// Searches what has come since the last look, stretch by stretch.
    async fn look_behind(&self, wait: &Wait, watch: &mut Watch, head: i64) -> Result<(), Error> {
        while watch.looked_at < head && watch.tally.wanted() > 0 {
            let until = head.min(watch.looked_at.saturating_add(STRETCH));
            let wanted = watch.tally.wanted();
            let found = self.matches(wait, watch.looked_at, until, wanted).await?;
            // Where the oldest ones are enough, the rest of the stretch was not looked at.
            let is_cut = wait.order == Order::Oldest && found.len() == wanted;
            watch.looked_at = found.last().filter(|_| is_cut).map_or(until, |last| last.number);
            watch.tally.add(found, Instant::now(), self.clock().now());
        }
        Ok(())
    }

    fn matched(&self, wait: &Wait, watch: Watch) -> Outcome {
        let found = watch.tally.found;
        Outcome::Matched { cursor: self.behind(wait, &found, watch.looked_at), found }
    }

    async fn exceeded(&self, wait: &Wait, watch: Watch, entry: &Entry<'_>) -> Result<Outcome, Error> {
        let diagnostics = Box::new(self.diagnose(&miss(wait, &watch, entry)).await?);
        let found = watch.tally.found;
        Ok(Outcome::CountExceeded { cursor: self.behind(wait, &found, watch.looked_at), found, diagnostics })
    }

    async fn pending(&self, wait: &Wait, watch: &Watch, remaining: Duration) -> Result<Outcome, Error> {
        let seen = self.arrived(wait, watch.begin).await?;
        Ok(Outcome::Pending { since: self.cursor(wait.within(), watch.begin), remaining, seen })
    }

    /// The deadline has come.
    async fn ended(
        &self,
        wait: &Wait,
        watch: Watch,
        entry: &Entry<'_>,
        warnings: &mut Vec<WaitWarning>,
    ) -> Result<Outcome, Error> {
        if watch.is_behind {
            warnings.push(WaitWarning::SearchIncomplete);
        }
        if watch.tally.is_enough_at_the_end(watch.is_behind) {
            if watch.tally.is_unsettled(Instant::now()) {
                warnings.push(WaitWarning::NotSettled);
            }
            return Ok(self.matched(wait, watch));
        }
        let diagnostics = Box::new(self.diagnose(&miss(wait, &watch, entry)).await?);
        let cursor = self.cursor(wait.within(), watch.looked_at);
        Ok(Outcome::TimedOut { found: watch.tally.found, cursor, diagnostics })
    }

    /// How many messages have come since the wait's beginning.
    pub(in crate::inboxes) async fn arrived(&self, wait: &Wait, begin: i64) -> Result<u64, Error> {
        let arrived = match &wait.scope {
            WaitScope::Inbox(inbox) => self.0.store.arrived_in(*inbox, begin, wait.received_after).await?,
            WaitScope::Project => self.0.store.arrived(&wait.who, begin, wait.received_after).await?,
            WaitScope::Inboxes(inboxes) => {
                self.0.store.arrived_among(wait.who.project, inboxes, begin, wait.received_after).await?
            }
        };
        Ok(u64::try_from(arrived).unwrap_or(0))
    }

    /// The cursor behind the messages that are given, or behind everything that was looked at.
    fn behind(&self, wait: &Wait, found: &[Listed], looked_at: i64) -> Cursor {
        self.cursor(wait.within(), found.iter().map(|one| one.number).max().unwrap_or(looked_at))
    }
}

fn miss<'a>(wait: &'a Wait, watch: &'a Watch, entry: &Entry<'_>) -> Miss<'a> {
    Miss { wait, begin: watch.begin, started_at: entry.started_at, matched: &watch.tally.found }
}
