//! What speaks against a candidate: words for other numbers, and for codes that no longer count.

use super::place::{Place, is_stop};
use super::score::Score;
use crate::extract::found::Feature;
use crate::extract::lexicon::{Class, Word};

/// A line longer than this is no label of the line below.
const LABEL_CHARS: usize = 45;

impl Place<'_> {
    /// A word that says which other number this is, directly before or behind it.
    pub(super) fn other_number(&self, score: &mut Score) {
        let start = self.candidate.start;
        let strong = score.has(Feature::KwDirect) && !score.has(Feature::KwPlain);
        let nearest = self.labels_before().find(|label| label.class != Class::Enter).copied();
        if let Some(label) = nearest {
            let gap = start - label.end;
            // "the 6-digit number": the word counts digits, it does not name a number.
            let counts =
                self.read.view.slice(label.start.saturating_sub(2), label.start).iter().any(char::is_ascii_digit);
            let is_near = !counts && gap <= 4 || (!counts && gap <= 25 && self.is_direct(label.end, start));
            match label.class {
                Class::NoCode => score.add(Feature::OtherNumber, -5.0),
                Class::Other if is_near => {
                    let has_word = self.labels_before().any(|label| label.class.says_which());
                    score.add(Feature::OtherNumber, if has_word && gap > 3 { -1.0 } else { -3.5 });
                }
                _ => {}
            }
        } else if self.is_isolated || (start - self.line.start <= 3 && !score.has(Feature::KwAfter)) {
            self.label_above(score);
        }
        let next = self.read.labels.partition_point(|label| label.start < self.candidate.end);
        if let Some(label) = self.read.labels.get(next).filter(|label| label.start <= self.candidate.end + 1) {
            let is_tied = label.start == self.candidate.end || label.end <= self.line.end;
            if is_tied && matches!(label.class, Class::Other | Class::NoCode) && !strong && !self.is_isolated {
                score.add(Feature::OtherNumber, -2.0);
            }
        }
    }

    /// The line above is the name of another number, as in a table of facts.
    pub(super) fn label_above(&self, score: &mut Score) {
        let Some(above) = self.number.checked_sub(1).and_then(|number| self.read.view.lines.get(number)) else {
            return;
        };
        let next = self.read.labels.partition_point(|label| label.end <= above.end);
        let labels = self.read.labels.get(..next).unwrap_or_default();
        let in_line = labels.iter().rev().take_while(|label| label.start >= above.start);
        let Some(last) = in_line.clone().find(|label| label.class != Class::Enter) else { return };
        let has_code = in_line.clone().any(Self::is_code_word);
        let is_short = above.end - above.start <= LABEL_CHARS;
        match last.class {
            Class::NoCode => score.add(Feature::OtherNumber, -5.0),
            Class::Other if is_short && above.end - last.end <= 12 && !has_code => {
                score.add(Feature::OtherNumber, -3.5)
            }
            _ => {}
        }
    }

    /// "Your old code 111111", "482913 no longer works".
    pub(super) fn is_negated(&self) -> bool {
        let (start, end) = (self.candidate.start, self.candidate.end);
        let code_words = |from: usize, to: usize| {
            let inside = |label: &&Word| label.start >= from && label.end <= to && Self::is_code_word(label);
            self.read.labels.iter().filter(inside).count()
        };
        self.read.words.iter().filter(|word| word.class == Class::Negated).any(|word| {
            if word.end <= start {
                let between = self.read.view.slice(word.end, start);
                between.len() <= 25 && !between.iter().any(is_stop) && code_words(word.end, start) == 0
            } else if word.start >= end {
                let between = self.read.view.slice(end, word.start);
                between.len() <= 25 && !between.iter().any(is_stop) && !self.is_isolated
            } else {
                false
            }
        })
    }
}
