//! Header values as one line of text: unfolded, decoded, without controls.

use std::borrow::Cow;

use super::{bytes, encoded_word};

/// A raw header value as text: unfolded, encoded words decoded, trimmed, no control character left.
///
/// Never more than one line, whatever an encoded word says. Spec: RFC 2047 §5, RFC 5322 §2.2.3.
#[must_use]
pub fn header_text(raw_value: &[u8]) -> String {
    single_line(encoded_word::decode(&unfold(raw_value)))
}

/// The value in one line, still encoded: a run of control characters becomes a space unless it stands beside one.
///
/// RFC 5322 §2.2.3 removes CRLF before white space; the same rule renders a bare CR and a NUL harmless.
pub(super) fn unfold(raw_value: &[u8]) -> Cow<'_, [u8]> {
    let value = bytes::trim(raw_value);
    if !value.iter().any(u8::is_ascii_control) {
        return Cow::Borrowed(value);
    }
    let mut line = Vec::with_capacity(value.len());
    let mut after_control = false;
    for &byte in value {
        if byte.is_ascii_control() {
            after_control = true;
            continue;
        }
        if after_control && byte != b' ' && !line.is_empty() && line.last() != Some(&b' ') {
            line.push(b' ');
        }
        after_control = false;
        line.push(byte);
    }
    Cow::Owned(match bytes::trim(&line) {
        trimmed if trimmed.len() == line.len() => line,
        trimmed => trimmed.to_vec(),
    })
}

/// The same for text that has been decoded.
pub(super) fn single_line(text: String) -> String {
    let is_plain = |text: &str| !text.chars().any(is_line_or_control);
    if is_plain(&text) && text.trim().len() == text.len() {
        return text;
    }
    let mut line = String::with_capacity(text.len());
    let mut after_control = false;
    for c in text.trim().chars() {
        if is_line_or_control(c) {
            after_control = true;
            continue;
        }
        if after_control && c != ' ' && !line.is_empty() && !line.ends_with(' ') {
            line.push(' ');
        }
        after_control = false;
        line.push(c);
    }
    line.truncate(line.trim_end().len());
    line
}

/// Text of a body: line breaks are LF, tabs stay, every other control character is replaced by U+FFFD.
pub(super) fn body_lines(text: String) -> String {
    let is_odd = |c: char| c.is_control() && c != '\n' && c != '\t';
    let Some(first) = text.find(is_odd) else { return text };
    let mut lines = String::with_capacity(text.len());
    let (clean, rest) = text.split_at(first);
    lines.push_str(clean);
    let mut rest = rest.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' if rest.peek() == Some(&'\n') => {}
            '\r' => lines.push('\n'),
            c if is_odd(c) => lines.push(char::REPLACEMENT_CHARACTER),
            c => lines.push(c),
        }
    }
    lines
}

/// Cuts `text` to at most `max_bytes`, between two characters.
pub(super) fn cut(text: &mut String, max_bytes: usize) {
    text.truncate(text.floor_char_boundary(max_bytes));
}

fn is_line_or_control(c: char) -> bool {
    c.is_control() || c == '\u{2028}' || c == '\u{2029}'
}
