//! A term of the search box as a condition.

use super::key::{HAS, KEYS, Key, STATES};
use super::scan::Word;
use super::size;
use crate::filter::{Op, Value, WrittenCondition, address};
use crate::model::Timestamp;

/// One term of a line.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::filter) struct Term {
    /// Where it begins, from 1 on.
    pub(in crate::filter) column: usize,
    /// Whether it must not hold.
    pub(in crate::filter) is_negated: bool,
    /// What it says.
    pub(in crate::filter) condition: WrittenCondition,
}

/// A word without a key.
pub(super) fn free(word: Word) -> Result<WrittenCondition, String> {
    let text = if word.is_whole && !word.is_quoted { format!("={}", word.text) } else { word.text };
    if text.is_empty() {
        return Err("there is nothing between the quotation marks".to_owned());
    }
    Ok(WrittenCondition::text("anywhere", Op::Contains, text))
}

/// A key with its value; `header` is the name of the header field and the sign behind it.
pub(super) fn keyed(
    name: &str,
    header: Option<(String, Option<char>)>,
    word: Word,
) -> Result<WrittenCondition, String> {
    let Some(key) = Key::parse(name) else { return Err(unknown_key(name)) };
    if let Some((field, sign)) = header {
        return header_condition(field, sign, word);
    }
    if word.text.is_empty() && !word.is_whole {
        return Err(format!("{name}: needs a value behind the colon"));
    }
    match key {
        Key::Text(field) => Ok(text(field, word)),
        _ if word.is_whole => Err(format!("{name}: takes no =")),
        Key::Address(field) => {
            let (op, value) = address::understand(&word.text);
            Ok(WrittenCondition::text(field, op, value))
        }
        Key::Word(field) => Ok(WrittenCondition::text(field, Op::Equals, word.text)),
        Key::Has => has(&word.text),
        Key::Is => is(&word.text),
        Key::After => time(name, Op::Gt, word.text),
        Key::Before => time(name, Op::Lt, word.text),
        Key::Larger => octets(name, Op::Gt, &word.text),
        Key::Smaller => octets(name, Op::Lt, &word.text),
        Key::Header => Err("header: needs the name of a header field".to_owned()),
    }
}

fn text(field: &str, word: Word) -> WrittenCondition {
    let op = match &word {
        Word { is_whole: true, .. } => Op::Equals,
        Word { is_quoted: false, text, .. } if text.contains('*') => Op::Glob,
        _ => Op::Contains,
    };
    WrittenCondition::text(field, op, word.text)
}

fn header_condition(field: String, sign: Option<char>, word: Word) -> Result<WrittenCondition, String> {
    if field.is_empty() {
        return Err("header: needs the name of a header field, such as header:X-Env=ci".to_owned());
    }
    let condition = match sign {
        None => WrittenCondition::bare("header", Op::Exists),
        Some(':') if word.text.is_empty() && !word.is_whole => {
            return Err(format!("header:{field}: needs a value behind the colon"));
        }
        Some(_) => text("header", word),
    };
    Ok(WrittenCondition { name: Some(field), ..condition })
}

fn has(what: &str) -> Result<WrittenCondition, String> {
    match what {
        "attachment" => {
            let value = Some(Value::Number(0.0));
            Ok(WrittenCondition { value, ..WrittenCondition::bare("attachment.count", Op::Gt) })
        }
        what if HAS.contains(&what) => Ok(WrittenCondition::bare(what, Op::Exists)),
        _ => Err(format!("has: takes attachment, {}", HAS.join(", "))),
    }
}

fn is(state: &str) -> Result<WrittenCondition, String> {
    let Some((_, field, is_set)) = STATES.iter().find(|(known, ..)| *known == state) else {
        return Err("is: takes seen, unseen, flagged, unflagged".to_owned());
    };
    Ok(WrittenCondition { value: Some(Value::Bool(*is_set)), ..WrittenCondition::bare(field, Op::Equals) })
}

fn time(key: &str, op: Op, text: String) -> Result<WrittenCondition, String> {
    let midnight = format!("{text}T00:00:00Z");
    let text = if Timestamp::parse_rfc3339(&midnight).is_some() { midnight } else { text };
    if Timestamp::parse_rfc3339(&text).is_none() {
        return Err(format!("{key}: takes a date such as 2026-01-31 or an RFC 3339 time"));
    }
    Ok(WrittenCondition::text("received_at", op, text))
}

fn octets(key: &str, op: Op, text: &str) -> Result<WrittenCondition, String> {
    let size = size::parse(text).ok_or_else(|| format!("{key}: takes a size such as 512, 10k or 3m"))?;
    #[expect(clippy::cast_precision_loss, reason = "at most 2^53, which is exact")]
    let value = Some(Value::Number(size as f64));
    Ok(WrittenCondition { value, ..WrittenCondition::bare("size", op) })
}

fn unknown_key(name: &str) -> String {
    let near = KEYS.iter().map(|(known, _)| (strsim::damerau_levenshtein(name, known), *known)).min();
    let advice = match near {
        Some((distance, near)) if distance <= 2 && name.len() > 2 * distance => format!("did you mean {near}:?"),
        _ => format!("known are {}", KEYS.map(|(known, _)| known).join(", ")),
    };
    let name: String = name.chars().take(64).collect();
    format!("there is no key {name}: {advice} Put it between quotation marks to look for the text")
}
