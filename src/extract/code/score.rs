//! How likely a candidate is: log-odds of what speaks for it and against it.

use super::candidate::{Candidate, Shape};
use super::context::Context;
use super::random;
use crate::extract::found::Feature;
use crate::extract::lexicon::{Class, Word};
use crate::extract::view::{Line, Read, Style};

/// Nothing is known yet.
const BIAS: f64 = -3.0;
/// Characters between a word and the number that it names, in a line.
const NEAR: usize = 120;
/// Nearer than this it surely does.
const CLOSE: usize = 60;
/// Characters between a word above and the number.
const NEAR_ABOVE: usize = 260;
/// Lines above that are read.
const LINES_ABOVE: usize = 3;
/// A line longer than this is no label of the line below.
const LABEL_CHARS: usize = 45;

/// A candidate's log-odds and what they are made of.
#[derive(Clone, Debug, Default)]
pub(super) struct Score {
    pub(super) log_odds: f64,
    pub(super) features: Vec<Feature>,
}

impl Score {
    pub(super) fn add(&mut self, feature: Feature, weight: f64) {
        self.log_odds += weight;
        if !self.features.contains(&feature) {
            self.features.push(feature);
        }
    }

    fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }
}

/// The lines around a candidate.
struct Place<'a> {
    read: &'a Read,
    candidate: &'a Candidate,
    /// All candidates of the view, in order.
    all: &'a [Candidate],
    line: Line,
    number: usize,
    /// From where to where the text goes on without a break of the sender's.
    start: usize,
    end: usize,
    is_isolated: bool,
}

/// Scores the candidate at `index` of `all` by its surroundings and by what the message says.
pub(super) fn score(read: &Read, all: &[Candidate], index: usize, context: &Context) -> Score {
    let mut score = Score { log_odds: BIAS, features: Vec::new() };
    let Some(place) = Place::of(read, all, index) else { return score };
    place.keywords(&mut score, context);
    place.looks(&mut score);
    place.shape(&mut score, context);
    place.against(&mut score, context);
    if context.has_expiry {
        score.add(Feature::Expiry, 0.5);
    }
    if context.is_auth {
        score.add(Feature::AuthContext, 1.0);
    }
    score
}

impl<'a> Place<'a> {
    fn of(read: &'a Read, all: &'a [Candidate], index: usize) -> Option<Self> {
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
    fn is_taken(&self, from: usize, to: usize) -> bool {
        let next = self.all.partition_point(|other| other.start < from);
        self.all.get(next).is_some_and(|other| other.end <= to && other.value != self.candidate.value)
    }

    fn labels_before(&self) -> impl Iterator<Item = &'a Word> {
        let (start, until) = (self.start, self.candidate.start);
        let next = self.read.labels.partition_point(|label| label.end <= until);
        let labels = self.read.labels.get(..next).unwrap_or_default();
        labels.iter().rev().take_while(move |label| label.start >= start && until - label.end <= NEAR)
    }

    fn is_code_word(word: &Word) -> bool {
        matches!(word.class, Class::Strong | Class::Plain)
    }

    fn keywords(&self, score: &mut Score, context: &Context) {
        let (start, end) = (self.candidate.start, self.candidate.end);
        let mut best: Option<(Feature, f64, Class)> = None;
        let mut take = |feature: Feature, weight: f64, class: Class| {
            let weight = if class == Class::Strong { weight } else { weight - 0.8 };
            if best.is_none_or(|(_, known, _)| weight > known) {
                best = Some((feature, weight, class));
            }
        };
        for label in self.labels_before().filter(|label| Self::is_code_word(label)).take(3) {
            let is_taken = self.is_taken(label.end, start);
            if !is_taken && self.is_direct(label.end, start) {
                take(Feature::KwDirect, 4.2, label.class);
            } else {
                let far = if start - label.end > CLOSE { 0.7 } else { 0.0 };
                take(Feature::KwBefore, if is_taken { 1.2 } else { 3.5 - far }, label.class);
            }
        }
        let next = self.read.labels.partition_point(|label| label.start < end);
        let behind = self.read.labels.iter().skip(next).take(3);
        for label in
            behind.filter(|label| label.end <= self.end && label.start - end <= NEAR && Self::is_code_word(label))
        {
            let goes_on = !self.is_taken(end, label.start)
                && !self.is_taken(label.end, label.end + 25)
                && !self.read.view.slice(end, label.start).iter().any(is_stop);
            take(Feature::KwAfter, if goes_on { 2.6 } else { 0.8 }, label.class);
        }
        let begins_line = self.candidate.start - self.line.start <= 3;
        if self.is_isolated || begins_line {
            for (weight, label) in self.labels_above() {
                take(Feature::KwAbove, weight, label.class);
            }
        }
        if self.is_isolated
            && let Some(below) = self.read.view.lines.get(self.number + 1)
        {
            let labels = self.read.labels.iter().skip(next).take_while(|label| label.start < below.end);
            for label in labels.filter(|label| Self::is_code_word(label)).take(3) {
                take(Feature::KwBelow, 1.8, label.class);
            }
        }
        if let Some((feature, weight, class)) = best {
            score.add(feature, weight);
            if class == Class::Plain {
                // A code of some kind, in a message that speaks of nothing that one signs in to.
                let doubt = if feature == Feature::KwDirect { -1.0 } else { -1.8 };
                score.add(Feature::KwPlain, if context.is_bare { doubt } else { 0.0 });
            }
        } else if context.has_strong && self.is_isolated {
            score.add(Feature::KwAbove, 1.2);
        }
        if matches!(self.candidate.shape, Shape::Digits { .. }) && self.is_near_auth() {
            score.add(Feature::AuthNear, 1.3);
        }
        match context.subject {
            Some(Class::Strong) => score.add(Feature::KwSubject, 1.0),
            Some(_) => score.add(Feature::KwSubject, 0.6),
            None => {}
        }
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
    fn labels_above(&self) -> Vec<(f64, Word)> {
        let first = self.number.saturating_sub(LINES_ABOVE);
        let mut found = Vec::new();
        let next = self.read.labels.partition_point(|label| label.end <= self.line.start);
        let labels = self.read.labels.get(..next).unwrap_or_default().iter().rev().take(20);
        for label in labels.take_while(|label| self.line.start - label.end <= NEAR_ABOVE) {
            let Some(line) = self.read.view.line_of(label.start).filter(|line| *line >= first) else { continue };
            if !Self::is_code_word(label) {
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

    /// Whether only a colon, "is" or the like stands between a word and the number.
    fn is_direct(&self, from: usize, to: usize) -> bool {
        let between = self.read.view.slice(from, to);
        let names = between.len() <= 18 || (between.len() <= 60 && matches!(between, [.., ':'] | [.., ':', ' ']));
        between.len() <= 3 || (names && !between.iter().any(is_stop))
    }

    fn looks(&self, score: &mut Score) {
        let style = self.read.view.style(self.candidate.start);
        if self.is_isolated {
            score.add(Feature::Isolated, 2.0);
        }
        // What is set apart within its line says more than a line that is bold as a whole; both say something.
        if style.has(Style::EMPHASISED) && self.number_is_in_body() {
            score.add(Feature::Emphasised, 1.0);
        }
        if style.has(Style::NAMED) {
            score.add(Feature::MarkupNamed, 1.0);
        }
        if style.has(Style::QUOTED) {
            score.add(Feature::Quoted, -4.0);
        }
        if style.has(Style::FOOTER) {
            score.add(Feature::Footer, -2.0);
        }
        if style.has(Style::HIDDEN) {
            score.add(Feature::Hidden, -1.0);
        }
        if style.has(Style::LINKED) {
            score.add(Feature::Linked, -1.0);
        }
    }

    fn number_is_in_body(&self) -> bool {
        self.read.view.part != crate::extract::found::PartName::Subject
    }

    fn shape(&self, score: &mut Score, context: &Context) {
        let named = score.has(Feature::KwDirect)
            || score.has(Feature::KwBefore)
            || score.has(Feature::KwAbove)
            || score.has(Feature::KwAfter)
            || score.has(Feature::KwBelow);
        let direct = score.has(Feature::KwDirect);
        match self.candidate.shape {
            Shape::Digits { count: 6, .. } => score.add(Feature::SixDigits, 1.0),
            Shape::Digits { count: 4 | 5 | 7 | 8, groups } => {
                score.add(Feature::UsualLength, 0.6);
                if groups == 1 {
                    self.calendar(score);
                }
            }
            Shape::Digits { .. } => score.add(Feature::LongNumber, -0.5),
            Shape::Prefixed => {
                let is_letter = self.read.view.char(self.candidate.start + 1) == '-';
                score.add(Feature::Prefixed, if named { 1.0 } else { -2.0 } - if is_letter { 0.0 } else { 1.5 });
            }
            Shape::Mixed { groups, has_lower } => {
                let value: Vec<char> = self.candidate.value.chars().collect();
                let weight = match (named, groups) {
                    (false, _) => -2.5,
                    // A word and a number: made by a person, to be remembered.
                    (true, 1) if random::is_name(&value) => -2.5,
                    (true, 1) => 0.3,
                    // A product's key.
                    (true, _) if value.len() > 14 => -3.0,
                    (true, _) => 0.6,
                };
                score.add(Feature::Mixed, weight - if has_lower && !self.is_isolated && !direct { 1.5 } else { 0.0 });
            }
            Shape::LetterGroups => {
                score.add(
                    Feature::LettersOnly,
                    if named || (self.is_isolated && context.has_plain) { 0.3 } else { -3.0 },
                );
            }
            Shape::Letters => {
                let stands_out = self.is_isolated || direct;
                score.add(Feature::LettersOnly, if named && stands_out { -0.3 } else { -3.5 });
            }
            Shape::Words { count } => {
                let weight = match (named && (self.is_isolated || direct), count) {
                    (true, 3..) => 0.0,
                    (true, _) if self.is_isolated => -0.5,
                    (false, 3..) if self.is_isolated && context.is_auth => -1.0,
                    _ => -4.0,
                };
                score.add(Feature::WordCode, weight);
            }
        }
    }

    fn calendar(&self, score: &mut Score) {
        let value = self.candidate.value.as_str();
        let part =
            |range: std::ops::Range<usize>| value.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
        // The years of the Buddhist calendar, too.
        let is_year = |year: u32| (1950..=2049).contains(&year) || (2540..=2590).contains(&year);
        let is_day = |month: u32, day: u32| (1..=12).contains(&month) && (1..=31).contains(&day);
        if value.len() == 4 && is_year(part(0..4)) {
            let is_named = score.has(Feature::KwDirect) || self.is_isolated;
            score.add(Feature::Year, if is_named { -0.5 } else { -3.0 });
        }
        let is_date = value.len() == 8
            && ((is_year(part(0..4)) && is_day(part(4..6), part(6..8)))
                || (is_year(part(4..8)) && (is_day(part(0..2), part(2..4)) || is_day(part(2..4), part(0..2)))));
        if is_date {
            score.add(Feature::Date, if score.has(Feature::KwDirect) { -0.5 } else { -2.5 });
        }
    }

    fn against(&self, score: &mut Score, context: &Context) {
        self.other_number(score);
        let before = self.read.view.char_before(self.candidate.start);
        if matches!(before, '#' | '№') {
            score.add(Feature::NumberSign, -1.5);
        }
        if self.is_negated() {
            score.add(Feature::Negated, -5.0);
        }
        if context.is_meeting {
            score.add(Feature::CommerceContext, -4.5);
        } else if context.is_commerce {
            let is_number = matches!(self.candidate.shape, Shape::Digits { .. });
            score.add(Feature::CommerceContext, if is_number { -2.5 } else { -3.0 });
        }
    }

    /// A word that says which other number this is, directly before or behind it.
    fn other_number(&self, score: &mut Score) {
        let start = self.candidate.start;
        let strong = score.has(Feature::KwDirect) && !score.has(Feature::KwPlain);
        let nearest = self.labels_before().next().copied();
        if let Some(label) = nearest {
            let gap = start - label.end;
            // "the 6-digit number": the word counts digits, it does not name a number.
            let counts =
                self.read.view.slice(label.start.saturating_sub(2), label.start).iter().any(char::is_ascii_digit);
            let is_near = !counts && gap <= 4 || (!counts && gap <= 25 && self.is_direct(label.end, start));
            match label.class {
                Class::NoCode => score.add(Feature::OtherNumber, -5.0),
                Class::Other if is_near => {
                    let has_word = self.labels_before().any(|label| label.class == Class::Strong);
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
    fn label_above(&self, score: &mut Score) {
        let Some(above) = self.number.checked_sub(1).and_then(|number| self.read.view.lines.get(number)) else {
            return;
        };
        let next = self.read.labels.partition_point(|label| label.end <= above.end);
        let labels = self.read.labels.get(..next).unwrap_or_default();
        let Some(last) = labels.last().filter(|label| label.start >= above.start) else { return };
        let has_code = labels.iter().rev().take_while(|label| label.start >= above.start).any(Self::is_code_word);
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
    fn is_negated(&self) -> bool {
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

/// The end of a sentence.
fn is_stop(c: &char) -> bool {
    matches!(c, '.' | '!' | '?' | ';' | '\n' | '。' | '！' | '？' | '।' | '؛')
}
