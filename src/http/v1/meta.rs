//! What this server is.

use axum::Json;
use axum::extract::State as Given;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::Problem;
use crate::http::state::State;

/// What this server is and can do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Meta {
    /// The server's version.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// The API's version: additions raise the second number.
    #[schema(example = "1.0")]
    api: &'static str,
    /// What a client may rely on.
    features: Vec<&'static str>,
    /// Changes when the same message may give other codes and links.
    extractor_version: &'static str,
    /// The limits in force.
    limits: Limits,
    /// `sqlite` or `postgres`.
    store: &'static str,
    /// SHA-256 of the server's certificate.
    tls_fingerprint: String,
}

/// The limits in force.
#[derive(Debug, Serialize, ToSchema)]
struct Limits {
    /// Most octets of a message.
    max_message_bytes: u64,
    /// Most octets of a JSON body.
    max_body_bytes: usize,
    /// Longest time of one wait call.
    max_hold_ms: u64,
    /// Most waits at once.
    max_waits: usize,
}

/// The API's version. Additions raise the second number.
pub(in crate::http) const API: &str = "1.0";

/// What this server can do, for clients that meet older ones.
const FEATURES: [&str; 12] = [
    "audit",
    "batch",
    "extract",
    "folders",
    "idempotency",
    "inboxes",
    "inject",
    "keys",
    "messages",
    "projects",
    "search",
    "wait",
];

/// What this server is
///
/// Version, features and limits, for clients that must know before they fail.
#[utoipa::path(
    get, path = "/v1/meta", tag = "server", operation_id = "getMeta",
    security(("key" = [])),
    responses((status = 200, body = Meta), (status = 401, body = Problem, description = "`unauthenticated`"))
)]
pub(super) async fn get_meta(Given(state): Given<State>) -> Json<Meta> {
    Json(Meta {
        version: env!("CARGO_PKG_VERSION"),
        api: API,
        features: FEATURES.to_vec(),
        extractor_version: crate::extract::EXTRACTOR_VERSION,
        limits: Limits {
            max_message_bytes: state.inboxes.max_message_bytes(),
            max_body_bytes: state.section.max_body_bytes,
            max_hold_ms: state.section.max_hold_ms,
            max_waits: state.section.max_waits,
        },
        store: state.store.kind(),
        tls_fingerprint: state.tls.fingerprint_sha256(),
    })
}

/// The certificate to trust
///
/// The authority that signed the server's certificate, as PEM. There is none where the certificate comes from files.
#[utoipa::path(
    get, path = "/v1/meta/ca.pem", tag = "server", operation_id = "getCa", security(()),
    responses(
        (status = 200, body = String, content_type = "application/x-pem-file"),
        (status = 404, body = Problem, description = "`not_found`")
    )
)]
pub(super) async fn get_ca(Given(state): Given<State>) -> Result<impl IntoResponse, Problem> {
    let pem = state.tls.ca_pem().ok_or_else(|| Problem::not_found("authority: the certificate was given by files"))?;
    Ok(([(CONTENT_TYPE, "application/x-pem-file")], pem))
}
