//! Matrices over every route of the description, so that a new route is covered without anyone remembering.

mod access;
mod bodies;
mod browsers;
mod paths;
mod streams;

use serde_json::Value;

use crate::support::Http;

/// What an attack would have changed: the inboxes with their counts, the messages with their flags.
async fn state(http: &Http) -> Vec<Value> {
    let mut found = Vec::new();
    for path in ["/v1/inboxes?limit=200", "/v1/messages?limit=200"] {
        found.push(http.get(path).await.expect(reqwest::StatusCode::OK).json());
    }
    found
}
