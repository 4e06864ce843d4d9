//! Who calls, as handlers are given it.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::problem::Problem;
use super::state::State;
use crate::model::Principal;

/// Who calls, and from where: put into the request by the layer that looks at the key.
#[derive(Clone, Debug)]
pub(in crate::http) struct Caller {
    /// Who.
    pub(in crate::http) who: Principal,
    /// From where; behind a proxy, its address.
    pub(in crate::http) peer: IpAddr,
}

impl FromRequestParts<State> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &State) -> Result<Self, Problem> {
        // Missing only on a route that is outside the layer, whose author is told by the first test of it.
        parts.extensions.get().cloned().ok_or_else(Problem::internal)
    }
}

impl std::ops::Deref for Caller {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.who
    }
}
