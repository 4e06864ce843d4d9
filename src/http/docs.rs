//! The documentation page at /docs: Swagger UI, embedded, nothing loaded from elsewhere.

use axum::Router;

use super::state::State;

#[cfg(feature = "docs-ui")]
pub(super) fn routes() -> Router<State> {
    use axum::http::HeaderValue;
    use axum::http::header::CONTENT_SECURITY_POLICY;
    use tower_http::set_header::SetResponseHeaderLayer;
    use utoipa_swagger_ui::{Config, SwaggerUi};

    /// The page runs its own scripts and calls this server, nothing else.
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
        img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

    let page: Router<State> =
        SwaggerUi::new("/docs").config(Config::from("/v1/openapi.json").try_it_out_enabled(true)).into();
    page.layer(SetResponseHeaderLayer::overriding(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)))
}

/// Built without the page: the description itself is still at /v1/openapi.json.
#[cfg(not(feature = "docs-ui"))]
pub(super) fn routes() -> Router<State> {
    use axum::response::Redirect;
    use axum::routing::get;

    Router::new().route("/docs", get(async || Redirect::temporary("/v1/openapi.json")))
}
