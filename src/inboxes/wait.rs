//! Waiting for a message that may have arrived already, is arriving, or never will.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::list::{MessageSearch, Within};
use super::service::Inboxes;
use super::{Diagnostics, Error};
use crate::filter::Filter;
use crate::model::inbox::InboxState;
use crate::model::{Cursor, InboxId, Narrowing};
use crate::store::{Listed, Order};

/// Where a wait begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// At the first message: mail that came before the call counts.
    Start,
    /// Behind a cursor.
    Cursor(Cursor),
    /// At the call. Mail that came an instant earlier is not seen, which is a race; the answer says so.
    Now,
}

/// What is waited on.
pub type WaitScope = Within;

/// What is waited for, and for how long.
#[derive(Clone, Debug)]
pub struct Wait {
    /// An inbox or a project.
    pub within: WaitScope,
    /// What of it the caller may reach.
    pub reach: Narrowing,
    /// What the message must be like.
    pub filter: Filter,
    /// Where to begin.
    pub since: Since,
    /// Which one of several.
    pub order: Order,
    /// The caller's deadline.
    pub timeout: Duration,
    /// How long this call may take of it.
    pub hold: Duration,
}

/// How a wait ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A message passed.
    Matched {
        /// It, with its number in the order.
        found: Box<Listed>,
        /// Behind it.
        cursor: Cursor,
    },
    /// The hold is over, the deadline is not: ask again with this cursor.
    Pending {
        /// Where the wait began.
        since: Cursor,
        /// What is left of the deadline.
        remaining: Duration,
        /// Messages that came since.
        seen: u64,
    },
    /// The deadline came.
    TimedOut {
        /// Behind everything that was looked at.
        cursor: Cursor,
        /// What can be said about the miss.
        diagnostics: Box<Diagnostics>,
    },
    /// The inbox was removed, or its time came, while the wait was under way.
    InboxDeleted,
}

/// Where a wait stands.
enum Head {
    /// The number of the newest message or event.
    At(i64),
    /// The inbox is gone.
    Gone,
}

/// How long one search may take beyond the caller's deadline.
const SEARCH: Duration = Duration::from_secs(5);

/// One of the waits that are under way, counted until it is dropped.
struct Permit<'a>(&'a Inboxes);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.0.waits.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Inboxes {
    /// Waits until a message after `since` passes the filter, or the hold or the deadline comes.
    ///
    /// Cancel-safe: dropping the future leaves nothing behind.
    ///
    /// # Errors
    /// [`Error::CursorInvalid`], [`Error::NotFound`], [`Error::TooManyWaits`].
    pub async fn wait(&self, wait: &Wait) -> Result<Outcome, Error> {
        let _permit = self.permit()?;
        let started = Instant::now();
        let deadline = started + wait.timeout;
        let hold_ends = deadline.min(started + wait.hold);
        // Subscribe before looking, so that a message stored in between is not missed.
        let mut hints = match wait.within {
            Within::Inbox(inbox) => self.0.bus.subscribe_inbox(inbox),
            Within::Project(project) => self.0.bus.subscribe_project(project),
        };
        let begin = match wait.since {
            Since::Start => 0,
            Since::Cursor(cursor) => self.number(cursor, wait.within)?,
            Since::Now => match self.head(wait.within).await? {
                Head::At(number) => number,
                Head::Gone => return Ok(Outcome::InboxDeleted),
            },
        };
        let mut looked_at = begin;
        let mut is_behind = false;
        loop {
            // What is committed now is looked at once; what comes later has a higher number, and a hint.
            let Head::At(head) = self.head(wait.within).await? else { return Ok(Outcome::InboxDeleted) };
            // A search through many bodies may take longer than the caller waits. What is there already is found all the
            // same, however short the deadline: a search has its own time.
            let search_ends = hold_ends.max(Instant::now() + SEARCH);
            match timeout_at(search_ends, self.first(wait, looked_at, head)).await {
                Ok(found) => {
                    if let Some(found) = found? {
                        let cursor = self.cursor(wait.within, found.number);
                        return Ok(Outcome::Matched { found: Box::new(found), cursor });
                    }
                    looked_at = looked_at.max(head);
                }
                Err(_) => is_behind = true,
            }
            let look_again = hold_ends.min(Instant::now() + self.0.store.look_again());
            let is_closing = matches!(timeout_at(look_again, hints.changed()).await, Ok(Err(_)));
            let now = Instant::now();
            if now >= deadline {
                return self.missed(wait, begin, looked_at, is_behind).await;
            }
            if now >= hold_ends || is_closing {
                let seen = u64::try_from(looked_at - begin).unwrap_or(0);
                let since = self.cursor(wait.within, begin);
                return Ok(Outcome::Pending { since, remaining: deadline - now, seen });
            }
        }
    }

    fn permit(&self) -> Result<Permit<'_>, Error> {
        let limit = self.0.max_waits;
        let taken = self
            .0
            .waits
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |waits| (waits < limit).then_some(waits + 1));
        taken.map(|_| Permit(self)).map_err(|_| Error::TooManyWaits { limit })
    }

    /// Whether the inbox is still there, and the number of the newest message.
    async fn head(&self, within: Within) -> Result<Head, Error> {
        Ok(match within {
            Within::Project(project) => Head::At(self.0.store.position(project).await?.0),
            Within::Inbox(id) => match self.0.store.inbox(id).await? {
                Some(inbox) if inbox.state != InboxState::Expired => Head::At(inbox.last_seq.0),
                _ => Head::Gone,
            },
        })
    }

    /// The first match above `above`, up to `head`.
    async fn first(&self, wait: &Wait, above: i64, head: i64) -> Result<Option<Listed>, Error> {
        if head <= above {
            return Ok(None);
        }
        let search = MessageSearch {
            within: wait.within,
            reach: wait.reach.clone(),
            filter: wait.filter.clone(),
            tag: None,
            folder: None,
            seen: None,
            received_from: None,
            received_until: None,
            since: None,
            after: None,
            order: wait.order,
            limit: 1,
        };
        let mut query = self.query(&search, above);
        query.below = head.saturating_add(1);
        Ok(self.find(&wait.filter, query, 1).await?.pop())
    }

    /// The last look before the deadline is told: a hint may have been on its way.
    async fn missed(&self, wait: &Wait, begin: i64, looked_at: i64, is_behind: bool) -> Result<Outcome, Error> {
        let Head::At(head) = self.head(wait.within).await? else { return Ok(Outcome::InboxDeleted) };
        if !is_behind && let Some(found) = self.first(wait, looked_at, head).await? {
            let cursor = self.cursor(wait.within, found.number);
            return Ok(Outcome::Matched { found: Box::new(found), cursor });
        }
        let inbox: Option<InboxId> = match wait.within {
            Within::Inbox(inbox) => Some(inbox),
            Within::Project(_) => None,
        };
        let arrived = u64::try_from(head - begin).unwrap_or(0);
        let diagnostics = Box::new(self.diagnose(wait.within, &wait.reach, inbox, arrived).await?);
        Ok(Outcome::TimedOut { cursor: self.cursor(wait.within, head), diagnostics })
    }
}
