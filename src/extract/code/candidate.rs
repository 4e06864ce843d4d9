//! What may be a code, by its shape alone.

use super::{groups, random};
use crate::extract::limits;
use crate::extract::view::{Line, View};

/// Something with the shape of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Its first character in the view.
    pub(super) start: usize,
    /// Behind its last one.
    pub(super) end: usize,
    /// As it is typed.
    pub(super) value: String,
    pub(super) shape: Shape,
}

/// The shapes that codes have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// So many digits, in how many groups.
    Digits { count: usize, groups: usize },
    /// `G-482913`: the digits are typed, what stands before them is shown beside the field.
    Prefixed,
    /// Letters and digits.
    Mixed { groups: usize, has_lower: bool },
    /// Letters in groups.
    LetterGroups,
    /// Letters of one group.
    Letters,
    /// `mufa-olen-tiba`.
    Words { count: usize },
}

/// A run of ASCII letters and digits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) digits: usize,
    pub(super) uppers: usize,
    pub(super) lowers: usize,
}

impl Token {
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }
}

/// The candidates of a view, in order; at most [`limits::MAX_CANDIDATES`].
pub(super) fn candidates(view: &View, masked: &[bool]) -> Vec<Candidate> {
    let mut found = Vec::new();
    for line in &view.lines {
        let tokens = tokens(view, line, masked);
        let mut rest = tokens.as_slice();
        while let Some(token) = rest.first() {
            let (candidate, taken) = match groups::grouped(view, rest) {
                Some((candidate, taken)) => (candidate, taken),
                None => (single(view, *token), 1),
            };
            found.extend(candidate);
            if found.len() >= limits::MAX_CANDIDATES {
                return found;
            }
            rest = rest.get(taken.max(1)..).unwrap_or_default();
        }
    }
    found
}

/// The tokens of a line that no rule has taken away, and that are not part of a word with other letters.
fn tokens(view: &View, line: &Line, masked: &[bool]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = line.start;
    while at < line.end {
        if !view.char(at).is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let rest = view.slice(at, line.end);
        let len = rest.iter().take_while(|c| c.is_ascii_alphanumeric()).count();
        let run = view.slice(at, at + len);
        let count = |is: fn(&char) -> bool| run.iter().filter(|c| is(c)).count();
        let token = Token {
            start: at,
            end: at + len,
            digits: count(char::is_ascii_digit),
            uppers: count(char::is_ascii_uppercase),
            lowers: count(char::is_ascii_lowercase),
        };
        let is_masked = masked.get(at..at + len).is_none_or(|range| range.contains(&true));
        let is_half = is_word_letter(view.char_before(at)) || is_word_letter(view.char(at + len));
        if !is_masked && !is_half {
            tokens.push(token);
        }
        at += len;
    }
    tokens
}

/// Whether `c`, which is not ASCII, is a letter of a script that puts spaces between words.
fn is_word_letter(c: char) -> bool {
    !c.is_ascii()
        && c.is_alphabetic()
        && matches!(c, '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{52f}' | '\u{1e00}'..='\u{1fff}')
}

fn single(view: &View, token: Token) -> Option<Candidate> {
    let text = view.slice(token.start, token.end);
    let len = token.len();
    // A hyphen or the like on either side makes it part of something that has no shape of a code.
    let is_part = |c: char, next: char| matches!(c, '-' | '/' | '\'') && next.is_alphanumeric();
    if is_part(view.char_before(token.start), view.char_before(token.start.saturating_sub(1)))
        || is_part(view.char(token.end), view.char(token.end + 1))
    {
        return None;
    }
    let shape = if token.digits == len {
        (4..=10).contains(&len).then_some(Shape::Digits { count: len, groups: 1 })?
    } else if token.digits > 0 {
        let is_code = (4..=10).contains(&len) && !random::is_quantity(text);
        is_code.then_some(Shape::Mixed { groups: 1, has_lower: token.lowers > 0 })?
    } else {
        let is_code = (4..=10).contains(&len) && token.lowers == 0 && random::is_random(text);
        is_code.then_some(Shape::Letters)?
    };
    Some(Candidate { start: token.start, end: token.end, value: text.iter().collect(), shape })
}
