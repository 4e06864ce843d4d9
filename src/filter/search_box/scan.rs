//! A line to terms.

use super::term::{self, Term};
use crate::filter::Written;

/// Longest line that is read, in characters.
const MAX_CHARS: usize = 2_000;
/// Most terms of one line.
const MAX_TERMS: usize = 50;

/// Why a line cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at column {column}: {reason}")]
pub struct Misread {
    /// At which character, from 1 on.
    pub column: usize,
    /// Why, and what it may be.
    pub reason: String,
}

/// A value as it stands in the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) is_quoted: bool,
    /// Whether an equals sign stands before it.
    pub(super) is_whole: bool,
}

/// Reads a line.
///
/// # Errors
/// [`Misread`] says where it goes wrong.
pub fn parse(line: &str) -> Result<Written, Misread> {
    let mut written = Written::default();
    for term in terms(line)? {
        let list = if term.is_negated { &mut written.none } else { &mut written.all };
        list.push(term.condition);
    }
    Ok(written)
}

/// The terms of a line in their order.
pub(in crate::filter) fn terms(line: &str) -> Result<Vec<Term>, Misread> {
    if line.chars().count() > MAX_CHARS {
        return Err(Misread { column: MAX_CHARS + 1, reason: format!("at most {MAX_CHARS} characters") });
    }
    let mut scan = Scan { chars: line.chars().collect(), at: 0 };
    let mut terms = Vec::new();
    loop {
        scan.skip_space();
        if scan.peek().is_none() {
            return Ok(terms);
        }
        let column = scan.at + 1;
        if terms.len() == MAX_TERMS {
            return Err(Misread { column, reason: format!("at most {MAX_TERMS} terms") });
        }
        terms.push(scan.term().map_err(|reason| Misread { column, reason })?);
    }
}

struct Scan {
    chars: Vec<char>,
    at: usize,
}

impl Scan {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Whether `c` is next; it is taken then.
    fn take(&mut self, c: char) -> bool {
        let is_next = self.peek() == Some(c);
        self.at += usize::from(is_next);
        is_next
    }

    fn term(&mut self) -> Result<Term, String> {
        let column = self.at + 1;
        let has_more = self.chars.get(self.at + 1).is_some_and(|c| !c.is_whitespace());
        let is_negated = has_more && self.take('-');
        let condition = match self.key() {
            Some(key) => {
                let header = if key == "header" { Some(self.header_name()) } else { None };
                let value = self.word()?;
                term::keyed(&key, header, value)?
            }
            None => term::free(self.word()?)?,
        };
        Ok(Term { column, is_negated, condition })
    }

    /// The key that stands here, taken with its colon; `None` when it is a word.
    fn key(&mut self) -> Option<String> {
        let rest = self.chars.get(self.at..)?;
        let length = rest.iter().position(|c| !(c.is_ascii_lowercase() || *c == '_'))?;
        let is_link = rest.get(length + 1..).is_some_and(|rest| rest.starts_with(&['/', '/']));
        if length == 0 || rest.get(length) != Some(&':') || is_link {
            return None;
        }
        let key = rest.iter().take(length).collect();
        self.at += length + 1;
        Some(key)
    }

    /// The name of a header field with the sign behind it, or `None` when its end is the term's.
    fn header_name(&mut self) -> (String, Option<char>) {
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| !c.is_whitespace()) {
            if c == ':' {
                self.at += 1;
                return (name, Some(c));
            }
            if c == '=' {
                // It stays: it says the same before any value.
                return (name, Some(c));
            }
            name.push(c);
            self.at += 1;
        }
        (name, None)
    }

    fn word(&mut self) -> Result<Word, String> {
        let is_whole = self.take('=');
        let is_quoted = self.take('"');
        let mut text = String::new();
        if is_quoted {
            loop {
                match self.peek() {
                    None => return Err("the quotation mark is not closed".to_owned()),
                    Some('"') => break,
                    Some('\\') => self.at += 1,
                    Some(_) => {}
                }
                let Some(c) = self.peek() else { continue };
                text.push(c);
                self.at += 1;
            }
            self.at += 1;
            if self.peek().is_some_and(|c| !c.is_whitespace()) {
                return Err("a space is missing behind the closing quotation mark".to_owned());
            }
        } else {
            while let Some(c) = self.peek().filter(|c| !c.is_whitespace()) {
                text.push(c);
                self.at += 1;
            }
        }
        Ok(Word { text, is_quoted, is_whole })
    }
}
