//! Messages that move, and changes of many messages.

use axum::Json as Answer;
use axum::extract::State as Given;
use axum::http::HeaderMap;
use axum::response::Response;

use super::inbox::{find, message_id};
use super::message::{answer, expected};
use super::shape::{Affected, BatchBody, Chosen, MessageJson, MoveBody, Wanted};
use crate::http::Problem;
use crate::http::caller::Caller;
use crate::http::json::Json;
use crate::http::path::Path;
use crate::http::state::State;
use crate::inboxes::{Change, Destination, INBOX, Selection, folder_name};
use crate::model::Principal;

/// Move a message
///
/// Into another folder of its inbox, or into another inbox. It keeps its id and gets a new UID. In another inbox it is new
/// mail: it gets a `seq` there, waits find it, and the events are `message.deleted`, then `message.received`.
#[utoipa::path(
    post, path = "/v1/messages/{message}/move", tag = "messages", operation_id = "moveMessage",
    security(("key" = ["messages:w"])),
    params(("message" = String, Path, description = "Its id")),
    request_body = MoveBody,
    responses(
        (status = 200, body = MessageJson),
        (status = 400, body = Problem, description = "`malformed_json`"),
        (status = 404, body = Problem, description = "`not_found`: the message, the folder or the other inbox"),
        (status = 409, body = Problem, description = "`inbox_frozen`"),
        (status = 410, body = Problem, description = "`expired`"),
        (status = 412, body = Problem, description = "`precondition_failed`"),
        (status = 413, body = Problem, description = "`payload_too_large`"),
        (status = 415, body = Problem, description = "`unsupported_media_type`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`"),
        (status = 503, body = Problem, description = "`storage_busy`"),
        (status = 507, body = Problem, description = "`over_quota`")
    )
)]
pub(super) async fn move_message(
    Given(state): Given<State>,
    caller: Caller,
    Path(message): Path<String>,
    headers: HeaderMap,
    Json(body): Json<MoveBody>,
) -> Result<Response, Problem> {
    let id = message_id(&message)?;
    let if_version = expected(&headers, &state.inboxes.message(&caller, id).await?)?;
    let to = match (body.inbox_id, body.folder) {
        (Some(inbox), folder) => other_inbox(&state, &caller, &inbox, folder.as_deref()).await?,
        (None, Some(folder)) => Destination::Folder(folder_name("/folder", &folder)?),
        (None, None) => return Err(Problem::invalid("", "required", "give a folder, an inbox_id, or both")),
    };
    answer(&state, state.inboxes.move_message(&caller, id, &to, if_version).await?).await
}

/// Change many messages
///
/// Each change is the same that a call for the one message makes, with its event. Messages of a filter are those that are
/// there when the call comes. They are changed 500 at a time: when the server fails in the middle, some are changed.
#[utoipa::path(
    post, path = "/v1/messages/batch", tag = "messages", operation_id = "changeMessages",
    security(("key" = ["messages:w"])),
    request_body = BatchBody,
    responses(
        (status = 200, body = Affected),
        (status = 400, body = Problem, description = "`malformed_json`"),
        (status = 404, body = Problem, description = "`not_found`: the inbox or the folder"),
        (status = 409, body = Problem, description = "`inbox_frozen`"),
        (status = 410, body = Problem, description = "`expired`"),
        (status = 413, body = Problem, description = "`payload_too_large`"),
        (status = 415, body = Problem, description = "`unsupported_media_type`"),
        (status = 422, body = Problem, description = "`filter_required`, `validation_failed`, `unknown_field`, `too_many`"),
        (status = 503, body = Problem, description = "`storage_busy`"),
        (status = 507, body = Problem, description = "`over_quota`")
    )
)]
pub(super) async fn change_messages(
    Given(state): Given<State>,
    caller: Caller,
    Json(body): Json<BatchBody>,
) -> Result<Answer<Affected>, Problem> {
    let chosen = body.chosen()?;
    let change = match body.wanted()? {
        Wanted::Change(Change::Move(Destination::Folder(name))) => {
            Change::Move(Destination::Folder(folder_name("/folder", &name)?))
        }
        Wanted::Change(change) => change,
        Wanted::MoveTo(inbox, folder) => Change::Move(other_inbox(&state, &caller, &inbox, folder.as_deref()).await?),
    };
    let selection = match chosen {
        Chosen::Ids(ids) => Selection::Ids(ids),
        Chosen::Like(inbox, filter) => Selection::Filter(Box::new(find(&state, &caller, &inbox).await?), filter),
    };
    let affected = state.inboxes.change_many(&caller, selection, &change).await?;
    Ok(Answer(Affected { affected }))
}

async fn other_inbox(
    state: &State,
    caller: &Principal,
    inbox: &str,
    folder: Option<&str>,
) -> Result<Destination, Problem> {
    let folder = folder_name("/folder", folder.unwrap_or(INBOX))?;
    Ok(Destination::Inbox(Box::new(find(state, caller, inbox).await?), folder))
}
