//! Strings as IMAP writes them. Spec: RFC 9051 §4.3.

use crate::mime::text;

/// Writes `nstring`: `NIL` when there is none.
pub(super) fn write_nstring(out: &mut Vec<u8>, raw_value: Option<&[u8]>) {
    match raw_value {
        Some(raw_value) => write_string(out, raw_value),
        None => out.extend_from_slice(b"NIL"),
    }
}

/// Writes a header value in one line, still encoded: quoted when it is ASCII, else as a literal.
///
/// RFC 3501 §9 allows no octet above 127 in a quoted string, and a literal is right for every revision. Neither can
/// hold NUL, CR or LF here, as unfolding turns all of them into spaces.
pub(super) fn write_string(out: &mut Vec<u8>, raw_value: &[u8]) {
    let line = text::unfold(raw_value);
    if !line.is_ascii() {
        out.extend_from_slice(format!("{{{}}}\r\n", line.len()).as_bytes());
        out.extend_from_slice(&line);
        return;
    }
    out.reserve(line.len() + 2);
    out.push(b'"');
    for &byte in &*line {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// Writes a number.
pub(super) fn write_number(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(number.to_string().as_bytes());
}
