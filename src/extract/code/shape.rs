//! What the shape of a candidate says, and whether it is a year or a date.

use super::candidate::Shape;
use super::context::Context;
use super::place::Place;
use super::random;
use super::score::Score;
use crate::extract::found::Feature;

impl Place<'_> {
    pub(super) fn shape(&self, score: &mut Score, context: &Context) {
        let named = score.has(Feature::KwDirect)
            || score.has(Feature::KwBefore)
            || score.has(Feature::KwAbove)
            || score.has(Feature::KwAfter)
            || score.has(Feature::KwBelow)
            || score.has(Feature::AuthNear);
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

    pub(super) fn calendar(&self, score: &mut Score) {
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
}
