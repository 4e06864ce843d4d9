//! One condition, checked and ready.

use super::facts::{Facts, Form};
use super::field::Kind;
use super::test::{NumberTest, TextTest};
use super::{Field, Op};

/// A condition that makes sense.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    /// Where the caller wrote it: `all/0`, `none/1`, `subject`.
    pub(super) path: String,
    pub(super) field: Field,
    pub(super) op: Op,
    /// What it compares with, as written; `None` for `exists`.
    pub(super) expected: Option<String>,
    pub(super) case_sensitive: bool,
    pub(super) test: Test,
}

#[derive(Clone, Debug)]
pub(super) enum Test {
    /// On texts; one of them is enough.
    Text(TextTest),
    /// On numbers, truths (0 and 1) and times (microseconds).
    Number(NumberTest),
    /// Whether there is anything.
    Exists(bool),
}

impl Condition {
    /// The form in which texts are compared.
    pub(super) const fn form(&self) -> Form {
        if self.case_sensitive { Form::Normal } else { Form::Folded }
    }

    /// Whether it holds; `None` when that cannot be told from what has been loaded.
    pub(super) fn holds(&self, facts: &Facts<'_>) -> Option<bool> {
        match &self.test {
            Test::Text(test) => self.any_text(facts, &self.field, self.form(), test),
            Test::Number(test) => Some(facts.numbers(&self.field).iter().any(|number| test.holds(*number))),
            Test::Exists(wanted) => {
                let exists = match self.field.kind() {
                    Kind::Number | Kind::Flag | Kind::Time => !facts.numbers(&self.field).is_empty(),
                    Kind::Address | Kind::Text | Kind::Word => {
                        facts.any_text(&self.field, Form::Shown, &mut |text| !text.is_empty())?
                    }
                };
                Some(exists == *wanted)
            }
        }
    }

    /// Whether `test` holds for one of the texts of `field`; part of a name is as good as part of an address.
    pub(super) fn any_text(&self, facts: &Facts<'_>, field: &Field, form: Form, test: &TextTest) -> Option<bool> {
        let is_it = &mut |text: &str| test.holds(text);
        if matches!(test, TextTest::Contains(_)) && facts.any_name(field, form, is_it) {
            return Some(true);
        }
        facts.any_text(field, form, is_it)
    }
}
