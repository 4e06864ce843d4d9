//! The parts of a message: its octets, its header, its texts, its tree, its session.

use axum::Json as Answer;
use axum::extract::State as Given;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::{IntoResponse, Response};

use super::inbox::message_id;
use super::shape::{HeaderList, StructureJson, TranscriptJson};
use crate::http::Problem;
use crate::http::caller::Caller;
use crate::http::octets::Octets;
use crate::http::path::Path;
use crate::http::query::Query;
use crate::http::state::State;
use crate::inboxes::Full;
use crate::model::Principal;

/// What HTML of a message may do when it is opened: nothing but look like something (reliability: hostile by nature).
const HTML_POLICY: &str = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; \
    form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// Get the exact octets
///
/// As they were received. They never change: the ETag is their SHA-256.
#[utoipa::path(
    get, path = "/v1/messages/{message}/raw", tag = "messages", operation_id = "getMessageRaw",
    security(("key" = ["messages:r"])),
    params(
        ("message" = String, Path, description = "Its id"),
        ("download" = Option<String>, Query, description = "`1` to be saved as a file")
    ),
    responses(
        (status = 200, body = Vec<u8>, content_type = "message/rfc822"),
        (status = 206, body = Vec<u8>, content_type = "message/rfc822", description = "The range that was asked for"),
        (status = 304, description = "It is as `If-None-Match` has it"),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 412, body = Problem, description = "`precondition_failed`"),
        (status = 416, body = Problem, description = "`range_not_satisfiable`"),
        (status = 422, body = Problem, description = "`unknown_field`")
    )
)]
pub(super) async fn get_raw(
    Given(state): Given<State>,
    caller: Caller,
    Path(message): Path<String>,
    query: Query,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let wants_file = query.allow(&["download"])?.text("download")?.is_some_and(|text| text != "0" && text != "false");
    let stored = state.inboxes.message(&caller, message_id(&message)?).await?;
    let raw = state.inboxes.raw(&stored).await?;
    let file =
        wants_file.then(|| HeaderValue::from_str(&format!("attachment; filename=\"{}.eml\"", stored.message.id)));
    let octets = Octets {
        bytes: raw.into(),
        etag: super::shape::hex(&stored.message.digest),
        content_type: HeaderValue::from_static("message/rfc822"),
        more: file.and_then(Result::ok).map(|value| (CONTENT_DISPOSITION, value)).into_iter().collect(),
    };
    Ok(octets.answer(&method, &headers))
}

/// Get the header
///
/// Every field in order, doubles kept.
#[utoipa::path(
    get, path = "/v1/messages/{message}/headers", tag = "messages", operation_id = "getMessageHeaders",
    security(("key" = ["messages:r"])),
    params(("message" = String, Path, description = "Its id")),
    responses((status = 200, body = HeaderList), (status = 404, body = Problem, description = "`not_found`"))
)]
pub(super) async fn get_headers(
    Given(state): Given<State>,
    caller: Caller,
    Path(message): Path<String>,
) -> Result<Answer<HeaderList>, Problem> {
    let full = full(&state, &caller, &message).await?;
    Ok(Answer(HeaderList::new(&full.stored.content, &full.raw)))
}

/// Get the text
///
/// The text part, or the HTML without its markup; 404 when there is neither.
#[utoipa::path(
    get, path = "/v1/messages/{message}/text", tag = "messages", operation_id = "getMessageText",
    security(("key" = ["messages:r"])),
    params(("message" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = 404, body = Problem, description = "`not_found`")
    )
)]
pub(super) async fn get_text(
    Given(state): Given<State>,
    caller: Caller,
    Path(message): Path<String>,
) -> Result<Response, Problem> {
    let text =
        full(&state, &caller, &message).await?.text().ok_or_else(|| Problem::not_found("text in this message"))?;
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

/// Get the HTML
///
/// As sent, in a sandbox: no scripts, no forms, nothing loaded from elsewhere; 404 when there is none.
#[utoipa::path(
    get, path = "/v1/messages/{message}/html", tag = "messages", operation_id = "getMessageHtml",
    security(("key" = ["messages:r"])),
    params(("message" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = String, content_type = "text/html"),
        (status = 404, body = Problem, description = "`not_found`")
    )
)]
pub(super) async fn get_html(
    Given(state): Given<State>,
    caller: Caller,
    Path(message): Path<String>,
) -> Result<Response, Problem> {
    let html =
        full(&state, &caller, &message).await?.html().ok_or_else(|| Problem::not_found("HTML in this message"))?;
    let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, HTML_POLICY)];
    Ok((headers, html).into_response())
}

/// Get the MIME tree
///
/// As a list in order of section numbers.
#[utoipa::path(
    get, path = "/v1/messages/{message}/structure", tag = "messages", operation_id = "getMessageStructure",
    security(("key" = ["messages:r"])),
    params(("message" = String, Path, description = "Its id")),
    responses((status = 200, body = StructureJson), (status = 404, body = Problem, description = "`not_found`"))
)]
pub(super) async fn get_structure(
    Given(state): Given<State>,
    caller: Caller,
    Path(message): Path<String>,
) -> Result<Answer<StructureJson>, Problem> {
    let stored = state.inboxes.message(&caller, message_id(&message)?).await?;
    Ok(Answer(StructureJson::new(&stored.content)))
}

/// Get the session that it came by
///
/// Every line of the SMTP conversation with secrets masked, the times of its stages, and what other servers may object to.
#[utoipa::path(
    get, path = "/v1/messages/{message}/transcript", tag = "messages", operation_id = "getMessageTranscript",
    security(("key" = ["messages:r"])),
    params(("message" = String, Path, description = "Its id")),
    responses((status = 200, body = TranscriptJson), (status = 404, body = Problem, description = "`not_found`"))
)]
pub(super) async fn get_transcript(
    Given(state): Given<State>,
    caller: Caller,
    Path(message): Path<String>,
) -> Result<Answer<TranscriptJson>, Problem> {
    let stored = state.inboxes.message(&caller, message_id(&message)?).await?;
    let receipt = state.inboxes.receipt(&stored).await?;
    Ok(Answer(TranscriptJson::new(&receipt)))
}

pub(super) async fn full(state: &State, caller: &Principal, message: &str) -> Result<Full, Problem> {
    let stored = state.inboxes.message(caller, message_id(message)?).await?;
    Ok(state.inboxes.full(stored).await?)
}
