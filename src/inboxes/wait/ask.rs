//! What a wait is asked and what it answers.

use std::time::Duration;

use super::super::diagnose::Diagnostics;
use super::super::list::Within;
use crate::filter::Filter;
use crate::model::{Cursor, InboxId, Principal, Timestamp, WaitId};
use crate::store::{Listed, Order};

/// What is waited for, and for how long.
#[derive(Clone, Debug)]
pub struct Wait {
    /// The wait that this call goes on with; `None` begins one.
    pub id: Option<WaitId>,
    /// Who calls.
    pub who: Principal,
    /// Where to look.
    pub scope: WaitScope,
    /// What the message must be like.
    pub filter: Filter,
    /// Where to begin.
    pub since: Since,
    /// Only messages that were received then or later, by this server's clock.
    pub received_after: Option<Timestamp>,
    /// How many messages are wanted.
    pub count: Count,
    /// Which ones of several.
    pub order: Order,
    /// The caller's deadline.
    pub timeout: Duration,
    /// How long this call may take of it.
    pub hold: Duration,
    /// The CI run that the inbox belongs to, for the log.
    pub run: Option<String>,
    /// What was asked for as the caller wrote it, as JSON, for the log.
    pub request: String,
}

/// Where a wait looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitScope {
    /// In one inbox, by its cursors.
    Inbox(InboxId),
    /// In some inboxes of the project, by the project's cursors; at least one.
    Inboxes(Vec<InboxId>),
    /// In the whole project.
    Project,
}

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

/// How many messages are wanted. They are counted from where the wait begins, however many calls it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// So many or more, 1..=[`MOST_MESSAGES`].
    AtLeast {
        /// How many.
        min: usize,
        /// No further match for so long, if that matters: then all of them are given.
        settle: Option<Duration>,
    },
    /// Neither fewer nor more, 0..=[`MOST_MESSAGES`]. None at all can be told only at the deadline.
    Exactly {
        /// How many.
        count: usize,
        /// No further match for so long.
        settle: Duration,
    },
}

/// Most messages that one wait gives.
pub const MOST_MESSAGES: usize = 100;

/// How a call ended.
#[derive(Clone, Debug)]
pub struct Waited {
    /// Names the wait, over all its calls.
    pub id: WaitId,
    /// How it ended.
    pub outcome: Outcome,
    /// What the caller should know.
    pub warnings: Vec<WaitWarning>,
}

/// How a wait ended, or that it has not.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// As many messages as were wanted passed.
    Matched {
        /// They, in the order that was asked for; none where none was wanted.
        found: Vec<Listed>,
        /// Behind the last of them, or behind everything where there is none.
        cursor: Cursor,
    },
    /// The hold is over, the deadline is not: ask again with this cursor.
    Pending {
        /// Where the wait began.
        since: Cursor,
        /// What is left of the deadline.
        remaining: Duration,
        /// Messages that came since, matches among them.
        seen: u64,
    },
    /// The deadline came.
    TimedOut {
        /// Those that did match, where more were wanted.
        found: Vec<Listed>,
        /// Behind everything that was looked at.
        cursor: Cursor,
        /// What can be said about the miss.
        diagnostics: Box<Diagnostics>,
    },
    /// More messages passed than were wanted.
    CountExceeded {
        /// They, one more than wanted.
        found: Vec<Listed>,
        /// Behind the last of them.
        cursor: Cursor,
        /// What can be said about it.
        diagnostics: Box<Diagnostics>,
    },
    /// The inbox was removed, or its time came, while the wait was under way; of several inboxes, all were.
    InboxDeleted,
}

/// Something that is no error, but may be a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitWarning {
    /// `since` is "now": mail that came an instant before the call is not seen.
    SinceNowIsRacy,
    /// A filter was given that every message passes.
    FilterMatchesEverything,
    /// The deadline came before the quiet was over.
    NotSettled,
    /// The deadline came before everything was looked through.
    SearchIncomplete,
}

impl WaitWarning {
    /// The stable word of the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SinceNowIsRacy => "since_now_is_racy",
            Self::FilterMatchesEverything => "filter_matches_everything",
            Self::NotSettled => "not_settled",
            Self::SearchIncomplete => "search_incomplete",
        }
    }
}

impl Outcome {
    /// The stable word of the API.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Matched { .. } => "matched",
            Self::Pending { .. } => "pending",
            Self::TimedOut { .. } => "timeout",
            Self::CountExceeded { .. } => "count_exceeded",
            Self::InboxDeleted => "inbox_deleted",
        }
    }
}

impl Wait {
    /// In whose order of commits it counts.
    #[must_use]
    pub const fn within(&self) -> Within {
        match &self.scope {
            WaitScope::Inbox(inbox) => Within::Inbox(*inbox),
            WaitScope::Inboxes(_) | WaitScope::Project => Within::Project(self.who.project),
        }
    }

    /// The inboxes that it looks at; none is all.
    #[must_use]
    pub fn inboxes(&self) -> &[InboxId] {
        match &self.scope {
            WaitScope::Inbox(inbox) => std::slice::from_ref(inbox),
            WaitScope::Inboxes(inboxes) => inboxes,
            WaitScope::Project => &[],
        }
    }
}
