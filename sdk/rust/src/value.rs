//! What the shapes of the API have in common: members that this version does not know, and path segments.

use serde_json::{Map, Value};

/// Members of an answer that a newer server gives and this version has no field for.
pub(crate) type More = Map<String, Value>;

/// The text as one segment of a path or one value of a query.
///
/// Spec: RFC 3986 §2.3: what is unreserved stays as it is.
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// The text with what could steer a terminal made visible: mail is written by strangers.
pub(crate) fn tame(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_debug().collect() } else { vec![c] }).collect()
}

#[cfg(test)]
mod tests {
    use super::{encoded, tame};

    #[test]
    fn address_becomes_one_segment() {
        assert_eq!(encoded("a+b/c@t.test"), "a%2Bb%2Fc%40t.test");
        assert_eq!(encoded("é?"), "%C3%A9%3F");
    }

    #[test]
    fn control_characters_become_visible() {
        assert_eq!(tame("a\u{1b}[2Jb\r\nü"), "a\\u{1b}[2Jb\\r\\nü");
    }
}
