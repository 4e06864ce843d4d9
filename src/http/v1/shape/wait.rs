//! The JSON of waiting.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::openapi::{Object, ObjectBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::filter::{FilterBody, compile};
use super::message::{MessageJson, MessageSummary};
use crate::filter::{Filter, Shorthands};
use crate::http::Problem;
use crate::inboxes::Diagnostics;
use crate::store::RejectionRecord;

/// What to wait for. All conditions must hold; none at all is any message.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"subject": "reset", "from": "no-reply@app.test", "timeout_ms": 60000}))]
pub(in crate::http::v1) struct WaitBody {
    /// Conditions on any field. Those below are short for the most usual.
    #[schema(nullable = false)]
    filter: Option<FilterBody>,
    /// An address, a part of a name or address, or a pattern with `*` and `?`.
    #[schema(nullable = false)]
    from: Option<String>,
    /// The same for To, Cc, Bcc and the envelope's recipients.
    #[schema(nullable = false)]
    to: Option<String>,
    /// Text in the subject; case and white space do not matter.
    #[schema(nullable = false)]
    subject: Option<String>,
    /// Text in the text or the HTML; case and white space do not matter.
    #[schema(nullable = false)]
    body: Option<String>,
    /// A cursor: only mail behind it counts. Missing is from the first message on; `now` from this call on.
    #[schema(nullable = false)]
    pub(in crate::http::v1) since: Option<String>,
    /// Which one of several matches.
    pub(in crate::http::v1) order: OrderJson,
    /// Your deadline in milliseconds, 1 to 3,600,000; 60,000 when it is missing.
    #[schema(nullable = false, minimum = 1, maximum = 3_600_000)]
    pub(in crate::http::v1) timeout_ms: Option<u64>,
    /// How long this call may take of it; 25,000 when it is missing. Then the outcome is `pending`.
    #[schema(nullable = false, minimum = 1)]
    pub(in crate::http::v1) hold_ms: Option<u64>,
    /// How much of the message to give.
    #[serde(rename = "return")]
    pub(in crate::http::v1) returns: ReturnKind,
    /// Whether a miss is a result (200) or a problem (404 `wait_timeout`).
    pub(in crate::http::v1) on_timeout: OnTimeout,
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
    /// `matched`, `pending` (ask again), `timeout`, `inbox_deleted`.
    pub(in crate::http::v1) outcome: &'static str,
    /// Names this call.
    pub(in crate::http::v1) wait_id: String,
    /// The match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(in crate::http::v1) messages: Vec<WaitedMessage>,
    /// With `matched` behind the message, with `timeout` behind everything that was looked at.
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
    /// With `pending`: messages that came since and did not match.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) seen: Option<u64>,
    /// How long this call took.
    pub(in crate::http::v1) waited_ms: u64,
    /// What was used where it differs from what was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) applied: Option<Applied>,
    /// What you should know, as stable words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(in crate::http::v1) warnings: Vec<&'static str>,
    /// With `timeout`: why, as far as it can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) diagnostics: Option<DiagnosticsJson>,
}

/// What was used.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct Applied {
    /// How long the call could take.
    pub(in crate::http::v1) hold_ms: u64,
}

/// Why a wait was in vain.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct DiagnosticsJson {
    /// One line that a person can act on.
    summary: String,
    /// Messages that came and did not match.
    arrived: u64,
    /// Mail that was refused lately.
    rejected: Vec<RejectedJson>,
    /// What the doors for mail have seen.
    smtp: ConnectionsJson,
}

/// What the doors for mail have seen since the server started.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct ConnectionsJson {
    /// Connections.
    connections: u64,
    /// When the last one came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_connection_at: Option<String>,
}

/// Mail that was refused.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct RejectedJson {
    /// When.
    at: String,
    /// At which stage of the session, `RCPT`.
    stage: String,
    /// What was answered.
    reply: String,
    /// Why, as a stable word.
    cause: String,
    /// The reverse-path.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    envelope_from: Option<String>,
    /// The forward-path.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    envelope_to: Option<String>,
}

impl From<Diagnostics> for DiagnosticsJson {
    fn from(told: Diagnostics) -> Self {
        Self {
            summary: told.summary,
            arrived: told.arrived,
            rejected: told.rejected.into_iter().map(rejected).collect(),
            smtp: ConnectionsJson {
                connections: told.connections,
                last_connection_at: told.last_connection_at.map(|at| at.to_string()),
            },
        }
    }
}

fn rejected(record: RejectionRecord) -> RejectedJson {
    RejectedJson {
        at: record.at.to_string(),
        stage: record.stage,
        reply: record.reply,
        cause: record.cause,
        envelope_from: record.envelope_from,
        envelope_to: record.envelope_to,
    }
}
