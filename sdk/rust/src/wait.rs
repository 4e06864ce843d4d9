//! Waiting for mail: one deadline, however many calls it takes.

use std::collections::VecDeque;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::message::complete;
use crate::transport::Call;
use crate::value::More;
use crate::{Client, Cursor, Diagnostics, Error, Filter, Message, Result};

/// The longest that one call is held: below what proxies usually allow.
const HOLD_MAX: Duration = Duration::from_secs(25);
/// The longest deadline that a server takes.
const DEADLINE_MAX: Duration = Duration::from_secs(3600);
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
/// Between two calls while the server is away.
const AWAY: Duration = Duration::from_millis(200);
/// Calls in a row that may find nobody, before one of this wait found the server.
const STRANGERS: u32 = 3;

/// A wait that has not begun; `.await` it for the message.
///
/// Dropping it at any point is safe: a wait takes nothing away, and the same wait from the same cursor finds the same
/// message again.
#[derive(Clone, Debug)]
#[must_use = "nothing is waited for before it is awaited"]
pub struct Wait {
    client: Client,
    path: String,
    request: Request,
    timeout: Duration,
    hold: Duration,
}

#[derive(Clone, Debug, Default, Serialize)]
struct Request {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inbox_ids: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<Filter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Cursor>,
    /// The wait that this call goes on with.
    #[serde(skip_serializing_if = "Option::is_none")]
    wait_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<&'static str>,
    timeout_ms: u64,
    hold_ms: u64,
}

/// How a wait ended, as the API tells it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// How it ended.
    pub outcome: Outcome,
    /// Names the wait, over all its calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_id: Option<String>,
    /// What matched.
    #[serde(default)]
    pub messages: Vec<Message>,
    /// Behind what was found, or behind everything that was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// Where the wait began; only between calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Cursor>,
    /// Why nothing was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnostics: Option<Diagnostics>,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// What was wanted is there.
    Matched,
    /// The call ended before the deadline; only between calls.
    Pending,
    /// The deadline came.
    Timeout,
    /// More came than were wanted.
    CountExceeded,
    /// The inbox was deleted, or its time came.
    InboxDeleted,
}

impl Wait {
    pub(crate) fn new(client: Client, path: String) -> Self {
        Self { client, path, request: Request::default(), timeout: DEFAULT_TIMEOUT, hold: HOLD_MAX }
    }

    /// Only mail with this text in the subject.
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.request.subject = Some(subject.into());
        self
    }

    /// Only mail from this address, part of a name, or pattern with `*`.
    pub fn from(mut self, from: impl Into<String>) -> Self {
        self.request.from = Some(from.into());
        self
    }

    /// Only mail to this address, part of a name, or pattern with `*`.
    pub fn to(mut self, to: impl Into<String>) -> Self {
        self.request.to = Some(to.into());
        self
    }

    /// Only mail with this text in its text or HTML.
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.request.body = Some(body.into());
        self
    }

    /// Only mail that passes this filter too.
    pub fn filter(mut self, filter: Filter) -> Self {
        self.request.filter = Some(filter);
        self
    }

    /// Only mail to these inboxes, by id; for waits over the whole project.
    pub fn inboxes(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.request.inbox_ids = ids.into_iter().map(Into::into).collect();
        self
    }

    /// Only mail behind this cursor. Without it, mail from before the wait counts too: right for an inbox of one test.
    pub fn since(mut self, cursor: Cursor) -> Self {
        self.request.since = Some(cursor);
        self
    }

    /// The newest match instead of the oldest.
    pub fn newest(mut self) -> Self {
        self.request.order = Some("newest");
        self
    }

    /// At least so many messages.
    pub fn at_least(mut self, count: u32) -> Self {
        self.request.count = Some(json!({ "min": count }));
        self
    }

    /// So many messages and, for `settle`, no more.
    pub fn exactly(mut self, count: u32, settle: Duration) -> Self {
        let settle_ms = u64::try_from(settle.as_millis()).unwrap_or(u64::MAX);
        self.request.count = Some(json!({ "exactly": count, "settle_ms": settle_ms }));
        self
    }

    /// The deadline, counted from when the wait is awaited; a minute when it is not given.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long one call is held, at most 25 seconds: less only where something in between cuts calls off earlier.
    pub fn hold(mut self, hold: Duration) -> Self {
        self.hold = hold.min(HOLD_MAX);
        self
    }

    /// Every message that matched; at least one, unless none were wanted.
    ///
    /// # Errors
    /// [`Error::WaitTimeout`] at the deadline, [`Error::CountExceeded`], [`Error::InboxDeleted`], or as every call.
    pub async fn messages(self) -> Result<Vec<Message>> {
        let client = self.client.clone();
        let answer = self.answer().await?;
        let told = || Box::new(answer.diagnostics.clone().unwrap_or_default());
        match answer.outcome {
            Outcome::Matched => {
                let mut messages = Vec::with_capacity(answer.messages.len());
                for message in answer.messages {
                    messages.push(complete(&client, message).await?);
                }
                Ok(messages)
            }
            Outcome::CountExceeded => Err(Error::CountExceeded(told())),
            Outcome::InboxDeleted => Err(Error::InboxDeleted),
            Outcome::Timeout | Outcome::Pending => Err(Error::WaitTimeout(told())),
        }
    }

    /// Waits and gives the API's own answer, whatever the outcome; it is never [`Outcome::Pending`].
    ///
    /// # Errors
    /// As every call. A server that goes away after it was there is waited for until the deadline.
    pub async fn answer(mut self) -> Result<Answer> {
        let deadline = Instant::now() + self.timeout;
        // Nobody there at all is told at once.
        self.client.meta().await?;
        let (mut was_there, mut missed) = (false, 0);
        loop {
            // The clock of this side rules: the calls share one deadline.
            let left = deadline.saturating_duration_since(Instant::now());
            let hold = self.hold.min(left);
            self.request.timeout_ms = millis(left.min(DEADLINE_MAX));
            self.request.hold_ms = millis(hold);
            let error = match self.client.value::<Answer>(Call::post(&self.path).json(&self.request).held(hold)).await {
                Ok(answer) if answer.outcome == Outcome::Pending => {
                    (was_there, missed) = (true, 0);
                    // Where the first call began: `now` would be later by the next one.
                    self.request.since = answer.since.or(self.request.since);
                    self.request.wait_id = answer.wait_id.or(self.request.wait_id);
                    continue;
                }
                // A deadline longer than the server takes is made of several.
                Ok(answer) if answer.outcome == Outcome::Timeout && left > DEADLINE_MAX => continue,
                Ok(answer) => return Ok(answer),
                Err(error @ (Error::Unavailable(_) | Error::Unreachable { .. })) => error,
                Err(error) => return Err(error),
            };
            missed += 1;
            was_there |= !matches!(error, Error::Unreachable { connected: false, .. });
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || (!was_there && missed >= STRANGERS) {
                return Err(error);
            }
            tokio::time::sleep(AWAY.min(left)).await;
        }
    }
}

impl IntoFuture for Wait {
    type Output = Result<Message>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    /// The first of the messages that matched.
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let first = self.messages().await?.into_iter().next();
            first.ok_or_else(|| Error::WaitTimeout(Box::default()))
        })
    }
}

/// Every message as it arrives. Made of waits: nothing is polled, nothing is missed between two.
#[derive(Clone, Debug)]
pub struct Tail {
    wait: Wait,
    found: VecDeque<Message>,
}

impl Tail {
    pub(crate) fn new(wait: Wait, since: Cursor) -> Self {
        Self { wait: wait.since(since).timeout(DEADLINE_MAX), found: VecDeque::new() }
    }

    /// The next message, as long as that takes. Cancel-safe: a message that was not given comes again.
    ///
    /// # Errors
    /// [`Error::InboxDeleted`], or as every call.
    pub async fn next(&mut self) -> Result<Message> {
        loop {
            if let Some(message) = self.found.pop_front() {
                return Ok(message);
            }
            let answer = self.wait.clone().answer().await?;
            if answer.outcome == Outcome::InboxDeleted {
                return Err(Error::InboxDeleted);
            }
            if let Some(cursor) = answer.cursor {
                self.wait.request.since = Some(cursor);
            }
            self.found = answer.messages.into();
        }
    }
}

/// At least one, as the API wants it.
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).max(1)
}
