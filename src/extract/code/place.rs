//! Where a candidate stands, and which words stand around it.

use super::candidate::Candidate;
use crate::extract::lexicon::{Class, Word};
use crate::extract::view::{Line, Read};

/// Characters between a word and the number that it names, in a line.
pub(super) const NEAR: usize = 120;

/// Lines above and below a number that say what it is for.
const LINES_AROUND: usize = 3;

/// The lines around a candidate.
pub(super) struct Place<'a> {
    pub(super) read: &'a Read,
    pub(super) candidate: &'a Candidate,
    /// All candidates of the view, in order.
    pub(super) all: &'a [Candidate],
    pub(super) line: Line,
    pub(super) number: usize,
    /// From where to where the text goes on without a break of the sender's.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) is_isolated: bool,
}

impl<'a> Place<'a> {
    pub(super) fn of(read: &'a Read, all: &'a [Candidate], index: usize) -> Option<Self> {
        let candidate = all.get(index)?;
        let number = read.view.line_of(candidate.start)?;
        let line = *read.view.lines.get(number)?;
        let wraps = |line: &Line| line.start > 0 && read.view.folded.get(line.start - 1) == Some(&' ');
        let (mut start, mut end) = (line.start, line.end);
        let above = read.view.lines.get(..=number)?.iter().rev().take(3);
        for line in above {
            start = line.start;
            if !wraps(line) {
                break;
            }
        }
        for line in read.view.lines.iter().skip(number + 1).take(2).take_while(|line| wraps(line)) {
            end = line.end;
        }
        let outside = |from: usize, to: usize| read.view.slice(from, to).iter().any(|c| c.is_alphanumeric());
        let is_isolated = !outside(line.start, candidate.start) && !outside(candidate.end, line.end);
        Some(Self { read, candidate, all, line, number, start, end, is_isolated })
    }

    /// Whether another candidate stands between the two characters.
    pub(super) fn is_taken(&self, from: usize, to: usize) -> bool {
        let next = self.all.partition_point(|other| other.start < from);
        self.all.get(next).is_some_and(|other| other.end <= to && other.value != self.candidate.value)
    }

    pub(super) fn labels_before(&self) -> impl Iterator<Item = &'a Word> {
        let (start, until) = (self.start, self.candidate.start);
        let next = self.read.labels.partition_point(|label| label.end <= until);
        let labels = self.read.labels.get(..next).unwrap_or_default();
        labels.iter().rev().take_while(move |label| label.start >= start && until - label.end <= NEAR)
    }

    pub(super) fn is_code_word(word: &Word) -> bool {
        word.class.names_code()
    }

    /// Whether some word of `class` stands in the lines that go on without a break.
    pub(super) fn has_word(&self, class: Class) -> bool {
        let next = self.read.words.partition_point(|word| word.end <= self.start);
        let mut words = self.read.words.iter().skip(next).take_while(|word| word.end <= self.end);
        words.any(|word| word.class == class && word.start >= self.start)
    }

    /// From where to where the lines go that are about the candidate.
    pub(super) fn around(&self) -> (usize, usize) {
        let lines = &self.read.view.lines;
        let first = lines.get(self.number.saturating_sub(LINES_AROUND)).map_or(0, |line| line.start);
        let last = lines.get((self.number + LINES_AROUND).min(lines.len().saturating_sub(1)));
        (first, last.map_or(self.end, |line| line.end))
    }

    /// Whether only a colon, "is" or the like stands between a word and the number.
    pub(super) fn is_direct(&self, from: usize, to: usize) -> bool {
        let between = self.read.view.slice(from, to);
        let names = between.len() <= 18 || (between.len() <= 60 && matches!(between, [.., ':'] | [.., ':', ' ']));
        between.len() <= 3 || (names && !between.iter().any(is_stop))
    }
}

/// The end of a sentence.
pub(super) fn is_stop(c: &char) -> bool {
    matches!(c, '.' | '!' | '?' | ';' | '\n' | '。' | '！' | '？' | '।' | '؛')
}
