//! Every route of the API as its description has it, so that a new one is covered without anyone remembering.

use reqwest::{Method, RequestBuilder};
use restante::http::OpenapiVersion;
use serde_json::Value;

use super::Http;
use super::http::encoded;

/// One operation.
#[derive(Clone, Debug)]
pub struct Route {
    pub method: Method,
    /// With its placeholders, `/v1/inboxes/{inbox}`.
    pub path: String,
    /// The types of body that it takes.
    pub bodies: Vec<String>,
    /// Whether it can be called without a key where one is set.
    pub is_open: bool,
    /// The scope that it wants of a key; `None` where any key will do.
    pub scope: Option<String>,
    /// The example of its JSON body.
    pub example: Option<Value>,
}

/// The description, as JSON.
pub fn description() -> Value {
    serde_json::from_str(&restante::http::openapi_text(&restante::http::description(), OpenapiVersion::Newer)).unwrap()
}

/// All operations.
pub fn routes() -> Vec<Route> {
    let description = description();
    let mut routes = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let bodies = operation["requestBody"]["content"].as_object();
            routes.push(Route {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                bodies: bodies.map(|bodies| bodies.keys().cloned().collect()).unwrap_or_default(),
                is_open: operation["security"] == serde_json::json!([{}]),
                scope: operation["security"][1]["key"][0].as_str().map(str::to_owned),
                example: example(&description, &operation["requestBody"]["content"]["application/json"]),
            });
        }
    }
    assert!(routes.len() >= 30, "{} routes", routes.len());
    routes
}

/// At the body itself, or at its schema.
fn example(description: &Value, content: &Value) -> Option<Value> {
    let name = content["schema"]["$ref"].as_str()?.rsplit('/').next()?;
    content.get("example").or_else(|| description["components"]["schemas"][name].get("example")).cloned()
}

impl Route {
    /// A call of it, with things in its path that exist.
    pub fn call(&self, http: &Http, real: &Real) -> RequestBuilder {
        http.request(self.method.clone(), &self.at(real))
    }

    /// Its path with things that exist.
    pub fn at(&self, real: &Real) -> String {
        let path = real
            .values()
            .into_iter()
            .fold(self.path.clone(), |path, (name, value)| path.replace(&format!("{{{name}}}"), &encoded(&value)));
        assert!(!path.contains('{'), "{path}: tell Real what stands there");
        path
    }

    /// A call of it with the body of its example.
    pub fn call_as_described(&self, http: &Http, real: &Real) -> RequestBuilder {
        match &self.example {
            Some(example) => self.call(http, real).json(example),
            None => self.call(http, real),
        }
    }

    /// Whether it takes JSON.
    pub fn takes_json(&self) -> bool {
        self.bodies.iter().any(|body| body == "application/json")
    }
}

impl std::fmt::Display for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Ids of things that a server has.
#[derive(Clone, Debug)]
pub struct Real {
    pub inbox: String,
    pub message: String,
    pub attachment: String,
    pub key: String,
    pub project: String,
}

impl Real {
    /// Ids that nothing has, for calls that must not get that far.
    pub fn nothing() -> Self {
        let id = "00000000000000000000000000";
        Self {
            inbox: format!("inb_{id}"),
            message: format!("msg_{id}"),
            attachment: "att_0".to_owned(),
            key: format!("key_{id}"),
            project: format!("prj_{id}"),
        }
    }

    /// What stands at each placeholder.
    pub fn values(&self) -> Vec<(&'static str, String)> {
        vec![
            ("inbox", self.inbox.clone()),
            ("message", self.message.clone()),
            ("attachment", self.attachment.clone()),
            ("key", self.key.clone()),
            ("project", self.project.clone()),
            ("address", "routes@routes.test".to_owned()),
            ("wait", "wait_00000000000000000000000000".to_owned()),
            ("folder", "Archive".to_owned()),
        ]
    }

    /// Makes an inbox with a message with an attachment.
    pub async fn make(http: &Http) -> Self {
        let inbox = http.inbox(serde_json::json!({})).await;
        let inbox = super::http::text(&inbox, "id").to_owned();
        let raw = "Subject: real\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment\r\n\r\nPDF\r\n";
        let message = http.inject(&inbox, raw).await;
        let attachment = message["attachments"][0]["id"].as_str().expect("an attachment").to_owned();
        let key = super::keys::key(http, serde_json::json!({"scopes": ["events:r"]})).await.id;
        let project = super::keys::project(http, serde_json::json!({"name": format!("real.{inbox}")})).await;
        Self { inbox, message: super::http::text(&message, "id").to_owned(), attachment, key, project }
    }
}
