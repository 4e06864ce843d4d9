//! What is true of every parameter of one name, because one reader reads them all.

use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::{RefOr, Schema};

use crate::http::query::{DEFAULT_LIMIT, LIMITS};

/// Tells the bounds of `limit`.
pub(super) fn bound(parameter: &mut RefOr<Parameter>) {
    let RefOr::T(Parameter { name, parameter_in: ParameterIn::Query, schema: Some(schema), .. }) = parameter else {
        return;
    };
    let RefOr::T(Schema::Object(schema)) = schema else { return };
    if name == "limit" {
        schema.minimum = Some((*LIMITS.start()).into());
        schema.maximum = Some((*LIMITS.end()).into());
        schema.default = Some(DEFAULT_LIMIT.into());
    }
}
