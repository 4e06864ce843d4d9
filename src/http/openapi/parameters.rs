//! What is true of every parameter of one kind or name, because one reader reads them all.

use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use crate::http::query::{DEFAULT_LIMIT, LIMITS};

/// Tells the bounds of `limit`; and that no parameter is `null`, which is what `Option` is to utoipa.
pub(super) fn bound(parameter: &mut RefOr<Parameter>) {
    let RefOr::T(Parameter { name, parameter_in, schema: Some(schema), .. }) = parameter else { return };
    let kind = match schema {
        RefOr::T(Schema::Object(schema)) => &mut schema.schema_type,
        RefOr::T(Schema::Array(schema)) => &mut schema.schema_type,
        _ => return,
    };
    if let SchemaType::Array(kinds) = kind
        && let Some(only) = kinds.iter().find(|kind| **kind != Type::Null)
    {
        *kind = SchemaType::Type(only.clone());
    }
    let RefOr::T(Schema::Object(schema)) = schema else { return };
    if name == "limit" && *parameter_in == ParameterIn::Query {
        schema.minimum = Some((*LIMITS.start()).into());
        schema.maximum = Some((*LIMITS.end()).into());
        schema.default = Some(DEFAULT_LIMIT.into());
    }
}
