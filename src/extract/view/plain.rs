//! Subject and plain text as views.

use super::{Style, View, fold::shape, text::Line};
use crate::extract::{found::PartName, limits};

/// A line at least this long that ends without a stop goes on in the next: the sender broke it.
const WRAPPED_CHARS: usize = 50;

/// The subject: one line.
pub(in crate::extract) fn subject(subject: &str) -> View {
    let mut view = View::new(PartName::Subject);
    add_line(&mut view, subject, 0, limits::MAX_SUBJECT_CHARS, Style::EMPHASISED, 0);
    view
}

/// The plain text: each line for itself; what is quoted, and what follows the signature's mark, is marked.
pub(in crate::extract) fn plain(text: &str) -> View {
    let mut view = View::new(PartName::Text);
    let (mut origin, mut gap, mut is_signature) = (0, 0_u8, false);
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        is_signature |= line.trim_end_matches(['\r', '\n']) == "-- ";
        let style = Style::default()
            .with_if(bare.trim_start().starts_with('>'), Style::QUOTED)
            .with_if(is_signature, Style::FOOTER);
        if bare.chars().any(char::is_alphanumeric) {
            add_line(&mut view, bare, origin, limits::MAX_VIEW_CHARS, style, gap);
            gap = 0;
        } else {
            gap = gap.saturating_add(1);
        }
        if view.is_full() {
            break;
        }
        origin += line.chars().count();
    }
    view
}

fn add_line(view: &mut View, line: &str, origin: usize, max_chars: usize, style: Style, gap: u8) {
    if let Some(last) = view.lines.last().copied() {
        let is_wrapped = gap == 0 && last.end - last.start >= WRAPPED_CHARS;
        view.push('\n', '\n', Style::default());
        view.origins.push(origin.saturating_sub(1));
        if is_wrapped && let Some(folded) = view.folded.last_mut() {
            *folded = ' ';
        }
    }
    let start = view.chars.len();
    let left = max_chars.saturating_sub(start);
    for (at, c) in line.chars().enumerate().take(left) {
        let Some(shape) = shape(c) else { continue };
        if shape == ' ' && (view.chars.len() == start || view.chars.last() == Some(&' ')) {
            continue;
        }
        view.push(c, shape, style);
        view.origins.push(origin + at);
    }
    view.lines.push(Line { start, end: view.chars.len(), gap });
}

#[cfg(test)]
mod tests {
    use super::plain;
    use crate::extract::view::Style;

    #[test]
    fn lines_keep_their_places_in_what_was_given() {
        let view = plain("Hello,\r\n\r\n   your  code:\r\n\t482\u{200b}913\r\n> old\r\n-- \r\nme");
        let lines: Vec<String> = view.lines.iter().map(|line| view.shown(line.start, line.end)).collect();
        assert_eq!(lines, ["Hello,", "your code:", "482913", "> old", "me"]);
        assert_eq!(view.origin(view.lines[2].start), 27);
        assert_eq!(view.origin(view.lines[2].end - 1), 33);
        assert!(view.style(view.lines[3].start).has(Style::QUOTED));
        assert!(view.style(view.lines[4].start).has(Style::FOOTER));
        assert_eq!(view.line_of(view.lines[3].start), Some(3));
        assert_eq!(view.line_of(view.lines[2].end), None);
    }
}
