//! The log of who changed what, and who was refused.

use axum::Json as Answer;
use axum::extract::State as Given;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::Problem;
use crate::http::caller::Caller;
use crate::http::query::{Page, Query};
use crate::http::state::State;
use crate::store::{AuditQuery, AuditRecord};

/// One line of the log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "evt_01hzy3v7k2e6m8q4w9x5c1t0rn", "at": "2026-11-20T09:00:00.000Z", "peer": "192.0.2.7",
    "project_id": "prj_01hzy3v7k2e6m8q4w9x5c1t0rn", "action": "key.created",
    "target": "key_01hzy3v7k2e6m8q4w9x5c1t0rn", "detail": "\"ci\" with messages:r"
}))]
pub(super) struct AuditJson {
    /// Its id.
    id: String,
    /// When.
    at: String,
    /// The project that it is about; missing where none is known, as with a wrong key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    project_id: Option<String>,
    /// The key that was shown; missing for the root key, on an open server, and where none was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    key_id: Option<String>,
    /// The client's address; behind a proxy, the proxy's.
    peer: String,
    /// What was done or refused: `key.created`, `key.rotated`, `key.deleted`, `project.created`, `project.updated`,
    /// `project.deleted`, `key.refused`, `scope.refused`. More may be added.
    action: String,
    /// The id of what it was done to, or the operation that was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    target: Option<String>,
    /// More about it, for people. Never a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    detail: Option<String>,
}

/// A page of the log.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AuditPage {
    /// The lines, newest first.
    items: Vec<AuditJson>,
    /// Whether more come behind them.
    has_more: bool,
    /// Give it as `after` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_after: Option<String>,
}

/// Who changed what
///
/// Newest first: changes of keys and projects, and calls that were refused, of which the same one is written down at most
/// once in ten seconds. With the root key the log of all projects. Kept for 90 days, and the newest 100,000 lines.
#[utoipa::path(
    get, path = "/v1/admin/audit", tag = "server", operation_id = "listAudit", security(("key" = ["admin"])),
    params(
        ("project" = Option<String>, Query, description = "Only about this project, by id or name"),
        ("key_id" = Option<String>, Query, description = "Only by this key"),
        ("action" = Option<String>, Query, description = "Only this action", example = "key.created"),
        ("target" = Option<String>, Query, description = "Only about the thing of this id"),
        ("from" = Option<String>, Query, description = "Not before this time, RFC 3339"),
        ("until" = Option<String>, Query, description = "Before this time, RFC 3339"),
        ("limit" = Option<u16>, Query, description = "1 to 200; 50 when it is missing"),
        ("after" = Option<String>, Query, description = "`next_after` of the page before")
    ),
    responses(
        (status = 200, body = AuditPage),
        (status = 404, body = Problem, description = "`not_found`: the project"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`")
    )
)]
pub(super) async fn list_audit(
    Given(state): Given<State>,
    caller: Caller,
    query: Query,
) -> Result<Page<AuditPage>, Problem> {
    let query = query.allow(&["project", "key_id", "action", "target", "from", "until", "limit", "after"])?;
    let project = match query.text("project")? {
        Some(named) => Some(state.inboxes.project_named(&caller, &named).await?.id),
        None => (!caller.is_root()).then_some(caller.project),
    };
    let wish = AuditQuery {
        project,
        key: query.value("key_id", "the id of a key")?,
        action: query.text("action")?,
        target: query.text("target")?,
        from: query.time("from")?,
        until: query.time("until")?,
        before: query.value("after", "next_after of the page before")?,
        limit: query.limit()?,
    };
    let (records, has_more) = state.auth.audit(wish).await?;
    let next_after = records.last().filter(|_| has_more).map(|last| last.id.to_string());
    let items = records.into_iter().map(AuditJson::from).collect();
    Ok((query.next_page(next_after.as_deref()), Answer(AuditPage { items, has_more, next_after })))
}

impl From<AuditRecord> for AuditJson {
    fn from(record: AuditRecord) -> Self {
        Self {
            id: record.id.to_string(),
            at: record.at.to_string(),
            project_id: record.project.map(|project| project.to_string()),
            key_id: record.key.map(|key| key.to_string()),
            peer: record.peer,
            action: record.action,
            target: record.target,
            detail: record.detail,
        }
    }
}
