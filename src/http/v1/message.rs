//! One message.

use axum::Json as Answer;
use axum::extract::State as Given;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::inbox::{message_id, with_etag};
use super::shape::{MessageJson, UpdateMessageBody};
use crate::http::caller::Caller;
use crate::http::json::Json;
use crate::http::path::Path;
use crate::http::state::State;
use crate::http::{Problem, preconditions};
use crate::store::{MessageVersion, StoredMessage};

/// Get a message
///
/// With its texts and attachments. Reading changes nothing: it stays unseen.
#[utoipa::path(
    get, path = "/v1/messages/{message}", tag = "messages", operation_id = "getMessage",
    security(("key" = ["messages:r"])),
    params(("message" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = MessageJson),
        (status = 304, description = "It is as `If-None-Match` has it"),
        (status = 404, body = Problem, description = "`not_found`")
    )
)]
pub(super) async fn get_message(
    Given(state): Given<State>,
    caller: Caller,
    Path(message): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let stored = state.inboxes.message(&caller, message_id(&message)?).await?;
    answer_unless_known(&state, stored, &headers).await
}

/// Change a message
///
/// Flags, keywords, tags and folder; the same change that a mail client makes. What is missing stays as it is.
#[utoipa::path(
    patch, path = "/v1/messages/{message}", tag = "messages", operation_id = "updateMessage",
    security(("key" = ["messages:w"])),
    params(("message" = String, Path, description = "Its id")),
    request_body = UpdateMessageBody,
    responses(
        (status = 200, body = MessageJson),
        (status = 400, body = Problem, description = "`malformed_json`"),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 412, body = Problem, description = "`precondition_failed`"),
        (status = 413, body = Problem, description = "`payload_too_large`"),
        (status = 415, body = Problem, description = "`unsupported_media_type`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`"),
        (status = 503, body = Problem, description = "`storage_busy`")
    )
)]
pub(super) async fn update_message(
    Given(state): Given<State>,
    caller: Caller,
    Path(message): Path<String>,
    headers: HeaderMap,
    Json(body): Json<UpdateMessageBody>,
) -> Result<Response, Problem> {
    let id = message_id(&message)?;
    let seen = state.inboxes.message(&caller, id).await?;
    let patch = body.into_patch(expected(&headers, &seen)?);
    let stored = state.inboxes.update_message(&caller, id, &patch).await?;
    answer(&state, stored).await
}

/// Delete a message
///
/// For good, in every mail client too.
#[utoipa::path(
    delete, path = "/v1/messages/{message}", tag = "messages", operation_id = "deleteMessage",
    security(("key" = ["messages:w"])),
    params(("message" = String, Path, description = "Its id")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 412, body = Problem, description = "`precondition_failed`"),
        (status = 503, body = Problem, description = "`storage_busy`")
    )
)]
pub(super) async fn delete_message(
    Given(state): Given<State>,
    caller: Caller,
    Path(message): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let id = message_id(&message)?;
    let if_version = expected(&headers, &state.inboxes.message(&caller, id).await?)?;
    state.inboxes.delete_message(&caller, id, if_version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The whole message, or nothing when the caller has it as it is.
pub(super) async fn answer_unless_known(
    state: &State,
    stored: StoredMessage,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let etag = etag(&stored);
    if preconditions::is_known(headers, &etag) {
        return Ok(with_etag(StatusCode::NOT_MODIFIED.into_response(), &etag));
    }
    answer(state, stored).await
}

/// The whole message.
pub(super) async fn answer(state: &State, stored: StoredMessage) -> Result<Response, Problem> {
    let etag = etag(&stored);
    let full = state.inboxes.whole(stored).await?;
    Ok(with_etag(Answer(MessageJson::new(&full)).into_response(), &etag))
}

/// The version that a change is made for, when the caller names one; it is looked at once more when it is made.
pub(super) fn expected(headers: &HeaderMap, stored: &StoredMessage) -> Result<Option<MessageVersion>, Problem> {
    Ok(preconditions::check(headers, &etag(stored))?.then(|| stored.version()))
}

/// The octets never change, the flags and the place do.
fn etag(stored: &StoredMessage) -> String {
    format!("\"{}\"", stored.version())
}
