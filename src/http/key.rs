//! Who may call: the layer that looks at the key.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State as Given};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use subtle::ConstantTimeEq as _;

use super::Code;
use super::caller::Caller;
use super::needs::Needs;
use super::problem::Problem;
use super::state::State;
use crate::model::{Principal, Secret};

/// What the layer goes by.
#[derive(Clone)]
pub(super) struct Gate {
    state: State,
    needs: Arc<Needs>,
}

impl Gate {
    pub(super) fn new(state: State, needs: Needs) -> Self {
        Self { state, needs: Arc::new(needs) }
    }
}

/// Lets a request through when its caller may do what its route is for, and tells the handler who it is.
pub(super) async fn check(
    Given(Gate { state, needs }): Given<Gate>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let caller = caller(&state, request.headers())?;
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    if let Some(scope) = needs.scope(request.method(), route).filter(|scope| !caller.may(*scope)) {
        return Err(Problem::new(Code::ScopeMissing, format!("The key has not the scope {scope}, which this wants."))
            .hint(format!("make a key with the scope {scope}, or with admin, which is all of them"))
            .with("scope", scope.as_str().into()));
    }
    request.extensions_mut().insert(Caller(caller));
    Ok(next.run(request).await)
}

fn caller(state: &State, headers: &HeaderMap) -> Result<Principal, Problem> {
    if let Some(root_key) = &state.root_key
        && !shown(headers).is_some_and(|key| is_same(&key, root_key))
    {
        return Err(Problem::new(Code::Unauthenticated, "this server wants a key, and the one shown is missing or wrong")
            .hint("send the header Authorization: Bearer KEY; the key is the server's setting http.root_key (RESTANTE_ROOT_KEY)"));
    }
    Ok(Principal::of(state.inboxes.project()))
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

/// Compares digests, so that neither content nor length shows in the time it takes.
fn is_same(shown: &Secret, wanted: &Secret) -> bool {
    let digest = |secret: &Secret| ring::digest::digest(&ring::digest::SHA256, secret.expose().as_bytes());
    digest(shown).as_ref().ct_eq(digest(wanted).as_ref()).into()
}
