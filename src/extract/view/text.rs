//! A view: the characters of a part, its lines, and the style of each character.

use super::{Style, fold};
use crate::extract::{found::PartName, limits};

/// A part of a message as it is read.
#[derive(Debug)]
pub(in crate::extract) struct View {
    /// Which part.
    pub(in crate::extract) part: PartName,
    /// Its characters, in the form that [`super::fold::shape`] gives; a line break between lines.
    pub(in crate::extract) chars: Vec<char>,
    /// The same as the message writes them.
    pub(in crate::extract) shown: Vec<char>,
    /// The same for comparing words.
    pub(in crate::extract) folded: Vec<char>,
    /// The style of each.
    pub(in crate::extract) styles: Vec<Style>,
    /// Where each stands in what was given; empty if it stands where it stands here.
    pub(in crate::extract) origins: Vec<usize>,
    /// The lines that are not empty, in order.
    pub(in crate::extract) lines: Vec<Line>,
}

/// A line: what stands alone between two block edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::extract) struct Line {
    /// Its first character.
    pub(in crate::extract) start: usize,
    /// Behind its last one.
    pub(in crate::extract) end: usize,
    /// How many empty lines stand above it, at most 255.
    pub(in crate::extract) gap: u8,
}

impl View {
    pub(super) fn new(part: PartName) -> Self {
        Self {
            part,
            chars: Vec::new(),
            shown: Vec::new(),
            folded: Vec::new(),
            styles: Vec::new(),
            origins: Vec::new(),
            lines: Vec::new(),
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.chars.len() >= limits::MAX_VIEW_CHARS
    }

    pub(super) fn push(&mut self, shown: char, shape: char, style: Style) {
        self.chars.push(shape);
        self.shown.push(shown);
        self.folded.push(fold(shape));
        self.styles.push(style);
    }

    /// The line that the character at `at` stands in.
    pub(in crate::extract) fn line_of(&self, at: usize) -> Option<usize> {
        let next = self.lines.partition_point(|line| line.start <= at);
        next.checked_sub(1).filter(|line| self.lines.get(*line).is_some_and(|line| at < line.end))
    }

    /// The character at `at`; a line break before the first and behind the last.
    pub(in crate::extract) fn char(&self, at: usize) -> char {
        self.chars.get(at).copied().unwrap_or('\n')
    }

    /// The one before `at`.
    pub(in crate::extract) fn char_before(&self, at: usize) -> char {
        at.checked_sub(1).map_or('\n', |before| self.char(before))
    }

    /// The characters from `start` to `end`; none where there are none.
    pub(in crate::extract) fn slice(&self, start: usize, end: usize) -> &[char] {
        self.chars.get(start..end).unwrap_or_default()
    }

    /// The same as the message writes them.
    pub(in crate::extract) fn shown(&self, start: usize, end: usize) -> String {
        self.shown.get(start..end).unwrap_or_default().iter().collect()
    }

    pub(in crate::extract) fn style(&self, at: usize) -> Style {
        self.styles.get(at).copied().unwrap_or_default()
    }

    /// Where the character at `at` stands in what was given.
    pub(in crate::extract) fn origin(&self, at: usize) -> usize {
        if self.origins.is_empty() {
            return at;
        }
        self.origins.get(at).copied().unwrap_or_else(|| self.origins.last().map_or(0, |last| last + 1))
    }
}
