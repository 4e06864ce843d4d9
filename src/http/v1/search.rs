//! Searching.

use axum::Json as Answer;
use axum::extract::State as Given;

use super::inbox::find;
use super::messages::{next_after, parse_after};
use super::shape::{HitJson, SearchBody, SearchOrder, SearchPageJson, compile};
use crate::filter::{Filter, Shorthands};
use crate::http::Problem;
use crate::http::caller::Caller;
use crate::http::json::Json;
use crate::http::state::State;
use crate::inboxes::{Hit, InboxRef, MessageSearch, Within};
use crate::store::Order;

/// Most inboxes that one search names.
const MAX_INBOXES: usize = 100;

/// Search messages
///
/// In some inboxes or the whole project, with the same conditions as a wait. With `explain` each message says how each
/// condition went; when nothing passes, the nearest messages say why they did not.
#[utoipa::path(
    post, path = "/v1/messages/search", tag = "messages", operation_id = "searchMessages",
    security(("key" = ["messages:r"])), request_body = SearchBody,
    responses(
        (status = 200, body = SearchPageJson),
        (status = 400, body = Problem, description = "`malformed_json`"),
        (status = 404, body = Problem, description = "`not_found`: an inbox"),
        (status = 410, body = Problem, description = "`expired`: an inbox"),
        (status = 413, body = Problem, description = "`payload_too_large`"),
        (status = 415, body = Problem, description = "`unsupported_media_type`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`")
    )
)]
pub(super) async fn search_messages(
    Given(state): Given<State>,
    caller: Caller,
    Json(body): Json<SearchBody>,
) -> Result<Answer<SearchPageJson>, Problem> {
    let search = MessageSearch {
        within: Within::all_of(&caller),
        reach: caller.narrowed.clone(),
        inboxes: inboxes(&state, &caller, body.inbox_ids.as_deref()).await?,
        filter: filter(&body)?,
        since: None,
        after: body.after.as_deref().map(parse_after).transpose().map_err(|reason| invalid("/after", reason))?,
        order: match body.order {
            SearchOrder::Newest => Order::Newest,
            SearchOrder::Oldest => Order::Oldest,
        },
        limit: match body.limit.unwrap_or(50) {
            limit @ 1..=200 => limit,
            _ => return Err(invalid("/limit", "a number from 1 to 200")),
        },
    };
    let page = state.inboxes.search(&search, body.explain).await?;
    let last = page.hits.last().filter(|_| page.has_more);
    Ok(Answer(SearchPageJson {
        next_after: last.map(|last| next_after(&last.listed)),
        has_more: page.has_more,
        items: hits(&state, page.hits).await?,
        nearest: hits(&state, page.nearest).await?,
    }))
}

async fn hits(state: &State, found: Vec<Hit>) -> Result<Vec<HitJson>, Problem> {
    let mut hits = Vec::with_capacity(found.len());
    for hit in found {
        let code = state.inboxes.listed_code(&hit.listed.found).await?;
        hits.push(HitJson::new(hit, code));
    }
    Ok(hits)
}

fn filter(body: &SearchBody) -> Result<Filter, Problem> {
    let short = Shorthands {
        from: body.from.clone(),
        to: body.to.clone(),
        subject: body.subject.clone(),
        body: body.body.clone(),
    };
    let filter = compile(body.filter.as_ref(), &short)?;
    match body.q.as_deref() {
        None => Ok(filter),
        Some(line) => {
            let typed = Filter::search_box(line).map_err(|error| invalid("/q", &error.to_string()))?;
            Ok(filter.with(typed))
        }
    }
}

/// The named inboxes; none is all of them, an empty list a mistake.
async fn inboxes(
    state: &State,
    caller: &Caller,
    named: Option<&[String]>,
) -> Result<Vec<crate::model::InboxId>, Problem> {
    let Some(named) = named else { return Ok(Vec::new()) };
    if named.is_empty() || named.len() > MAX_INBOXES {
        return Err(invalid("/inbox_ids", &format!("1 to {MAX_INBOXES} inboxes; leave it out for all")));
    }
    let mut inboxes = Vec::with_capacity(named.len());
    for (number, name) in named.iter().enumerate() {
        if InboxRef::parse(name).is_none() {
            return Err(invalid(&format!("/inbox_ids/{number}"), "the id or the address of an inbox"));
        }
        inboxes.push(find(state, caller, name).await?.id);
    }
    Ok(inboxes)
}

fn invalid(pointer: &str, reason: &str) -> Problem {
    Problem::invalid(pointer, "invalid", reason)
}
