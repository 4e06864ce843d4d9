//! The JSON of the log of waits.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::diagnostics::DiagnosticsJson;
use crate::inboxes::LoggedWait;
use crate::store::WaitRow;

/// A wait of the last day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct WaitEntryJson {
    /// Its id.
    #[schema(example = "wait_01hzy3v7k2e6m8q4w9x5c1t0rn")]
    id: String,
    /// `open`, how it ended (`matched`, `timeout`, `count_exceeded`, `inbox_deleted`), or `abandoned`: its caller hung up,
    /// or did not come again after `pending`.
    #[schema(example = "timeout")]
    outcome: String,
    /// The inboxes that it looked at; none is the whole project.
    inbox_ids: Vec<String>,
    /// The run of these inboxes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    run_id: Option<String>,
    /// What was asked for, by its first call: its body, or the query of a list that waited.
    #[schema(value_type = Object)]
    request: Value,
    /// When its first call came.
    started_at: String,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ended_at: Option<String>,
    /// How long it took, over all its calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    waited_ms: Option<u64>,
    /// The ids of what matched.
    message_ids: Vec<String>,
    /// Why it was in vain, in a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    summary: Option<String>,
}

/// A wait with everything that is known of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct LoggedWaitJson {
    #[serde(flatten)]
    entry: WaitEntryJson,
    /// With `timeout` and `count_exceeded`: why, as far as it could be told then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    diagnostics: Option<DiagnosticsJson>,
}

/// A page of waits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct WaitPageJson {
    /// The waits, newest first.
    pub(in crate::http::v1) items: Vec<WaitEntryJson>,
    /// Whether there are older ones.
    pub(in crate::http::v1) has_more: bool,
    /// What to give as `after` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) next_after: Option<String>,
}

impl From<WaitRow> for WaitEntryJson {
    fn from(row: WaitRow) -> Self {
        let waited = row.ended_at.map(|at| at.millis_since(row.started_at));
        Self {
            id: row.id.to_string(),
            outcome: row.outcome,
            inbox_ids: row.inboxes.iter().map(ToString::to_string).collect(),
            run_id: row.run,
            // It was written from JSON; were it damaged, nothing is told of it.
            request: serde_json::from_str(&row.request).unwrap_or_default(),
            started_at: row.started_at.to_string(),
            ended_at: row.ended_at.map(|at| at.to_string()),
            waited_ms: waited.and_then(|waited| u64::try_from(waited).ok()),
            message_ids: row.messages.iter().map(ToString::to_string).collect(),
            summary: row.summary,
        }
    }
}

impl From<LoggedWait> for LoggedWaitJson {
    fn from(logged: LoggedWait) -> Self {
        Self { entry: logged.row.into(), diagnostics: logged.diagnostics.map(DiagnosticsJson::from) }
    }
}
