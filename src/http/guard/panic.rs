//! A panic in a handler is one request's failure and not the server's.

use std::any::Any;

use axum::response::{IntoResponse, Response};
use tracing::error;

use crate::http::Problem;

/// The panic hook has written where it was; its message may quote a mail, so it is shown to nobody.
pub(super) fn answer(_: Box<dyn Any + Send + 'static>) -> Response {
    error!("a request handler panicked");
    Problem::internal().into_response()
}
