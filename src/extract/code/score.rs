//! How likely a candidate is: log-odds of what speaks for it and against it.

use super::candidate::{Candidate, Shape};
use super::context::{Context, Counts};
use super::place::Place;
use crate::extract::found::{Feature, PartName};
use crate::extract::lexicon::Class;
use crate::extract::view::{Read, Style};

/// Nothing is known yet.
const BIAS: f64 = -3.0;

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

    pub(super) fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }
}

/// Scores the candidate at `index` of `all` by its surroundings and by what the message says.
pub(super) fn score(read: &Read, all: &[Candidate], index: usize, context: &Context) -> Score {
    let mut score = Score { log_odds: BIAS, features: Vec::new() };
    let Some(place) = Place::of(read, all, index) else { return score };
    let named = place.keywords(&mut score, context);
    place.looks(&mut score);
    place.shape(&mut score, context);
    place.against(&mut score, context);
    let (start, end) = place.around();
    let near = Counts::of(read, start, end).plus(if read.view.part == PartName::Subject {
        Counts::default()
    } else {
        context.in_subject
    });
    // "Use it to sign in" says which code it is as well as "sign-in code" does.
    let named = if score.has(Feature::AuthNear) { Some(Class::Strong) } else { named };
    let elsewhere = context.elsewhere(&near, named);
    if elsewhere < 0.0 {
        score.add(Feature::Elsewhere, elsewhere);
    }
    if context.is_terse && place.is_digits() {
        // Hardly anything else is there that the number could be.
        let weight = match named {
            Some(_) => 0.8,
            None if place.is_isolated => 1.5,
            None => 0.4,
        };
        score.add(Feature::Terse, weight);
    }
    if context.has_expiry {
        score.add(Feature::Expiry, 0.5);
    }
    if context.is_auth {
        score.add(Feature::AuthContext, 1.0);
    } else if context.may_be_told() {
        score.add(Feature::AuthContext, 0.5);
    }
    score
}

impl Place<'_> {
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

    fn is_digits(&self) -> bool {
        matches!(self.candidate.shape, Shape::Digits { .. })
    }

    fn number_is_in_body(&self) -> bool {
        self.read.view.part != PartName::Subject
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
}
