//! `Idempotency-Key`: a call that is sent again is answered again, not made again.
//!
//! The name is claimed in the database before the call is made, and its answer is kept there for a day, so that any node
//! gives it again. Between the two a server may die: then nobody knows whether the call was made, and nobody guesses.
//! The name is answered with `idempotency_unknown` from then on, until it is forgotten.

use std::pin::pin;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequestParts as _, Request, State as Given};
use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::Body as _;
use tokio::time::{Instant, interval_at};

use super::Code;
use super::caller::Caller;
use super::effects::{has_effects, route};
use super::guard::RequestId;
use super::problem::Problem;
use super::state::State;
use super::{idempotency_key, json};
use crate::inboxes::{Call, CallAnswer, CallClaim, CallName};

/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Longest answer that is kept, in octets. What makes a thing answers with less; 500 inboxes made at once fit.
const MAX_ANSWER: u64 = 512 * 1024;

/// How often a call that takes long says that it is still being made. Well within the minute after which it counts as
/// lost.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// Makes a named POST once. Others pass.
pub(super) async fn once(Given(state): Given<State>, request: Request, next: Next) -> Result<Response, Problem> {
    if request.method() != axum::http::Method::POST || !has_effects(request.method(), route(&request)) {
        return Ok(next.run(request).await);
    }
    let Some(key) = idempotency_key::read(request.headers())? else { return Ok(next.run(request).await) };
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, &state).await?;
    let request_id = parts.extensions.get::<RequestId>().cloned();
    // No route takes a longer body than that of a draft; a shorter limit is the route's own to hold.
    let longest = state.inboxes.max_message_bytes() / 3 * 4 + state.section.max_body_bytes as u64;
    let body = json::read(body, longest).await?;
    let request = Request::from_parts(parts, Body::from(body.clone()));
    let name = CallName::new(&caller, key, fingerprint(&request, &body));
    drop(body);
    match state.inboxes.claim_call(&name).await? {
        Call::New(claim) => {
            let response = make(&state, &name, claim, request, next).await;
            Ok(keep(&state, &name, claim, response, request_id.as_ref()).await)
        }
        Call::Answered(answer) => replay(answer),
        Call::Reused => Err(Problem::new(
            Code::IdempotencyKeyReused,
            "this Idempotency-Key was used in the last 24 hours for a call with another path or body",
        )
        .hint("use a new key for each new call; send the same call again, octet for octet, with its own")),
        Call::InFlight => Err(Problem::new(
            Code::IdempotencyInFlight,
            "a call with this Idempotency-Key is being made; its answer is not known yet",
        )
        .hint("send it again in a moment")
        .retry_after_s(1)),
        Call::Lost(at) => Err(Problem::new(
            Code::IdempotencyUnknown,
            format!(
                "the call with this Idempotency-Key was begun at {at}, and its server stopped before it was answered"
            ),
        )
        .hint("look whether it was made; if it was not, make it with a new key")),
    }
}

/// The call, with a sign of life while it takes long.
async fn make(state: &State, name: &CallName, claim: CallClaim, request: Request, next: Next) -> Response {
    let mut work = pin!(next.run(request));
    let mut signs = interval_at(Instant::now() + SIGN_OF_LIFE, SIGN_OF_LIFE);
    loop {
        tokio::select! {
            response = work.as_mut() => return response,
            _ = signs.tick() => {
                if let Err(error) = state.inboxes.renew_call(name, claim).await {
                    tracing::warn!(%error, "a call with an Idempotency-Key could not say that it goes on");
                }
            }
        }
    }
}

/// Keeps the answer. Where the call is known not to have been made, the name is free for another try; where that is not
/// known, it stays claimed, and counts as lost after a minute.
async fn keep(
    state: &State,
    name: &CallName,
    claim: CallClaim,
    response: Response,
    request_id: Option<&RequestId>,
) -> Response {
    let status = response.status();
    if response.extensions().get::<Problem>().is_some_and(Problem::is_undone) {
        if let Err(error) = state.inboxes.release_call(name, claim).await {
            tracing::warn!(%error, "an Idempotency-Key could not be released");
        }
        return response;
    }
    if status.is_server_error() {
        return response;
    }
    let (parts, body) = response.into_parts();
    let (body, octets) = gather(body).await;
    // A problem is shown again as it was, with the id by which the first request is found in the log.
    let octets = match (parts.extensions.get::<Problem>(), request_id) {
        (Some(problem), Some(id)) => Some(problem.clone().of_request(id.as_str()).to_json()),
        _ => octets.map(Vec::from),
    };
    let text = |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::to_owned);
    let answer = CallAnswer {
        status: status.as_u16(),
        content_type: text(CONTENT_TYPE),
        location: text(LOCATION),
        etag: text(ETAG),
        body: octets,
    };
    if let Err(error) = state.inboxes.keep_answer(name, claim, answer).await {
        // It was made, and this client learns it. Another try is told that nobody knows.
        tracing::error!(%error, "the answer of a call with an Idempotency-Key could not be kept");
    }
    Response::from_parts(parts, body)
}

/// The body, and its octets where they are few enough to be kept.
async fn gather(body: Body) -> (Body, Option<Bytes>) {
    match body.size_hint().exact() {
        Some(size) if size <= MAX_ANSWER => match body.collect().await {
            Ok(collected) => {
                let octets = collected.to_bytes();
                (Body::from(octets.clone()), Some(octets))
            }
            // Ready-made octets have no errors.
            Err(_) => (Body::empty(), None),
        },
        _ => (body, None),
    }
}

fn replay(answer: CallAnswer) -> Result<Response, Problem> {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let Some(octets) = answer.body else {
        let detail = format!(
            "the call with this Idempotency-Key was made and answered with {status}, in more than the {MAX_ANSWER} octets that are kept"
        );
        let problem = Problem::new(Code::IdempotencyNotKept, detail).hint("it was made: do not make it again");
        return Err(match answer.location {
            Some(location) => problem.instance(location),
            None => problem,
        });
    };
    let mut response = Response::new(Body::from(octets));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [(CONTENT_TYPE, answer.content_type), (LOCATION, answer.location), (ETAG, answer.etag)] {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

/// A digest of what is asked for: method, path with query, type and octets of the body.
fn fingerprint(request: &Request, body: &Bytes) -> Vec<u8> {
    let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
    let target = request.uri().path_and_query().map_or("", |target| target.as_str());
    for part in [request.method().as_str(), target, &kind(request.headers())] {
        digest.update(part.as_bytes());
        digest.update(b"\n");
    }
    digest.update(body);
    digest.finish().as_ref().to_vec()
}

fn kind(headers: &HeaderMap) -> String {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase()
}
