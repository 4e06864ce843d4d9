//! Pages of other origins that the settings let in; without them there is no CORS.
//!
//! An origin is let in by its exact name, and never with credentials that a browser would add by itself: a page shows a
//! key in the header, or is on an open server.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The origins that are let in.
#[derive(Clone, Debug, Default)]
pub struct Origins(Arc<HashSet<String>>);

/// A configured origin that no browser could ever send.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an origin (http:// or https://, a host in lower case, and a port where it is not the usual one)")]
pub struct BadOrigin(pub String);

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
const REQUEST_FIELDS: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, idempotency-key, if-match, if-none-match, prefer, range, restante-project, x-request-id",
);
const ANSWER_FIELDS: HeaderValue = HeaderValue::from_static(
    "content-range, etag, idempotency-replayed, link, location, preference-applied, ratelimit, ratelimit-policy, \
     retry-after, x-request-id",
);
/// Seconds for which a browser need not ask again.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

impl Origins {
    /// Lets these in.
    ///
    /// # Errors
    /// [`BadOrigin`] for the first of them that is none; `*` and `null` are none.
    pub fn new<'a>(origins: impl IntoIterator<Item = &'a str>) -> Result<Self, BadOrigin> {
        let mut known = HashSet::new();
        for origin in origins {
            let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
            let is_host = |host: &str| {
                let in_host =
                    |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_:[]".contains(&byte);
                !host.is_empty() && host.bytes().all(in_host) && !host.ends_with([':', '.'])
            };
            if !host.is_some_and(is_host)
                || origin.ends_with(":80") && origin.starts_with("http://")
                || origin.ends_with(":443") && origin.starts_with("https://")
            {
                return Err(BadOrigin(origin.to_owned()));
            }
            known.insert(origin.to_owned());
        }
        Ok(Self(Arc::new(known)))
    }

    /// The origin of a request, when it is the only one and is let in.
    pub(super) fn let_in<'a>(&self, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
        let mut fields = headers.get_all(header::ORIGIN).iter();
        let only = fields.next().filter(|_| fields.next().is_none())?;
        only.to_str().is_ok_and(|origin| self.0.contains(origin)).then_some(only)
    }
}

/// Answers a preflight of an origin that is let in, and lets its pages read the answers to everything else.
pub(super) async fn answer(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    if origins.0.is_empty() {
        return next.run(request).await;
    }
    let origin = origins.let_in(request.headers()).cloned();
    let asks_first =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match &origin {
        Some(_) if asks_first => preflight(),
        _ => next.run(request).await,
    };
    // A cache must not give one origin's answer to another.
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, ANSWER_FIELDS);
    }
    response
}

fn preflight() -> Response {
    let fields: [(HeaderName, HeaderValue); 4] = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_FIELDS),
        (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE),
        (header::VARY, HeaderValue::from_static("Access-Control-Request-Method, Access-Control-Request-Headers")),
    ];
    (StatusCode::NO_CONTENT, fields).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_a_browser_writes_it() {
        for origin in ["http://localhost:3000", "https://app.test", "http://[::1]:3000", "http://my_host"] {
            assert!(Origins::new([origin]).is_ok(), "{origin}");
        }
        for origin in [
            "*",
            "null",
            "",
            "app.test",
            "https://",
            "https://app.test/",
            "https://App.test",
            "ftp://a.test",
            "https://app.test:443",
            "http://app.test:80",
            "https://a b",
            "https://user@a.test",
            "https://*.test",
        ] {
            assert_eq!(Origins::new([origin]).unwrap_err(), BadOrigin(origin.to_owned()));
        }
    }
}
