//! Taking a code or a link out of an inbox: the newest message that has one, waited for if need be.

use std::time::Duration;

use tokio::time::Instant;

use super::list::{MessageSearch, Within};
use super::service::Inboxes;
use super::wait::{Count, Outcome, Since, Wait, WaitScope};
use super::{Diagnostics, Error};
use crate::extract::Extraction;
use crate::filter::Filter;
use crate::model::inbox::Inbox;
use crate::model::{Cursor, Narrowing, Principal};
use crate::store::{Listed, Order, StoredMessage};

/// Where to take it from.
#[derive(Clone, Debug)]
pub struct Take {
    /// Who calls.
    pub who: Principal,
    /// The inbox.
    pub inbox: Inbox,
    /// What the message must be like.
    pub filter: Filter,
    /// Where to begin.
    pub since: Since,
    /// How long to wait for it.
    pub wait: Duration,
    /// What was asked for, as JSON, for the log of waits.
    pub request: String,
}

/// What one message has of what is wanted.
#[derive(Clone, Debug)]
pub enum Choice<T> {
    /// This.
    Sure(T),
    /// One of these, and it does not say which.
    Unsure(Vec<T>),
    /// Nothing that is sure enough; perhaps this.
    Nothing(Option<T>),
}

/// What came of it.
#[derive(Debug)]
pub enum Taken<T> {
    /// It, and the message that it was taken from.
    Found(T, Box<StoredMessage>, Cursor),
    /// The newest message that has some has several.
    Ambiguous(Vec<T>, Box<StoredMessage>),
    /// No message has it.
    Missing {
        /// Messages that passed the filter.
        looked_at: usize,
        /// What comes nearest, with its message.
        nearest: Option<(T, Box<StoredMessage>)>,
        /// Why no message came, where none did.
        diagnostics: Option<Box<Diagnostics>>,
    },
}

/// Messages that are looked through for it, the newest first.
const LOOK_THROUGH: usize = 50;

impl Inboxes {
    /// Takes what `choose` finds in the newest message that has it; waits for one where none has.
    ///
    /// # Errors
    /// [`Error::CursorInvalid`], [`Error::TooManyWaits`], [`Error::NotFound`] when the inbox goes meanwhile.
    pub async fn take<T>(&self, take: &Take, choose: impl Fn(&Extraction) -> Choice<T>) -> Result<Taken<T>, Error> {
        let deadline = Instant::now() + take.wait;
        let within = Within::Inbox(take.inbox.id);
        let mut above = match take.since {
            Since::Start => self.cursor(within, 0),
            Since::Cursor(cursor) => cursor,
            Since::Now => self.cursor_now(within).await?,
        };
        let (mut looked_at, mut nearest, mut wait_id) = (0, None, None);
        loop {
            let head = self.cursor_now(within).await?;
            for Listed { number, found } in self.newest(take, above).await? {
                looked_at += 1;
                match choose(&*self.extraction(&found).await?) {
                    Choice::Sure(it) => return Ok(Taken::Found(it, Box::new(found), self.cursor(within, number))),
                    Choice::Unsure(some) => return Ok(Taken::Ambiguous(some, Box::new(found))),
                    Choice::Nothing(perhaps) => {
                        nearest = nearest.or_else(|| perhaps.map(|it| (it, Box::new(found))));
                    }
                }
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Taken::Missing { looked_at, nearest, diagnostics: None });
            }
            above = head;
            let wait = Wait {
                id: wait_id,
                who: take.who.clone(),
                scope: WaitScope::Inbox(take.inbox.id),
                filter: take.filter.clone(),
                since: Since::Cursor(above),
                received_after: None,
                count: Count::AtLeast { min: 1, settle: None },
                order: Order::Oldest,
                timeout: left,
                hold: left,
                run: take.inbox.run.clone(),
                request: take.request.clone(),
            };
            let waited = self.wait(&wait).await?;
            wait_id = Some(waited.id);
            match waited.outcome {
                Outcome::Matched { .. } | Outcome::CountExceeded { .. } => {}
                Outcome::Pending { .. } => return Ok(Taken::Missing { looked_at, nearest, diagnostics: None }),
                Outcome::TimedOut { diagnostics, .. } => {
                    let diagnostics = (looked_at == 0).then_some(diagnostics);
                    return Ok(Taken::Missing { looked_at, nearest, diagnostics });
                }
                Outcome::InboxDeleted => return Err(Error::NotFound { what: "inbox" }),
            }
        }
    }

    async fn newest(&self, take: &Take, above: Cursor) -> Result<Vec<Listed>, Error> {
        let search = MessageSearch {
            within: Within::Inbox(take.inbox.id),
            reach: Narrowing::default(),
            filter: take.filter.clone(),
            inboxes: Vec::new(),
            since: Some(above),
            after: None,
            order: Order::Newest,
            limit: LOOK_THROUGH,
        };
        Ok(self.messages(&search).await?.items)
    }
}
