//! Folders of an inbox.

use axum::Json as Answer;
use axum::extract::State as Given;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::inbox::find;
use super::shape::{CreateFolderBody, FolderJson, FolderList};
use crate::http::Problem;
use crate::http::caller::Caller;
use crate::http::json::Json;
use crate::http::path::Path;
use crate::http::state::State;

/// List the folders of an inbox
///
/// With what they hold, `INBOX` first.
#[utoipa::path(
    get, path = "/v1/inboxes/{inbox}/folders", tag = "inboxes", operation_id = "listFolders",
    security(("key" = ["inboxes:r"])),
    params(("inbox" = String, Path, description = "Its id, or its address URL-encoded", example = "signup-7@t.test")),
    responses(
        (status = 200, body = FolderList),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 410, body = Problem, description = "`expired`")
    )
)]
pub(super) async fn list_folders(
    Given(state): Given<State>,
    caller: Caller,
    Path(inbox): Path<String>,
) -> Result<Answer<FolderList>, Problem> {
    let inbox = find(&state, &caller, &inbox).await?;
    let folders = state.inboxes.folders(&inbox).await?;
    Ok(Answer(FolderList { items: folders.into_iter().map(FolderJson::from).collect() }))
}

/// Make a folder
///
/// Mail does not come into it by itself: it is moved there.
#[utoipa::path(
    post, path = "/v1/inboxes/{inbox}/folders", tag = "inboxes", operation_id = "createFolder",
    security(("key" = ["inboxes:w"])),
    params(("inbox" = String, Path, description = "Its id, or its address URL-encoded", example = "signup-7@t.test")),
    request_body = CreateFolderBody,
    responses(
        (status = 201, body = FolderJson),
        (status = 400, body = Problem, description = "`malformed_json`"),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 409, body = Problem, description = "`already_exists`"),
        (status = 410, body = Problem, description = "`expired`"),
        (status = 413, body = Problem, description = "`payload_too_large`"),
        (status = 415, body = Problem, description = "`unsupported_media_type`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`"),
        (status = 503, body = Problem, description = "`storage_busy`")
    )
)]
pub(super) async fn create_folder(
    Given(state): Given<State>,
    caller: Caller,
    Path(inbox): Path<String>,
    Json(body): Json<CreateFolderBody>,
) -> Result<Response, Problem> {
    let inbox = find(&state, &caller, &inbox).await?;
    let made = state.inboxes.create_folder(&inbox, &body.name).await?;
    let location = format!("/v1/inboxes/{}/folders/{}", inbox.id, made.id);
    let mut response = (StatusCode::CREATED, Answer(FolderJson::from(made))).into_response();
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// Delete a folder
///
/// One that holds no messages; `INBOX` stays.
#[utoipa::path(
    delete, path = "/v1/inboxes/{inbox}/folders/{folder}", tag = "inboxes", operation_id = "deleteFolder",
    security(("key" = ["inboxes:w"])),
    params(
        ("inbox" = String, Path, description = "Its id, or its address URL-encoded", example = "signup-7@t.test"),
        ("folder" = String, Path, description = "Its id, or its name URL-encoded", example = "Archive")
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 409, body = Problem, description = "`folder_not_empty`, `folder_protected`"),
        (status = 410, body = Problem, description = "`expired`"),
        (status = 503, body = Problem, description = "`storage_busy`")
    )
)]
pub(super) async fn delete_folder(
    Given(state): Given<State>,
    caller: Caller,
    Path((inbox, folder)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let inbox = find(&state, &caller, &inbox).await?;
    state.inboxes.delete_folder(&inbox, &folder).await?;
    Ok(StatusCode::NO_CONTENT)
}
