//! Keys and projects for tests, made through the API as a user makes them.

use reqwest::StatusCode;
use restante::config::{AuthMode, Config};
use restante::model::Secret;
use serde_json::{Value, json};

use super::Http;
use super::http::text;

/// The root key of a [`locked`] server.
pub const ROOT: &str = "sesame-sesame-sesame";

/// A key with its secret.
#[derive(Clone, Debug)]
pub struct Key {
    pub id: String,
    pub secret: String,
}

/// Settings of a server that wants a key.
pub fn locked(config: &mut Config) {
    config.http.auth = AuthMode::Key;
    config.http.root_key = Some(Secret::new(ROOT));
}

/// A new key with these members besides a name: `scopes`, `restrict`, `expires_at`.
pub async fn key(http: &Http, members: Value) -> Key {
    let mut body = json!({"name": "test"});
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let made = http.post("/v1/keys", body).await.expect(StatusCode::CREATED).json();
    Key { id: text(&made, "id").to_owned(), secret: text(&made, "secret").to_owned() }
}

/// A client with a new key of these scopes, narrowed by `restrict`: `{"inbox": …}`, `{"tag": …}`, `{"run": …}`.
pub async fn narrowed(http: &Http, scopes: &[&str], restrict: Value) -> Http {
    http.with_key(&key(http, json!({"scopes": scopes, "restrict": restrict})).await.secret)
}

/// A new project with these members; gives its id.
pub async fn project(http: &Http, members: Value) -> String {
    let made = http.post("/v1/projects", members).await.expect(StatusCode::CREATED).json();
    text(&made, "id").to_owned()
}

/// A client with a new key for everything in the project of this name or id.
pub async fn admin_of(http: &Http, project: &str) -> Http {
    narrowed(http, &["admin"], json!({"project": project})).await
}
