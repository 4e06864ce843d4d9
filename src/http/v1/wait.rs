//! Waiting.

use std::time::{Duration, Instant};

use axum::Json as Answer;
use axum::extract::State as Given;
use axum::response::{IntoResponse, Response};

use super::inbox::cursor;
use super::shape::{
    Applied, DiagnosticsJson, ExtractWish, ExtractionJson, MessageJson, MessageSummary, OnTimeout, OrderJson,
    ReturnKind, WaitBody, WaitJson, WaitedMessage,
};
use crate::extract::Extraction;
use crate::http::caller::Caller;
use crate::http::json::Json;
use crate::http::path::Path;
use crate::http::state::State;
use crate::http::{Code, Problem};
use crate::inboxes::{
    Count, Diagnostics, Error, InboxRef, Outcome, Since, Wait, WaitScope, WaitWarning, Waited, Within,
};
use crate::model::{InboxId, Timestamp, WaitId};
use crate::store::{Listed, Order, StoredMessage};

/// The caller's deadline when none is given.
const DEFAULT_TIMEOUT_MS: u64 = 60_000;
/// The longest deadline: an hour.
const MAX_TIMEOUT_MS: u64 = 3_600_000;
/// How long a call is held when nothing is said: below what proxies and clients usually allow.
const DEFAULT_HOLD_MS: u64 = 25_000;
/// Most inboxes of one call.
const MAX_INBOXES: usize = 100;
/// Octets of messages, as received, that are given in full in one answer; what is beyond is given as summaries.
const MAX_FULL_BYTES: u64 = 16 << 20;
/// The warning that it was so.
const FULL_MESSAGES_CUT: &str = "full_messages_cut";

/// Wait for messages in an inbox
///
/// Gives the first message behind `since` that meets every condition, or as many as `count` asks for, whether they came
/// before the call or come during it. Without `since` every message of the inbox counts, which is right for one inbox per test. With a shared inbox,
/// take its `cursor` before the action that sends mail, and give it as `since`: there is no race then. After `pending` ask
/// again with the same body, but with the `since`, the `wait_id` and as `timeout_ms` the `remaining_ms` of the answer.
#[utoipa::path(
    post, path = "/v1/inboxes/{inbox}/wait", tag = "wait", operation_id = "waitInbox",
    security(("key" = ["messages:r"])),
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
    if body.inbox_ids.is_some() {
        let reason = "the path names the inbox; POST /v1/wait waits on several";
        return Err(Problem::invalid("/inbox_ids", "invalid", reason));
    }
    // Boxed as all that is over before the wait begins or comes after it: thousands of waits sleep at once.
    let inbox = Box::pin(state.inboxes.inbox_to_wait_on(&caller, &named)).await?;
    wait(&state, caller, WaitScope::Inbox(inbox.id), inbox.run, body).await
}

/// Wait for messages in several inboxes, or in any
///
/// As in one inbox; its cursors are those of `GET /v1/cursor`. Without `inbox_ids` it looks at all of the project.
#[utoipa::path(
    post, path = "/v1/wait", tag = "wait", operation_id = "waitProject",
    security(("key" = ["messages:r"])), request_body = WaitBody,
    responses(
        (status = 200, body = WaitJson, description = "How it ended: see `outcome`"),
        (status = 400, body = Problem, description = "`malformed_json`"),
        (status = 404, body = Problem, description = "`not_found`: an inbox; `wait_timeout` with `on_timeout: problem`"),
        (status = 410, body = Problem, description = "`expired`: an inbox"),
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
    match &body.inbox_ids {
        Some(named) => {
            let (inboxes, run) = Box::pin(inboxes(&state, &caller, named)).await?;
            wait(&state, caller, WaitScope::Inboxes(inboxes), run, body).await
        }
        None => {
            let scope = match Within::all_of(&caller) {
                // All that its key may reach, by the cursors that it is given.
                Within::Inbox(inbox) => WaitScope::Inbox(inbox),
                Within::Project(_) => WaitScope::Project,
            };
            let run = caller.narrowed.run.clone();
            wait(&state, caller, scope, run, body).await
        }
    }
}

/// The inboxes of these names, and the run that they all belong to.
async fn inboxes(state: &State, caller: &Caller, named: &[String]) -> Result<(Vec<InboxId>, Option<String>), Problem> {
    if !(1..=MAX_INBOXES).contains(&named.len()) {
        let reason = format!("1 to {MAX_INBOXES} inboxes; leave it out to wait on all");
        return Err(Problem::invalid("/inbox_ids", "range", reason));
    }
    let mut ids = Vec::with_capacity(named.len());
    let mut runs = Vec::new();
    for (place, name) in named.iter().enumerate() {
        let unknown = || {
            let reason = format!("there is no inbox {name:?}");
            Problem::not_found("inbox").error(format!("/inbox_ids/{place}"), "unknown", reason)
        };
        let named = InboxRef::parse(name).ok_or_else(unknown)?;
        let found = state.inboxes.inbox_to_wait_on(caller, &named).await;
        let inbox = found.map_err(|error| match error {
            Error::NotFound { .. } => unknown(),
            error => error.into(),
        })?;
        if !ids.contains(&inbox.id) {
            ids.push(inbox.id);
        }
        if !runs.contains(&inbox.run) {
            runs.push(inbox.run);
        }
    }
    let run = if runs.len() == 1 { runs.pop().flatten() } else { None };
    Ok((ids, run))
}

async fn wait(
    state: &State,
    caller: Caller,
    scope: WaitScope,
    run: Option<String>,
    body: WaitBody,
) -> Result<Response, Problem> {
    let started = Instant::now();
    let asked_hold = body.hold_ms.unwrap_or(DEFAULT_HOLD_MS);
    if asked_hold == 0 {
        return Err(Problem::invalid("/hold_ms", "range", "at least 1 millisecond"));
    }
    let hold_ms = asked_hold.min(state.section.max_hold_ms);
    let wait = read(caller, scope, run, &body, hold_ms)?;
    let Waited { id, outcome, mut warnings } = Box::pin(state.inboxes.wait(&wait)).await?;
    if wait.filter.is_empty() && body.has_filter() {
        warnings.push(WaitWarning::FilterMatchesEverything);
    }
    let mut answer = WaitJson {
        outcome: outcome.as_str(),
        wait_id: id.to_string(),
        messages: Vec::new(),
        cursor: None,
        since: None,
        remaining_ms: None,
        seen: None,
        waited_ms: 0,
        applied: (hold_ms < asked_hold && body.hold_ms.is_some()).then_some(Applied { hold_ms }),
        warnings: warnings.into_iter().map(WaitWarning::as_str).collect(),
        diagnostics: None,
        extraction: None,
    };
    match outcome {
        Outcome::InboxDeleted => {}
        Outcome::Matched { found, cursor } => {
            answer.cursor = Some(cursor.to_string());
            if let (Some(wish), Some(first)) = (body.extract, found.first()) {
                answer.extraction = Some(Box::pin(extraction(state, wish, &first.found)).await?);
            }
            Box::pin(give(state, body.returns, found, &mut answer)).await?;
        }
        Outcome::Pending { since, remaining, seen } => {
            answer.since = Some(since.to_string());
            answer.remaining_ms = Some(millis(remaining));
            answer.seen = Some(seen);
        }
        Outcome::CountExceeded { found, cursor, diagnostics } => {
            answer.cursor = Some(cursor.to_string());
            answer.diagnostics = Some(DiagnosticsJson::from(*diagnostics));
            Box::pin(give(state, body.returns, found, &mut answer)).await?;
        }
        Outcome::TimedOut { diagnostics, .. } if body.on_timeout == OnTimeout::Problem => {
            return Err(timed_out(id, *diagnostics));
        }
        Outcome::TimedOut { found, cursor, diagnostics } => {
            answer.cursor = Some(cursor.to_string());
            answer.diagnostics = Some(DiagnosticsJson::from(*diagnostics));
            Box::pin(give(state, body.returns, found, &mut answer)).await?;
        }
    }
    answer.waited_ms = millis(started.elapsed());
    Ok(Answer(answer).into_response())
}

/// What the caller asked for, or what of it cannot be.
fn read(
    Caller { who, .. }: Caller,
    scope: WaitScope,
    run: Option<String>,
    body: &WaitBody,
    hold_ms: u64,
) -> Result<Wait, Problem> {
    let timeout_ms = body.timeout_ms.unwrap_or(DEFAULT_TIMEOUT_MS);
    if !(1..=MAX_TIMEOUT_MS).contains(&timeout_ms) {
        let reason = format!("1 to {MAX_TIMEOUT_MS} milliseconds");
        return Err(Problem::invalid("/timeout_ms", "range", reason));
    }
    let since = match body.since.as_deref() {
        None => Since::Start,
        Some("now") => Since::Now,
        Some(text) => Since::Cursor(cursor("/since", text)?),
    };
    let wait_id = |text: &String| {
        text.parse::<WaitId>()
            .map_err(|_| Problem::invalid("/wait_id", "format", "the wait_id of the answer that was pending"))
    };
    let time = |text: &String| {
        let expected = "an RFC 3339 time such as 2026-01-31T12:00:00Z";
        Timestamp::parse_rfc3339(text).ok_or_else(|| Problem::invalid("/received_after", "format", expected))
    };
    Ok(Wait {
        id: body.wait_id.as_ref().map(wait_id).transpose()?,
        who,
        scope,
        filter: body.filter()?,
        since,
        received_after: body.received_after.as_ref().map(time).transpose()?,
        count: body.count.map_or(Ok(Count::AtLeast { min: 1, settle: None }), |count| count.read())?,
        order: match body.order {
            OrderJson::Oldest => Order::Oldest,
            OrderJson::Newest => Order::Newest,
        },
        timeout: Duration::from_millis(timeout_ms),
        hold: Duration::from_millis(hold_ms),
        run,
        // It was read from JSON, so it can be written as such.
        request: serde_json::to_string(body).unwrap_or_default(),
    })
}

/// The same as a result says, for callers to whom a miss is a failure.
fn timed_out(id: WaitId, diagnostics: Diagnostics) -> Problem {
    let summary = diagnostics.summary.clone();
    let told = serde_json::to_value(DiagnosticsJson::from(diagnostics)).unwrap_or_default();
    Problem::new(Code::WaitTimeout, summary).with("wait_id", id.to_string().into()).with("diagnostics", told)
}

/// The codes and links of a match, those that were asked for.
async fn extraction(state: &State, wish: ExtractWish, found: &StoredMessage) -> Result<ExtractionJson, Problem> {
    let mut told = match state.inboxes.extraction(found).await {
        Ok(known) => ExtractionJson::from(&*known),
        // Someone has removed it since.
        Err(Error::NotFound { .. }) => ExtractionJson::from(&Extraction::default()),
        Err(error) => return Err(error.into()),
    };
    if !wish.codes {
        told.codes.clear();
    }
    if !wish.links {
        told.links.clear();
    }
    Ok(told)
}

/// Puts the messages into the answer, as much of them as was asked for.
async fn give(state: &State, returns: ReturnKind, found: Vec<Listed>, answer: &mut WaitJson) -> Result<(), Problem> {
    let mut room = MAX_FULL_BYTES;
    for (place, Listed { found, .. }) in found.into_iter().enumerate() {
        let code = match returns {
            ReturnKind::Ids => None,
            ReturnKind::Summary | ReturnKind::Full => state.inboxes.listed_code(&found).await?,
        };
        let summary = || WaitedMessage::Summary(Box::new(MessageSummary::new(&found, code.clone())));
        let message = match returns {
            ReturnKind::Ids => WaitedMessage::Id { id: found.message.id.to_string() },
            ReturnKind::Summary => summary(),
            // The first one is given whatever its size is: its parts have limits of their own.
            ReturnKind::Full if found.message.size > room && place > 0 => {
                if !answer.warnings.contains(&FULL_MESSAGES_CUT) {
                    answer.warnings.push(FULL_MESSAGES_CUT);
                }
                summary()
            }
            ReturnKind::Full => {
                room = room.saturating_sub(found.message.size);
                match state.inboxes.whole(found.clone()).await {
                    Ok(full) => WaitedMessage::Full(Box::new(MessageJson::new(&full))),
                    // It did arrive, though someone has removed it since.
                    Err(Error::NotFound { .. }) => summary(),
                    Err(error) => return Err(error.into()),
                }
            }
        };
        answer.messages.push(message);
    }
    Ok(())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
