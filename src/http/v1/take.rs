//! Taking a code or a link out of an inbox in one call, for tests and for the shell.

use std::time::Duration;

use axum::Json as Answer;
use axum::extract::State as Given;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use super::inbox::cursor;
use super::shape::{CodeJson, DiagnosticsJson, LinkJson, OtpJson, TakenLinkJson, compile};
use crate::extract::{self, Extraction, Pick, Purpose, SURE};
use crate::filter::Shorthands;
use crate::http::caller::Caller;
use crate::http::guard::is_ours;
use crate::http::path::Path;
use crate::http::query::{Query, confidence, invalid};
use crate::http::state::State;
use crate::http::{Code, Problem};
use crate::inboxes::{Choice, InboxRef, Since, Take, Taken};

/// Longest wait of one call, in seconds: below what proxies and clients usually allow.
const MAX_WAIT_S: u64 = 55;

/// Get the code of the newest message that has one
///
/// Waits for it where `wait` says so. With `Accept: text/plain` the answer is the code alone. Two codes that are about
/// as likely are refused, unless `pick=best` takes the likelier one: a wrong code costs more than a refusal.
#[utoipa::path(
    get, path = "/v1/inboxes/{inbox}/otp", tag = "extract", operation_id = "getOtp",
    security(("key" = ["messages:r"])),
    params(
        ("inbox" = String, Path, description = "Its id, or its address URL-encoded", example = "signup-7@t.test"),
        ("wait" = Option<u64>, Query, description = "Seconds to wait for it, at most 55", example = 30),
        ("min_confidence" = Option<f64>, Query, description = "How sure it must be; 0.8 when it is missing"),
        ("pick" = Option<String>, Query, description = "`best` takes the likeliest of several"),
        ("since" = Option<String>, Query, description = "A cursor: only mail behind it counts"),
        ("from" = Option<String>, Query, description = "An address, a part of one, or a pattern with `*`"),
        ("to" = Option<String>, Query, description = "The same for recipients"),
        ("subject" = Option<String>, Query, description = "Text in the subject")
    ),
    responses(
        (status = 200, content((OtpJson = "application/json"), (String = "text/plain"))),
        (status = 404, body = Problem, description = "`no_code`, `not_found`"),
        (status = 409, body = Problem, description = "`ambiguous_code`"),
        (status = 410, body = Problem, description = "`expired`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`, `cursor_invalid`"),
        (status = 429, body = Problem, description = "`too_many_waits`")
    )
)]
pub(super) async fn get_otp(
    Given(state): Given<State>,
    caller: Caller,
    Path(inbox): Path<String>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    let query = query.allow(&["wait", "min_confidence", "pick", "since", "from", "to", "subject"])?;
    let (least, pick_best) = (confidence(&query, SURE)?, picks_best(&query)?);
    let choose = |found: &Extraction| {
        let best = found.codes.first().cloned();
        chosen(found.best_code(least), best, pick_best, |code| code.confidence >= least)
    };
    let take = take(&state, caller, &inbox, &query, &headers).await?;
    match state.inboxes.take(&take, choose).await? {
        Taken::Found(code, message, cursor) => Ok(if wants_text(&headers) {
            text(code.value)
        } else {
            let (message_id, cursor) = (message.message.id.to_string(), cursor.to_string());
            Answer(OtpJson { code: CodeJson::from(&code), message_id, cursor }).into_response()
        }),
        Taken::Ambiguous(codes, message) => {
            let values: Vec<&str> = codes.iter().map(|code| code.value.as_str()).collect();
            let id = message.message.id;
            let detail = format!("{id} has codes that are about as likely: {}", values.join(", "));
            Err(Problem::new(Code::AmbiguousCode, detail)
                .with("message_id", id.to_string().into())
                .with("candidates", value(codes.iter().map(CodeJson::from)))
                .hint("pick=best takes the first; POST /v1/messages/{message}/extract takes what you know of it"))
        }
        Taken::Missing { looked_at, nearest, diagnostics } => {
            let nearest = nearest.map(|(code, message)| {
                format!("the likeliest is {:?} at {:.2} in {}", code.value, code.confidence, message.message.id)
            });
            Err(missing(Code::NoCode, "code", least, looked_at, nearest, diagnostics.map(|told| *told)))
        }
    }
}

/// Get the link of the newest message that has one
///
/// As with codes. Without `purpose` any link that a reader is meant to follow will do. Nothing is fetched.
#[utoipa::path(
    get, path = "/v1/inboxes/{inbox}/link", tag = "extract", operation_id = "getLink",
    security(("key" = ["messages:r"])),
    params(
        ("inbox" = String, Path, description = "Its id, or its address URL-encoded", example = "signup-7@t.test"),
        ("purpose" = Option<String>, Query, description = "`reset`, `verify`, `magic_login`, `confirm`, `unsubscribe`, `other`", example = "reset"),
        ("host" = Option<String>, Query, description = "Only links to this host or below it"),
        ("wait" = Option<u64>, Query, description = "Seconds to wait for it, at most 55", example = 30),
        ("min_confidence" = Option<f64>, Query, description = "How sure it must be; 0.5 when it is missing"),
        ("pick" = Option<String>, Query, description = "`best` takes the likeliest of several"),
        ("since" = Option<String>, Query, description = "A cursor: only mail behind it counts"),
        ("from" = Option<String>, Query, description = "An address, a part of one, or a pattern with `*`"),
        ("to" = Option<String>, Query, description = "The same for recipients"),
        ("subject" = Option<String>, Query, description = "Text in the subject")
    ),
    responses(
        (status = 200, content((TakenLinkJson = "application/json"), (String = "text/plain"))),
        (status = 404, body = Problem, description = "`no_link`, `not_found`"),
        (status = 409, body = Problem, description = "`ambiguous_link`"),
        (status = 410, body = Problem, description = "`expired`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`, `cursor_invalid`"),
        (status = 429, body = Problem, description = "`too_many_waits`")
    )
)]
pub(super) async fn get_link(
    Given(state): Given<State>,
    caller: Caller,
    Path(inbox): Path<String>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    const KNOWN: [&str; 9] = ["purpose", "host", "wait", "min_confidence", "pick", "since", "from", "to", "subject"];
    let query = query.allow(&KNOWN)?;
    let (least, pick_best) = (confidence(&query, LIKELY)?, picks_best(&query)?);
    let purpose = query.text("purpose")?.map(|name| purpose(&name)).transpose()?;
    let host = query.text("host")?.map(|host| host.to_ascii_lowercase());
    let choose = |found: &Extraction| {
        let mut found = found.clone();
        found.links.retain(|link| host.as_ref().is_none_or(|host| is_below(&link.host, host)));
        let wanted = |link: &&extract::Link| purpose.map_or(link.purpose.is_action(), |wanted| wanted == link.purpose);
        let best = found.links.iter().find(wanted).cloned();
        chosen(found.best_link(purpose, least), best, pick_best, |link| link.confidence >= least)
    };
    let take = take(&state, caller, &inbox, &query, &headers).await?;
    match state.inboxes.take(&take, choose).await? {
        Taken::Found(link, message, cursor) => Ok(if wants_text(&headers) {
            text(link.url)
        } else {
            let (message_id, cursor) = (message.message.id.to_string(), cursor.to_string());
            Answer(TakenLinkJson { link: LinkJson::from(&link), message_id, cursor }).into_response()
        }),
        Taken::Ambiguous(links, message) => {
            let id = message.message.id;
            let detail = format!("{id} has {} links that are about as likely", links.len());
            Err(Problem::new(Code::AmbiguousLink, detail)
                .with("message_id", id.to_string().into())
                .with("candidates", value(links.iter().map(LinkJson::from)))
                .hint("say the purpose or the host, or take the first with pick=best"))
        }
        Taken::Missing { looked_at, nearest, diagnostics } => {
            let nearest = nearest.map(|(link, message)| {
                format!("the likeliest is {} at {:.2} in {}", link.url, link.confidence, message.message.id)
            });
            Err(missing(Code::NoLink, "link", least, looked_at, nearest, diagnostics.map(|told| *told)))
        }
    }
}

/// How sure a link must be when nothing is said: a message has few that a reader is meant to follow.
const LIKELY: f64 = 0.5;

async fn take(state: &State, caller: Caller, inbox: &str, query: &Query, headers: &HeaderMap) -> Result<Take, Problem> {
    let named = InboxRef::parse(inbox).ok_or_else(|| Problem::not_found("inbox"))?;
    let wait_s = query.value("wait", "seconds, 0 to 55")?.unwrap_or(0);
    // A GET that makes something must not be one that a picture in somebody's page can send.
    let inbox = if wait_s > 0 && is_ours(headers) {
        state.inboxes.inbox_to_wait_on(&caller, &named).await?
    } else {
        state.inboxes.inbox(&caller, &named).await?
    };
    if wait_s > MAX_WAIT_S {
        return Err(invalid("wait", "at most 55 seconds; to wait longer, call again"));
    }
    let since = match query.text("since")?.as_deref() {
        None => Since::Start,
        Some("now") => Since::Now,
        Some(text) => Since::Cursor(cursor("?since", text)?),
    };
    let shorthands =
        Shorthands { from: query.text("from")?, to: query.text("to")?, subject: query.text("subject")?, body: None };
    Ok(Take {
        who: caller.who,
        inbox,
        filter: compile(None, &shorthands)?,
        since,
        wait: Duration::from_secs(wait_s).min(Duration::from_millis(state.section.max_hold_ms)),
        request: query.json(),
    })
}

fn chosen<T: Clone>(
    picked: Result<&T, Pick<'_, T>>,
    best: Option<T>,
    pick_best: bool,
    is_sure: impl Fn(&T) -> bool,
) -> Choice<T> {
    match (picked, best) {
        (Ok(it), _) => Choice::Sure(it.clone()),
        (Err(Pick::Ambiguous(_)), Some(best)) if pick_best && is_sure(&best) => Choice::Sure(best),
        (Err(Pick::Ambiguous(some)), _) => Choice::Unsure(some.into_iter().cloned().collect()),
        (Err(Pick::None), best) => Choice::Nothing(best),
    }
}

fn missing(
    code: Code,
    what: &str,
    least: f64,
    looked_at: usize,
    nearest: Option<String>,
    diagnostics: Option<crate::inboxes::Diagnostics>,
) -> Problem {
    let detail = match (looked_at, nearest, &diagnostics) {
        (0, _, Some(told)) => told.summary.clone(),
        (0, _, None) => "no message has arrived; wait=30 would wait for one".to_owned(),
        (_, Some(nearest), _) => format!("no {what} is as sure as {least}: {nearest}"),
        (1, None, _) => format!("the one message has no {what}"),
        (many, None, _) => format!("of {many} messages none has a {what}"),
    };
    let problem = Problem::new(code, detail);
    match diagnostics {
        Some(told) => {
            problem.with("diagnostics", serde_json::to_value(DiagnosticsJson::from(told)).unwrap_or_default())
        }
        None => problem,
    }
}

fn picks_best(query: &Query) -> Result<bool, Problem> {
    match query.text("pick")?.as_deref() {
        None => Ok(false),
        Some("best") => Ok(true),
        Some(_) => Err(invalid("pick", "best, or nothing")),
    }
}

fn purpose(name: &str) -> Result<Purpose, Problem> {
    let known = serde_json::from_value(Value::String(name.to_owned()));
    known.map_err(|_| invalid("purpose", "reset, verify, magic_login, confirm, unsubscribe, tracking or other"))
}

fn is_below(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// Whether plain text is liked better than JSON: it is, when it is named. Spec: RFC 9110 §12.5.1.
fn wants_text(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut kinds = accepted.flat_map(|value| value.split(',')).map(|kind| kind.split(';').next().unwrap_or_default());
    kinds.any(|kind| kind.trim().eq_ignore_ascii_case("text/plain"))
}

fn text(value: String) -> Response {
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], value + "\n").into_response()
}

fn value<T: Serialize>(items: impl Iterator<Item = T>) -> Value {
    serde_json::to_value(items.collect::<Vec<_>>()).unwrap_or_default()
}
