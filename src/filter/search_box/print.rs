//! A filter back to the line that means it.

use super::key::{HAS, Key, STATES};
use super::size;
use crate::filter::{Field, FilterError, Op, Value, Written, WrittenCondition, address};

/// The line that [`super::parse`] reads as `written`.
///
/// # Errors
/// Which condition the search box cannot express, and why.
pub fn print(written: &Written) -> Result<String, FilterError> {
    let refuse = |list: &str, number: usize, reason: &str| FilterError {
        pointer: format!("/filter/{list}/{number}"),
        reason: format!("the search box cannot say this: {reason}"),
    };
    if !written.any.is_empty() {
        return Err(refuse("any", 0, "it has no way to say that one of several conditions is enough"));
    }
    let mut terms = Vec::new();
    for (list, sign, conditions) in [("all", "", &written.all), ("none", "-", &written.none)] {
        for (number, condition) in conditions.iter().enumerate() {
            let term = term(condition).map_err(|reason| refuse(list, number, reason))?;
            terms.push(format!("{sign}{term}"));
        }
    }
    Ok(terms.join(" "))
}

fn term(condition: &WrittenCondition) -> Result<String, &'static str> {
    if condition.case_sensitive {
        return Err("case never matters there");
    }
    let field = Field::parse(&condition.field).ok_or("there is no such field")?;
    let op = Op::parse(&condition.op).ok_or("there is no such op")?;
    if condition.name.is_some() != matches!(field, Field::Header(_)) {
        return Err("a name goes with header, and only there");
    }
    let printed = match (&field, op, &condition.value) {
        (Field::Anywhere, Op::Contains, Some(Value::Text(text))) if !text.is_empty() => word(text),
        (Field::Header(_), op, value) => header(condition.name.as_deref().unwrap_or_default(), op, value.as_ref())?,
        (Field::AttachmentCount, Op::Gt, Some(Value::Number(0.0))) => "has:attachment".to_owned(),
        (field, Op::Exists, None) if HAS.contains(&field.as_str()) => format!("has:{}", field.as_str()),
        (Field::Seen | Field::Flagged, Op::Equals, Some(Value::Bool(wanted))) => {
            let state = STATES.iter().find(|(_, known, is_set)| *known == field.as_str() && is_set == wanted);
            format!("is:{}", state.map_or("", |(name, ..)| name))
        }
        (Field::ReceivedAt, Op::Gt, Some(Value::Text(time))) => format!("after:{}", date(time)?),
        (Field::ReceivedAt, Op::Lt, Some(Value::Text(time))) => format!("before:{}", date(time)?),
        (Field::Size, Op::Gt, Some(Value::Number(size))) => format!("larger:{}", octets(*size)?),
        (Field::Size, Op::Lt, Some(Value::Number(size))) => format!("smaller:{}", octets(*size)?),
        (field, op, Some(Value::Text(text))) => keyed(field, op, text)?,
        _ => return Err("it has no key for this field with this op and value"),
    };
    Ok(printed)
}

fn keyed(field: &Field, op: Op, text: &str) -> Result<String, &'static str> {
    let (key, kind) = Key::of(field).ok_or("it has no key for this field")?;
    let value = match kind {
        Key::Address(_) if address::understand(text) == (op, text) && !text.is_empty() => word(text),
        Key::Address(_) => return Err("there the shape of an address decides how it is compared"),
        Key::Text(_) => compared(op, text)?,
        Key::Word(_) if op == Op::Equals && !text.is_empty() => word(text),
        _ => return Err("names are compared with equals there"),
    };
    Ok(format!("{key}:{value}"))
}

fn header(name: &str, op: Op, value: Option<&Value>) -> Result<String, &'static str> {
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == ':' || c == '=') {
        return Err("the name of a header field has no space, colon or equals sign there");
    }
    match (op, value) {
        (Op::Exists, None) => Ok(format!("header:{name}")),
        (Op::Equals, Some(Value::Text(text))) => Ok(format!("header:{name}={}", word(text))),
        (op, Some(Value::Text(text))) => Ok(format!("header:{name}:{}", compared(op, text)?)),
        _ => Err("it has no way to say this of a header field"),
    }
}

fn compared(op: Op, text: &str) -> Result<String, &'static str> {
    match op {
        Op::Equals => Ok(format!("={}", word(text))),
        Op::Contains if !text.is_empty() => Ok(word(text)),
        Op::Glob if text.contains('*') && !must_be_quoted(&text.replace('*', "")) => Ok(text.to_owned()),
        Op::Glob => Err("a pattern there has a star, and nothing that must be quoted"),
        Op::Contains => Err("there must be something to look for"),
        _ => Err("it has contains, equals and glob alone"),
    }
}

fn date(time: &str) -> Result<String, &'static str> {
    if crate::model::Timestamp::parse_rfc3339(time).is_none() {
        return Err("this is no time");
    }
    let day = time.strip_suffix("T00:00:00Z").unwrap_or(time);
    Ok(if day.contains(char::is_whitespace) { word(day) } else { day.to_owned() })
}

fn octets(size: f64) -> Result<String, &'static str> {
    const MOST: f64 = 9_007_199_254_740_992.0;
    if size.fract() != 0.0 || !(0.0..=MOST).contains(&size) {
        return Err("a size is a whole number");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and between 0 and 2^53")]
    let size = size as u64;
    Ok(size::print(size))
}

/// `text` as it stands in the line: between quotation marks where it would mean something else without.
fn word(text: &str) -> String {
    if text.is_empty() || must_be_quoted(text) {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        return format!("\"{escaped}\"");
    }
    text.to_owned()
}

fn must_be_quoted(text: &str) -> bool {
    text.starts_with(['-', '=']) || text.contains(|c: char| c.is_whitespace() || "\":*\\".contains(c))
}
