//! What every request passes before the router, and every response after it.
//!
//! It lies around the whole router and not on its routes, so a new route cannot be without it.

mod browser;
mod cors;
mod headers;
mod host;
mod panic;
mod request_id;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;

pub(super) use browser::is_ours;
pub use cors::{BadOrigin, Origins};
pub use host::{BadHostName, Hosts};
pub use request_id::RequestId;

/// Puts the guards around `router`, the outermost last.
pub fn protect(router: Router, hosts: Hosts, origins: Origins) -> Router {
    Router::new()
        .fallback_service(router)
        .layer(from_fn_with_state(origins.clone(), browser::check))
        .layer(from_fn_with_state(origins, cors::answer))
        .layer(from_fn_with_state(hosts, host::check))
        .layer(CatchPanicLayer::custom(panic::answer))
        .layer(from_fn(headers::complete))
        .layer(from_fn_with_state(request_id::Source::new(), request_id::name))
}
