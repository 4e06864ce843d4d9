//! Reading `Idempotency-Key`.

use axum::http::{HeaderMap, HeaderName};

use super::problem::Problem;

/// The field that names a call.
pub(super) const HEADER: HeaderName = HeaderName::from_static("idempotency-key");

/// Longest name, in octets.
const LONGEST: usize = 255;

/// The name of the call; `None` when it has none.
///
/// ```text
/// Idempotency-Key = sf-string / name          ; RFC 8941 §3.3.3; the bare form is what most clients send
/// name            = 1*255 %x21-7E
/// ```
pub(super) fn read(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(invalid("it may be given once"));
    }
    let text = value.to_str().map_err(|_| invalid(ALPHABET))?.trim();
    let name = match text.strip_prefix('"') {
        Some(quoted) => unquote(quoted).ok_or_else(|| invalid("the quoted text does not end where it should"))?,
        None => text.to_owned(),
    };
    let is_visible = name.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_visible || !(1..=LONGEST).contains(&name.len()) {
        return Err(invalid(ALPHABET));
    }
    Ok(Some(name))
}

const ALPHABET: &str = "1 to 255 visible ASCII characters, such as a UUID";

/// What stands behind the opening quote, without its escapes.
fn unquote(quoted: &str) -> Option<String> {
    let mut text = String::new();
    let mut letters = quoted.chars();
    loop {
        match letters.next()? {
            // RFC 8941 §3.3.3
            '\\' => text.push(letters.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            '"' => return letters.next().is_none().then_some(text),
            letter => text.push(letter),
        }
    }
}

fn invalid(reason: &str) -> Problem {
    Problem::invalid("Idempotency-Key", "format", format!("Idempotency-Key: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(value: &str) -> Option<String> {
        read(&HeaderMap::from_iter([(HEADER, value.parse().unwrap())])).ok().flatten()
    }

    #[test]
    fn quoted_and_bare_are_one() {
        assert_eq!(name("abc-1").as_deref(), Some("abc-1"));
        assert_eq!(name("\"abc-1\"").as_deref(), Some("abc-1"));
        assert_eq!(name(r#""a\"b\\c""#).as_deref(), Some(r#"a"b\c"#));
        assert_eq!(name(&"x".repeat(255)), Some("x".repeat(255)));
        assert!(read(&HeaderMap::new()).unwrap().is_none());
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for value in ["", "\"\"", "a b", "\"a b\"", "\"a", "\"a\"b", r#""a\x""#, &"x".repeat(256), "\"\\"] {
            assert_eq!(name(value), None, "{value:?}");
        }
        let twice = HeaderMap::from_iter([(HEADER, "a".parse().unwrap()), (HEADER, "b".parse().unwrap())]);
        assert!(read(&twice).is_err());
    }
}
