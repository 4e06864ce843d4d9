//! Lists of messages.

use std::time::Duration;

use axum::Json as Answer;
use axum::extract::State as Given;
use axum::http::header::VARY;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{AppendHeaders, IntoResponse, Response};
use utoipa::IntoParams;

use super::inbox::{cursor, find};
use super::message::answer_unless_known;
use super::shape::{MessagePageJson, MessageSummary};
use crate::filter::{Filter, FilterError, Op, Shorthands, Value, Written, WrittenCondition, search_box};
use crate::http::caller::Caller;
use crate::http::path::Path;
use crate::http::query::{Query, invalid};
use crate::http::state::State;
use crate::http::{Problem, prefer};
use crate::inboxes::{Count, MessagePage, MessageSearch, Outcome, Since, Wait, WaitScope, Within};
use crate::model::Cursor;
use crate::store::{Listed, Order};

/// What both lists take, as `Query` reads it.
const PARAMETERS: [&str; 17] = [
    "since",
    "q",
    "from",
    "to",
    "subject",
    "body",
    "has",
    "tag",
    "folder",
    "seen",
    "flagged",
    "run_id",
    "received_after",
    "received_before",
    "order",
    "limit",
    "after",
];

/// The same as they are described.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the description alone: `Query` reads them, so that each mistake has its answer")]
struct ListParameters {
    /// A cursor of this list: only what came after it.
    since: Option<String>,
    /// A line of the search box.
    #[param(example = "from:a@b.test subject:\"reset code\" has:attachment -tag:x after:2026-01-01 is:unseen")]
    q: Option<String>,
    /// An address, a part of a name or address, or a pattern with `*` and `?`.
    #[param(example = "*@app.test")]
    from: Option<String>,
    /// The same for To, Cc, Bcc and the envelope's recipients.
    to: Option<String>,
    /// Text in the subject; case and white space do not matter.
    subject: Option<String>,
    /// Text in the text or the HTML; case and white space do not matter.
    body: Option<String>,
    /// `attachment`, `code`, `link`; several with commas must all be there.
    #[param(example = "attachment")]
    has: Option<String>,
    /// A tag; several must all be there.
    tag: Option<Vec<String>>,
    /// A folder.
    #[param(example = "INBOX")]
    folder: Option<String>,
    /// Read or not.
    seen: Option<bool>,
    /// Marked as important or not.
    flagged: Option<bool>,
    /// Only of inboxes of this run.
    run_id: Option<String>,
    /// Received later than this, RFC 3339.
    #[param(example = "2026-01-31T12:00:00Z")]
    received_after: Option<String>,
    /// Received earlier than this, RFC 3339.
    received_before: Option<String>,
    /// `newest` or `oldest`; `newest` when it is missing.
    order: Option<String>,
    /// 1 to 200; 50 when it is missing.
    limit: Option<u16>,
    /// `next_after` of the page before.
    after: Option<String>,
}

/// List the messages of an inbox
///
/// Newest first, unless `order` says otherwise. With `Prefer: wait` an empty list waits for its first item.
#[utoipa::path(
    get, path = "/v1/inboxes/{inbox}/messages", tag = "messages", operation_id = "listInboxMessages",
    security(("key" = ["messages:r"])),
    params(
        ("inbox" = String, Path, description = "Its id, or its address URL-encoded"),
        ListParameters,
        ("Prefer" = Option<String>, Header, description = "`wait=25` holds the call for up to so many seconds while the list is empty", example = "wait=25")
    ),
    responses(
        (
            status = 200, body = MessagePageJson,
            headers(("Preference-Applied" = String, description = "How long the call could be held, `wait=25`"))
        ),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 410, body = Problem, description = "`expired`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`, `cursor_invalid`"),
        (status = 429, body = Problem, description = "`too_many_waits`")
    )
)]
pub(super) async fn list_inbox_messages(
    Given(state): Given<State>,
    caller: Caller,
    Path(inbox): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let inbox = find(&state, &caller, &inbox).await?;
    page(&state, &caller, Within::Inbox(inbox.id), query, &headers).await
}

/// List the messages of the project
///
/// Of all its inboxes, newest first, unless `order` says otherwise. With `Prefer: wait` an empty list waits for its first
/// item.
#[utoipa::path(
    get, path = "/v1/messages", tag = "messages", operation_id = "listMessages",
    security(("key" = ["messages:r"])),
    params(
        ListParameters,
        ("Prefer" = Option<String>, Header, description = "`wait=25` holds the call for up to so many seconds while the list is empty", example = "wait=25")
    ),
    responses(
        (
            status = 200, body = MessagePageJson,
            headers(("Preference-Applied" = String, description = "How long the call could be held, `wait=25`"))
        ),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`, `cursor_invalid`"),
        (status = 429, body = Problem, description = "`too_many_waits`")
    )
)]
pub(super) async fn list_messages(
    Given(state): Given<State>,
    caller: Caller,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let within = Within::all_of(&caller);
    page(&state, &caller, within, query, &headers).await
}

/// Get the newest message of an inbox
///
/// The one that arrived last.
#[utoipa::path(
    get, path = "/v1/inboxes/{inbox}/messages/latest", tag = "messages", operation_id = "getLatestMessage",
    security(("key" = ["messages:r"])),
    params(("inbox" = String, Path, description = "Its id, or its address URL-encoded")),
    responses(
        (status = 200, body = super::shape::MessageJson),
        (status = 304, description = "It is as `If-None-Match` has it"),
        (status = 404, body = Problem, description = "`not_found`: also when the inbox is empty"),
        (status = 410, body = Problem, description = "`expired`")
    )
)]
pub(super) async fn get_latest_message(
    Given(state): Given<State>,
    caller: Caller,
    Path(inbox): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let inbox = find(&state, &caller, &inbox).await?;
    let search = search(&caller, Within::Inbox(inbox.id), &Query::default())?;
    let page = state.inboxes.messages(&MessageSearch { limit: 1, ..search }).await?;
    let newest = page.items.into_iter().next().ok_or_else(|| Problem::not_found("message: the inbox is empty"))?;
    answer_unless_known(&state, newest.found, &headers).await
}

async fn page(
    state: &State,
    caller: &Caller,
    within: Within,
    query: Query,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let query = query.allow(&PARAMETERS)?;
    let search = search(caller, within, &query)?;
    let hold = prefer::wait(headers).map(|wait| wait.min(Duration::from_millis(state.section.max_hold_ms)));
    let (mut cursor, mut page) = load(state, &search).await?;
    if let Some(hold) = hold
        && !hold.is_zero()
        && page.items.is_empty()
    {
        first_item(state, caller, &search, cursor, hold).await?;
        (cursor, page) = load(state, &search).await?;
    }
    let cursor = cursor.to_string();
    let next_after = page.items.last().filter(|_| page.has_more).map(next_after);
    let mut items = Vec::with_capacity(page.items.len());
    for item in &page.items {
        items.push(MessageSummary::new(&item.found, state.inboxes.listed_code(&item.found).await?));
    }
    let link = query.next_page(next_after.as_deref());
    let page = Answer(MessagePageJson { items, has_more: page.has_more, next_after, cursor });
    // RFC 7240 §3
    let applied = hold.and_then(|hold| HeaderValue::try_from(format!("wait={}", hold.as_secs())).ok());
    let applied = AppendHeaders(applied.map(|applied| (prefer::APPLIED, applied)));
    Ok(([(VARY, HeaderValue::from_static("Prefer"))], applied, link, page).into_response())
}

/// A page, and the cursor before it: what arrives in between is behind the cursor and not lost to whoever goes on from it.
async fn load(state: &State, search: &MessageSearch) -> Result<(Cursor, MessagePage), Problem> {
    let cursor = state.inboxes.cursor_now(search.within).await?;
    let page = state.inboxes.messages(search).await.map_err(|error| Problem::from(error).at("?since"))?;
    Ok((cursor, page))
}

/// Holds the call until something comes for the list that was empty at `cursor`. It counts as a wait.
async fn first_item(
    state: &State,
    caller: &Caller,
    search: &MessageSearch,
    cursor: Cursor,
    hold: Duration,
) -> Result<(), Problem> {
    let wait = Wait {
        id: None,
        who: caller.who.clone(),
        scope: match search.within {
            Within::Inbox(inbox) => WaitScope::Inbox(inbox),
            Within::Project(_) if search.inboxes.is_empty() => WaitScope::Project,
            Within::Project(_) => WaitScope::Inboxes(search.inboxes.clone()),
        },
        filter: search.filter.clone(),
        since: Since::Cursor(cursor),
        received_after: None,
        count: Count::AtLeast { min: 1, settle: None },
        run: None,
        request: r#"{"prefer":"wait"}"#.to_owned(),
        order: Order::Oldest,
        // Beyond the hold: nobody asks why nothing came.
        timeout: hold.saturating_mul(2),
        hold,
    };
    match state.inboxes.wait(&wait).await?.outcome {
        Outcome::InboxDeleted => Err(Problem::not_found("inbox any more")),
        _ => Ok(()),
    }
}

fn search(caller: &Caller, within: Within, query: &Query) -> Result<MessageSearch, Problem> {
    let after = query.text("after")?.map(|text| parse_after(&text).map_err(|reason| invalid("after", reason)));
    let order = match query.text("order")?.as_deref() {
        None | Some("newest") => Order::Newest,
        Some("oldest") => Order::Oldest,
        Some(_) => return Err(invalid("order", "newest or oldest")),
    };
    Ok(MessageSearch {
        within,
        reach: caller.narrowed.clone(),
        inboxes: Vec::new(),
        filter: filter(query)?,
        since: query.text("since")?.map(|text| cursor("?since", &text)).transpose()?,
        after: after.transpose()?,
        order,
        limit: query.limit()?,
    })
}

/// The parameters of a list as conditions.
fn filter(query: &Query) -> Result<Filter, Problem> {
    let short = Shorthands {
        from: query.text("from")?,
        to: query.text("to")?,
        subject: query.text("subject")?,
        body: query.text("body")?,
    };
    // Each with the parameter that it comes from, so that a mistake can be told there.
    let mut named: Vec<(&str, WrittenCondition)> = Vec::new();
    for tag in query.texts("tag")?.into_iter().filter(|tag| !tag.is_empty()) {
        named.push(("tag", WrittenCondition::text("tag", Op::Equals, tag)));
    }
    for name in ["folder", "run_id"] {
        let value = query.text(name)?;
        named.extend(value.map(|value| (name, WrittenCondition::text(name, Op::Equals, value))));
    }
    for name in ["seen", "flagged"] {
        let value = query.value(name, "true or false")?.map(Value::Bool);
        let condition = WrittenCondition { value, ..WrittenCondition::bare(name, Op::Equals) };
        named.extend(condition.value.is_some().then_some((name, condition)));
    }
    for (name, op) in [("received_after", Op::Gt), ("received_before", Op::Lt)] {
        query.time(name)?;
        let time = query.text(name)?;
        named.extend(time.map(|time| (name, WrittenCondition::text("received_at", op, time))));
    }
    for what in query.text("has")?.iter().flat_map(|list| list.split(',')) {
        let parsed = ["attachment", "code", "link"].contains(&what).then(|| search_box::parse(&format!("has:{what}")));
        let Some(Ok(has)) = parsed else {
            return Err(invalid("has", "attachment, code or link; several with commas between"));
        };
        named.extend(has.all.into_iter().map(|condition| ("has", condition)));
    }
    let (names, all): (Vec<&str>, Vec<WrittenCondition>) = named.into_iter().unzip();
    let filter = Filter::compile(&Written { all, ..Written::default() }, &short);
    let filter = filter.map_err(|errors| refused(&names, &errors))?;
    let typed = Filter::search_box(&query.text("q")?.unwrap_or_default());
    Ok(filter.with(typed.map_err(|error| invalid("q", &error.to_string()))?))
}

/// The answer to parameters that cannot be conditions, the first of them; `names` are those of the list `all`.
fn refused(names: &[&str], errors: &[FilterError]) -> Problem {
    let Some(FilterError { pointer, reason }) = errors.first() else { return Problem::internal() };
    let number = pointer.strip_prefix("/filter/all/").and_then(|rest| rest.split('/').next()?.parse::<usize>().ok());
    let name = number.and_then(|number| names.get(number).copied());
    invalid(name.unwrap_or_else(|| pointer.trim_start_matches('/')), reason)
}

/// The token behind a page that ends with `last`.
pub(super) fn next_after(last: &Listed) -> String {
    format!("a_{}", last.number)
}

/// The number of a token.
pub(super) fn parse_after(token: &str) -> Result<i64, &'static str> {
    let number = token.strip_prefix("a_").and_then(|number| number.parse().ok()).filter(|number: &i64| *number >= 0);
    number.ok_or("next_after of the page before")
}
