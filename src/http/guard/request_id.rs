//! A name for each request, so that a client's error and a line of the log can be brought together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::http::Problem;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST: usize = 64;

/// The request's name, among its extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The name as it stands in `X-Request-Id`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Makes names: a part for this run of the server, and a number.
#[derive(Clone, Debug)]
pub(super) struct Source {
    run: u32,
    next: Arc<AtomicU64>,
}

impl Source {
    pub(super) fn new() -> Self {
        Self { run: rand::random(), next: Arc::default() }
    }

    fn make(&self) -> RequestId {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        RequestId(format!("{:08x}-{number:06x}", self.run).into())
    }
}

/// Takes the client's name for its request where that is harmless, else makes one; puts it into the request, the
/// response, and the problem if the answer is one.
pub(super) async fn name(State(source): State<Source>, mut request: Request, next: Next) -> Response {
    let id = given(&request).unwrap_or_else(|| source.make());
    let has_body = request.method() != Method::HEAD;
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let json = problem.of_request(id.as_str()).to_json();
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(json.len()));
        *response.body_mut() = if has_body { Body::from(json) } else { Body::empty() };
    }
    if let Ok(value) = HeaderValue::try_from(id.as_str()) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// It goes into logs and headers, so it may only be short and plain.
fn given(request: &Request) -> Option<RequestId> {
    let text = request.headers().get(HEADER)?.to_str().ok()?;
    let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (is_plain && (1..=LONGEST).contains(&text.len())).then(|| RequestId(text.into()))
}
