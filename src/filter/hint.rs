//! Why a condition failed, in one word.

use std::fmt;

use super::condition::{Condition, Test};
use super::facts::{Facts, Form};
use super::field::Kind;
use super::likeness::{is_near, shared_pairs};
use super::test::TextTest;
use super::{Field, fold, normal};

/// What stands between a condition and a message. Of several, the first in this order is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// It would have matched, but it came before the wait's cursor. Told by the wait, never by a condition.
    BadSince,
    /// Only upper and lower case differ: `YOUR CODE` with `case_sensitive`, and the subject is `Your code`.
    CaseOnly,
    /// Only white space differs: `482913`, and the text says `482 913`.
    Whitespace,
    /// It was looked for in the form in which the header was sent: `=?utf-8?q?Gr=C3=BC=C3=9Fe?=`, and the subject is
    /// `Grüße`.
    EncodedHeader,
    /// Only HTML's way of writing a character differs: `Tom & Jerry`, and the HTML says `Tom &amp; Jerry`.
    HtmlEntity,
    /// Only the part behind the plus differs: `anna@t.test`, and the address is `anna+signup@t.test`.
    PlusTag,
    /// The plain text lacks what the HTML has: `field: text`, and only the HTML part says it.
    InHtmlNotText,
    /// There is more around it: `subject` equals `verification code`, and the subject is `Your verification code`.
    PartOfActual,
    /// Another field would have matched: `from` is `help@app.test`, which is the Reply-To.
    InOtherField(Field),
    /// The message says less than was looked for: `Reset your password now`, and the subject is `Reset your password`.
    SubstringOfExpected,
    /// It looks like a typing mistake, of at most two characters: `Your invioce`, and the subject is `Your invoice`.
    EditDistance,
    /// Nothing of it is there.
    NoOverlap,
}

/// The fewest characters of a value that may be called a part of what was expected.
const MIN_PART_CHARS: usize = 3;

impl Hint {
    /// The word: `case_only`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::BadSince => "bad_since",
            Self::CaseOnly => "case_only",
            Self::Whitespace => "whitespace",
            Self::EncodedHeader => "encoded_header",
            Self::HtmlEntity => "html_entity",
            Self::PlusTag => "plus_tag",
            Self::InHtmlNotText => "in_html_not_text",
            Self::PartOfActual => "part_of_actual",
            Self::InOtherField(_) => "in_other_field",
            Self::SubstringOfExpected => "substring_of_expected",
            Self::EditDistance => "edit_distance",
            Self::NoOverlap => "no_overlap",
        }
    }

    /// The hint for a condition that has failed on this message; `None` for those that no hint helps with.
    pub(super) fn of(condition: &Condition, facts: &Facts<'_>) -> Option<Self> {
        let Test::Text(test) = &condition.test else { return None };
        let look = Look { condition, facts, test };
        let expected = condition.expected.as_deref().unwrap_or_default();
        let plain = look.plain();
        if condition.case_sensitive && look.ignoring_case(expected) {
            return Some(Self::CaseOnly);
        }
        if let Some(wanted) = &plain {
            if look.any(&without_white_space, wanted) {
                return Some(Self::Whitespace);
            }
            if look.as_sent(wanted) {
                return Some(Self::EncodedHeader);
            }
            if look.has_entities(wanted) {
                return Some(Self::HtmlEntity);
            }
            if condition.field.kind() == Kind::Address && look.any(&without_detail, wanted) {
                return Some(Self::PlusTag);
            }
        }
        if condition.field == Field::Text && look.holds(&Field::Html) {
            return Some(Self::InHtmlNotText);
        }
        if plain.as_deref().is_some_and(|wanted| look.has_around(wanted)) {
            return Some(Self::PartOfActual);
        }
        if let Some(other) = others(&condition.field).into_iter().find(|other| look.holds(other)) {
            return Some(Self::InOtherField(other));
        }
        match &plain {
            Some(wanted) if look.is_part_of(wanted) => Some(Self::SubstringOfExpected),
            Some(wanted) if look.is_near(wanted) => Some(Self::EditDistance),
            _ => Some(Self::NoOverlap),
        }
    }
}

/// How near the text of a condition that has failed comes to it, 0 to 1, by what has been loaded; takes much less time
/// than a hint.
pub(super) fn likeness(condition: &Condition, facts: &Facts<'_>) -> f64 {
    let Test::Text(test) = &condition.test else { return 0.0 };
    let look = Look { condition, facts, test };
    if others(&condition.field).iter().any(|other| look.holds(other)) {
        return 1.0;
    }
    let mut best = 0.0_f64;
    if let Some(wanted) = look.plain() {
        look.texts(&mut |text| {
            best = best.max(shared_pairs(&wanted, text));
            false
        });
    }
    best
}

/// With its place, where it has one: `in_other_field(reply_to)`.
impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        match self {
            Self::InOtherField(field) => write!(f, "({})", field.as_str()),
            _ => Ok(()),
        }
    }
}

/// A failed condition beside a message.
struct Look<'a> {
    condition: &'a Condition,
    facts: &'a Facts<'a>,
    test: &'a TextTest,
}

impl Look<'_> {
    /// The text that was looked for, where it is one and no pattern.
    fn plain(&self) -> Option<String> {
        match self.test {
            TextTest::Equals(text) | TextTest::StartsWith(text) | TextTest::EndsWith(text) => Some(text.clone()),
            TextTest::Contains(finder) => std::str::from_utf8(finder.needle()).ok().map(str::to_owned),
            TextTest::Glob(_) | TextTest::Regex(_) => None,
        }
    }

    fn texts(&self, is_it: &mut dyn FnMut(&str) -> bool) -> bool {
        self.facts.any_text(&self.condition.field, self.condition.form(), is_it) == Some(true)
    }

    /// Whether the condition holds when both sides are changed in the same way.
    fn any(&self, change: &dyn Fn(&str) -> String, wanted: &str) -> bool {
        let wanted = change(wanted);
        !wanted.is_empty() && self.texts(&mut |text| self.compare(&change(text), &wanted))
    }

    /// The condition's comparison with another wanted text.
    fn compare(&self, text: &str, wanted: &str) -> bool {
        match self.test {
            TextTest::Equals(_) => text == wanted,
            TextTest::StartsWith(_) => text.starts_with(wanted),
            TextTest::EndsWith(_) => text.ends_with(wanted),
            _ => text.contains(wanted),
        }
    }

    fn ignoring_case(&self, expected: &str) -> bool {
        match self.test {
            TextTest::Regex(regex) => {
                let folded = regex::RegexBuilder::new(regex.as_str()).case_insensitive(true).build();
                folded.is_ok_and(|regex| self.texts(&mut |text| regex.is_match(text)))
            }
            TextTest::Glob(_) => {
                let pattern = fold(expected);
                self.texts(&mut |text| super::glob::fits(&pattern, &fold(text)))
            }
            _ => self.any(&fold, expected),
        }
    }

    /// Whether the header's field reads like that before it is decoded.
    fn as_sent(&self, wanted: &str) -> bool {
        let name = match &self.condition.field {
            Field::Subject => "subject",
            Field::From => "from",
            Field::To => "to",
            Field::Cc => "cc",
            Field::ReplyTo => "reply-to",
            Field::Header(name) => name,
            _ => return false,
        };
        let Some(octets) = self.facts.octets else { return false };
        let mut fields = octets.headers.iter().filter(|field| field.name.eq_ignore_ascii_case(name));
        // What is the same decoded and not says nothing about how it was sent.
        fields.any(|field| field.raw != field.value && self.compare(&self.form(&field.raw), wanted))
    }

    /// Whether the HTML has it, but for characters that it writes in its own way.
    fn has_entities(&self, wanted: &str) -> bool {
        let is_of_text = matches!(self.condition.field, Field::Subject | Field::Text | Field::Html | Field::Body);
        let written = wanted.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let read = fold_entities(wanted);
        is_of_text
            && ((read != wanted && self.texts(&mut |text| self.compare(text, &read)))
                || (written != wanted && self.texts(&mut |text| self.compare(text, &written)))
                || self.texts(&mut |text| text.contains('&') && self.compare(&fold_entities(text), wanted)))
    }

    fn holds(&self, field: &Field) -> bool {
        self.condition.any_text(self.facts, field, self.condition.form(), self.test) == Some(true)
    }

    /// Whether it stands there, though not at the place that the condition asks for.
    fn has_around(&self, wanted: &str) -> bool {
        !wanted.is_empty() && self.texts(&mut |text| text.contains(wanted))
    }

    fn is_part_of(&self, wanted: &str) -> bool {
        self.texts(&mut |text| text.chars().count() >= MIN_PART_CHARS && wanted.contains(text))
    }

    fn is_near(&self, wanted: &str) -> bool {
        let is_whole = matches!(self.test, TextTest::Equals(_));
        self.texts(&mut |text| is_near(wanted, text, is_whole))
    }

    fn form(&self, text: &str) -> String {
        match self.condition.form() {
            Form::Folded => fold(text),
            Form::Normal | Form::Shown => normal(text),
        }
    }
}

/// Where else it may stand, the likeliest first.
fn others(field: &Field) -> Vec<Field> {
    let candidates: &[Field] = match field.kind() {
        Kind::Address => &[
            Field::ReplyTo,
            Field::From,
            Field::EnvelopeFrom,
            Field::To,
            Field::Cc,
            Field::Bcc,
            Field::EnvelopeTo,
            Field::Subject,
        ],
        Kind::Text => &[Field::Subject, Field::Text, Field::Html, Field::AttachmentFilename, Field::From, Field::To],
        Kind::Word => &[Field::Tag, Field::Folder, Field::Run],
        Kind::Number | Kind::Flag | Kind::Time => &[],
    };
    let is_same = |other: &Field| match field {
        Field::Recipient => matches!(other, Field::To | Field::Cc | Field::Bcc | Field::EnvelopeTo),
        Field::Body | Field::Html => matches!(other, Field::Text | Field::Html),
        Field::Anywhere => true,
        field => other == field,
    };
    candidates.iter().filter(|other| !is_same(other)).cloned().collect()
}

fn without_white_space(text: &str) -> String {
    text.split_whitespace().collect()
}

fn without_detail(address: &str) -> String {
    match address.split_once('@') {
        Some((local, domain)) => format!("{}@{domain}", local.split('+').next().unwrap_or(local)),
        None => address.to_owned(),
    }
}

/// The characters that HTML must write in its own way, and those that senders most often do.
fn fold_entities(text: &str) -> String {
    const ENTITIES: [(&str, &str); 9] = [
        ("&nbsp;", " "),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&apos;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ];
    ENTITIES.iter().fold(text.to_owned(), |text, (entity, meant)| text.replace(entity, meant))
}
