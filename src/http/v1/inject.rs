//! Putting a message into an inbox without SMTP.

use axum::Json as Answer;
use axum::extract::{Request, State as Given};
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::inbox::find;
use super::shape::{Injected, MessageJson};
use crate::http::caller::Caller;
use crate::http::json::{media_type, parse, read};
use crate::http::path::Path;
use crate::http::state::State;
use crate::http::{Code, Problem};
use crate::inboxes::Error;
use crate::model::{MessageId, Principal};

/// Put a message into an inbox
///
/// As octets (`message/rfc822`), which are kept exactly, or in parts (`application/json`).
#[utoipa::path(
    post, path = "/v1/inboxes/{inbox}/messages", tag = "messages", operation_id = "injectMessage",
    security(("key" = ["messages:w"])),
    params(("inbox" = String, Path, description = "Its id, or its address URL-encoded")),
    request_body(content((Injected = "application/json"), (Vec<u8> = "message/rfc822"))),
    responses(
        (status = 201, body = MessageJson, description = "It is in the inbox; in the rare case that it could not be read back, only its `id` is told"),
        (status = 400, body = Problem, description = "`malformed_json`"),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 409, body = Problem, description = "`inbox_frozen`"),
        (status = 410, body = Problem, description = "`expired`"),
        (status = 413, body = Problem, description = "`payload_too_large`"),
        (status = 415, body = Problem, description = "`unsupported_media_type`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`"),
        (status = 503, body = Problem, description = "`storage_busy`"),
        (status = 507, body = Problem, description = "`over_quota`, `storage_full`")
    )
)]
pub(super) async fn inject_message(
    Given(state): Given<State>,
    caller: Caller,
    Path(inbox): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let inbox = find(&state, &caller, &inbox).await?;
    let limit = state.inboxes.max_message_bytes();
    let id = match media_type(&request).as_str() {
        "message/rfc822" => {
            let raw = read(request.into_body(), limit).await?;
            if raw.is_empty() {
                return Err(Problem::invalid("", "required", "the body is empty: send the message's octets"));
            }
            state.inboxes.inject(&inbox, raw).await?
        }
        "application/json" => {
            // Attachments come in base64, which takes four octets for three.
            let body = read(request.into_body(), limit / 3 * 4 + state.section.max_body_bytes as u64).await?;
            let draft = parse::<Injected>(&body)?.into_draft();
            let draft = draft.map_err(|pointer| Problem::invalid(pointer, "format", "not base64 (RFC 4648 §4)"))?;
            state.inboxes.compose(&inbox, &draft).await?
        }
        other => {
            return Err(Problem::new(Code::UnsupportedMediaType, format!("{other:?} is not taken here"))
                .hint("send message/rfc822 or application/json"));
        }
    };
    let mut response = match read_back(&state, &caller, id).await {
        Ok(full) => (StatusCode::CREATED, Answer(full)).into_response(),
        // It lies in the inbox, or lay there until someone removed it: to send it again would double it.
        Err(error) => {
            tracing::warn!(%error, message.id = %id, "a message that was put into an inbox could not be read back");
            (StatusCode::CREATED, Answer(json!({"id": id.to_string()}))).into_response()
        }
    };
    if let Ok(location) = HeaderValue::from_str(&format!("/v1/messages/{id}")) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

async fn read_back(state: &State, caller: &Principal, id: MessageId) -> Result<MessageJson, Error> {
    let stored = state.inboxes.message(caller, id).await?;
    Ok(MessageJson::new(&state.inboxes.whole(stored).await?))
}
