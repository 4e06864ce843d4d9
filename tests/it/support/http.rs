//! A client of the API that a test reads well with.

use std::net::SocketAddr;

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::PATIENCE;

/// Calls one server.
#[derive(Clone, Debug)]
pub struct Http {
    client: Client,
    base: String,
    key: Option<String>,
}

/// A status and what was answered.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Http {
    pub fn new(at: SocketAddr) -> Self {
        Self { client: client(), base: format!("http://{at}"), key: None }
    }

    /// The same, showing this key with every request.
    pub fn with_key(&self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..self.clone() }
    }

    /// `http://address:port`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A request that has not been sent yet, for tests that set fields of its header.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::PATCH, path).json(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::PUT, path).json(&body)).await
    }

    pub async fn head(&self, path: &str) -> Answer {
        send(self.request(Method::HEAD, path)).await
    }

    /// GET with one field in the header.
    pub async fn get_with(&self, path: &str, name: &str, value: &str) -> Answer {
        send(self.request(Method::GET, path).header(name, value)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path)).await
    }

    /// A new inbox with these members.
    pub async fn inbox(&self, members: Value) -> Value {
        self.post("/v1/inboxes", members).await.expect(StatusCode::CREATED).json()
    }

    /// Puts octets into an inbox; gives the message.
    pub async fn inject(&self, inbox: &str, octets: impl Into<Vec<u8>>) -> Value {
        let request = self.request(Method::POST, &format!("/v1/inboxes/{inbox}/messages"));
        let request = request.header("content-type", "message/rfc822").body(octets.into());
        send(request).await.expect(StatusCode::CREATED).json()
    }

    /// Waits in an inbox, given by id or address, for a message with this subject, and gives the message.
    pub async fn wait(&self, inbox: &str, subject: &str) -> Value {
        let body = json!({ "subject": subject, "timeout_ms": 10_000 });
        let answer = self.post(&format!("/v1/inboxes/{inbox}/wait"), body).await.expect(StatusCode::OK).json();
        assert_eq!(answer["outcome"], "matched", "{answer}");
        answer["messages"][0].clone()
    }
}

/// Sends a request that was made by [`Http::request`].
pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("the API answers");
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, body: response.bytes().await.expect("a whole body").into() }
}

/// A text as one segment of a path.
pub fn encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// The text of a member that must be one.
#[track_caller]
pub fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("no text {member} in {value}"))
}

impl Answer {
    /// The problem of this code, with its status and its type; gives it.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!((&problem["code"], &problem["status"]), (&json!(code), &json!(status)), "{problem}");
        assert!(problem["request_id"].is_string(), "{problem}");
        problem
    }

    /// A field of the header; empty when it is not there.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// The same answer if its status is this one.
    #[track_caller]
    pub fn expect(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    #[track_caller]
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("UTF-8")
    }
}

#[expect(clippy::disallowed_methods, reason = "the client of the tests; only the server has a guard for what goes out")]
fn client() -> Client {
    // Another test may have been first; what matters is that there is exactly one provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // The API of the tests is never reached over TLS: no certificate is looked for, on a bare machine there are none.
    let builder = Client::builder().tls_certs_only(std::iter::empty());
    builder.timeout(PATIENCE).no_proxy().build().expect("a client")
}
