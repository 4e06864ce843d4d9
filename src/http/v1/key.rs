//! Keys.

use axum::Json as Answer;
use axum::extract::State as Given;
use axum::http::header::LOCATION;
use axum::http::{HeaderName, StatusCode};

use super::id;
use super::inbox::find;
use super::shape::{CreateKeyBody, CreateTokenBody, KeyJson, KeyPage, RotateBody};
use crate::auth::{Line, Made, NewKey};
use crate::http::Problem;
use crate::http::caller::Caller;
use crate::http::json::Json;
use crate::http::path::Path;
use crate::http::query::{Page, Query};
use crate::http::state::State;
use crate::model::{KeyId, Narrowing, Principal, Scopes, Timestamp};

/// A new thing, and where it is.
type Created = (StatusCode, [(HeaderName, String); 1], Answer<KeyJson>);

/// Make a key
///
/// The secret is shown in this answer only. No key makes one that is wider than itself: not with more scopes, not for
/// more inboxes, not for longer.
#[utoipa::path(
    post, path = "/v1/keys", tag = "keys", operation_id = "createKey", security(("key" = ["admin"])),
    request_body = CreateKeyBody,
    responses(
        (status = 201, body = KeyJson),
        (status = 403, body = Problem, description = "`scope_escalation`"),
        (status = 404, body = Problem, description = "`not_found`: the project or the inbox of `restrict`")
    )
)]
pub(super) async fn create_key(
    Given(state): Given<State>,
    caller: Caller,
    Json(body): Json<CreateKeyBody>,
) -> Result<Created, Problem> {
    let mut who = Principal::clone(&caller);
    if let Some(named) = &body.restrict.project {
        who.project = state.inboxes.project_named(&who, named).await?.id;
    }
    let inbox = match &body.restrict.inbox {
        Some(named) => Some(find(&state, &who, named).await?.id),
        None => None,
    };
    let expires_at = body.expires_at.map(|text| {
        let time = Timestamp::parse_rfc3339(&text);
        time.ok_or_else(|| Problem::invalid("/expires_at", "format", "an RFC 3339 time such as 2027-01-31T12:00:00Z"))
    });
    let new = NewKey {
        name: body.name,
        scopes: scopes(&body.scopes)?,
        narrowed: Narrowing { inbox, tag: body.restrict.tag, run: body.restrict.run },
        expires_at: expires_at.transpose()?,
    };
    let made = state.auth.create_key(&who, new).await?;
    note(&state, &caller, "key.created", &made).await;
    Ok(created(made))
}

/// Make a key for one inbox
///
/// To hand to a test or a page that may see this inbox and nothing else. It ends with the inbox.
#[utoipa::path(
    post, path = "/v1/inboxes/{inbox}/tokens", tag = "keys", operation_id = "createInboxToken",
    security(("key" = ["inboxes:w"])),
    params(("inbox" = String, Path, description = "Its id, or its address URL-encoded")),
    request_body = CreateTokenBody,
    responses(
        (status = 201, body = KeyJson),
        (status = 403, body = Problem, description = "`scope_escalation`"),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 410, body = Problem, description = "`expired`")
    )
)]
pub(super) async fn create_inbox_token(
    Given(state): Given<State>,
    caller: Caller,
    Path(inbox): Path<String>,
    Json(body): Json<CreateTokenBody>,
) -> Result<Created, Problem> {
    let inbox = find(&state, &caller, &inbox).await?;
    let lifetime = body.ttl_s.map(|ttl_s| i64::try_from(ttl_s).unwrap_or(i64::MAX));
    let new = NewKey {
        name: body.name.unwrap_or_else(|| format!("token of {}", inbox.address)).chars().take(100).collect(),
        scopes: scopes(&body.scopes)?,
        narrowed: Narrowing::default(),
        expires_at: lifetime.map(|seconds| state.inboxes.clock().now().plus_seconds(seconds)),
    };
    let made = state.auth.create_token(&caller, inbox.id, new).await?;
    note(&state, &caller, "key.created", &made).await;
    Ok(created(made))
}

/// List keys
///
/// Those of the project, newest first, without their secrets.
#[utoipa::path(
    get, path = "/v1/keys", tag = "keys", operation_id = "listKeys", security(("key" = ["admin"])),
    params(
        ("limit" = Option<u16>, Query, description = "1 to 200; 50 when it is missing"),
        ("after" = Option<String>, Query, description = "`next_after` of the page before")
    ),
    responses((status = 200, body = KeyPage), (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`"))
)]
pub(super) async fn list_keys(
    Given(state): Given<State>,
    caller: Caller,
    query: Query,
) -> Result<Page<KeyPage>, Problem> {
    let query = query.allow(&["limit", "after"])?;
    let after = query.value("after", "next_after of the page before")?;
    let (keys, has_more) = state.auth.keys(caller.project, after, query.limit()?).await?;
    let next_after = keys.last().filter(|_| has_more).map(|last| last.id.to_string());
    let items = keys.into_iter().map(KeyJson::from).collect();
    Ok((query.next_page(next_after.as_deref()), Answer(KeyPage { items, has_more, next_after })))
}

/// Get a key
///
/// Without its secret.
#[utoipa::path(
    get, path = "/v1/keys/{key}", tag = "keys", operation_id = "getKey", security(("key" = ["admin"])),
    params(("key" = String, Path, description = "Its id")),
    responses((status = 200, body = KeyJson), (status = 404, body = Problem, description = "`not_found`"))
)]
pub(super) async fn get_key(
    Given(state): Given<State>,
    caller: Caller,
    Path(key): Path<String>,
) -> Result<Answer<KeyJson>, Problem> {
    let key = state.auth.key(&caller, key_id(&key)?).await?;
    Ok(Answer(key.into()))
}

/// Give a key a new secret
///
/// The present secret goes on for `overlap_s` seconds, so that whoever holds it can change over without a gap.
#[utoipa::path(
    post, path = "/v1/keys/{key}/rotate", tag = "keys", operation_id = "rotateKey", security(("key" = ["admin"])),
    params(("key" = String, Path, description = "Its id")),
    request_body = RotateBody,
    responses(
        (status = 200, body = KeyJson),
        (status = 403, body = Problem, description = "`scope_escalation`: it lasts longer than the caller's own"),
        (status = 404, body = Problem, description = "`not_found`")
    )
)]
pub(super) async fn rotate_key(
    Given(state): Given<State>,
    caller: Caller,
    Path(key): Path<String>,
    Json(body): Json<RotateBody>,
) -> Result<Answer<KeyJson>, Problem> {
    let made = state.auth.rotate_key(&caller, key_id(&key)?, body.overlap_s).await?;
    note(&state, &caller, "key.rotated", &made).await;
    Ok(Answer(made.into()))
}

/// End a key
///
/// At once on this node; another node may believe it for two seconds more.
#[utoipa::path(
    delete, path = "/v1/keys/{key}", tag = "keys", operation_id = "deleteKey", security(("key" = ["admin"])),
    params(("key" = String, Path, description = "Its id")),
    responses(
        (status = 204, description = "It opens nothing any more"),
        (status = 404, body = Problem, description = "`not_found`")
    )
)]
pub(super) async fn delete_key(
    Given(state): Given<State>,
    caller: Caller,
    Path(key): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = key_id(&key)?;
    state.auth.delete_key(&caller, id).await?;
    let line = Line { action: "key.deleted", target: Some(id.to_string()), detail: None };
    state.auth.note(&caller, caller.peer, line).await;
    Ok(StatusCode::NO_CONTENT)
}

fn key_id(text: &str) -> Result<KeyId, Problem> {
    id(text, "key")
}

fn scopes(names: &[String]) -> Result<Scopes, Problem> {
    let each = names.iter().enumerate().map(|(place, name)| {
        name.parse().map_err(|_| {
            let known = Scopes::ALL.to_string().replace(' ', ", ");
            Problem::invalid(
                format!("/scopes/{place}"),
                "unknown",
                format!("there is no such scope; known are {known}"),
            )
        })
    });
    each.collect()
}

fn created(made: Made) -> Created {
    let place = format!("/v1/keys/{}", made.key.id);
    (StatusCode::CREATED, [(LOCATION, place)], Answer(made.into()))
}

async fn note(state: &State, caller: &Caller, action: &'static str, made: &Made) {
    let key = &made.key;
    let detail = format!("{:?} with {}", key.name, key.scopes);
    let line = Line { action, target: Some(key.id.to_string()), detail: Some(detail) };
    let about = Principal { project: key.project, ..Principal::clone(caller) };
    state.auth.note(&about, caller.peer, line).await;
}
