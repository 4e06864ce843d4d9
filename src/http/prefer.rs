//! `Prefer: wait`: a list that waits for its first item.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName};

/// What the client would like.
const PREFER: HeaderName = HeaderName::from_static("prefer");
/// What of it was done.
pub(super) const APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// How long the client would like to wait; `None` when it says nothing that can be read. Of several the first counts.
///
/// ```text
/// Prefer     = preference *( OWS "," OWS preference )                                  ; RFC 7240 §2
/// preference = token [ BWS "=" BWS word ] *( OWS ";" [ OWS parameter ] )
/// wait       = "wait" BWS "=" BWS delta-seconds                                        ; RFC 7240 §4.3
/// ```
pub(super) fn wait(headers: &HeaderMap) -> Option<Duration> {
    let lines = headers.get_all(PREFER).iter().filter_map(|line| line.to_str().ok());
    let preferences = lines.flat_map(|line| split(line, ','));
    let wait = preferences
        .filter_map(|preference| split(preference, ';').next())
        .map(|preference| preference.split_once('=').unwrap_or((preference, "")))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("wait"))?;
    let seconds = wait.1.trim().trim_matches('"');
    seconds.bytes().all(|byte| byte.is_ascii_digit()).then(|| seconds.parse().ok()).flatten().map(Duration::from_secs)
}

/// The pieces between separators that do not stand in a quoted string.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    text.split(move |letter| {
        is_quoted ^= letter == '"';
        letter == separator && !is_quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(lines: &[&str]) -> Option<u64> {
        let mut headers = HeaderMap::new();
        lines.iter().for_each(|line| {
            headers.append(PREFER, line.parse().unwrap());
        });
        wait(&headers).map(|wait| wait.as_secs())
    }

    #[test]
    fn the_first_wait_counts() {
        for (lines, expected) in [
            (&["wait=25"][..], Some(25)),
            (&["Wait = 25"], Some(25)),
            (&["wait=\"25\""], Some(25)),
            (&["respond-async, wait=10; x=y"], Some(10)),
            (&["return=minimal", "wait=3,wait=4"], Some(3)),
            (&["foo=\"a, wait=9\", wait=2"], Some(2)),
            (&["wait=0"], Some(0)),
            (&[], None),
            (&["wait"], None),
            (&["wait=soon"], None),
            (&["wait=-1"], None),
            (&["wait=99999999999999999999"], None),
            (&["waiting=25"], None),
        ] {
            assert_eq!(seconds(lines), expected, "{lines:?}");
        }
    }
}
