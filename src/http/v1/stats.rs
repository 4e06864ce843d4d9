//! How much mail came.

use axum::Json as Answer;
use axum::extract::State as Given;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::Problem;
use crate::http::caller::Caller;
use crate::http::query::{Query, invalid};
use crate::http::state::State;
use crate::model::Timestamp;
use crate::store::{Counted, Grouping};

/// Each name with what it groups by, the seconds of a group that is a time, and how far back the answer goes when nothing
/// is said.
const GROUPINGS: [(&str, Grouping, Option<i64>, Option<i64>); 5] = [
    ("hour", Grouping::Hour, Some(3600), Some(24 * 3600)),
    ("day", Grouping::Day, Some(24 * 3600), Some(30 * 24 * 3600)),
    ("inbox", Grouping::Inbox, None, None),
    ("from_domain", Grouping::FromDomain, None, None),
    ("run", Grouping::Run, None, None),
];

/// Mail of one group.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct StatsGroup {
    /// The beginning of the hour or day, an address, a domain, a run; empty for what has none.
    #[schema(example = "2026-11-20T09:00:00.000Z")]
    key: String,
    /// Messages.
    messages: i64,
    /// Their octets as received.
    bytes: i64,
}

/// How much mail came, of the mail that is still there.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct StatsJson {
    /// What it is counted by.
    group_by: &'static str,
    /// From this time on; missing is from the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    since: Option<String>,
    /// Before this time.
    until: String,
    /// All messages of the time.
    messages: i64,
    /// Their octets as received.
    bytes: i64,
    /// The groups with mail: the newest times first, else those with the most messages.
    groups: Vec<StatsGroup>,
    /// Whether there are more groups.
    has_more: bool,
}

/// Count messages
///
/// By hour, day, inbox, domain of From, or run.
#[utoipa::path(
    get, path = "/v1/stats", tag = "messages", operation_id = "getStats",
    security(("key" = ["messages:r"])),
    params(
        ("group_by" = String, Query, description = "`hour`, `day`, `inbox`, `from_domain` or `run`", example = "hour"),
        ("since" = Option<String>, Query, description = "Received at this time or later, RFC 3339; a day before `until` by hour, 30 days by day, else from the beginning"),
        ("until" = Option<String>, Query, description = "Received earlier than this, RFC 3339; now when it is missing"),
        ("limit" = Option<u16>, Query, description = "Most groups, 1 to 200; 50 when it is missing")
    ),
    responses(
        (status = 200, body = StatsJson, example = json!({
            "group_by": "run", "until": "2026-11-20T10:00:00.000Z", "messages": 12, "bytes": 34567,
            "groups": [{"key": "ci-4711", "messages": 12, "bytes": 34567}], "has_more": false
        })),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`")
    )
)]
pub(super) async fn get_stats(
    Given(state): Given<State>,
    caller: Caller,
    query: Query,
) -> Result<Answer<StatsJson>, Problem> {
    let query = query.allow(&["group_by", "since", "until", "limit"])?;
    let name = query.text("group_by")?.unwrap_or_default();
    let grouping = GROUPINGS.into_iter().find(|(known, ..)| *known == name);
    let Some((group_by, grouping, unit_s, reach_s)) = grouping else {
        return Err(invalid("group_by", "hour, day, inbox, from_domain or run"));
    };
    // What was received this instant counts.
    let now = Timestamp::from_micros(state.inboxes.clock().now().micros() + 1);
    let until = query.time("until")?.unwrap_or(now);
    let since = query.time("since")?.or(reach_s.map(|reach_s| until.plus_seconds(-reach_s)));
    let begin = since.unwrap_or(Timestamp::from_micros(0));
    let stats = state.inboxes.stats(&caller, grouping, (begin, until), query.limit()?).await?;
    let group = |Counted { key, messages, bytes }: Counted| {
        let key = match unit_s {
            None => key,
            Some(unit_s) => Timestamp::from_micros(0).plus_seconds(key.parse().unwrap_or(0) * unit_s).to_string(),
        };
        StatsGroup { key, messages, bytes }
    };
    Ok(Answer(StatsJson {
        group_by,
        since: since.map(|since| since.to_string()),
        until: until.to_string(),
        messages: stats.total.messages,
        bytes: stats.total.bytes,
        groups: stats.groups.into_iter().map(group).collect(),
        has_more: stats.has_more,
    }))
}
