//! Inboxes.

use axum::Json as Answer;
use axum::extract::State as Given;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::id;
use super::shape::{CreateInboxBody, Emptied, EmptyBody, EnsureInboxBody, InboxJson, InboxPage, UpdateInboxBody};
use crate::http::caller::Caller;
use crate::http::json::Json;
use crate::http::path::Path;
use crate::http::query::{Page, Query, invalid};
use crate::http::state::State;
use crate::http::{Code, Problem, preconditions};
use crate::inboxes::{Created, Credential, InboxRef, Within};
use crate::model::inbox::{Inbox, InboxState};
use crate::model::{Address, Cursor, Principal, Seq};
use crate::store::InboxQuery;

/// Make an inbox
///
/// All fields are optional. The password is shown in this answer only.
#[utoipa::path(
    post, path = "/v1/inboxes", tag = "inboxes", operation_id = "createInbox",
    security(("key" = ["inboxes:w"])), request_body = CreateInboxBody,
    responses(
        (status = 201, body = InboxJson),
        (status = 200, body = InboxJson, description = "The inbox that this `client_ref` made before"),
        (status = 400, body = Problem, description = "`malformed_json`"),
        (status = 409, body = Problem, description = "`address_taken`, `client_ref_conflict`"),
        (status = 410, body = Problem, description = "`expired`: the inbox of this `client_ref` is gone"),
        (status = 413, body = Problem, description = "`payload_too_large`"),
        (status = 415, body = Problem, description = "`unsupported_media_type`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`, `domain_not_hosted`"),
        (status = 503, body = Problem, description = "`storage_busy`")
    )
)]
pub(super) async fn create_inbox(
    Given(state): Given<State>,
    caller: Caller,
    Json(body): Json<CreateInboxBody>,
) -> Result<Response, Problem> {
    let created = state.inboxes.create(&caller, body.into()).await?;
    Ok(answer_created(&state, created))
}

/// Make sure that an address has an inbox
///
/// Settings are used only when the inbox is made. With `If-None-Match: *` one that is there is refused.
#[utoipa::path(
    put, path = "/v1/inboxes/by-address/{address}", tag = "inboxes", operation_id = "ensureInbox",
    security(("key" = ["inboxes:w"])),
    params(("address" = String, Path, description = "The address, URL-encoded", example = "signup-7@t.test")),
    request_body = EnsureInboxBody,
    responses(
        (status = 201, body = InboxJson, description = "It was made"),
        (status = 200, body = InboxJson, description = "It was there"),
        (status = 400, body = Problem, description = "`malformed_json`"),
        (status = 410, body = Problem, description = "`expired`"),
        (status = 412, body = Problem, description = "`precondition_failed`"),
        (status = 413, body = Problem, description = "`payload_too_large`"),
        (status = 415, body = Problem, description = "`unsupported_media_type`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`, `domain_not_hosted`"),
        (status = 503, body = Problem, description = "`storage_busy`")
    )
)]
pub(super) async fn ensure_inbox(
    Given(state): Given<State>,
    caller: Caller,
    Path(address): Path<String>,
    headers: HeaderMap,
    Json(body): Json<EnsureInboxBody>,
) -> Result<Response, Problem> {
    let address = Address::parse(&address).map_err(|error| invalid("address", &error.to_string()))?;
    let created = state.inboxes.ensure(&caller, &address, body.into()).await?;
    if let Created::Present(inbox) = &created
        && preconditions::is_known(&headers, &etag(inbox))
    {
        return Err(Problem::new(Code::PreconditionFailed, "the address has an inbox, and If-None-Match wants none"));
    }
    Ok(answer_created(&state, created))
}

/// List inboxes
///
/// Newest first.
#[utoipa::path(
    get, path = "/v1/inboxes", tag = "inboxes", operation_id = "listInboxes",
    security(("key" = ["inboxes:r"])),
    params(
        ("tag" = Option<Vec<String>>, Query, description = "Only with this tag; several must all be there"),
        ("meta.{key}" = Option<String>, Query, description = "Only with this value in `metadata`"),
        ("run_id" = Option<String>, Query, description = "Only of this run"),
        ("domain" = Option<String>, Query, description = "Only of this domain"),
        ("state" = Option<String>, Query, description = "`active`, `frozen` or `expired`"),
        ("q" = Option<String>, Query, description = "Only with this text in the address"),
        ("limit" = Option<u16>, Query, description = "1 to 200; 50 when it is missing"),
        ("after" = Option<String>, Query, description = "`next_after` of the page before")
    ),
    responses((status = 200, body = InboxPage), (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`"))
)]
pub(super) async fn list_inboxes(
    Given(state): Given<State>,
    caller: Caller,
    query: Query,
) -> Result<Page<InboxPage>, Problem> {
    let query = query.allow(&["tag", "meta.", "run_id", "domain", "state", "q", "limit", "after"])?;
    let state_name = query.text("state")?;
    let wanted = state_name
        .map(|name| InboxState::parse(&name).ok_or_else(|| invalid("state", "active, frozen or expired")))
        .transpose()?;
    let wish = InboxQuery {
        project: caller.project,
        before: query.value("after", "next_after of the page before")?,
        tags: query.texts("tag")?,
        metadata: query.prefixed("meta."),
        run: query.text("run_id")?,
        domain: query.text("domain")?,
        state: wanted,
        text: query.text("q")?,
        limit: query.limit()?,
    };
    let (inboxes, has_more) = state.inboxes.list(&caller, wish).await?;
    let next_after = inboxes.last().filter(|_| has_more).map(|last| last.id.to_string());
    let items = inboxes.into_iter().map(|inbox| json(&state, inbox, None)).collect();
    Ok((query.next_page(next_after.as_deref()), Answer(InboxPage { items, has_more, next_after })))
}

/// Get an inbox
///
/// With its cursor and its counts as they are now.
#[utoipa::path(
    get, path = "/v1/inboxes/{inbox}", tag = "inboxes", operation_id = "getInbox",
    security(("key" = ["inboxes:r"])),
    params(("inbox" = String, Path, description = "Its id, or its address URL-encoded", example = "signup-7@t.test")),
    responses(
        (status = 200, body = InboxJson),
        (status = 304, description = "It is as `If-None-Match` has it"),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 410, body = Problem, description = "`expired`: for a day after its time came")
    )
)]
pub(super) async fn get_inbox(
    Given(state): Given<State>,
    caller: Caller,
    Path(inbox): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let inbox = find(&state, &caller, &inbox).await?;
    let etag = etag(&inbox);
    if preconditions::is_known(&headers, &etag) {
        return Ok(with_etag(StatusCode::NOT_MODIFIED.into_response(), &etag));
    }
    Ok(with_etag(Answer(json(&state, inbox, None)).into_response(), &etag))
}

/// Change an inbox
///
/// What is missing stays as it is. With `If-Match` it is changed only when no one else has changed it.
#[utoipa::path(
    patch, path = "/v1/inboxes/{inbox}", tag = "inboxes", operation_id = "updateInbox",
    security(("key" = ["inboxes:w"])),
    params(("inbox" = String, Path, description = "Its id, or its address URL-encoded")),
    request_body = UpdateInboxBody,
    responses(
        (status = 200, body = InboxJson),
        (status = 400, body = Problem, description = "`malformed_json`"),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 410, body = Problem, description = "`expired`"),
        (status = 412, body = Problem, description = "`precondition_failed`"),
        (status = 413, body = Problem, description = "`payload_too_large`"),
        (status = 415, body = Problem, description = "`unsupported_media_type`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`"),
        (status = 503, body = Problem, description = "`storage_busy`")
    )
)]
pub(super) async fn update_inbox(
    Given(state): Given<State>,
    caller: Caller,
    Path(inbox): Path<String>,
    headers: HeaderMap,
    Json(body): Json<UpdateInboxBody>,
) -> Result<Response, Problem> {
    let inbox = find(&state, &caller, &inbox).await?;
    let patch = body.into_patch(preconditions::check_version(&headers, inbox.version)?);
    let inbox = state.inboxes.update(&inbox, &patch).await?;
    let etag = etag(&inbox);
    Ok(with_etag(Answer(json(&state, inbox, None)).into_response(), &etag))
}

/// Delete an inbox
///
/// With all its messages; its address is free again. Waits on it end with `inbox_deleted`.
#[utoipa::path(
    delete, path = "/v1/inboxes/{inbox}", tag = "inboxes", operation_id = "deleteInbox",
    security(("key" = ["inboxes:w"])),
    params(("inbox" = String, Path, description = "Its id, or its address URL-encoded")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 410, body = Problem, description = "`expired`"),
        (status = 412, body = Problem, description = "`precondition_failed`"),
        (status = 503, body = Problem, description = "`storage_busy`")
    )
)]
pub(super) async fn delete_inbox(
    Given(state): Given<State>,
    caller: Caller,
    Path(inbox): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let inbox = find(&state, &caller, &inbox).await?;
    let if_version = preconditions::check_version(&headers, inbox.version)?;
    state.inboxes.delete_if(&inbox, if_version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Empty an inbox
///
/// Mail that arrives meanwhile stays; with `before` also what came after that cursor.
#[utoipa::path(
    post, path = "/v1/inboxes/{inbox}/empty", tag = "inboxes", operation_id = "emptyInbox",
    security(("key" = ["messages:w"])),
    params(("inbox" = String, Path, description = "Its id, or its address URL-encoded")),
    request_body = EmptyBody,
    responses(
        (status = 200, body = Emptied),
        (status = 400, body = Problem, description = "`malformed_json`"),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 410, body = Problem, description = "`expired`"),
        (status = 413, body = Problem, description = "`payload_too_large`"),
        (status = 415, body = Problem, description = "`unsupported_media_type`"),
        (status = 422, body = Problem, description = "`unknown_field`, `cursor_invalid`"),
        (status = 503, body = Problem, description = "`storage_busy`")
    )
)]
pub(super) async fn empty_inbox(
    Given(state): Given<State>,
    caller: Caller,
    Path(inbox): Path<String>,
    Json(body): Json<EmptyBody>,
) -> Result<Answer<Emptied>, Problem> {
    let inbox = find(&state, &caller, &inbox).await?;
    let within = Within::Inbox(inbox.id);
    let until = match body.before {
        None => inbox.last_seq.0,
        Some(text) => {
            let cursor = cursor("/before", &text)?;
            state.inboxes.number(cursor, within).map_err(|error| Problem::from(error).at("/before"))?
        }
    };
    let deleted = state.inboxes.empty(&inbox, Seq(until)).await?;
    Ok(Answer(Emptied { deleted, cursor: state.inboxes.cursor(within, until).to_string() }))
}

/// The inbox of a path.
pub(super) async fn find(state: &State, caller: &Principal, text: &str) -> Result<Inbox, Problem> {
    let named = InboxRef::parse(text).ok_or_else(|| Problem::not_found("inbox"))?;
    Ok(state.inboxes.inbox(caller, &named).await?)
}

/// The cursor in a request.
pub(super) fn cursor(pointer: &str, text: &str) -> Result<Cursor, Problem> {
    text.parse().map_err(|error: crate::model::cursor::ParseCursorError| {
        Problem::new(Code::CursorInvalid, error.to_string()).error(pointer, "cursor_invalid", error.to_string())
    })
}

/// The inbox as it is now; its credential only when it was made just now.
pub(super) fn json(state: &State, inbox: Inbox, credential: Option<Credential>) -> InboxJson {
    let cursor = state.inboxes.cursor(Within::Inbox(inbox.id), inbox.last_seq.0);
    InboxJson::new(inbox, &cursor, &state.doors, credential)
}

fn answer_created(state: &State, created: Created) -> Response {
    let (status, inbox, credential) = match created {
        Created::New(inbox, credential) => (StatusCode::CREATED, inbox, Some(credential)),
        Created::Present(inbox) => (StatusCode::OK, inbox, None),
    };
    let (etag, location) = (etag(&inbox), format!("/v1/inboxes/{}", inbox.id));
    let mut response = (status, Answer(json(state, inbox, credential))).into_response();
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(LOCATION, location);
    }
    with_etag(response, &etag)
}

/// The settings' version and what the inbox holds. `If-Match` looks at the version alone: new mail is no conflict.
fn etag(inbox: &Inbox) -> String {
    format!("\"{}.{}.{}.{}\"", inbox.version, inbox.last_seq.0, inbox.counts.messages, inbox.counts.unseen)
}

pub(super) fn with_etag(mut response: Response, etag: &str) -> Response {
    if let Ok(etag) = HeaderValue::from_str(etag) {
        response.headers_mut().insert(ETAG, etag);
    }
    response
}

/// The id in a path, for the other resources.
pub(super) fn message_id(text: &str) -> Result<crate::model::MessageId, Problem> {
    id(text, "message")
}
