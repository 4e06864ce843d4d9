//! Bodies of parts: the text to read, the HTML to show, the octets to download.

use std::borrow::Cow;

use super::{bytes, charset, decode, html_text, text as lines};
use crate::model::Content;
use crate::model::content::{Encoding, Part, PartKind};

/// The first plain text of the message, at most `max_bytes` of UTF-8; its HTML as plain text when it has no other.
///
/// Line breaks are LF. `None` when there is neither. Embedded messages and attachments do not count.
#[must_use]
pub fn text(content: &Content, raw: &[u8], max_bytes: usize) -> Option<String> {
    let mut text = match first(&content.parts, "text/plain") {
        Some(part) => decoded(part, raw, encoded_limit(max_bytes)),
        None => {
            let html = decoded(first(&content.parts, "text/html")?, raw, super::limits::MAX_HTML_BYTES);
            lines::body_lines(html_text::render(&html, max_bytes))
        }
    };
    lines::cut(&mut text, max_bytes);
    Some(text)
}

/// The first plain text of the message as it was sent, at most `max_bytes` of UTF-8; `None` when it has none of its own.
#[must_use]
pub fn plain_text(content: &Content, raw: &[u8], max_bytes: usize) -> Option<String> {
    first(&content.parts, "text/plain")?;
    text(content, raw, max_bytes)
}

/// The first HTML of the message, at most `max_bytes` of UTF-8, not made safe; `None` when there is none.
#[must_use]
pub fn html(content: &Content, raw: &[u8], max_bytes: usize) -> Option<String> {
    let mut html = decoded(first(&content.parts, "text/html")?, raw, encoded_limit(max_bytes));
    lines::cut(&mut html, max_bytes);
    Some(html)
}

/// HTML without its markup, at most `max_bytes` of UTF-8.
#[must_use]
pub fn rendered(html: &str, max_bytes: usize) -> String {
    let mut text = lines::body_lines(html_text::render(html, max_bytes));
    lines::cut(&mut text, max_bytes);
    text
}

/// The body of a leaf, its transfer encoding undone as far as it goes; other parts as they are.
#[must_use]
pub fn part_bytes<'a>(part: &Part, raw: &'a [u8]) -> Cow<'a, [u8]> {
    let body = bytes::range(raw, part.body_start, part.body_end);
    if part.kind != PartKind::Leaf || !matches!(part.encoding, Encoding::Base64 | Encoding::QuotedPrintable) {
        return Cow::Borrowed(body);
    }
    let mut octets = Vec::with_capacity(bytes::index(part.decoded_bytes).min(body.len()));
    _ = decode::body(part.encoding, body, &mut octets);
    Cow::Owned(octets)
}

/// The first leaf of this type that belongs to the text of the outermost message.
pub(super) fn first<'a>(parts: &'a [Part], content_type: &str) -> Option<&'a Part> {
    let mut parts = parts.iter();
    while let Some(part) = parts.next() {
        match part.kind {
            // What follows a message and begins with its number is in it.
            PartKind::Message if part.section.is_empty() => return None,
            PartKind::Message => {
                let is_inside = |other: &Part| {
                    let rest = other.section.strip_prefix(part.section.as_str());
                    rest.is_some_and(|rest| rest.starts_with('.'))
                };
                let inside = parts.as_slice().iter().take_while(|other| is_inside(other)).count();
                if let Some(last) = inside.checked_sub(1) {
                    parts.nth(last);
                }
            }
            PartKind::Leaf if part.content_type == content_type && !part.is_attachment => return Some(part),
            PartKind::Leaf | PartKind::Multipart => {}
        }
    }
    None
}

/// The beginning of a text part, its line breaks LF and without other controls.
fn decoded(part: &Part, raw: &[u8], max_encoded_bytes: usize) -> String {
    lines::body_lines(charset_text(part, raw, max_encoded_bytes))
}

/// The beginning of a text part as UTF-8: of its body, `max_encoded_bytes` are read.
pub(super) fn charset_text(part: &Part, raw: &[u8], max_encoded_bytes: usize) -> String {
    let body = bytes::range(raw, part.body_start, part.body_end);
    let body = bytes::slice(body, 0, max_encoded_bytes);
    let octets = match part.encoding {
        Encoding::Base64 | Encoding::QuotedPrintable => {
            let mut octets = Vec::with_capacity(body.len());
            _ = decode::body(part.encoding, body, &mut octets);
            Cow::Owned(octets)
        }
        Encoding::SevenBit | Encoding::EightBit | Encoding::Binary | Encoding::Unknown => Cow::Borrowed(body),
    };
    let mut text = charset::decode(part.charset.as_deref().unwrap_or("utf-8").as_bytes(), &octets);
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    text
}

/// How many encoded octets give `max_bytes` of text in any honest encoding: `=41` and a soft line break in each line.
fn encoded_limit(max_bytes: usize) -> usize {
    max_bytes.saturating_mul(4).saturating_add(1_024)
}
