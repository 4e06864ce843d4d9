//! `If-Match` and `If-None-Match`: calls that depend on what the caller has seen.

use axum::http::header::{IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName};

use super::Code;
use super::problem::Problem;

/// What a field names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Named {
    /// Whatever there is.
    Any,
    /// These, as far as they could be read.
    Tags(Vec<Tag>),
}

/// An entity tag with its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tag {
    is_weak: bool,
    text: String,
}

/// Whether the caller has this already: the answer is 304, or 412 where the call would change something.
///
/// Weak comparison: `W/"1"` and `"1"` are the same. Spec: RFC 9110 §13.1.2.
pub(super) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    match named(headers, &IF_NONE_MATCH) {
        None => false,
        Some(Named::Any) => true,
        Some(Named::Tags(tags)) => tags.iter().any(|tag| tag.text == etag),
    }
}

/// Refuses the call when `If-Match` names something else than this; gives whether it names this, and not just anything.
///
/// Strong comparison: a weak tag is never the same. Spec: RFC 9110 §13.1.1.
pub(super) fn check(headers: &HeaderMap, etag: &str) -> Result<bool, Problem> {
    match named(headers, &IF_MATCH) {
        None | Some(Named::Any) => Ok(false),
        Some(Named::Tags(tags)) if tags.iter().any(|tag| !tag.is_weak && tag.text == etag) => Ok(true),
        Some(Named::Tags(_)) => Err(changed()),
    }
}

/// The same where a tag begins with a version, and what stands behind a dot does not matter; gives the version that the
/// change is made for, so that it is looked at once more when it is made. `None` when any will do.
///
/// This is more lenient than RFC 9110 §13.1.1: mail that came meanwhile changes an inbox's ETag, and is no conflict.
pub(super) fn check_version(headers: &HeaderMap, version: i64) -> Result<Option<i64>, Problem> {
    let Some(Named::Tags(tags)) = named(headers, &IF_MATCH) else { return Ok(None) };
    let is_it = |tag: &Tag| tag.text.trim_matches('"').split('.').next() == Some(version.to_string().as_str());
    if tags.iter().any(|tag| !tag.is_weak && is_it(tag)) { Ok(Some(version)) } else { Err(changed()) }
}

fn changed() -> Problem {
    Problem::new(Code::PreconditionFailed, "If-Match names no ETag that it has now")
        .hint("get it again, and send the new ETag")
}

/// What all lines of the field name together; `None` when it is not there.
fn named(headers: &HeaderMap, field: &HeaderName) -> Option<Named> {
    let mut lines = headers.get_all(field).iter().peekable();
    lines.peek()?;
    let mut tags = Vec::new();
    for line in lines {
        // What is not ASCII is no tag of this server.
        let line = line.to_str().unwrap_or_default().trim();
        if line == "*" {
            return Some(Named::Any);
        }
        read(line, &mut tags);
    }
    Some(Named::Tags(tags))
}

/// Adds the tags of one line, up to the first thing that is none.
///
/// ```text
/// line       = [ entity-tag ] *( OWS "," OWS [ entity-tag ] )     ; RFC 9110 §5.6.1
/// entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE                      ; RFC 9110 §8.8.3
/// etagc      = %x21 / %x23-7E / obs-text
/// ```
fn read(line: &str, tags: &mut Vec<Tag>) {
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (is_weak, quoted) = rest.strip_prefix("W/").map_or((false, rest), |quoted| (true, quoted));
        let Some((inside, after)) = quoted.strip_prefix('"').and_then(|inside| inside.split_once('"')) else { return };
        if inside.contains([' ', '\t']) || !after.trim_start().starts_with(',') && !after.trim_start().is_empty() {
            return;
        }
        tags.push(Tag { is_weak, text: format!("\"{inside}\"") });
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(field: HeaderName, lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        lines.iter().for_each(|line| {
            headers.append(field.clone(), line.parse().unwrap());
        });
        headers
    }

    #[test]
    fn none_match_compares_weakly_over_all_lines() {
        let known = |lines: &[&str]| is_known(&headers(IF_NONE_MATCH, lines), "\"a,b\"");
        for lines in [
            &["\"a,b\""][..],
            &["W/\"a,b\""],
            &["*"],
            &[" \"x\" ,, \"a,b\""],
            &["\"x\"", "\"y\", \"a,b\""],
            &["\"x\"", "*"],
        ] {
            assert!(known(lines), "{lines:?}");
        }
        for lines in [&[][..], &["\"a\""], &["a,b"], &["w/\"a,b\""], &["\"a,b"], &["\"x\" \"a,b\""], &["\"*\""], &[""]]
        {
            assert!(!known(lines), "{lines:?}");
        }
    }

    #[test]
    fn match_compares_strongly() {
        let passes = |lines: &[&str]| check(&headers(IF_MATCH, lines), "\"a\"").is_ok();
        assert!(passes(&[]) && passes(&["*"]) && passes(&["\"a\""]) && passes(&["\"b\"", "W/\"c\", \"a\""]));
        assert!(!passes(&["W/\"a\""]) && !passes(&["\"b\""]) && !passes(&["a"]) && !passes(&[""]));
    }

    #[test]
    fn a_version_is_what_stands_before_the_dot() {
        let version = |lines: &[&str]| check_version(&headers(IF_MATCH, lines), 7);
        assert_eq!(version(&["\"7.1.2.3\""]).unwrap(), Some(7));
        assert_eq!(version(&["\"6\"", "\"7\""]).unwrap(), Some(7));
        assert_eq!((version(&[]).unwrap(), version(&["*"]).unwrap()), (None, None));
        for lines in [["W/\"7\""], ["\"70\""], ["\"\""], ["7"], ["\"6.7\""]] {
            assert!(version(&lines).is_err(), "{lines:?}");
        }
    }
}
