//! All routes, and their description.

use axum::Router;
use axum::extract::OriginalUri;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::needs::{BadSecurity, Needs};
use super::problem::Problem;
use super::state::State;
use super::{Code, docs, effects, front, idempotency, key, openapi, probe, v1};

/// The whole API over `state`, without the guards that lie around it.
///
/// # Errors
/// [`BadSecurity`] when an operation does not declare what it wants of a key.
pub fn router(state: &State) -> Result<Router, BadSecurity> {
    let (keyed, described) = keyed_routes().split_for_parts();
    let gate = key::Gate::new(state.clone(), Needs::of(&described)?);
    let (open, _) = open_routes().split_for_parts();
    Ok(Router::new()
        .merge(
            keyed
                .layer(from_fn_with_state(state.clone(), idempotency::once))
                .layer(from_fn_with_state(state.clone(), effects::finish))
                .layer(from_fn_with_state(gate, key::check)),
        )
        .merge(open)
        .route("/", get(front::page))
        .route("/healthz", get(probe::readyz))
        .merge(openapi::serve::routes())
        .merge(docs::routes())
        .fallback(async |OriginalUri(uri): OriginalUri| {
            Problem::new(Code::NotFound, format!("there is nothing at {}", uri.path()))
                .hint("GET /docs shows every path")
        })
        .method_not_allowed_fallback(async || Problem::new(Code::MethodNotAllowed, "this path has other methods"))
        .with_state(state.clone()))
}

/// The description of the API, as it is served and pinned.
#[must_use]
pub fn description() -> OpenApi {
    let all = OpenApiRouter::with_openapi(openapi::Description::openapi());
    let mut description = all.merge(keyed_routes()).merge(open_routes()).split_for_parts().1;
    openapi::complete(&mut description);
    description
}

/// What the routes that want a key declare.
#[cfg(test)]
pub(super) fn needs() -> Result<Needs, BadSecurity> {
    Needs::of(&OpenApiRouter::new().merge(keyed_routes()).split_for_parts().1)
}

/// Routes that want a key where one is set.
fn keyed_routes() -> OpenApiRouter<State> {
    v1::router().routes(routes!(probe::metrics))
}

/// Routes that everyone may call.
fn open_routes() -> OpenApiRouter<State> {
    v1::open_router().routes(routes!(probe::livez)).routes(routes!(probe::readyz))
}
