//! The description of the API: OpenAPI 3.1, made from the handlers, and 3.0, made from that.

mod bodies;
mod examples;
mod older;
mod parameters;
pub(super) mod serve;
mod yaml;

use axum::http::Method;
use serde_json::Value;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, PathItem, Ref, RefOr, Response, ResponseBuilder, Schema};
use utoipa::{Modify, OpenApi};

use super::idempotency_docs;

/// The type of a problem's JSON.
const PROBLEM: &str = "application/problem+json";

/// What is said about the API as a whole.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Restante",
        version = "1.0",
        description = "A programmable test inbox: mail comes in over SMTP and is called for here. \
            Errors are RFC 9457 problems with a stable `code`. Clients must ignore fields that they do not know.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "inboxes", description = "Disposable addresses"),
        (name = "messages", description = "What arrived"),
        (name = "keys", description = "Who may call, and what they may do"),
        (name = "projects", description = "Owners of inboxes and keys, with their rules"),
        (name = "wait", description = "Waiting without a race"),
        (name = "server", description = "The server itself")
    ),
    modifiers(&Key)
)]
pub(super) struct Description;

struct Key;

impl Modify for Key {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let mut scheme = Http::new(HttpAuthScheme::Bearer);
        let description = "A key, or the server's root key; also as the password of Basic. Needed unless the server is \
            open. Each operation names the scope that it wants of the key; `admin` is all of them.";
        scheme.description = Some(description.to_owned());
        components.add_security_scheme("key", SecurityScheme::Http(scheme));
    }
}

/// Adds what is true of every operation and would be forgotten in some: the answers of the guards, of the readers of
/// paths and bodies, and of a failure.
pub(super) fn complete(openapi: &mut utoipa::openapi::OpenApi) {
    let components = openapi.components.get_or_insert_default();
    components.schemas.values_mut().for_each(drop_null_defaults);
    examples::add(components);
    let may_be_empty = bodies::may_be_empty(components);
    for (path, item) in &mut openapi.paths.paths {
        for (operation, method) in operations(item) {
            let changes = !method.is_safe();
            idempotency_docs::complete(path, &method, operation);
            let ways = operation.security.get_or_insert_default();
            let is_open = ways.iter().all(|way| *way == SecurityRequirement::default());
            if !is_open {
                // An open server asks for no key.
                ways.insert(0, SecurityRequirement::default());
            }
            let has_body = operation.request_body.is_some();
            let has_place = operation.parameters.iter().flatten().any(is_in_path);
            let always = [
                ("400", "`malformed_json`", has_body),
                ("400", "`malformed_request`", !is_open || has_body || has_place),
                ("401", "`unauthenticated`", !is_open),
                ("403", "`scope_missing`", !is_open),
                ("403", "`origin_forbidden`", changes),
                ("408", "`request_timeout`", has_body),
                ("413", "`payload_too_large`", has_body),
                ("415", "`unsupported_media_type`", has_body),
                ("421", "`host_not_allowed`", true),
                ("422", "`validation_failed`, `unknown_field`", has_body),
                ("429", "`rate_limited`", !is_open),
                ("500", "`internal`", true),
                ("503", "`storage_busy`, `too_many_connections`", true),
            ];
            for (status, codes, _) in always.into_iter().filter(|(_, _, holds)| *holds) {
                add_codes(operation, status, codes);
            }
            bodies::optional(operation, &may_be_empty);
            operation.parameters.iter_mut().flatten().for_each(parameters::bound);
            for (status, response) in &mut operation.responses.responses {
                if let RefOr::T(response) = response {
                    finish(status, response);
                }
            }
        }
    }
}

fn is_in_path(parameter: &RefOr<Parameter>) -> bool {
    matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path)
}

/// Names `codes` among those of a status, besides the ones that the operation names itself.
fn add_codes(operation: &mut Operation, status: &str, codes: &str) {
    let response = operation.responses.responses.entry(status.to_owned()).or_insert_with(|| {
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        RefOr::T(ResponseBuilder::new().content(PROBLEM, problem).build())
    });
    let RefOr::T(Response { description, .. }) = response else { return };
    for code in codes.split(", ").filter(|code| !description.contains(code)).collect::<Vec<_>>() {
        if !description.is_empty() {
            description.push_str(", ");
        }
        description.push_str(code);
    }
}

/// OpenAPI wants a description of every response; and a problem has a type of its own (RFC 9457 §3).
fn finish(status: &str, response: &mut Response) {
    if response.description.is_empty() {
        "It is done".clone_into(&mut response.description);
    }
    if status.starts_with(['4', '5'])
        && let Some(problem) = response.content.shift_remove("application/json")
    {
        response.content.insert(PROBLEM.to_owned(), problem);
    }
    for (kind, content) in &mut response.content {
        bodies::octets(kind, content);
    }
}

/// The operations of a path, each with its method.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&mut Operation, Method)> {
    let each = [
        (&mut item.get, Method::GET),
        (&mut item.head, Method::HEAD),
        (&mut item.post, Method::POST),
        (&mut item.put, Method::PUT),
        (&mut item.patch, Method::PATCH),
        (&mut item.delete, Method::DELETE),
    ];
    each.into_iter().filter_map(|(operation, method)| Some((operation.as_mut()?, method)))
}

/// A field that may be left out has no default; `null`, which serde's default looks like, is not one of its values.
fn drop_null_defaults(schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::Object(object)) = schema else { return };
    for property in object.properties.values_mut() {
        let default = match property {
            RefOr::T(Schema::Object(property)) => &mut property.default,
            RefOr::T(Schema::Array(property)) => &mut property.default,
            RefOr::Ref(property) => &mut property.default,
            RefOr::T(_) => continue,
        };
        if let Some(Value::Object(members)) = default {
            members.retain(|_, member| !member.is_null());
        }
        if default.as_ref().is_some_and(Value::is_null) {
            *default = None;
        }
    }
}

/// A version of OpenAPI in which the description can be had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// OpenAPI 3.1, as the handlers have it.
    #[default]
    Newer,
    /// OpenAPI 3.0, for generators of clients that read nothing newer.
    Older,
}

impl Version {
    /// The default first.
    pub const ALL: [Self; 2] = [Self::Newer, Self::Older];

    /// `3.1` or `3.0`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Newer => "3.1",
            Self::Older => "3.0",
        }
    }
}

/// The description as it is served and pinned, byte for byte.
#[must_use]
pub fn text(description: &utoipa::openapi::OpenApi, version: Version) -> String {
    let mut text = serde_json::to_string_pretty(&value(description, version)).unwrap_or_default();
    text.push('\n');
    text
}

fn value(description: &utoipa::openapi::OpenApi, version: Version) -> Value {
    // Strings, numbers and maps with names of text: there is nothing in it that serde_json refuses.
    let newer = serde_json::to_value(description).unwrap_or_default();
    match version {
        Version::Newer => newer,
        Version::Older => older::of(newer),
    }
}
