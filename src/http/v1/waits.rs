//! The log of waits.

use axum::Json as Answer;
use axum::extract::State as Given;

use super::id;
use super::shape::{LoggedWaitJson, WaitEntryJson, WaitPageJson};
use crate::http::Problem;
use crate::http::caller::Caller;
use crate::http::path::Path;
use crate::http::query::{Page, Query, invalid};
use crate::http::state::State;
use crate::model::{InboxId, WaitId};
use crate::store::WaitQuery;

/// What a wait can have come to.
const OUTCOMES: [&str; 6] = ["open", "matched", "timeout", "count_exceeded", "inbox_deleted", "abandoned"];

/// List the waits of the last day
///
/// What was waited for and how it ended, newest first: what to look at when a run was red.
#[utoipa::path(
    get, path = "/v1/waits", tag = "wait", operation_id = "listWaits", security(("key" = ["messages:r"])),
    params(
        ("inbox_id" = Option<String>, Query, description = "Only those that looked at this inbox, which may be gone"),
        ("run_id" = Option<String>, Query, description = "Only those of this run"),
        ("outcome" = Option<String>, Query, description = "`open`, `matched`, `timeout`, `count_exceeded`, `inbox_deleted` or `abandoned`"),
        ("limit" = Option<u16>, Query, description = "1 to 200; 50 when it is missing"),
        ("after" = Option<String>, Query, description = "`next_after` of the page before")
    ),
    responses(
        (status = 200, body = WaitPageJson, description = "A page of the log"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`")
    )
)]
pub(super) async fn list_waits(
    Given(state): Given<State>,
    caller: Caller,
    query: Query,
) -> Result<Page<WaitPageJson>, Problem> {
    let query = query.allow(&["inbox_id", "run_id", "outcome", "limit", "after"])?;
    let outcome = query.text("outcome")?;
    if outcome.as_ref().is_some_and(|outcome| !OUTCOMES.contains(&outcome.as_str())) {
        return Err(invalid("outcome", &OUTCOMES.join(", ")));
    }
    let page = state
        .inboxes
        .waits(
            &caller,
            WaitQuery {
                project: caller.project,
                before: query.value::<WaitId>("after", "next_after of the page before")?,
                inbox: query.value::<InboxId>("inbox_id", "the id of an inbox, inb_…")?,
                run: query.text("run_id")?,
                outcome,
                limit: query.limit()?,
            },
        )
        .await?;
    let next_after = page.next_after.map(|id| id.to_string());
    let link = query.next_page(next_after.as_deref());
    let items = page.items.into_iter().map(WaitEntryJson::from).collect();
    Ok((link, Answer(WaitPageJson { items, has_more: next_after.is_some(), next_after })))
}

/// Get a wait of the last day
///
/// What it asked for, how it ended, and why it was in vain.
#[utoipa::path(
    get, path = "/v1/waits/{wait}", tag = "wait", operation_id = "getWait", security(("key" = ["messages:r"])),
    params(("wait" = String, Path, description = "The `wait_id` of its answer", example = "wait_01hzy3v7k2e6m8q4w9x5c1t0rn")),
    responses(
        (status = 200, body = LoggedWaitJson, description = "The wait"),
        (status = 404, body = Problem, description = "`not_found`: also when it is older than a day")
    )
)]
pub(super) async fn get_wait(
    Given(state): Given<State>,
    caller: Caller,
    Path(wait): Path<String>,
) -> Result<Answer<LoggedWaitJson>, Problem> {
    let logged = state.inboxes.logged_wait(&caller, id(&wait, "wait")?).await?;
    Ok(Answer(logged.into()))
}
