//! Many inboxes at once.

use axum::Json as Answer;
use axum::extract::State as Given;
use axum::http::StatusCode;

use super::inbox::json;
use super::shape::{BulkBody, InboxesDeleted, InboxesMade};
use crate::http::caller::Caller;
use crate::http::json::Json;
use crate::http::query::Query;
use crate::http::state::State;
use crate::http::{Code, Problem};
use crate::inboxes::{Created, InboxSelection};

/// Make many inboxes
///
/// All or none, in one transaction. One whose `client_ref` was used before is given as it is; the answer is 200 when that
/// is so of all. The passwords are shown in this answer only.
#[utoipa::path(
    post, path = "/v1/inboxes/bulk", tag = "inboxes", operation_id = "createInboxes", request_body = BulkBody,
    security(("key" = ["inboxes:w"])),
    responses(
        (status = 201, body = InboxesMade),
        (status = 200, body = InboxesMade, description = "They were all made before"),
        (status = 400, body = Problem, description = "`malformed_json`"),
        (status = 409, body = Problem, description = "`address_taken`, `client_ref_conflict`"),
        (status = 410, body = Problem, description = "`expired`: the inbox of a `client_ref` is gone"),
        (status = 413, body = Problem, description = "`payload_too_large`"),
        (status = 415, body = Problem, description = "`unsupported_media_type`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`, `too_many`, `domain_not_hosted`"),
        (status = 503, body = Problem, description = "`storage_busy`")
    )
)]
pub(super) async fn create_inboxes(
    Given(state): Given<State>,
    caller: Caller,
    Json(body): Json<BulkBody>,
) -> Result<(StatusCode, Answer<InboxesMade>), Problem> {
    let created = state.inboxes.create_all(&caller, &body.into_wishes()?).await?;
    let is_new = created.iter().any(|one| matches!(one, Created::New(..)));
    let items = created.into_iter().map(|one| match one {
        Created::New(inbox, credential) => json(&state, inbox, Some(credential)),
        Created::Present(inbox) => json(&state, inbox, None),
    });
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Answer(InboxesMade { items: items.collect() })))
}

/// Delete many inboxes
///
/// Those of a run, or with tags, one after the other, each with all its messages. Nothing here means all inboxes.
#[utoipa::path(
    delete, path = "/v1/inboxes", tag = "inboxes", operation_id = "deleteInboxes",
    security(("key" = ["inboxes:w"])),
    params(
        ("run_id" = Option<String>, Query, description = "Only of this run", example = "ci-4711"),
        ("tag" = Option<Vec<String>>, Query, description = "Only with this tag; several must all be there"),
        ("dry_run" = Option<bool>, Query, description = "`true` counts them and removes none")
    ),
    responses(
        (status = 200, body = InboxesDeleted),
        (status = 422, body = Problem, description = "`filter_required`, `validation_failed`, `unknown_field`"),
        (status = 503, body = Problem, description = "`storage_busy`")
    )
)]
pub(super) async fn delete_inboxes(
    Given(state): Given<State>,
    caller: Caller,
    query: Query,
) -> Result<Answer<InboxesDeleted>, Problem> {
    let query = query.allow(&["run_id", "tag", "dry_run"])?;
    let mut tags = query.texts("tag")?;
    tags.retain(|tag| !tag.is_empty());
    let selection = InboxSelection { tags, run: query.text("run_id")? };
    if selection == InboxSelection::default() {
        return Err(Problem::new(Code::FilterRequired, "give a run_id or a tag: nothing here means all inboxes"));
    }
    let is_dry = query.value("dry_run", "true or false")?.unwrap_or(false);
    let count = state.inboxes.delete_all(&caller, selection, is_dry).await?;
    Ok(Answer(InboxesDeleted { deleted: (!is_dry).then_some(count), would_delete: is_dry.then_some(count) }))
}
