//! Projects.

use axum::Json as Answer;
use axum::extract::State as Given;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::inbox::with_etag;
use super::shape::{CreateProjectBody, ProjectJson, ProjectPage, UpdateProjectBody};
use crate::auth::Line;
use crate::http::caller::Caller;
use crate::http::json::Json;
use crate::http::path::Path;
use crate::http::query::{Page, Query};
use crate::http::state::State;
use crate::http::{Problem, preconditions};
use crate::inboxes::ProjectPatch;
use crate::model::project::Project;
use crate::model::{Principal, ProjectId};

/// Make a project
///
/// Only with the root key. Calls with the root key are about it when they have the header `Restante-Project`.
#[utoipa::path(
    post, path = "/v1/projects", tag = "projects", operation_id = "createProject", security(("key" = ["admin"])),
    request_body = CreateProjectBody,
    responses(
        (status = 201, body = ProjectJson),
        (status = 403, body = Problem, description = "`root_only`"),
        (status = 409, body = Problem, description = "`name_taken`, `domain_taken`")
    )
)]
pub(super) async fn create_project(
    Given(state): Given<State>,
    caller: Caller,
    Json(body): Json<CreateProjectBody>,
) -> Result<Response, Problem> {
    let project = state.inboxes.create_project(&caller, &body.name, body.rules()?).await?;
    note(&state, &caller, "project.created", &project).await;
    let place = format!("/v1/projects/{}", project.id);
    let answer = Answer(ProjectJson::new(&project, None));
    Ok(with_etag((StatusCode::CREATED, [(LOCATION, place)], answer).into_response(), &etag(&project)))
}

/// List projects
///
/// With the root key all of them, oldest first; with another the one that it is for.
#[utoipa::path(
    get, path = "/v1/projects", tag = "projects", operation_id = "listProjects", security(("key" = ["admin"])),
    params(
        ("limit" = Option<u16>, Query, description = "1 to 200; 50 when it is missing"),
        ("after" = Option<String>, Query, description = "`next_after` of the page before")
    ),
    responses((status = 200, body = ProjectPage), (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`"))
)]
pub(super) async fn list_projects(
    Given(state): Given<State>,
    caller: Caller,
    query: Query,
) -> Result<Page<ProjectPage>, Problem> {
    let query = query.allow(&["limit", "after"])?;
    let after: Option<ProjectId> = query.value("after", "next_after of the page before")?;
    let limit = query.limit()?;
    let mut projects = state.inboxes.projects(&caller).await?;
    projects.retain(|project| after.is_none_or(|after| project.id > after));
    let has_more = projects.len() > limit;
    projects.truncate(limit);
    let next_after = projects.last().filter(|_| has_more).map(|last| last.id.to_string());
    let items = projects.iter().map(|project| ProjectJson::new(project, None)).collect();
    Ok((query.next_page(next_after.as_deref()), Answer(ProjectPage { items, has_more, next_after })))
}

/// Get a project
///
/// With what it holds.
#[utoipa::path(
    get, path = "/v1/projects/{project}", tag = "projects", operation_id = "getProject",
    security(("key" = ["admin"])),
    params(("project" = String, Path, description = "Its id or its name", example = "default")),
    responses(
        (status = 200, body = ProjectJson),
        (status = 304, description = "Its rules are as `If-None-Match` has them"),
        (status = 404, body = Problem, description = "`not_found`")
    )
)]
pub(super) async fn get_project(
    Given(state): Given<State>,
    caller: Caller,
    Path(project): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let project = state.inboxes.project_named(&caller, &project).await?;
    let etag = etag(&project);
    if preconditions::is_known(&headers, &etag) {
        return Ok(with_etag(StatusCode::NOT_MODIFIED.into_response(), &etag));
    }
    let holds = state.inboxes.project_holds(project.id).await?;
    Ok(with_etag(Answer(ProjectJson::new(&project, Some(holds))).into_response(), &etag))
}

/// Change a project
///
/// What is missing stays as it is. Name, domains and quotas only with the root key.
#[utoipa::path(
    patch, path = "/v1/projects/{project}", tag = "projects", operation_id = "updateProject",
    security(("key" = ["admin"])),
    params(("project" = String, Path, description = "Its id or its name")),
    request_body = UpdateProjectBody,
    responses(
        (status = 200, body = ProjectJson),
        (status = 403, body = Problem, description = "`root_only`"),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 409, body = Problem, description = "`name_taken`, `domain_taken`"),
        (status = 412, body = Problem, description = "`precondition_failed`")
    )
)]
pub(super) async fn update_project(
    Given(state): Given<State>,
    caller: Caller,
    Path(project): Path<String>,
    headers: HeaderMap,
    Json(body): Json<UpdateProjectBody>,
) -> Result<Response, Problem> {
    let project = state.inboxes.project_named(&caller, &project).await?;
    // The parts that are missing are taken from this version: a change in between must not be undone by them.
    let if_version = preconditions::check_version(&headers, project.version)?.or(Some(project.version));
    let patch = ProjectPatch { name: body.name.clone(), rules: body.rules(&project.rules)?, if_version };
    let project = state.inboxes.update_project(&caller, &project, patch).await?;
    note(&state, &caller, "project.updated", &project).await;
    Ok(with_etag(Answer(ProjectJson::new(&project, None)).into_response(), &etag(&project)))
}

/// Delete a project
///
/// Only with the root key. One with inboxes only with `force=true`, and then they and their mail go with it.
#[utoipa::path(
    delete, path = "/v1/projects/{project}", tag = "projects", operation_id = "deleteProject",
    security(("key" = ["admin"])),
    params(
        ("project" = String, Path, description = "Its id or its name"),
        ("force" = Option<bool>, Query, description = "Whether its inboxes and their mail go with it")
    ),
    responses(
        (status = 204, description = "It is gone, and its keys open nothing any more"),
        (status = 403, body = Problem, description = "`root_only`"),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 409, body = Problem, description = "`project_not_empty`"),
        (status = 422, body = Problem, description = "`validation_failed`: the project `default` stays; `unknown_field`")
    )
)]
pub(super) async fn delete_project(
    Given(state): Given<State>,
    caller: Caller,
    Path(project): Path<String>,
    query: Query,
) -> Result<StatusCode, Problem> {
    let query = query.allow(&["force"])?;
    let force = query.value("force", "true or false")?.unwrap_or(false);
    let project = state.inboxes.project_named(&caller, &project).await?;
    state.inboxes.delete_project(&caller, &project, force).await?;
    state.auth.forget_keys();
    note(&state, &caller, "project.deleted", &project).await;
    Ok(StatusCode::NO_CONTENT)
}

fn etag(project: &Project) -> String {
    format!("\"{}\"", project.version)
}

async fn note(state: &State, caller: &Caller, action: &'static str, project: &Project) {
    let line = Line { action, target: Some(project.id.to_string()), detail: Some(project.name.clone()) };
    let about = Principal { project: project.id, ..Principal::clone(caller) };
    state.auth.note(&about, caller.peer, line).await;
}
