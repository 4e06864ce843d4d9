//! One call: the request, its repetition where that is safe, and the answer or the error.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Method, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Problem};
use crate::{Config, Result};

/// Tries of a call that may be repeated.
const TRIES: u32 = 3;
/// The pause before the second try; the third waits four times as long.
const PAUSE: Duration = Duration::from_millis(100);
/// The longest that a server's `Retry-After` is heeded.
const PAUSE_MAX: Duration = Duration::from_secs(10);
/// Longest wait for an answer that does not wait for mail itself.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// The largest answer that is read, in octets: above what any server takes as one message.
const ANSWER_MAX: usize = 256 << 20;
const JSON: &str = "application/json";

/// Sends calls to one server.
pub(crate) struct Transport {
    http: reqwest::Client,
    /// Without a slash at its end.
    url: String,
    /// The value of the Authorization field.
    authorization: Option<String>,
}

/// A call that has not been made yet.
pub(crate) struct Call {
    method: Method,
    path: String,
    body: Option<(&'static str, Vec<u8>)>,
    accept: &'static str,
    idempotency_key: Option<String>,
    patience: Duration,
    tries: u32,
}

impl Call {
    /// A call of a path with its query. GET, PUT and DELETE may be repeated.
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        let tries = if [Method::GET, Method::PUT, Method::DELETE].contains(&method) { TRIES } else { 1 };
        let path = path.into();
        Self { method, path, body: None, accept: JSON, idempotency_key: None, patience: PATIENCE, tries }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    /// A JSON body. The shapes of this crate have nothing that JSON cannot say.
    pub(crate) fn json(self, body: &impl Serialize) -> Self {
        let octets = serde_json::to_vec(body).unwrap_or_default();
        self.octets(JSON, octets)
    }

    /// A body of this type.
    pub(crate) fn octets(mut self, content_type: &'static str, octets: Vec<u8>) -> Self {
        self.body = Some((content_type, octets));
        self
    }

    /// What the answer should be, when it should not be JSON.
    pub(crate) fn accept(mut self, content_type: &'static str) -> Self {
        self.accept = content_type;
        self
    }

    /// The call has its effect once, however often it is made, and so may be repeated.
    pub(crate) fn once(mut self) -> Self {
        self.idempotency_key = Some(uuid::Uuid::new_v4().to_string());
        self.tries = TRIES;
        self
    }

    /// The answer may take this much longer than usual. Who waits for mail repeats by rules of their own.
    pub(crate) fn held(mut self, hold: Duration) -> Self {
        self.patience = PATIENCE + hold;
        self.tries = 1;
        self
    }
}

impl Transport {
    #[expect(clippy::disallowed_methods, reason = "the client calls one server, which its user names")]
    pub(crate) fn new(config: &Config) -> Result<Self> {
        let parsed = Url::parse(&config.url).map_err(|error| Error::Config(format!("{}: {error}", config.url)))?;
        let host = parsed.host_str().filter(|_| ["http", "https"].contains(&parsed.scheme()));
        let host = host.ok_or_else(|| Error::Config(format!("{}: no http:// or https:// address", config.url)))?;
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("restante-client/", env!("CARGO_PKG_VERSION")))
            .tls_backend_preconfigured(tls(parsed.scheme() == "https")?);
        if is_here(host) {
            // A proxy elsewhere cannot reach this machine by that name.
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| Error::Config(reason(&error)))?;
        let url = config.url.trim_end_matches('/').to_owned();
        Ok(Self { http, url, authorization: config.key.as_ref().map(|key| format!("Bearer {key}")) })
    }

    /// Where the server is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The answer as a value.
    pub(crate) async fn value<T: DeserializeOwned>(&self, call: Call) -> Result<T> {
        let octets = self.octets(call).await?;
        serde_json::from_slice(&octets).map_err(|error| Error::Unfit {
            url: self.url.clone(),
            reason: format!("the answer is not what was expected: {error}"),
        })
    }

    /// The answer as it came.
    pub(crate) async fn octets(&self, call: Call) -> Result<Vec<u8>> {
        let mut tried = 0;
        loop {
            tried += 1;
            let (error, pause) = match self.attempt(&call).await {
                Ok(octets) => return Ok(octets),
                Err(failed) => failed,
            };
            let passes = matches!(error, Error::Unreachable { .. } | Error::Unavailable(_));
            if !passes || tried >= call.tries {
                return Err(error);
            }
            let usual = PAUSE.saturating_mul(4_u32.saturating_pow(tried - 1));
            tokio::time::sleep(pause.unwrap_or(usual).min(PAUSE_MAX)).await;
        }
    }

    /// One try. With the error comes the pause that the server asks for.
    async fn attempt(&self, call: &Call) -> std::result::Result<Vec<u8>, (Error, Option<Duration>)> {
        let url = format!("{}{}", self.url, call.path);
        let mut request =
            self.http.request(call.method.clone(), url).timeout(call.patience).header(ACCEPT, call.accept);
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        if let Some(key) = &call.idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        if let Some((content_type, octets)) = &call.body {
            request = request.header(CONTENT_TYPE, *content_type).body(octets.clone());
        }
        let mut response = request.send().await.map_err(|error| (self.unreachable(&error), None))?;
        let (status, mut body) = (response.status(), Vec::new());
        // Spec: RFC 9110 §10.2.3: seconds, as Restante sends it; a date is not heeded.
        let pause = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        while let Some(chunk) = response.chunk().await.map_err(|error| (self.unreachable(&error), None))? {
            if body.len() + chunk.len() > ANSWER_MAX {
                let reason = format!("the answer is larger than {ANSWER_MAX} octets");
                return Err((Error::Unfit { url: self.url.clone(), reason }, None));
            }
            body.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return Ok(body);
        }
        if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
            let reason = format!("it sends elsewhere (status {status}): give the address that it sends to");
            return Err((Error::Unfit { url: self.url.clone(), reason }, None));
        }
        Err((Problem::of(status.as_u16(), &body).into(), pause.map(Duration::from_secs)))
    }

    fn unreachable(&self, error: &reqwest::Error) -> Error {
        let reason = if error.is_timeout() { "no answer in time".to_owned() } else { reason(error) };
        Error::Unreachable { url: self.url.clone(), reason, connected: !error.is_connect() }
    }
}

/// The innermost cause: the outer ones repeat the address.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

fn is_here(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// TLS by ring, with the certificates that this machine trusts; they are read only where they are needed.
fn tls(needed: bool) -> Result<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    if needed {
        // Some of a machine's certificates may be odd; they are left out, as browsers do.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            let reason = "this machine trusts no certificates: install ca-certificates, or set SSL_CERT_FILE";
            return Err(Error::Config(reason.to_owned()));
        }
    }
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| Error::Config(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
pub(crate) mod tests;
