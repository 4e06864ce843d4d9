//! From what the caller wrote to a filter, or to all that is wrong with it.

use std::sync::Arc;

use super::condition::Condition;
use super::list::Filter;
use super::read::{self, Wrong};
use super::search_box::{self, Misread};
use super::{Field, FilterError, Op, Shorthands, Written, WrittenCondition};

/// Most conditions of one filter, shorthands included.
const MAX_CONDITIONS: usize = 50;
/// Most regular expressions among them: each may take some hundred KiB.
const MAX_REGEXES: usize = 8;

impl Filter {
    /// Checks what the caller wrote. The lists stand in the body's `filter`, the shorthands in the body itself.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place.
    pub fn compile(written: &Written, short: &Shorthands) -> Result<Self, Vec<FilterError>> {
        let mut errors = Vec::new();
        let mut filter = Self { all: shorthands(short, &mut errors), ..Self::default() };
        filter.all.extend(list("all", &written.all, &mut errors));
        filter.any.extend(list("any", &written.any, &mut errors));
        filter.none.extend(list("none", &written.none, &mut errors));
        if filter.conditions().count() > MAX_CONDITIONS {
            errors.push(error("/filter", format!("at most {MAX_CONDITIONS} conditions")));
        }
        if filter.conditions().filter(|condition| condition.op == Op::Regex).count() > MAX_REGEXES {
            errors.push(error("/filter", format!("at most {MAX_REGEXES} regular expressions")));
        }
        if errors.is_empty() { Ok(filter) } else { Err(errors) }
    }
}

impl Filter {
    /// The filter of a line of the search box; its conditions are called `q/0`, `q/1` in their order.
    ///
    /// # Errors
    /// Where the line goes wrong.
    pub fn search_box(line: &str) -> Result<Self, Misread> {
        let mut filter = Self::default();
        for (number, term) in search_box::terms(line)?.into_iter().enumerate() {
            let condition = read::condition(format!("q/{number}"), &term.condition)
                .map_err(|Wrong { reason, .. }| Misread { column: term.column, reason })?;
            let list = if term.is_negated { &mut filter.none } else { &mut filter.all };
            list.push(Arc::new(condition));
        }
        Ok(filter)
    }
}

fn shorthands(short: &Shorthands, errors: &mut Vec<FilterError>) -> Vec<Arc<Condition>> {
    let address =
        |name, field, text: &Option<String>| text.as_deref().map(|text| (name, read::short_address(name, field, text)));
    let text =
        |name, field, text: &Option<String>| text.as_deref().map(|text| (name, read::short_text(name, field, text)));
    let read = [
        address("from", Field::From, &short.from),
        address("to", Field::Recipient, &short.to),
        text("subject", Field::Subject, &short.subject),
        text("body", Field::Body, &short.body),
    ];
    let mut conditions = Vec::new();
    for (name, read) in read.into_iter().flatten() {
        match read {
            Ok(condition) => conditions.push(Arc::new(condition)),
            Err(Wrong { reason, .. }) => errors.push(error(&format!("/{name}"), reason)),
        }
    }
    conditions
}

fn list(name: &str, written: &[WrittenCondition], errors: &mut Vec<FilterError>) -> Vec<Arc<Condition>> {
    let mut conditions = Vec::new();
    // One more than is taken shows that there are too many; the rest is not worth the time.
    for (number, written) in written.iter().take(MAX_CONDITIONS + 1).enumerate() {
        match read::condition(format!("{name}/{number}"), written) {
            Ok(condition) => conditions.push(Arc::new(condition)),
            Err(Wrong { member, reason }) => errors.push(error(&format!("/filter/{name}/{number}/{member}"), reason)),
        }
    }
    conditions
}

fn error(pointer: &str, reason: String) -> FilterError {
    FilterError { pointer: pointer.to_owned(), reason }
}
