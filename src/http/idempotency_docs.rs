//! What the description says of `Idempotency-Key`, in one place for every operation that takes it.

use axum::http::Method;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, Ref, RefOr, ResponseBuilder, Type};

use super::effects::has_effects;

const PARAMETER: &str = "Names the call, 1 to 255 visible ASCII characters, bare or as a quoted string. Sent again \
    within 24 hours with the same path and body, it is answered again and not made again. What is \
    known not to have been made for want of room or time (429, 507, most of 503) is not kept: send it again with the same \
    name. After another 5xx nobody knows: the same name is answered with `idempotency_unknown` a minute later.";
const REPLAYED: &str = "`true` when the call was made before and this is its first answer.";
/// The codes of each status.
const CODES: [(&str, [&str; 3]); 2] = [
    ("409", ["idempotency_in_flight", "idempotency_unknown", "idempotency_not_kept"]),
    ("422", ["idempotency_key_reused", "validation_failed", ""]),
];

/// Adds the parameter, the header of the answer and the codes to an operation that takes the key.
pub(super) fn complete(path: &str, method: &Method, operation: &mut Operation) {
    if method != Method::POST || !has_effects(method, path) {
        return;
    }
    let parameter = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(PARAMETER))
        .example(Some("8e03978e-40d5-43e8-bc93-6894a57f9324".into()))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).max_length(Some(255)).min_length(Some(1))));
    operation.parameters.get_or_insert_default().push(parameter.build().into());
    for (status, response) in &mut operation.responses.responses {
        if let (true, RefOr::T(response)) = (status.starts_with('2'), response) {
            let header = HeaderBuilder::new()
                .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
                .description(Some(REPLAYED));
            response.headers.insert("Idempotency-Replayed".to_owned(), header.build().into());
        }
    }
    for (status, codes) in CODES {
        let response = operation.responses.responses.entry(status.to_owned()).or_insert_with(|| {
            let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
            RefOr::T(ResponseBuilder::new().content("application/json", problem).build())
        });
        let RefOr::T(response) = response else { continue };
        for code in codes.into_iter().filter(|code| !code.is_empty()) {
            let told = format!("`{code}`");
            if !response.description.contains(&told) {
                let comma = if response.description.is_empty() { "" } else { ", " };
                response.description.push_str(comma);
                response.description.push_str(&told);
            }
        }
    }
}
