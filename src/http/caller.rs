//! Who calls, as handlers are given it.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::state::State;
use crate::model::Principal;

/// Who calls: put into the request by the layer that looks at the key.
#[derive(Clone, Debug)]
pub(in crate::http) struct Caller(pub(in crate::http) Principal);

impl FromRequestParts<State> for Caller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_parts: &mut Parts, state: &State) -> Result<Self, Self::Rejection> {
        Ok(Self(Principal::of(state.inboxes.project())))
    }
}

impl std::ops::Deref for Caller {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.0
    }
}
