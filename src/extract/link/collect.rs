//! Where a message leads to: links of the HTML, URLs of the text, actions of structured data.

use serde_json::Value;

use crate::extract::lexicon::Word;
use crate::extract::limits;
use crate::extract::view::{Message, Read, Style};

/// A link with what stands around it.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub(super) url: String,
    pub(super) label: String,
    pub(super) style: Style,
    pub(super) is_button: bool,
    pub(super) is_pixel: bool,
    pub(super) is_action: bool,
    /// The URL itself is what the reader sees.
    pub(super) is_shown: bool,
    /// Words of the lines around it.
    pub(super) around: Vec<Word>,
    /// Which of the message's links it is.
    pub(super) order: usize,
}

/// Characters of the text before a URL that are its label.
const LABEL_CHARS: usize = 120;
/// Lines around a link that say what it is for.
const LINES_AROUND: usize = 3;

/// All links, in the order of the HTML and then of the text; at most [`limits::MAX_LINKS`].
pub(super) fn collect(message: &Message) -> Vec<Found> {
    let mut found = Vec::new();
    if let Some(page) = &message.page {
        let read = message.reads.last();
        for anchor in &page.anchors {
            found.push(Found {
                url: anchor.url.clone(),
                label: anchor.label.clone(),
                style: anchor.style,
                is_button: anchor.is_button,
                is_pixel: anchor.is_pixel,
                is_action: anchor.is_action,
                is_shown: anchor.label.trim_start().starts_with("http"),
                around: read.map(|read| around(read, anchor.line)).unwrap_or_default(),
                order: found.len(),
            });
        }
        for json in &page.json {
            if let Ok(value) = serde_json::from_str(json) {
                actions(&value, &mut found);
            }
        }
    }
    for read in message.reads.iter().skip(1).filter(|read| read.view.part == crate::extract::PartName::Text) {
        urls(read, &mut found);
    }
    found.truncate(limits::MAX_LINKS);
    found
}

/// Words in the lines from a few above to the one below.
fn around(read: &Read, line: usize) -> Vec<Word> {
    let first = read.view.lines.get(line.saturating_sub(LINES_AROUND)).map_or(0, |line| line.start);
    let last = read.view.lines.get(line.min(read.view.lines.len().saturating_sub(1))).map_or(0, |line| line.end);
    words_between(read, first, last)
}

fn words_between(read: &Read, first: usize, last: usize) -> Vec<Word> {
    let next = read.words.partition_point(|word| word.end <= first);
    read.words.iter().skip(next).take_while(|word| word.end <= last).take(200).copied().collect()
}

/// URLs of structured data's actions.
fn actions(value: &Value, found: &mut Vec<Found>) {
    if found.len() >= limits::MAX_LINKS {
        return;
    }
    match value {
        Value::Object(members) => {
            let kind = members.get("@type").and_then(Value::as_str).unwrap_or_default();
            if kind.ends_with("Action") {
                let name = members.get("name").and_then(Value::as_str).unwrap_or_default();
                let handler = members.get("handler").and_then(|handler| handler.get("url"));
                let urls = [members.get("url"), members.get("target"), handler];
                for url in urls.into_iter().flatten().filter_map(Value::as_str) {
                    let (url, label) = (url.to_owned(), name.to_owned());
                    found.push(Found { url, label, is_action: true, order: found.len(), ..Found::default() });
                }
            }
            members.values().for_each(|inside| actions(inside, found));
        }
        Value::Array(items) => items.iter().for_each(|item| actions(item, found)),
        _ => {}
    }
}

/// URLs that stand in the text.
fn urls(read: &Read, found: &mut Vec<Found>) {
    for (number, line) in read.view.lines.iter().enumerate() {
        let mut at = line.start;
        while let Some((start, end)) = next_url(read, at, line.end) {
            if found.len() >= limits::MAX_LINKS {
                return;
            }
            let before = read.view.shown(line.start.max(start.saturating_sub(LABEL_CHARS)), start);
            let is_alone = !before.chars().any(char::is_alphanumeric);
            let above = number.checked_sub(1).and_then(|above| read.view.lines.get(above));
            let label = match above.filter(|_| is_alone) {
                Some(above) => read.view.shown(above.start.max(above.end.saturating_sub(LABEL_CHARS)), above.end),
                None => before,
            };
            let first = above.map_or(line.start, |above| above.start);
            found.push(Found {
                url: read.view.shown(start, end),
                label: label.trim_matches(|c: char| !c.is_alphanumeric()).to_owned(),
                style: read.view.style(start),
                is_shown: true,
                around: words_between(read, first, start),
                order: found.len(),
                ..Found::default()
            });
            at = end;
        }
    }
}

/// The next `scheme://…` between two characters.
fn next_url(read: &Read, from: usize, to: usize) -> Option<(usize, usize)> {
    let chars = read.view.slice(from, to);
    let mark = chars.windows(3).position(|three| three == [':', '/', '/'])?;
    let scheme =
        chars.get(..mark)?.iter().rev().take(20).take_while(|c| c.is_ascii_alphanumeric() || **c == '+').count();
    let is_end =
        |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`' | '|' | '\\' | '^' | '{' | '}') || is_wide(c);
    let len = chars.get(mark..)?.iter().take_while(|c| !is_end(**c)).count();
    let mut end = mark + len;
    let is_opened = |close: char, open: char| {
        let inside = chars.get(mark..end).unwrap_or_default();
        inside.iter().filter(|c| **c == open).count() >= inside.iter().filter(|c| **c == close).count()
    };
    let (is_round, is_square) = (is_opened(')', '('), is_opened(']', '['));
    while end > mark + 3 {
        match chars.get(end - 1)? {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' => end -= 1,
            ')' if !is_round => end -= 1,
            ']' if !is_square => end -= 1,
            _ => break,
        }
    }
    Some((from + mark - scheme, from + end.max(mark + 3)))
}

/// Full-width signs and East Asian text that end a URL.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{ff00}'..='\u{ffef}' | '\u{201c}'..='\u{201d}')
}
