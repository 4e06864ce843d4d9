//! The JSON of waiting.

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::openapi::{Object, ObjectBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::diagnostics::DiagnosticsJson;
use super::extract::ExtractionJson;
use super::filter::{FilterBody, compile};
use super::message::{MessageJson, MessageSummary};
use crate::filter::{Filter, Shorthands};
use crate::http::Problem;
use crate::inboxes::{Count, MOST_MESSAGES};

/// What to wait for. All conditions must hold; none at all is any message.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"subject": "reset", "from": "no-reply@app.test", "timeout_ms": 60000}))]
pub(in crate::http::v1) struct WaitBody {
    /// `POST /v1/wait` only: ids or addresses of 1 to 100 inboxes; all of the project when it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_items = 1, max_items = 100)]
    pub(in crate::http::v1) inbox_ids: Option<Vec<String>>,
    /// Conditions on any field. Those below are short for the most usual.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    filter: Option<FilterBody>,
    /// An address, a part of a name or address, or a pattern with `*` and `?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    from: Option<String>,
    /// The same for To, Cc, Bcc and the envelope's recipients.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    to: Option<String>,
    /// Text in the subject; case and white space do not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    subject: Option<String>,
    /// Text in the text or the HTML; case and white space do not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    body: Option<String>,
    /// How many messages are wanted; one or more when it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) count: Option<CountBody>,
    /// A cursor: only mail behind it counts. Missing is from the first message on; `now` from this call on, which misses
    /// mail that came an instant earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) since: Option<String>,
    /// Only mail that was received then or later, by the server's clock, RFC 3339. A cursor is surer: clocks differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "2026-11-20T09:00:00Z")]
    pub(in crate::http::v1) received_after: Option<String>,
    /// Which ones of several matches, and in which order they are given.
    pub(in crate::http::v1) order: OrderJson,
    /// Your deadline in milliseconds, 1 to 3,600,000; 60,000 when it is missing. When you ask again after `pending`, give
    /// what was `remaining_ms`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 3_600_000)]
    pub(in crate::http::v1) timeout_ms: Option<u64>,
    /// How long this call may take of it; 25,000 when it is missing. Then the outcome is `pending`. The server's limit is
    /// `max_hold_ms` of `GET /v1/meta`; what was cut is told in `applied`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1)]
    pub(in crate::http::v1) hold_ms: Option<u64>,
    /// The `wait_id` of a call that was `pending`: the log then has one entry for all calls of one wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "wait_01hzy3v7k2e6m8q4w9x5c1t0rn")]
    pub(in crate::http::v1) wait_id: Option<String>,
    /// How much of each message to give. Of many large ones, those above 16 MiB together are given as summaries.
    #[serde(rename = "return")]
    pub(in crate::http::v1) returns: ReturnKind,
    /// Whether a miss is a result (200) or a problem (404 `wait_timeout`).
    pub(in crate::http::v1) on_timeout: OnTimeout,
    /// Gives the codes and links of the first match as `extraction`, also where `return` leaves them out.
    #[schema(nullable = false)]
    pub(in crate::http::v1) extract: Option<ExtractWish>,
}

/// What to take out of a match.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::http::v1) struct ExtractWish {
    /// Its codes.
    pub(in crate::http::v1) codes: bool,
    /// Its links.
    pub(in crate::http::v1) links: bool,
}

/// How many messages are wanted. They are counted from `since`, however many calls a wait takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"exactly": 2, "settle_ms": 500}))]
pub(in crate::http::v1) struct CountBody {
    /// So many or more, 1 to 100; 1 when nothing is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 100)]
    min: Option<usize>,
    /// Neither fewer nor more, 0 to 100; one too many ends the wait with `count_exceeded`. That no mail came at all
    /// can be told at the deadline only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 100)]
    exactly: Option<usize>,
    /// How long no further match may come, in milliseconds, 1 to 60,000; with `exactly` 1,000 when it is missing. With
    /// `min`, all matches until then are given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 60_000)]
    settle_ms: Option<u64>,
}

/// Which one of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http::v1) enum OrderJson {
    #[default]
    Oldest,
    Newest,
}

/// How much of a message to give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http::v1) enum ReturnKind {
    #[default]
    Full,
    Summary,
    Ids,
}

/// What a miss is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http::v1) enum OnTimeout {
    #[default]
    Result,
    Problem,
}

impl WaitBody {
    pub(in crate::http::v1) fn filter(&self) -> Result<Filter, Problem> {
        let short = Shorthands {
            from: self.from.clone(),
            to: self.to.clone(),
            subject: self.subject.clone(),
            body: self.body.clone(),
        };
        compile(self.filter.as_ref(), &short)
    }

    /// Whether a `filter` was given.
    pub(in crate::http::v1) const fn has_filter(&self) -> bool {
        self.filter.is_some()
    }
}

/// How long no further match may come when `exactly` is given alone.
const DEFAULT_SETTLE: Duration = Duration::from_millis(1_000);
/// The longest quiet, in milliseconds.
const MAX_SETTLE_MS: u64 = 60_000;

impl CountBody {
    /// What is wanted, or what of it cannot be.
    pub(in crate::http::v1) fn read(self) -> Result<Count, Problem> {
        let settle = match self.settle_ms {
            None => None,
            Some(settle_ms @ 1..=MAX_SETTLE_MS) => Some(Duration::from_millis(settle_ms)),
            Some(_) => {
                let reason = format!("1 to {MAX_SETTLE_MS} milliseconds");
                return Err(Problem::invalid("/count/settle_ms", "range", reason));
            }
        };
        match (self.min, self.exactly) {
            (Some(_), Some(_)) => {
                Err(Problem::invalid("/count/exactly", "invalid", "give min or exactly: exactly is both"))
            }
            (_, Some(0)) if settle.is_some() => {
                let reason = "with exactly 0 there is nothing that quiet could follow: leave it out";
                Err(Problem::invalid("/count/settle_ms", "invalid", reason))
            }
            (None, Some(count @ 0..=MOST_MESSAGES)) => {
                Ok(Count::Exactly { count, settle: settle.unwrap_or(DEFAULT_SETTLE) })
            }
            (None, Some(_)) => Err(Problem::invalid("/count/exactly", "range", format!("0 to {MOST_MESSAGES}"))),
            (None, None) => Ok(Count::AtLeast { min: 1, settle }),
            (Some(min @ 1..=MOST_MESSAGES), None) => Ok(Count::AtLeast { min, settle }),
            (Some(_), None) => Err(Problem::invalid("/count/min", "range", format!("1 to {MOST_MESSAGES}"))),
        }
    }
}

/// A message, as much of it as `return` asked for.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(in crate::http::v1) enum WaitedMessage {
    /// `full`
    Full(Box<MessageJson>),
    /// `summary`
    Summary(Box<MessageSummary>),
    /// `ids`
    Id {
        /// Its id.
        id: String,
    },
}

/// One schema instead of a choice of three: only the id is always there. Generators get choices without a
/// discriminator wrong.
impl PartialSchema for WaitedMessage {
    fn schema() -> RefOr<Schema> {
        let mut message = ObjectBuilder::new()
            .description(Some("A message: all of it, its summary, or its id alone, as `return` asked for."))
            .required("id");
        for object in [MessageSummary::schema(), MessageJson::schema()].into_iter().flat_map(objects) {
            for (name, property) in object.properties {
                message = message.property(name, property);
            }
        }
        message.build().into()
    }
}

impl ToSchema for WaitedMessage {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("WaitedMessage")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        MessageJson::schemas(schemas);
    }
}

/// The objects that a schema is put together from; references are left out.
fn objects(schema: RefOr<Schema>) -> Vec<Object> {
    match schema {
        RefOr::T(Schema::Object(object)) => vec![object],
        RefOr::T(Schema::AllOf(all)) => all.items.into_iter().flat_map(objects).collect(),
        _ => Vec::new(),
    }
}

/// How a wait ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"outcome": "timeout", "wait_id": "wait_01hzy3v7k2e6m8q4w9x5c1t0rn", "cursor": "c_0:inb_01hzy3v7k2e6m8q4w9x5c1t0rn:5f3a9c01", "waited_ms": 60000}))]
pub(in crate::http::v1) struct WaitJson {
    /// `matched`, `pending` (ask again), `timeout`, `count_exceeded` (more than `exactly`), `inbox_deleted` (of several
    /// inboxes, all).
    pub(in crate::http::v1) outcome: &'static str,
    /// Names the wait in the log, `GET /v1/waits/{wait}`. Give it back when you ask again after `pending`.
    pub(in crate::http::v1) wait_id: String,
    /// What matched; with `timeout` too, where more were wanted. A message that was removed meanwhile is given as its
    /// summary.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(in crate::http::v1) messages: Vec<WaitedMessage>,
    /// With `matched` and `count_exceeded` behind the last message that is given, else behind everything that was looked
    /// at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) cursor: Option<String>,
    /// With `pending`: what to give as `since` when asking again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) since: Option<String>,
    /// With `pending`: what is left of the deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) remaining_ms: Option<u64>,
    /// With `pending`: messages that came since, matches among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) seen: Option<u64>,
    /// How long this call took.
    pub(in crate::http::v1) waited_ms: u64,
    /// What was used where it differs from what was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) applied: Option<Applied>,
    /// What may be a mistake, as stable words: `since_now_is_racy`, `filter_matches_everything`, `not_settled` (the
    /// deadline came before the quiet was over), `search_incomplete` (it came before everything was looked through),
    /// `full_messages_cut`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(in crate::http::v1) warnings: Vec<&'static str>,
    /// With `timeout` and `count_exceeded`: why, as far as it can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) diagnostics: Option<DiagnosticsJson>,
    /// With `extract`: what was found in the first match.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) extraction: Option<ExtractionJson>,
}

/// What was used.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct Applied {
    /// How long the call could take.
    pub(in crate::http::v1) hold_ms: u64,
}
