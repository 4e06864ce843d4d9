//! Who may call: the layer that looks at the key.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, MatchedPath, Request, State as Given};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use tokio::time::Instant;

use super::Code;
use super::caller::Caller;
use super::limit::{self, Limit};
use super::needs::Needs;
use super::problem::Problem;
use super::query;
use super::state::State;
use crate::auth::{Error, Line, looks_like_one};
use crate::model::{Principal, Secret};

/// Names the project that a call is about, by id or name: for the root key, which stands above them all.
pub(super) const PROJECT: HeaderName = HeaderName::from_static("restante-project");
/// Names under which other services take a key in the address.
const KEY_NAMES: [&str; 4] = ["access_token", "api_key", "apikey", "authorization"];

/// What the layer goes by.
#[derive(Clone)]
pub(super) struct Gate {
    state: State,
    needs: Arc<Needs>,
    limit: Limit,
}

impl Gate {
    pub(super) fn new(state: State, needs: Needs) -> Self {
        let limit = Limit::new(&state.section);
        Self { state, needs: Arc::new(needs), limit }
    }
}

/// Lets a request through when its caller may do what its route is for, and tells the handler who it is.
pub(super) async fn check(Given(gate): Given<Gate>, mut request: Request, next: Next) -> Result<Response, Problem> {
    let Gate { state, limit, .. } = &gate;
    let peer = peer(&request);
    if has_key_in_query(request.uri()) {
        let detail = "A key does not belong into the address, which is written into logs and histories.";
        return Err(Problem::new(Code::MalformedRequest, detail)
            .hint("send the header Authorization: Bearer KEY, and make a new key: this one has been seen"));
    }
    let (method, matched) = (request.method().clone(), request.extensions().get::<MatchedPath>().cloned());
    let route = matched.as_ref().map_or("", MatchedPath::as_str);
    let operation = || Some(format!("{method} {route}"));
    let who = match who(state, request.headers(), peer).await {
        Ok(who) => who,
        Err(error) => {
            if matches!(error, Error::Expired) || (matches!(error, Error::Wrong) && shown(request.headers()).is_some())
            {
                let line = Line { action: "key.refused", target: operation(), detail: Some(error.to_string()) };
                state.auth.note_refusal(None, peer, line);
            }
            return Err(error.into());
        }
    };
    let caller = who.key.map_or(limit::Caller::Address(peer), limit::Caller::Key);
    let left = limit.take(caller, Instant::now());
    let mut answer = match left.filter(|left| !left.is_allowed) {
        Some(none) => Problem::new(Code::RateLimited, "There were too many calls; http.rate_limit allows fewer.")
            .retry_after_s(none.retry_after_s())
            .into_response(),
        None => match allowed(&gate, who, peer, &method, route, &mut request).await {
            Ok(()) => next.run(request).await,
            Err(problem) => problem.into_response(),
        },
    };
    if let Some(left) = left {
        limit.tell(left, answer.headers_mut());
    }
    Ok(answer)
}

/// Looks at the scope and the project of a call, and notes its caller in the request.
async fn allowed(
    Gate { state, needs, .. }: &Gate,
    who: Principal,
    peer: IpAddr,
    method: &Method,
    route: &str,
    request: &mut Request,
) -> Result<(), Problem> {
    if let Some(scope) = needs.scope(method, route).filter(|scope| !who.may(*scope)) {
        let line = Line {
            action: "scope.refused",
            target: Some(format!("{method} {route}")),
            detail: Some(format!("it wants {scope}")),
        };
        state.auth.note_refusal(Some(&who), peer, line);
        return Err(Problem::new(Code::ScopeMissing, format!("The key has not the scope {scope}, which this wants."))
            .hint(format!("use a key with the scope {scope}, or with admin, which is all of them"))
            .with("scope", scope.as_str().into()));
    }
    if let Some(known) = needs.query(method, route) {
        query::check_names(request.uri(), &known)?;
    }
    let who = about_project(state, who, request.headers()).await?;
    request.extensions_mut().insert(Caller { who, peer });
    Ok(())
}

async fn who(state: &State, headers: &HeaderMap, peer: IpAddr) -> Result<Principal, Error> {
    state.auth.check(shown(headers).as_ref(), peer).await
}

/// The caller with the project that the header names, which for a key can only be its own.
async fn about_project(state: &State, who: Principal, headers: &HeaderMap) -> Result<Principal, Problem> {
    let mut fields = headers.get_all(PROJECT).iter();
    let Some(named) = fields.next() else { return Ok(who) };
    let named = named.to_str().ok().filter(|_| fields.next().is_none());
    let named = named.ok_or_else(|| Problem::new(Code::MalformedRequest, "Restante-Project names one project"))?;
    let project = state.inboxes.project_named(&who, named).await?.id;
    Ok(Principal { project, ..who })
}

/// Where the call comes from; a test that goes around the socket has no address.
fn peer(request: &Request) -> IpAddr {
    let connected = request.extensions().get::<ConnectInfo<SocketAddr>>();
    connected.map_or(Ipv4Addr::UNSPECIFIED.into(), |ConnectInfo(peer)| peer.ip())
}

/// The key of `Authorization: Bearer KEY`, or the password of `Basic` (RFC 7617 §2), which curl and old clients can send.
fn shown(headers: &HeaderMap) -> Option<Secret> {
    let (scheme, rest) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(Secret::new(rest.trim()));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = base64::engine::general_purpose::STANDARD.decode(rest.trim()).ok()?;
    let (_, password) = std::str::from_utf8(&pair).ok()?.split_once(':')?;
    Some(Secret::new(password))
}

fn has_key_in_query(uri: &Uri) -> bool {
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).take(100);
    pairs
        .into_iter()
        .any(|(name, value)| KEY_NAMES.iter().any(|known| name.eq_ignore_ascii_case(known)) || looks_like_one(&value))
}
