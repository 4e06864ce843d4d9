//! Waiting.

use std::time::{Duration, Instant};

use axum::Json as Answer;
use axum::extract::State as Given;
use axum::response::{IntoResponse, Response};

use super::inbox::cursor;
use super::shape::{
    Applied, DiagnosticsJson, MessageJson, MessageSummary, OnTimeout, OrderJson, ReturnKind, WaitBody, WaitJson,
    WaitedMessage,
};
use crate::http::caller::Caller;
use crate::http::json::Json;
use crate::http::path::Path;
use crate::http::state::State;
use crate::http::{Code, Problem};
use crate::inboxes::{InboxRef, Outcome, Since, Wait, Within};
use crate::model::WaitId;
use crate::store::{Order, StoredMessage};

/// The caller's deadline when none is given.
const DEFAULT_TIMEOUT_MS: u64 = 60_000;
/// The longest deadline: an hour.
const MAX_TIMEOUT_MS: u64 = 3_600_000;
/// How long a call is held when nothing is said: below what proxies and clients usually allow.
const DEFAULT_HOLD_MS: u64 = 25_000;

/// Wait for a message in an inbox
///
/// Gives the first message behind `since` that meets every condition, whether it came before the call or comes during
/// it. Without `since` every message of the inbox counts, which is right for one inbox per test. With a shared inbox,
/// take its `cursor` before the action that sends mail, and give it as `since`: there is no race then.
#[utoipa::path(
    post, path = "/v1/inboxes/{inbox}/wait", tag = "wait", operation_id = "waitInbox",
    params(("inbox" = String, Path, description = "Its id, or its address URL-encoded", example = "signup-7@t.test")),
    request_body = WaitBody,
    responses(
        (status = 200, body = WaitJson, description = "How it ended: see `outcome`"),
        (status = 400, body = Problem, description = "`malformed_json`"),
        (status = 404, body = Problem, description = "`not_found`; `wait_timeout` with `on_timeout: problem`"),
        (status = 410, body = Problem, description = "`expired`"),
        (status = 413, body = Problem, description = "`payload_too_large`"),
        (status = 415, body = Problem, description = "`unsupported_media_type`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`, `cursor_invalid`"),
        (status = 429, body = Problem, description = "`too_many_waits`"),
        (status = 503, body = Problem, description = "`storage_busy`")
    )
)]
pub(super) async fn wait_inbox(
    Given(state): Given<State>,
    caller: Caller,
    Path(inbox): Path<String>,
    Json(body): Json<WaitBody>,
) -> Result<Response, Problem> {
    let named = InboxRef::parse(&inbox).ok_or_else(|| Problem::not_found("inbox"))?;
    let inbox = state.inboxes.inbox_to_wait_on(&caller, &named).await?;
    wait(&state, Within::Inbox(inbox.id), body).await
}

/// Wait for a message in any inbox
///
/// As in one inbox; its cursors are those of `GET /v1/cursor`.
#[utoipa::path(
    post, path = "/v1/wait", tag = "wait", operation_id = "waitProject", request_body = WaitBody,
    responses(
        (status = 200, body = WaitJson, description = "How it ended: see `outcome`"),
        (status = 400, body = Problem, description = "`malformed_json`"),
        (status = 404, body = Problem, description = "`wait_timeout` with `on_timeout: problem`"),
        (status = 413, body = Problem, description = "`payload_too_large`"),
        (status = 415, body = Problem, description = "`unsupported_media_type`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`, `cursor_invalid`"),
        (status = 429, body = Problem, description = "`too_many_waits`"),
        (status = 503, body = Problem, description = "`storage_busy`")
    )
)]
pub(super) async fn wait_project(
    Given(state): Given<State>,
    caller: Caller,
    Json(body): Json<WaitBody>,
) -> Result<Response, Problem> {
    let within = Within::all_of(&caller);
    wait(&state, within, body).await
}

async fn wait(state: &State, within: Within, body: WaitBody) -> Result<Response, Problem> {
    let started = Instant::now();
    let since = match body.since.as_deref() {
        None => Since::Start,
        Some("now") => Since::Now,
        Some(text) => Since::Cursor(cursor("/since", text)?),
    };
    let timeout_ms = body.timeout_ms.unwrap_or(DEFAULT_TIMEOUT_MS);
    if !(1..=MAX_TIMEOUT_MS).contains(&timeout_ms) {
        let reason = format!("1 to {MAX_TIMEOUT_MS} milliseconds");
        return Err(Problem::invalid("/timeout_ms", "range", reason));
    }
    let asked_hold = body.hold_ms.unwrap_or(DEFAULT_HOLD_MS);
    if asked_hold == 0 {
        return Err(Problem::invalid("/hold_ms", "range", "at least 1 millisecond"));
    }
    let hold_ms = asked_hold.min(state.section.max_hold_ms);
    let wait = Wait {
        within,
        filter: body.filter(),
        since,
        order: match body.order {
            OrderJson::Oldest => Order::Oldest,
            OrderJson::Newest => Order::Newest,
        },
        timeout: Duration::from_millis(timeout_ms),
        hold: Duration::from_millis(hold_ms),
    };
    let outcome = state.inboxes.wait(&wait).await?;
    let mut answer = WaitJson {
        outcome: "inbox_deleted",
        wait_id: WaitId::new(state.inboxes.clock().now()).to_string(),
        messages: Vec::new(),
        cursor: None,
        since: None,
        remaining_ms: None,
        seen: None,
        waited_ms: millis(started.elapsed()),
        applied: (hold_ms < asked_hold && body.hold_ms.is_some()).then_some(Applied { hold_ms }),
        warnings: if since == Since::Now { vec!["since_now_is_racy"] } else { Vec::new() },
        diagnostics: None,
    };
    match outcome {
        Outcome::InboxDeleted => {}
        Outcome::Matched { found, cursor } => {
            answer.outcome = "matched";
            answer.cursor = Some(cursor.to_string());
            answer.messages.push(message(state, body.returns, found.found).await?);
        }
        Outcome::Pending { since, remaining, seen } => {
            answer.outcome = "pending";
            answer.since = Some(since.to_string());
            answer.remaining_ms = Some(millis(remaining));
            answer.seen = Some(seen);
        }
        Outcome::TimedOut { cursor, diagnostics } => {
            answer.outcome = "timeout";
            answer.cursor = Some(cursor.to_string());
            let summary = diagnostics.summary.clone();
            answer.diagnostics = Some(DiagnosticsJson::from(*diagnostics));
            if body.on_timeout == OnTimeout::Problem {
                let told = serde_json::to_value(&answer.diagnostics).unwrap_or_default();
                return Err(Problem::new(Code::WaitTimeout, summary).with("diagnostics", told));
            }
        }
    }
    Ok(Answer(answer).into_response())
}

async fn message(state: &State, returns: ReturnKind, found: StoredMessage) -> Result<WaitedMessage, Problem> {
    Ok(match returns {
        ReturnKind::Ids => WaitedMessage::Id { id: found.message.id.to_string() },
        ReturnKind::Summary => WaitedMessage::Summary(Box::new(MessageSummary::new(&found))),
        ReturnKind::Full => {
            let full = state.inboxes.full(found).await?;
            WaitedMessage::Full(Box::new(MessageJson::new(&full)))
        }
    })
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
