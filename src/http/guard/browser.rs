//! Other people's web pages may not change anything here, though a browser lets them send.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Origins;
use crate::http::{Code, Problem};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A browser tells where a request comes from, in one of two headers or in both, and a page cannot set either. Programs
/// send none, so what has none passes.
pub(super) async fn check(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let headers = request.headers();
    let is_let_in = origins.let_in(headers).is_some();
    if is_safe || is_let_in || is_ours(headers) {
        return next.run(request).await;
    }
    Problem::new(Code::OriginForbidden, "The request comes from a web page of another origin.")
        .hint(
            "Call the API from a program, from a page that this server serves, or from an origin of http.cors_origins.",
        )
        .into_response()
}

/// Whether no web page of another origin sent this; programs and the user himself are ours.
pub(in crate::http) fn is_ours(headers: &HeaderMap) -> bool {
    site_is_ours(headers) && origin_is_ours(headers)
}

/// Fetch Metadata: `none` is the user himself. `same-site` is another port or a neighbouring name, and is not ours.
fn site_is_ours(headers: &HeaderMap) -> bool {
    headers.get_all(SEC_FETCH_SITE).iter().all(|site| matches!(site.as_bytes(), b"same-origin" | b"none"))
}

/// Ours is the origin that was called: `http://` or, behind a proxy, `https://` and the Host field, which the guard
/// before this one has approved. `null` is a sandboxed frame or a file.
fn origin_is_ours(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).map(|host| host.as_bytes());
    headers.get_all(header::ORIGIN).iter().all(|origin| {
        let origin = origin.as_bytes();
        let called = origin.strip_prefix(b"http://").or_else(|| origin.strip_prefix(b"https://"));
        called.zip(host).is_some_and(|(called, host)| called.eq_ignore_ascii_case(host))
    })
}
