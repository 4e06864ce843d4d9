//! `/v1/openapi.json` and `/v1/openapi.yaml`: the description, served.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Version;
use crate::http::Problem;
use crate::http::query::{Query, invalid};
use crate::http::state::State;

/// Both forms, each in the version that `?version=` names; made once, when the server starts.
pub(in crate::http) fn routes(description: &utoipa::openapi::OpenApi) -> Router<State> {
    let json = Version::ALL.map(|version| super::text(description, version));
    let yaml = Version::ALL.map(|version| super::yaml::text(&super::value(description, version)));
    Router::new()
        .route("/v1/openapi.json", get(async move |query: Query| answer(query, &json, "application/json")))
        .route("/v1/openapi.yaml", get(async move |query: Query| answer(query, &yaml, "application/yaml")))
}

/// `texts` in the order of [`Version::ALL`].
fn answer(query: Query, texts: &[String; 2], kind: &'static str) -> Result<Response, Problem> {
    let asked = query.allow(&["version"])?.text("version")?;
    let is_asked = |version: &Version| asked.as_deref().unwrap_or(Version::default().as_str()) == version.as_str();
    let found = Version::ALL.iter().zip(texts).find(|(version, _)| is_asked(version));
    let (_, text) = found.ok_or_else(|| invalid("version", "3.1 or 3.0"))?;
    Ok(([(CONTENT_TYPE, kind)], text.clone()).into_response())
}
