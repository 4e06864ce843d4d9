//! Answering with octets that never change: ETag, ranges, HEAD.

use axum::http::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_RANGE, RANGE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::problem::Problem;
use super::{Code, preconditions};

/// Octets with what is said about them.
pub(super) struct Octets {
    pub(super) bytes: Bytes,
    /// Without quotes.
    pub(super) etag: String,
    pub(super) content_type: HeaderValue,
    pub(super) more: Vec<(HeaderName, HeaderValue)>,
}

impl Octets {
    /// All of it, the part that was asked for (RFC 9110 §14), or nothing when the caller has it already. What the call
    /// depends on is looked at in the order of RFC 9110 §13.2.2.
    pub(super) fn answer(self, method: &Method, request: &HeaderMap) -> Response {
        let etag = format!("\"{}\"", self.etag);
        let header = |name| request.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        if let Err(problem) = preconditions::check(request, &etag) {
            return problem.into_response();
        }
        if preconditions::is_known(request, &etag) {
            return with_headers(StatusCode::NOT_MODIFIED.into_response(), &etag, None, self.more);
        }
        // RFC 9110 §13.1.5: with another entity than the one in If-Range, the range means nothing.
        let is_same = request.get(IF_RANGE).is_none_or(|known| known.as_bytes() == etag.as_bytes());
        // RFC 9110 §14.2: a range means something for GET only.
        let may_cut = is_same && method == Method::GET;
        let range = header(RANGE).filter(|_| may_cut).map_or(Range::All, |range| parse(range, self.bytes.len()));
        let length = self.bytes.len();
        let response = match range {
            Range::All => self.bytes.into_response(),
            Range::Part(from, to) => {
                let mut response = (StatusCode::PARTIAL_CONTENT, self.bytes.slice(from..to)).into_response();
                if let Ok(value) = format!("bytes {from}-{}/{length}", to - 1).parse() {
                    response.headers_mut().insert(CONTENT_RANGE, value);
                }
                response
            }
            Range::Beyond => {
                let problem = Problem::new(
                    Code::RangeNotSatisfiable,
                    format!("there are {length} octets, 0 to {}", length.saturating_sub(1)),
                );
                let mut response = problem.into_response();
                if let Ok(value) = format!("bytes */{length}").parse() {
                    response.headers_mut().insert(CONTENT_RANGE, value);
                }
                return response;
            }
        };
        with_headers(response, &etag, Some(self.content_type), self.more)
    }
}

fn with_headers(
    mut response: Response,
    etag: &str,
    content_type: Option<HeaderValue>,
    more: Vec<(HeaderName, HeaderValue)>,
) -> Response {
    let headers = response.headers_mut();
    if let Some(content_type) = content_type {
        headers.insert(CONTENT_TYPE, content_type);
    }
    if let Ok(etag) = HeaderValue::from_str(etag) {
        headers.insert(ETAG, etag);
    }
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    headers.extend(more);
    response
}

#[derive(Debug, PartialEq, Eq)]
enum Range {
    All,
    /// From the first to before the second.
    Part(usize, usize),
    Beyond,
}

/// One range of octets. Anything else, several ranges too, is answered with everything (RFC 9110 §14.2 allows it).
fn parse(text: &str, length: usize) -> Range {
    // RFC 9110 §14.1: the unit is the same in every case.
    let Some((first, last)) = text
        .split_once('=')
        .filter(|(unit, _)| unit.eq_ignore_ascii_case("bytes"))
        .and_then(|(_, range)| range.split_once('-'))
    else {
        return Range::All;
    };
    let number =
        |text: &str| text.trim().bytes().all(|b| b.is_ascii_digit()).then(|| text.trim().parse::<usize>().ok());
    match (first.trim(), last.trim()) {
        ("", "") => Range::All,
        ("", last) => match number(last).flatten() {
            None => Range::All,
            Some(0) => Range::Beyond,
            Some(_) if length == 0 => Range::Beyond,
            Some(count) => Range::Part(length.saturating_sub(count), length),
        },
        (first, last) => match (number(first).flatten(), last.is_empty(), number(last).flatten()) {
            (Some(from), _, _) if from >= length => Range::Beyond,
            (Some(from), true, _) => Range::Part(from, length),
            (Some(from), false, Some(to)) if to >= from => Range::Part(from, to.saturating_add(1).min(length)),
            _ => Range::All,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_cut_to_what_there_is() {
        for (text, range) in [
            ("bytes=0-0", Range::Part(0, 1)),
            ("bytes=2-", Range::Part(2, 10)),
            ("Bytes=2-", Range::Part(2, 10)),
            ("BYTES=-3", Range::Part(7, 10)),
            ("bytes =2-", Range::All),
            ("bytes=2-100", Range::Part(2, 10)),
            ("bytes=-3", Range::Part(7, 10)),
            ("bytes=-100", Range::Part(0, 10)),
            ("bytes=10-", Range::Beyond),
            ("bytes=-0", Range::Beyond),
            ("bytes=5-2", Range::All),
            ("bytes=a-b", Range::All),
            ("bytes=0-1,4-5", Range::All),
            ("lines=0-1", Range::All),
            ("bytes=18446744073709551616-", Range::All),
            ("bytes=0-18446744073709551615", Range::Part(0, 10)),
        ] {
            assert_eq!(parse(text, 10), range, "{text}");
        }
        assert_eq!(parse("bytes=0-", 0), Range::Beyond);
    }
}
