//! What a filter says of one message, condition by condition.

use super::condition::Condition;
use super::facts::{Facts, Form};
use super::list::Filter;
use super::{Hint, hint};

/// Why a message passed or did not.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// Whether it passed.
    pub passed: bool,
    /// The share of conditions that held, 0 to 1; the list `any` counts as one. 1 without conditions.
    pub score: f64,
    /// Each condition: shorthands, `all`, `any` as one, `none`.
    pub conditions: Vec<Checked>,
}

/// One condition and how it went.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// Where it stands in the filter: `all/0`, `any`, `none/1`, or the name of a shorthand.
    pub path: String,
    /// Whether it held; of `none`, whether it did not.
    pub passed: bool,
    /// The field's name.
    pub field: &'static str,
    /// The name of the header field, where it is one.
    pub name: Option<String>,
    /// The op's name.
    pub op: &'static str,
    /// What it compares with, at most 200 characters.
    pub expected: Option<String>,
    /// What the message has there, at most 200 characters; `None` when it has nothing.
    pub actual: Option<String>,
    /// Why it failed, where that can be told.
    pub hint: Option<Hint>,
}

/// Characters of a value that are told.
const MAX_SHOWN_CHARS: usize = 200;

impl Filter {
    /// Says of each condition whether it held. What has not been loaded counts as not there.
    #[must_use]
    pub fn explain(&self, facts: &Facts<'_>) -> Explanation {
        let mut conditions: Vec<Checked> = self.all.iter().map(|condition| wanted(condition, facts)).collect();
        conditions.extend(self.any_of(facts));
        conditions.extend(self.none.iter().map(|condition| unwanted(condition, facts)));
        let passed = conditions.iter().filter(|checked| checked.passed).count();
        Explanation { passed: passed == conditions.len(), score: share(passed, conditions.len()), conditions }
    }

    /// The score of the explanation alone, which takes much less time.
    #[must_use]
    pub fn score(&self, facts: &Facts<'_>) -> f64 {
        let held = |condition: &Condition| condition.holds(facts) == Some(true);
        let mut passed = self.all.iter().filter(|condition| held(condition)).count();
        passed += self.none.iter().filter(|condition| !held(condition)).count();
        passed += usize::from(self.any.iter().any(|condition| held(condition)));
        share(passed, self.all.len() + self.none.len() + usize::from(!self.any.is_empty()))
    }

    /// How near the conditions come that fail, 0 to 1; of equal scores the nearer one is the more promising.
    #[must_use]
    pub fn likeness(&self, facts: &Facts<'_>) -> f64 {
        let failed = self.all.iter().chain(&self.any).filter(|condition| condition.holds(facts) != Some(true));
        failed.map(|condition| hint::likeness(condition, facts)).fold(0.0, f64::max)
    }

    /// The one of `any` that held, or else the one with the best hint.
    fn any_of(&self, facts: &Facts<'_>) -> Option<Checked> {
        let mut checked: Vec<Checked> = self.any.iter().map(|condition| wanted(condition, facts)).collect();
        let told = checked
            .iter()
            .position(|checked| checked.passed)
            .or_else(|| checked.iter().position(Checked::is_near_miss))
            .unwrap_or(0);
        (told < checked.len()).then(|| Checked { path: "any".to_owned(), ..checked.swap_remove(told) })
    }
}

impl Checked {
    /// Whether it failed, though something like it is there.
    fn is_near_miss(&self) -> bool {
        !matches!(self.hint, None | Some(Hint::NoOverlap))
    }
}

impl Explanation {
    /// Whether one of the conditions failed though something like it is there.
    #[must_use]
    pub fn is_near_miss(&self) -> bool {
        self.conditions.iter().any(Checked::is_near_miss)
    }
}

fn share(passed: usize, of: usize) -> f64 {
    let float = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    if of == 0 { 1.0 } else { float(passed) / float(of) }
}

fn wanted(condition: &Condition, facts: &Facts<'_>) -> Checked {
    let passed = condition.holds(facts) == Some(true);
    let hint = if passed { None } else { Hint::of(condition, facts) };
    Checked { hint, ..checked(condition, facts, passed) }
}

fn unwanted(condition: &Condition, facts: &Facts<'_>) -> Checked {
    checked(condition, facts, condition.holds(facts) != Some(true))
}

fn checked(condition: &Condition, facts: &Facts<'_>, passed: bool) -> Checked {
    Checked {
        path: condition.path.clone(),
        passed,
        field: condition.field.as_str(),
        name: match &condition.field {
            super::Field::Header(name) => Some(name.clone()),
            _ => None,
        },
        op: condition.op.as_str(),
        expected: condition.expected.as_deref().map(|text| shown(&[text])),
        actual: actual(condition, facts),
        hint: None,
    }
}

/// What the message has in the condition's field.
fn actual(condition: &Condition, facts: &Facts<'_>) -> Option<String> {
    const MOST: usize = 10;
    let mut values = Vec::new();
    facts.any_text(&condition.field, Form::Shown, &mut |text| {
        // Longer ones are cut anyway: what is behind is not copied.
        let text: String = text.chars().take(MAX_SHOWN_CHARS + 1).collect();
        if !text.is_empty() && !values.contains(&text) {
            values.push(text);
        }
        values.len() == MOST
    });
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    (!values.is_empty()).then(|| shown(&values))
}

/// Values in one line, cut where they are too long.
fn shown(values: &[&str]) -> String {
    let text = values.join(", ");
    let mut chars = text.chars();
    let mut cut: String = chars.by_ref().take(MAX_SHOWN_CHARS).collect();
    if chars.next().is_some() {
        cut.pop();
        cut.push('…');
    }
    cut
}
