//! A written condition checked and made ready.

use regex::RegexBuilder;

use super::condition::{Condition, Test};
use super::field::Kind;
use super::keys::address_key;
use super::test::{NumberTest, TextTest};
use super::{Field, Op, Value, WrittenCondition, address, fold, normal};
use crate::model::Timestamp;

/// Longest text that a condition compares with, in characters.
const MAX_VALUE_CHARS: usize = 1_000;
/// Longest name of a header field, in characters.
const MAX_NAME_CHARS: usize = 100;
/// Memory that a compiled regular expression may take. `\w+@\w+\.\w+` takes 130 KiB, for it knows every alphabet.
const MAX_REGEX_BYTES: usize = 256 << 10;
/// Memory that the matching of one may take besides.
const MAX_REGEX_CACHE_BYTES: usize = 1 << 20;

/// What is wrong, and in which member of the condition.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) member: &'static str,
    pub(super) reason: String,
}

fn wrong<T>(member: &'static str, reason: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { member, reason: reason.into() })
}

/// Checks `written`, which stands at `path`.
pub(super) fn condition(path: String, written: &WrittenCondition) -> Result<Condition, Wrong> {
    let Some(field) = Field::parse(&written.field) else { return wrong("field", unknown_field(&written.field)) };
    let Some(op) = Op::parse(&written.op) else {
        return wrong("op", unknown("op", &written.op, Op::ALL.map(Op::as_str)));
    };
    let field = match (field, written.name.as_deref().map(str::trim)) {
        (Field::Header(_), None | Some("")) => {
            return wrong("name", "give the name of the header field, such as X-Env");
        }
        (Field::Header(_), Some(name)) => Field::Header(header_name(name)?),
        (field, Some(_)) => return wrong("name", format!("{} takes no name: it goes with header", field.as_str())),
        (field, None) => field,
    };
    let mut condition = Condition {
        path,
        op,
        expected: None,
        case_sensitive: written.case_sensitive || field.kind() == Kind::Word,
        test: Test::Exists(true),
        field,
    };
    condition.expected = written.value.as_ref().map(show).filter(|_| op != Op::Exists);
    condition.test = match (condition.field.kind(), op) {
        (_, Op::Exists) => exists(&condition.field, written.value.as_ref())?,
        (Kind::Flag, Op::Equals) => Test::Number(NumberTest::Equals(i64::from(truth(written.value.as_ref())?))),
        (Kind::Flag, _) => return wrong("op", format!("{} is true or false: use equals", condition.field)),
        (Kind::Number, Op::Equals | Op::Gt | Op::Lt) => Test::Number(compare(op, number(written.value.as_ref())?)),
        (Kind::Number, _) => {
            return wrong("op", format!("{} is a number: use equals, gt or lt", condition.field));
        }
        (Kind::Time, Op::Gt | Op::Lt) => Test::Number(compare(op, time(written.value.as_ref())?.micros())),
        (Kind::Time, _) => return wrong("op", format!("{} is a time: use gt or lt", condition.field)),
        (_, Op::Gt | Op::Lt) => {
            let reason = format!("{} is text: {} compares numbers and times", condition.field, op.as_str());
            return wrong("op", reason);
        }
        // A user's own word has none, and one that has is no text to every database.
        (Kind::Word, _) if text(written.value.as_ref())?.contains(char::is_control) => {
            return wrong("value", "no line breaks and no other control characters");
        }
        _ => Test::Text(text_test(&condition, text(written.value.as_ref())?)?),
    };
    Ok(condition)
}

/// A shorthand for text.
pub(super) fn short_text(name: &'static str, field: Field, text: &str) -> Result<Condition, Wrong> {
    short(name, field, Op::Contains, text)
}

/// A shorthand for addresses.
pub(super) fn short_address(name: &'static str, field: Field, text: &str) -> Result<Condition, Wrong> {
    let (op, value) = address::understand(text);
    short(name, field, op, value)
}

/// A condition whose value a caller has lost must not become no condition at all.
fn short(name: &'static str, field: Field, op: Op, value: &str) -> Result<Condition, Wrong> {
    if fold(value).is_empty() {
        return wrong("value", "it has nothing that can be seen: leave it out to look for anything");
    }
    condition(name.to_owned(), &WrittenCondition::text(field.as_str(), op, value))
}

fn header_name(name: &str) -> Result<String, Wrong> {
    let is_ftext = |c: char| c.is_ascii_graphic() && c != ':';
    if name.chars().count() > MAX_NAME_CHARS || !name.chars().all(is_ftext) {
        return wrong("name", format!("printable ASCII without a colon, at most {MAX_NAME_CHARS} characters"));
    }
    Ok(name.to_owned())
}

fn exists(field: &Field, value: Option<&Value>) -> Result<Test, Wrong> {
    if field.is_always_there() {
        return wrong("op", format!("every message has {field}: compare it with something"));
    }
    match value {
        None => Ok(Test::Exists(true)),
        Some(Value::Bool(wanted)) => Ok(Test::Exists(*wanted)),
        Some(_) => wrong("value", "true, false, or leave it out"),
    }
}

fn truth(value: Option<&Value>) -> Result<bool, Wrong> {
    match value {
        Some(Value::Bool(truth)) => Ok(*truth),
        _ => wrong("value", "true or false"),
    }
}

fn number(value: Option<&Value>) -> Result<i64, Wrong> {
    const MOST: f64 = 9_007_199_254_740_992.0;
    match value {
        Some(Value::Number(number)) if number.fract() == 0.0 && (0.0..=MOST).contains(number) => {
            #[expect(clippy::cast_possible_truncation, reason = "whole, and below 2^53")]
            let number = *number as i64;
            Ok(number)
        }
        _ => wrong("value", "a whole number, not negative"),
    }
}

fn time(value: Option<&Value>) -> Result<Timestamp, Wrong> {
    const EXPECTED: &str = "an RFC 3339 time such as 2026-01-31T12:00:00Z";
    let Some(Value::Text(text)) = value else { return wrong("value", EXPECTED) };
    Timestamp::parse_rfc3339(text).map_or_else(|| wrong("value", EXPECTED), Ok)
}

fn text(value: Option<&Value>) -> Result<&str, Wrong> {
    match value {
        Some(Value::Text(text)) if text.chars().count() > MAX_VALUE_CHARS => {
            wrong("value", format!("at most {MAX_VALUE_CHARS} characters"))
        }
        Some(Value::Text(text)) => Ok(text),
        Some(_) => wrong("value", "a text, between quotes"),
        None => wrong("value", "it is missing: give the text to compare with"),
    }
}

const fn compare(op: Op, number: i64) -> NumberTest {
    match op {
        Op::Gt => NumberTest::Above(number),
        Op::Lt => NumberTest::Below(number),
        _ => NumberTest::Equals(number),
    }
}

fn text_test(condition: &Condition, value: &str) -> Result<TextTest, Wrong> {
    if condition.op == Op::Regex {
        return regex(value, condition.case_sensitive).map(TextTest::Regex);
    }
    let wanted = comparable(condition, value);
    if wanted.is_empty() && condition.op != Op::Equals {
        return wrong("value", "it has nothing that can be seen: use exists to ask whether there is anything");
    }
    Ok(match condition.op {
        Op::StartsWith => TextTest::StartsWith(wanted),
        Op::EndsWith => TextTest::EndsWith(wanted),
        Op::Glob => TextTest::Glob(wanted),
        Op::Contains => TextTest::contains(&wanted),
        _ => TextTest::Equals(wanted),
    })
}

/// The value in the form in which the field's texts are compared.
fn comparable(condition: &Condition, value: &str) -> String {
    let value = match condition.field {
        // With or without angle brackets.
        Field::MessageId => value.trim().trim_start_matches('<').trim_end_matches('>'),
        // RFC 9051 §5.1: INBOX is the same in any case.
        Field::Folder if condition.op == Op::Equals && value.eq_ignore_ascii_case("inbox") => "INBOX",
        _ => value,
    };
    match condition.field.kind() {
        Kind::Word => value.to_owned(),
        _ if condition.case_sensitive => normal(value),
        Kind::Address if condition.op == Op::Equals => address_key(address::unbracketed(value)),
        _ => fold(value),
    }
}

/// A regular expression without look-around and back-references, whose time grows with the text alone.
fn regex(pattern: &str, case_sensitive: bool) -> Result<regex::Regex, Wrong> {
    let built = RegexBuilder::new(pattern)
        .case_insensitive(!case_sensitive)
        .size_limit(MAX_REGEX_BYTES)
        .dfa_size_limit(MAX_REGEX_CACHE_BYTES)
        .build();
    match built {
        Ok(regex) => Ok(regex),
        Err(regex::Error::CompiledTooBig(_)) => {
            let limit = MAX_REGEX_BYTES >> 10;
            wrong("value", format!("the expression takes more than {limit} KiB: write it with smaller repetitions"))
        }
        Err(error) => {
            let reason = match regex_syntax::Parser::new().parse(pattern) {
                Err(regex_syntax::Error::Parse(error)) => at(error.span(), error.kind()),
                Err(regex_syntax::Error::Translate(error)) => at(error.span(), error.kind()),
                _ => error.to_string(),
            };
            wrong("value", format!("no regular expression: {reason}"))
        }
    }
}

fn at(span: &regex_syntax::ast::Span, kind: &impl ToString) -> String {
    format!("at character {}: {}", span.start.column, kind.to_string())
}

/// What a name that is not known was probably meant to be.
fn unknown_field(name: &str) -> String {
    let known = Field::ALL.map(|field| field.as_str());
    match name {
        "reply-to" | "replyto" => "there is no field \"reply-to\": did you mean \"reply_to\"?".to_owned(),
        "run" => "there is no field \"run\": did you mean \"run_id\"?".to_owned(),
        "attachment" => "there is no field \"attachment\": did you mean \"attachment.filename\"?".to_owned(),
        name if name.contains('-') => {
            format!("there is no field {:?}: for a header field write \"header\" and its name in \"name\"", cut(name))
        }
        name => unknown("field", name, known),
    }
}

fn unknown<const N: usize>(what: &str, name: &str, known: [&str; N]) -> String {
    let name = cut(name);
    let mut near: Vec<(usize, &str)> =
        known.iter().map(|known| (strsim::damerau_levenshtein(&name, known), *known)).collect();
    near.sort_by_key(|(distance, _)| *distance);
    let close: Vec<String> = near
        .iter()
        .filter(|(distance, known)| {
            *distance <= 3 && *distance < known.len() || known.starts_with(&name) && !name.is_empty()
        })
        .take(3)
        .map(|(_, known)| format!("{known:?}"))
        .collect();
    if close.is_empty() {
        format!("there is no {what} {name:?}: known are {}", known.join(", "))
    } else {
        format!("there is no {what} {name:?}: did you mean {}?", close.join(" or "))
    }
}

fn cut(name: &str) -> String {
    name.chars().take(64).collect()
}

/// A value as it is shown in an explanation.
fn show(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
    }
}
