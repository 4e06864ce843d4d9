//! The cursor of a whole project.

use axum::Json;
use axum::extract::State as Given;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::Problem;
use crate::http::caller::Caller;
use crate::http::state::State;
use crate::inboxes::Within;

/// A cursor.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CursorJson {
    /// Give it as `since`, and only what comes later counts.
    #[schema(example = "c_12:prj_01hzy3v7k2e6m8q4w9x5c1t0rn:5f3a9c01")]
    cursor: String,
}

/// Where the project stands now
///
/// Take it before the action that sends mail, and give it to `POST /v1/wait` as `since`.
#[utoipa::path(
    get, path = "/v1/cursor", tag = "wait", operation_id = "getCursor",
    security(("key" = ["messages:r"])),
    responses((status = 200, body = CursorJson), (status = 401, body = Problem, description = "`unauthenticated`"))
)]
pub(super) async fn get_cursor(Given(state): Given<State>, caller: Caller) -> Result<Json<CursorJson>, Problem> {
    let within = Within::all_of(&caller);
    let cursor = state.inboxes.cursor_now(within).await?.to_string();
    Ok(Json(CursorJson { cursor }))
}
