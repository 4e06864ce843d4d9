//! `/v1/openapi.json` and `/v1/openapi.yaml`: the description, served.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Version;
use crate::http::query::{Query, invalid};
use crate::http::state::State;
use crate::http::{Problem, description};

/// One form in one version, made when it is first asked for: most servers are never asked, and it takes memory and time
/// that a start must not.
type Text = Arc<OnceLock<String>>;

/// Both forms, each in the version that `?version=` names.
pub(in crate::http) fn routes() -> Router<State> {
    let (json, yaml): ([Text; 2], [Text; 2]) = Default::default();
    let write_yaml = |version| super::yaml::text(&super::value(&description(), version));
    let write_json = |version| super::text(&description(), version);
    Router::new()
        .route("/v1/openapi.json", get(async move |query| answer(query, &json, write_json, "application/json").await))
        .route("/v1/openapi.yaml", get(async move |query| answer(query, &yaml, write_yaml, "application/yaml").await))
}

/// `texts` in the order of [`Version::ALL`].
async fn answer(
    query: Query,
    texts: &[Text; 2],
    write: fn(Version) -> String,
    kind: &'static str,
) -> Result<Response, Problem> {
    let asked = query.allow(&["version"])?.text("version")?;
    let is_asked = |version: &Version| asked.as_deref().unwrap_or(Version::default().as_str()) == version.as_str();
    let found = Version::ALL.into_iter().zip(texts).find(|(version, _)| is_asked(version));
    let (version, text) = found.ok_or_else(|| invalid("version", "3.1 or 3.0"))?;
    let text = Arc::clone(text);
    let written = tokio::task::spawn_blocking(move || text.get_or_init(|| write(version)).clone()).await;
    Ok(([(CONTENT_TYPE, kind)], written.map_err(|_| Problem::internal())?).into_response())
}
