//! Reading the placeholders of a path, with the one form of an error when they cannot be read.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::Code;
use super::problem::Problem;
use super::state::State;

/// What stands at the placeholders, decoded.
pub(super) struct Path<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<State> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        let axum::extract::Path(values) = axum::extract::Path::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::new(Code::MalformedRequest, "the path, percent-decoded, is not UTF-8"))?;
        Ok(Self(values))
    }
}
