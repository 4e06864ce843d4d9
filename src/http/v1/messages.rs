//! Lists of messages.

use axum::Json as Answer;
use axum::extract::State as Given;
use axum::response::Response;

use super::inbox::{cursor, find};
use super::message::answer;
use super::shape::{MessagePageJson, MessageSummary};
use crate::filter::{Filter, Shorthands};
use crate::http::Problem;
use crate::http::caller::Caller;
use crate::http::path::Path;
use crate::http::query::{Page, Query, invalid};
use crate::http::state::State;
use crate::inboxes::{MessageSearch, Within};
use crate::store::Order;

const PARAMETERS: [&str; 13] = [
    "since",
    "from",
    "to",
    "subject",
    "body",
    "tag",
    "folder",
    "seen",
    "received_after",
    "received_before",
    "order",
    "limit",
    "after",
];

/// List the messages of an inbox
///
/// Newest first, unless `order` says otherwise.
#[utoipa::path(
    get, path = "/v1/inboxes/{inbox}/messages", tag = "messages", operation_id = "listInboxMessages",
    params(
        ("inbox" = String, Path, description = "Its id, or its address URL-encoded"),
        ("since" = Option<String>, Query, description = "A cursor: only what came after it"),
        ("from" = Option<String>, Query, description = "An address, a part of one, or a pattern with `*`"),
        ("to" = Option<String>, Query, description = "The same for recipients"),
        ("subject" = Option<String>, Query, description = "Text in the subject"),
        ("body" = Option<String>, Query, description = "Text in the body"),
        ("tag" = Option<String>, Query, description = "A tag"),
        ("folder" = Option<String>, Query, description = "A folder"),
        ("seen" = Option<bool>, Query, description = "Read or not"),
        ("received_after" = Option<String>, Query, description = "RFC 3339"),
        ("received_before" = Option<String>, Query, description = "RFC 3339"),
        ("order" = Option<String>, Query, description = "`newest` or `oldest`"),
        ("limit" = Option<u16>, Query, description = "1 to 200; 50 when it is missing"),
        ("after" = Option<String>, Query, description = "`next_after` of the page before")
    ),
    responses(
        (status = 200, body = MessagePageJson),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 410, body = Problem, description = "`expired`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`, `cursor_invalid`")
    )
)]
pub(super) async fn list_inbox_messages(
    Given(state): Given<State>,
    caller: Caller,
    Path(inbox): Path<String>,
    query: Query,
) -> Result<Page<MessagePageJson>, Problem> {
    let inbox = find(&state, &caller, &inbox).await?;
    page(&state, Within::Inbox(inbox.id), query).await
}

/// List the messages of the project
///
/// Of all its inboxes, newest first, unless `order` says otherwise.
#[utoipa::path(
    get, path = "/v1/messages", tag = "messages", operation_id = "listMessages",
    params(
        ("since" = Option<String>, Query, description = "A cursor of the project: only what came after it"),
        ("from" = Option<String>, Query, description = "An address, a part of one, or a pattern with `*`"),
        ("to" = Option<String>, Query, description = "The same for recipients"),
        ("subject" = Option<String>, Query, description = "Text in the subject"),
        ("body" = Option<String>, Query, description = "Text in the body"),
        ("tag" = Option<String>, Query, description = "A tag"),
        ("folder" = Option<String>, Query, description = "A folder"),
        ("seen" = Option<bool>, Query, description = "Read or not"),
        ("received_after" = Option<String>, Query, description = "RFC 3339"),
        ("received_before" = Option<String>, Query, description = "RFC 3339"),
        ("order" = Option<String>, Query, description = "`newest` or `oldest`"),
        ("limit" = Option<u16>, Query, description = "1 to 200; 50 when it is missing"),
        ("after" = Option<String>, Query, description = "`next_after` of the page before")
    ),
    responses(
        (status = 200, body = MessagePageJson),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`, `cursor_invalid`")
    )
)]
pub(super) async fn list_messages(
    Given(state): Given<State>,
    caller: Caller,
    query: Query,
) -> Result<Page<MessagePageJson>, Problem> {
    let within = Within::all_of(&caller);
    page(&state, within, query).await
}

/// Get the newest message of an inbox
///
/// The one that arrived last.
#[utoipa::path(
    get, path = "/v1/inboxes/{inbox}/messages/latest", tag = "messages", operation_id = "getLatestMessage",
    params(("inbox" = String, Path, description = "Its id, or its address URL-encoded")),
    responses(
        (status = 200, body = super::shape::MessageJson),
        (status = 404, body = Problem, description = "`not_found`: also when the inbox is empty"),
        (status = 410, body = Problem, description = "`expired`")
    )
)]
pub(super) async fn get_latest_message(
    Given(state): Given<State>,
    caller: Caller,
    Path(inbox): Path<String>,
) -> Result<Response, Problem> {
    let inbox = find(&state, &caller, &inbox).await?;
    let search = search(Within::Inbox(inbox.id), &Query::default())?;
    let page = state.inboxes.messages(&MessageSearch { limit: 1, ..search }).await?;
    let newest = page.items.into_iter().next().ok_or_else(|| Problem::not_found("message: the inbox is empty"))?;
    answer(&state, newest.found).await
}

async fn page(state: &State, within: Within, query: Query) -> Result<Page<MessagePageJson>, Problem> {
    let query = query.allow(&PARAMETERS)?;
    let search = search(within, &query)?;
    // Before the page: what arrives in between is behind the cursor and not lost to whoever goes on from it.
    let cursor = state.inboxes.cursor_now(within).await?.to_string();
    let page = state.inboxes.messages(&search).await.map_err(|error| Problem::from(error).at("?since"))?;
    let next_after = page.items.last().filter(|_| page.has_more).map(|last| format!("a_{}", last.number));
    let items = page.items.iter().map(|item| MessageSummary::new(&item.found)).collect();
    let link = query.next_page(next_after.as_deref());
    Ok((link, Answer(MessagePageJson { items, has_more: page.has_more, next_after, cursor })))
}

fn search(within: Within, query: &Query) -> Result<MessageSearch, Problem> {
    const AFTER: &str = "next_after of the page before";
    let after = query.text("after")?.map(|text| {
        let number = text.strip_prefix("a_").and_then(|number| number.parse().ok()).filter(|number: &i64| *number >= 0);
        number.ok_or_else(|| invalid("after", AFTER))
    });
    let order = match query.text("order")?.as_deref() {
        None | Some("newest") => Order::Newest,
        Some("oldest") => Order::Oldest,
        Some(_) => return Err(invalid("order", "newest or oldest")),
    };
    Ok(MessageSearch {
        within,
        filter: Filter::from(Shorthands {
            from: query.text("from")?,
            to: query.text("to")?,
            subject: query.text("subject")?,
            body: query.text("body")?,
        }),
        tag: query.text("tag")?,
        folder: query.text("folder")?,
        seen: query.value("seen", "true or false")?,
        received_from: query.time("received_after")?,
        received_until: query.time("received_before")?,
        since: query.text("since")?.map(|text| cursor("?since", &text)).transpose()?,
        after: after.transpose()?,
        order,
        limit: query.limit()?,
    })
}
