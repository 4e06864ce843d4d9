//! What is true of every body and is not to be said at each: an empty one, and octets.

use std::collections::BTreeSet;

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{KnownFormat, SchemaFormat, Type};
use utoipa::openapi::{Components, Content, ObjectBuilder, RefOr, Required, Schema};

/// The schemas that `{}` satisfies.
pub(super) fn may_be_empty(components: &Components) -> BTreeSet<String> {
    let is_lenient =
        |schema: &RefOr<Schema>| matches!(schema, RefOr::T(Schema::Object(object)) if object.required.is_empty());
    let lenient = components.schemas.iter().filter(|(_, schema)| is_lenient(schema));
    lenient.map(|(name, _)| name.clone()).collect()
}

/// No body at all is read as `{}`, so it may be missing where that will do.
pub(super) fn optional(operation: &mut Operation, may_be_empty: &BTreeSet<String>) {
    let Some(RefOr::T(body)) = &mut operation.request_body else { return };
    let is_optional = |content: &RefOr<Content>| {
        let RefOr::T(Content { schema: Some(RefOr::Ref(reference)), .. }) = content else { return false };
        reference.ref_location.rsplit('/').next().is_some_and(|name| may_be_empty.contains(name))
    };
    if body.content.values().all(is_optional) {
        body.required = Some(Required::False);
    }
}

/// Octets are described as such; a list of numbers, which `Vec<u8>` is to serde, they are only within JSON.
pub(super) fn octets(kind: &str, content: &mut RefOr<Content>) {
    let RefOr::T(Content { schema: Some(schema), .. }) = content else { return };
    if matches!(schema, RefOr::T(Schema::Array(_))) && !kind.ends_with("json") {
        let binary = SchemaFormat::KnownFormat(KnownFormat::Binary);
        let octets = ObjectBuilder::new().schema_type(Type::String).format(Some(binary));
        *schema = if kind == "*/*" { octets } else { octets.content_media_type(kind) }.build().into();
    }
}
