//! The first words of a message. Spec: RFC 8970 §3.

use super::{body, html_text, limits};
use crate::model::content::Part;

/// At most 200 characters of the text that a person reads first, white space folded; empty when there is none.
pub(super) fn preview(parts: &[Part], raw: &[u8]) -> String {
    let plain = body::first(parts, "text/plain")
        .map(|part| growing(limits::PREVIEW_TEXT_BYTES, part, |limit| fold(&body::charset_text(part, raw, limit))))
        .filter(|preview| !preview.is_empty());
    plain.unwrap_or_else(|| {
        let html = |part| {
            growing(limits::PREVIEW_HTML_BYTES, part, |limit| {
                let html = body::charset_text(part, raw, limit);
                fold(&html_text::render(&html, limits::PREVIEW_CHARS * 8))
            })
        };
        body::first(parts, "text/html").map_or(String::new(), html)
    })
}

/// Tries a sixteenth of `limit` first: most texts begin with words.
fn growing(limit: usize, part: &Part, preview: impl Fn(usize) -> String) -> String {
    let short = preview(limit / 16);
    let is_all = part.body_end - part.body_start <= limit as u64 / 16;
    // A body that was cut may end in half a character. One less than all is full too: a space would need room for two.
    let is_full = short.chars().count() + 1 >= limits::PREVIEW_CHARS && !short.ends_with(char::REPLACEMENT_CHARACTER);
    if is_all || is_full { short } else { preview(limit) }
}

fn fold(text: &str) -> String {
    let mut folded = String::new();
    let mut left = limits::PREVIEW_CHARS;
    let mut owes_space = false;
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            owes_space = !folded.is_empty();
            continue;
        }
        let cost = if owes_space { 2 } else { 1 };
        if left < cost {
            break;
        }
        left -= cost;
        if std::mem::take(&mut owes_space) {
            folded.push(' ');
        }
        folded.push(c);
    }
    folded
}
