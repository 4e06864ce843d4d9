//! What of a filter the database can look for by itself.

use super::condition::{Condition, Test};
use super::list::Filter;
use super::test::{NumberTest, TextTest};
use super::{Field, Op, fold, glob};
use crate::model::{Flags, InboxId, Timestamp};

/// Conditions on a message's row. Every message that passes the filter meets them; what meets them may still fail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needles {
    /// A text in the subject's key; of several the longest, as with the next two.
    pub subject: Option<String>,
    /// A text in the senders' key.
    pub from: Option<String>,
    /// A text in the recipients' key.
    pub to: Option<String>,
    /// A tag.
    pub tag: Option<String>,
    /// The name of its mailbox.
    pub folder: Option<String>,
    /// The run of its inbox.
    pub run: Option<String>,
    /// The inboxes that it may lie in; none is any. No condition asks for it: a caller does.
    pub inboxes: Vec<InboxId>,
    /// Flags that are set.
    pub set: Flags,
    /// Flags that are not.
    pub unset: Flags,
    /// Not received before.
    pub received_from: Option<Timestamp>,
    /// Received before.
    pub received_until: Option<Timestamp>,
    /// Octets it has at least.
    pub min_size: Option<i64>,
    /// Octets it has at most.
    pub max_size: Option<i64>,
}

impl Filter {
    /// What the database can look for.
    #[must_use]
    pub fn needles(&self) -> Needles {
        let mut needles = Needles::default();
        for condition in &self.all {
            needles.add(condition);
        }
        needles
    }
}

impl Needles {
    fn add(&mut self, condition: &Condition) {
        match (&condition.test, &condition.field) {
            (Test::Number(test), field) => self.add_number(*test, field),
            // Of two tags either will do: the other is looked for in memory. Two folders or runs find nothing there.
            (Test::Text(TextTest::Equals(word)), Field::Tag) => self.tag = Some(word.clone()),
            (Test::Text(TextTest::Equals(word)), Field::Folder) => self.folder = Some(word.clone()),
            (Test::Text(TextTest::Equals(word)), Field::Run) => self.run = Some(word.clone()),
            (Test::Text(test), Field::Subject) => {
                keep_longest(&mut self.subject, text(test).map(fold));
            }
            // With its case kept an address is compared as written, which its key may not hold.
            (Test::Text(_), _) if condition.case_sensitive => {}
            (Test::Text(test), Field::From) => keep_longest(&mut self.from, in_key(test, condition.op)),
            (Test::Text(test), Field::To | Field::Cc | Field::Bcc | Field::Recipient | Field::EnvelopeTo) => {
                keep_longest(&mut self.to, in_key(test, condition.op))
            }
            _ => {}
        }
    }

    fn add_number(&mut self, test: NumberTest, field: &Field) {
        let (least, most) = match test {
            NumberTest::Equals(number) => (Some(number), Some(number)),
            NumberTest::Above(number) => (Some(number.saturating_add(1)), None),
            NumberTest::Below(number) => (None, Some(number.saturating_sub(1))),
        };
        match field {
            Field::Size => {
                self.min_size = self.min_size.max(least);
                self.max_size = lesser(self.max_size, most);
            }
            Field::ReceivedAt => {
                self.received_from = self.received_from.max(least.map(Timestamp::from_micros));
                let until = most.map(|most| Timestamp::from_micros(most.saturating_add(1)));
                self.received_until = lesser(self.received_until, until);
            }
            Field::Seen | Field::Flagged => {
                let flag = if *field == Field::Seen { Flags::SEEN } else { Flags::FLAGGED };
                match test {
                    NumberTest::Equals(1) => self.set = self.set.with(flag),
                    _ => self.unset = self.unset.with(flag),
                }
            }
            _ => {}
        }
    }
}

fn keep_longest(kept: &mut Option<String>, needle: Option<String>) {
    let length = |needle: &Option<String>| needle.as_ref().map_or(0, String::len);
    if length(&needle) > length(kept) {
        *kept = needle;
    }
}

/// The smaller of two limits, of which either may be missing.
fn lesser<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// A text that stands in every text for which the test holds.
pub(super) fn text(test: &TextTest) -> Option<&str> {
    match test {
        TextTest::Equals(text) | TextTest::StartsWith(text) | TextTest::EndsWith(text) => Some(text),
        TextTest::Contains(finder) => std::str::from_utf8(finder.needle()).ok(),
        TextTest::Glob(pattern) => Some(glob::literal(pattern)),
        TextTest::Regex(_) => None,
    }
}

/// The same for a key of addresses, in which a line break stands before and a tab behind each.
fn in_key(test: &TextTest, op: Op) -> Option<String> {
    let needle = text(test).filter(|needle| !needle.is_empty())?;
    Some(match op {
        Op::Equals => format!("\n{needle}\t"),
        Op::StartsWith => format!("\n{needle}"),
        Op::EndsWith => format!("{needle}\t"),
        _ => needle.to_owned(),
    })
}
