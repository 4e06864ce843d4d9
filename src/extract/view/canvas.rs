//! Lines of text in the making: white space folded, cells of one character joined.

use super::{Style, View, fold::shape, text::Line};
use crate::extract::{found::PartName, limits};

/// Cells of one character that together may be a code.
const CELLS: std::ops::RangeInclusive<usize> = 4..=10;

/// Text as it is written down.
#[derive(Debug, Default)]
pub(super) struct Canvas {
    lines: Vec<Draft>,
    line: Draft,
    owes_space: bool,
    gap: u8,
    chars: usize,
}

#[derive(Debug, Default)]
struct Draft {
    chars: Vec<(char, char, Style)>,
    gap: u8,
}

impl Canvas {
    pub(super) fn is_full(&self) -> bool {
        self.chars >= limits::MAX_VIEW_CHARS
    }

    /// The number of the line that is written.
    pub(super) fn line(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn text(&mut self, text: &str, style: Style) {
        for c in text.chars() {
            if self.is_full() {
                return;
            }
            match shape(c) {
                None => {}
                Some(shape) if shape == ' ' || shape.is_whitespace() => self.owes_space = true,
                Some(shape) => self.put(c, shape, style),
            }
        }
    }

    /// White space that a reader sees between two elements of a line.
    pub(super) fn space(&mut self) {
        self.owes_space = true;
    }

    /// The edge of an element within a line: a word and a number on its two sides are two.
    pub(super) fn edge(&mut self, next: char) {
        let mut last = self.line.chars.iter().rev().map(|(_, shape, _)| *shape);
        let (last, before) = (last.next().unwrap_or(' '), last.next().unwrap_or(' '));
        let word_ends = last.is_alphabetic() && before.is_alphabetic() && next.is_ascii_digit();
        let number_ends = last.is_ascii_digit() && before.is_ascii_digit() && next.is_alphabetic();
        self.owes_space |= word_ends || number_ends;
    }

    /// The edge of a block.
    pub(super) fn break_line(&mut self) {
        self.owes_space = false;
        if self.line.chars.is_empty() {
            self.gap = self.gap.saturating_add(1);
            return;
        }
        self.lines.push(std::mem::take(&mut self.line));
        self.gap = 0;
    }

    fn put(&mut self, shown: char, shape: char, style: Style) {
        if std::mem::take(&mut self.owes_space) && !self.line.chars.is_empty() {
            self.line.chars.push((' ', ' ', style));
            self.chars += 1;
        }
        if self.line.chars.is_empty() {
            self.line.gap = self.gap;
        }
        self.line.chars.push((shown, shape, style));
        self.chars += 1;
    }

    /// The view, and for each line that was written its number there.
    pub(super) fn finish(mut self) -> (View, Vec<usize>) {
        self.break_line();
        let mut view = View::new(PartName::Html);
        let mut numbers = Vec::with_capacity(self.lines.len() + 1);
        let mut rest = self.lines.as_slice();
        let (mut counted, mut joined) = (0, 1);
        while let Some(first) = rest.first() {
            if counted == 0 {
                counted = rest.iter().take_while(|line| line.is_cell()).count();
                joined = if CELLS.contains(&counted) { counted } else { 1 };
            }
            // A run that is too long for a code is counted once, and passed line by line.
            counted = counted.saturating_sub(joined);
            numbers.extend(std::iter::repeat_n(view.lines.len(), joined));
            if !view.lines.is_empty() {
                view.push('\n', '\n', Style::default());
            }
            let start = view.chars.len();
            let (lines, behind) = rest.split_at_checked(joined).unwrap_or((rest, &[]));
            for (shown, shape, style) in lines.iter().flat_map(|line| &line.chars) {
                // A box around each character sets it apart as nothing else does.
                view.push(*shown, *shape, style.with_if(joined > 1, Style::EMPHASISED));
            }
            view.lines.push(Line { start, end: view.chars.len(), gap: first.gap });
            rest = behind;
        }
        numbers.push(view.lines.len());
        (view, numbers)
    }
}

impl Draft {
    fn is_cell(&self) -> bool {
        matches!(self.chars.as_slice(), [(_, shape, _)] if shape.is_ascii_alphanumeric())
    }
}
