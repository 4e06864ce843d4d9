//! The JSON of why a wait was in vain.

use serde::Serialize;
use utoipa::ToSchema;

use super::filter::CheckedJson;
use crate::filter::Hint;
use crate::inboxes::{Candidate, Diagnostics, Excluded, Misdirected, Refused};

/// Why a wait was in vain, as far as it can be told; never about mail of another project.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct DiagnosticsJson {
    /// One line that a person can act on.
    #[schema(
        example = "3 messages arrived, none matched. Closest: msg_01hzy3v7k2e6m8q4w9x5c1t0rn failed subject contains \"reset\": it is \"Passwort ändern\". Nothing of it is there."
    )]
    summary: String,
    /// Messages that came since the wait's beginning and did not match.
    arrived: u64,
    /// The ones among them that came closest: by the share of conditions that they meet, then the newest; at most ten.
    candidates: Vec<CandidateJson>,
    /// Messages that came before the wait's beginning: those that would have matched, then the newest; at most five.
    excluded_by_since: Vec<ExcludedJson>,
    /// Mail that went, from ten minutes before the wait on, to a similar address: one or two letters differ, or only the
    /// domain.
    elsewhere: Vec<ElsewhereJson>,
    /// Mail that was refused in the same time: for the addresses that were waited on, newest first, then before any
    /// recipient was named.
    rejected: Vec<RejectedJson>,
    /// What the doors for mail have seen.
    smtp: ConnectionsJson,
    /// Messages that other inboxes of the project received in the same time.
    other_inboxes_received: u64,
}

/// A message that came close.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct CandidateJson {
    /// Its id.
    #[schema(example = "msg_01hzy3v7k2e6m8q4w9x5c1t0rn")]
    message_id: String,
    /// When it was taken.
    received_at: String,
    /// The share of conditions that it meets, 0 to 1.
    #[schema(example = 0.67)]
    score: f64,
    /// Each condition.
    conditions: Vec<CheckedJson>,
}

/// A message that came too early.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct ExcludedJson {
    /// Its id.
    #[schema(example = "msg_01hzy3v7k2e6m8q4w9x5c1t0rn")]
    message_id: String,
    /// How long before the wait's first call it was taken. When the cursor was taken is not known.
    #[schema(example = 1240)]
    received_before_cursor_ms: u64,
    /// Whether it meets all conditions.
    would_have_matched: bool,
    /// `bad_since`, when it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = String)]
    hint: Option<&'static str>,
}

/// Mail that went to a similar address.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct ElsewhereJson {
    /// That address.
    #[schema(example = "sign-up7@t.test")]
    address: String,
    /// The inbox that took it; missing when it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    inbox_id: Option<String>,
    /// How many letters differ.
    #[schema(example = 1)]
    distance: u32,
    /// Whether it meets all conditions; missing when it was refused, since then nobody has seen it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    would_have_matched: Option<bool>,
    /// What was answered when it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reply: Option<String>,
}

/// Mail that was refused.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct RejectedJson {
    /// When.
    at: String,
    /// At which stage of the session, `RCPT`.
    #[schema(example = "RCPT")]
    stage: String,
    /// What was answered.
    #[schema(example = "550 5.1.1 no such inbox here")]
    reply: String,
    /// Why, as a stable word.
    #[schema(example = "unknown_inbox")]
    cause: String,
    /// The reverse-path.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    envelope_from: Option<String>,
    /// The forward-path; missing when it was refused before one was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    envelope_to: Option<String>,
}

/// What the doors for mail have seen since this server started.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct ConnectionsJson {
    /// Connections; none says that the sender is pointed elsewhere.
    connections: u64,
    /// When the last one came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_connection_at: Option<String>,
}

impl From<Diagnostics> for DiagnosticsJson {
    fn from(told: Diagnostics) -> Self {
        Self {
            summary: told.summary,
            arrived: told.arrived,
            candidates: told.candidates.into_iter().map(CandidateJson::from).collect(),
            excluded_by_since: told.excluded_by_since.iter().map(ExcludedJson::from).collect(),
            elsewhere: told.elsewhere.into_iter().map(ElsewhereJson::from).collect(),
            rejected: told.rejected.into_iter().map(RejectedJson::from).collect(),
            smtp: ConnectionsJson {
                connections: told.connections,
                last_connection_at: told.last_connection_at.map(|at| at.to_string()),
            },
            other_inboxes_received: told.other_inboxes_received,
        }
    }
}

impl From<Candidate> for CandidateJson {
    fn from(candidate: Candidate) -> Self {
        Self {
            message_id: candidate.id().to_string(),
            received_at: candidate.received_at.to_string(),
            score: (candidate.score * 100.0).round() / 100.0,
            conditions: candidate.conditions.into_iter().map(CheckedJson::from).collect(),
        }
    }
}

impl From<&Excluded> for ExcludedJson {
    fn from(excluded: &Excluded) -> Self {
        Self {
            message_id: excluded.id().to_string(),
            received_before_cursor_ms: excluded.before_ms,
            would_have_matched: excluded.would_have_matched,
            hint: excluded.would_have_matched.then(|| Hint::BadSince.as_str()),
        }
    }
}

impl From<Misdirected> for ElsewhereJson {
    fn from(misdirected: Misdirected) -> Self {
        Self {
            inbox_id: misdirected.inbox_id().map(|id| id.to_string()),
            address: misdirected.address,
            distance: misdirected.distance,
            would_have_matched: misdirected.would_have_matched,
            reply: misdirected.reply,
        }
    }
}

impl From<Refused> for RejectedJson {
    fn from(refused: Refused) -> Self {
        Self {
            at: refused.at.to_string(),
            stage: refused.stage,
            reply: refused.reply,
            cause: refused.cause,
            envelope_from: refused.envelope_from,
            envelope_to: refused.envelope_to,
        }
    }
}
