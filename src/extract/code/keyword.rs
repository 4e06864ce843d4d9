//! What speaks for a candidate: words for a one-time code and for entering one.

use super::context::Context;
use super::place::{NEAR, Place, is_stop};
use super::score::Score;
use crate::extract::found::{Feature, PartName};
use crate::extract::lexicon::{Class, Word};

/// Nearer than this a word surely names the number.
const CLOSE: usize = 60;
/// Characters between a word above and the number.
const NEAR_ABOVE: usize = 260;
/// Lines above that are read.
const LINES_ABOVE: usize = 3;

impl Place<'_> {
    /// Adds the best of the words around; what the class of that word is.
    pub(super) fn keywords(&self, score: &mut Score, context: &Context) -> Option<Class> {
        let mut best: Option<(Feature, f64, Class)> = None;
        for (feature, weight, class) in self.words_in_line(context).chain(self.words_of_other_lines(context)) {
            let weight = match class {
                Class::Strong | Class::Shared => weight,
                Class::Plain => weight - 0.8,
                _ => weight - 1.1,
            };
            if best.is_none_or(|(_, known, _)| weight > known) {
                best = Some((feature, weight, class));
            }
        }
        let is_beside = best.is_some_and(|(feature, ..)| matches!(feature, Feature::KwDirect | Feature::KwAfter));
        if let Some((feature, weight, class)) = best {
            score.add(feature, weight);
            if class == Class::Plain {
                // A code of some kind, in a message that speaks of nothing that one signs in to.
                let doubt = if feature == Feature::KwDirect { -1.0 } else { -1.8 };
                score.add(Feature::KwPlain, if context.is_bare && !context.is_terse { doubt } else { 0.0 });
            }
            if class == Class::Enter {
                score.add(Feature::KwEnter, 0.0);
            }
        } else if context.has_strong && self.is_isolated {
            score.add(Feature::KwAbove, 1.2);
        }
        let is_told = is_beside && self.has_word(Class::Auth) && context.counts.auth > 0.0;
        if is_told && best.is_some_and(|(.., class)| !class.says_which()) {
            score.add(Feature::AuthNear, 1.3);
        } else if self.is_called_auth() && best.is_none() {
            score.add(Feature::AuthNear, 3.2);
        } else if self.is_near_auth() {
            score.add(Feature::AuthNear, if best.is_none() { 2.0 } else { 1.3 });
        }
        match context.subject {
            Some(class) if class.says_which() => score.add(Feature::KwSubject, 1.0),
            Some(_) => score.add(Feature::KwSubject, 0.6),
            None => {}
        }
        best.map(|(.., class)| class)
    }

    /// Whether the word may be what names the candidate.
    fn counts(&self, label: &Word, context: &Context) -> bool {
        let is_told = || context.may_be_told() || self.is_in_sentence_of_auth();
        Self::is_code_word(label) || (label.class == Class::Enter && is_told())
    }

    /// Words before and behind the candidate, in the lines that go on without a break.
    fn words_in_line<'b>(&'b self, context: &'b Context) -> impl Iterator<Item = (Feature, f64, Class)> + 'b {
        let (start, end) = (self.candidate.start, self.candidate.end);
        let before = self.labels_before().filter(|label| self.counts(label, context)).take(3);
        let before = before.filter_map(move |label| {
            let is_taken = self.is_taken(label.end, start);
            if !is_taken && self.is_direct(label.end, start) {
                return Some((Feature::KwDirect, 4.2, label.class));
            }
            // What one does is said beside the number, or it is said of something else.
            let far = if start - label.end > CLOSE { 0.7 } else { 0.0 };
            let weight = if is_taken { 1.2 } else { 3.5 - far };
            (label.class != Class::Enter).then_some((Feature::KwBefore, weight, label.class))
        });
        let next = self.read.labels.partition_point(|label| label.start < end);
        let behind = self.read.labels.iter().skip(next).take(3);
        let is_near = move |label: &&Word| label.end <= self.end && label.start - end <= NEAR;
        let behind = behind.filter(is_near).filter(move |label| self.counts(label, context)).map(move |label| {
            let goes_on = !self.is_taken(end, label.start)
                && !self.is_taken(label.end, label.end + 25)
                && !self.read.view.slice(end, label.start).iter().any(is_stop);
            (Feature::KwAfter, if goes_on { 2.6 } else { 0.8 }, label.class)
        });
        before.chain(behind)
    }

    /// Words in the lines above, if the candidate begins its line, and below, if it has it for itself.
    fn words_of_other_lines(&self, context: &Context) -> Vec<(Feature, f64, Class)> {
        let mut found = Vec::new();
        if self.is_isolated || self.candidate.start - self.line.start <= 3 {
            let above = self.labels_above(context).into_iter();
            found.extend(above.map(|(weight, label)| (Feature::KwAbove, weight, label.class)));
        }
        let below = self.read.view.lines.get(self.number + 1).filter(|_| self.is_isolated);
        if let Some(below) = below {
            let next = self.read.labels.partition_point(|label| label.start < self.candidate.end);
            let labels = self.read.labels.iter().skip(next).take_while(|label| label.start < below.end);
            let labels = labels.filter(|label| self.counts(label, context)).take(3);
            found.extend(labels.map(|label| (Feature::KwBelow, 1.8, label.class)));
        }
        found
    }

    /// "To log in: 482913"; in a subject, which has no more than that, without the colon.
    fn is_called_auth(&self) -> bool {
        let start = self.candidate.start;
        let next = self.read.words.partition_point(|word| word.end <= start);
        let mut words = self.read.words.get(..next).unwrap_or_default().iter().rev().take(20);
        let is_subject = self.read.view.part == PartName::Subject;
        words.any(|word| {
            let between = self.read.view.slice(word.end, start);
            let is_direct = between.len() <= 3 && (is_subject || between.contains(&':'));
            matches!(word.class, Class::Auth | Class::Login) && word.start >= self.start && is_direct
        })
    }

    /// "Enter 482913 to sign in": what one does with it stands beside it.
    fn is_near_auth(&self) -> bool {
        let end = self.candidate.end;
        let near = |from: usize, to: usize| to - from <= 25 && !self.read.view.slice(from, to).iter().any(is_stop);
        let next = self.read.words.partition_point(|word| word.end <= end);
        let words = self.read.words.iter().skip(next).take_while(|word| word.end < end + 80);
        words.filter(|word| word.class == Class::Auth).any(|word| word.start >= end && near(end, word.start))
    }

    /// Words for a code in the lines above, with what they weigh.
    fn labels_above(&self, context: &Context) -> Vec<(f64, Word)> {
        let first = self.number.saturating_sub(LINES_ABOVE);
        let mut found = Vec::new();
        let next = self.read.labels.partition_point(|label| label.end <= self.line.start);
        let labels = self.read.labels.get(..next).unwrap_or_default().iter().rev().take(20);
        for label in labels.take_while(|label| self.line.start - label.end <= NEAR_ABOVE) {
            let Some(line) = self.read.view.line_of(label.start).filter(|line| *line >= first) else { continue };
            if !self.counts(label, context) {
                continue;
            }
            // A number in the word's own line is part of what it says; one in a line of its own takes the word away.
            let below = self.read.view.lines.get(line).map_or(label.end, |line| line.end);
            let is_taken = self.is_taken(below, self.candidate.start);
            let weight = match self.number - line {
                _ if is_taken => 1.0,
                1 => 3.0,
                2 => 2.6,
                _ => 2.2,
            };
            found.push((weight, *label));
        }
        found
    }

    /// Whether signing in is spoken of in the sentence that the candidate stands in.
    fn is_in_sentence_of_auth(&self) -> bool {
        let (start, end) = (self.candidate.start, self.candidate.end);
        let next = self.read.words.partition_point(|word| word.end <= self.start);
        let words = self.read.words.iter().skip(next).take_while(|word| word.end <= self.end);
        let mut words = words.filter(|word| word.start >= self.start);
        words.any(|word| {
            let between = if word.end <= start { (word.end, start) } else { (end, word.start) };
            matches!(word.class, Class::Login | Class::Verify | Class::Reset)
                && !self.read.view.slice(between.0, between.1).iter().any(is_stop)
        })
    }
}
