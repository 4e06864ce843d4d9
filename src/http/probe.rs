//! What machines ask: is it alive, can it take mail, what has it counted.

use axum::extract::State as Given;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::Code;
use super::problem::Problem;
use super::state::State;

/// Is the process alive?
///
/// It answers, and that is all that is asked.
#[utoipa::path(
    get, path = "/livez", tag = "server", operation_id = "getLivez", security(()),
    responses((status = 200, body = String, content_type = "text/plain"))
)]
pub(super) async fn livez() -> &'static str {
    "ok\n"
}

/// Can it take mail?
///
/// The store answers and takes writes.
#[utoipa::path(
    get, path = "/readyz", tag = "server", operation_id = "getReadyz", security(()),
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = 503, body = Problem, description = "`storage_busy`"),
        (status = 507, body = Problem, description = "`storage_full`")
    )
)]
pub(super) async fn readyz(Given(state): Given<State>) -> Result<&'static str, Problem> {
    if let Some(error) = state.inboxes.unavailable() {
        return Err(error.into());
    }
    state.store.ping().await.map_err(|error| {
        tracing::warn!(error = %error, "not ready: the store does not answer");
        Problem::new(Code::StorageBusy, "the store does not answer; the server's log says why").retry_after_s(1)
    })?;
    Ok("ok\n")
}

/// What has been counted
///
/// In the text format of Prometheus.
#[utoipa::path(
    get, path = "/metrics", tag = "server", operation_id = "getMetrics",
    security(("key" = ["admin"])),
    responses((status = 200, body = String, content_type = "text/plain"))
)]
pub(super) async fn metrics(Given(state): Given<State>) -> Response {
    let text = state.metrics.as_ref().map(metrics_exporter_prometheus::PrometheusHandle::render).unwrap_or_default();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
