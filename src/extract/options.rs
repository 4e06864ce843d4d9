//! What is asked: the message, what the code and the link look like, and hints.

use regex::{Regex, RegexBuilder};

use super::{found::Purpose, limits};

/// A message as far as it is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mail<'a> {
    /// The decoded subject.
    pub subject: &'a str,
    /// Its plain text; `None` if it has none of its own (text made from the HTML would count twice).
    pub text: Option<&'a str>,
    /// Its HTML.
    pub html: Option<&'a str>,
    /// The domain of its From field.
    pub from_domain: Option<&'a str>,
    /// Its Content-Language: the first tag, if it has that field.
    pub language: Option<&'a str>,
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What the code looks like.
    pub code: CodeConstraint,
    /// What the link looks like.
    pub link: LinkConstraint,
    /// What the caller knows of the message.
    pub hints: Hints,
    /// Whether candidates that are very unlikely are given out too, with what spoke against them.
    pub explain: bool,
}

/// What a code must look like; a candidate that does not is none.
#[derive(Clone, Debug, Default)]
pub struct CodeConstraint {
    /// Characters of its value.
    pub length: Option<usize>,
    /// At least so many.
    pub min_length: Option<usize>,
    /// At most so many.
    pub max_length: Option<usize>,
    /// Which characters.
    pub charset: Charset,
    /// What it must match: its first group, or all of it, is the code.
    pub pattern: Option<Pattern>,
}

/// The characters of a code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    /// Digits only.
    Digits,
    /// Letters and digits.
    Alnum,
    /// Any.
    #[default]
    Any,
}

/// What a link must look like.
#[derive(Clone, Debug, Default)]
pub struct LinkConstraint {
    /// Its host, or a domain above it.
    pub host: Option<String>,
    /// What its path contains.
    pub path_contains: Option<String>,
    /// What it is for.
    pub purpose: Option<Purpose>,
}

/// What the caller knows of the message.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// Its language, as in `de` or `pt-BR`, in place of its Content-Language. Every language is looked for anyway; where
    /// the same word means two things in two languages, this one says which.
    pub locale: Option<String>,
    /// The domain that the links should lead to, in place of the sender's.
    pub from_domain: Option<String>,
}

/// A caller's regular expression: linear in time, limited in size.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// Compiles `pattern`; look-around and back-references do not exist in it.
    ///
    /// # Errors
    /// [`PatternError`] with what is wrong and where, if it is no pattern or compiles to more than 64 KiB.
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        let compiled = RegexBuilder::new(pattern).size_limit(limits::MAX_PATTERN_BYTES).build();
        compiled.map(Self).map_err(|error| PatternError(Box::new(error)))
    }

    /// The code in `text` that this pattern finds first: where its first group, or all of it, begins and ends.
    pub(super) fn find(&self, text: &str) -> Option<(usize, usize)> {
        let groups = self.0.captures(text)?;
        let found = groups.get(1).or_else(|| groups.get(0))?;
        (!found.is_empty()).then(|| (found.start(), found.end()))
    }
}

/// A pattern that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the pattern cannot be used: {0}")]
pub struct PatternError(Box<regex::Error>);
