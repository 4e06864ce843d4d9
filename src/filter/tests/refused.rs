//! What makes no sense is refused, with its place and with what would.

use super::sample::{text, with};
use crate::filter::{Field, Filter, FilterError, Op, Shorthands, Value, Written, WrittenCondition};

fn errors(written: &Written) -> Vec<FilterError> {
    Filter::compile(written, &Shorthands::default()).unwrap_err()
}

fn error(condition: WrittenCondition) -> FilterError {
    let mut errors = errors(&Written { all: vec![condition], ..Written::default() });
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors.remove(0)
}

#[test]
fn each_mistake_is_told_at_its_place() {
    let words = |field: &str, op: &str, value: Option<Value>| WrittenCondition {
        field: field.to_owned(),
        op: op.to_owned(),
        value,
        ..WrittenCondition::default()
    };
    let value = |text: &str| Some(Value::Text(text.to_owned()));
    for (condition, member, reason) in [
        (words("subjct", "contains", value("x")), "field", "did you mean \"subject\"?"),
        (words("attachment.file", "contains", value("x")), "field", "\"attachment.filename\""),
        (words("x-env", "contains", value("x")), "field", "write \"header\" and its name"),
        (words("xyzzy", "contains", value("x")), "field", "known are from,"),
        (words("subject", "contain", value("x")), "op", "did you mean \"contains\"?"),
        (words("subject", "matches", value("x")), "op", "known are equals,"),
        (words("header", "equals", value("x")), "name", "give the name"),
        (text("header X:Env", Op::Equals, "x"), "name", "without a colon"),
        (text("subject X-Env", Op::Equals, "x"), "name", "goes with header"),
        (text("subject", Op::Contains, ""), "value", "use exists"),
        (text("subject", Op::Contains, "\u{200b} "), "value", "use exists"),
        (with("subject", Op::Contains, None), "value", "is missing"),
        (with("subject", Op::Contains, Some(Value::Number(1.0))), "value", "between quotes"),
        (text("subject", Op::Contains, &"x".repeat(1_001)), "value", "1000 characters"),
        (text("subject", Op::Gt, "x"), "op", "compares numbers and times"),
        (with("size", Op::Contains, Some(Value::Number(1.0))), "op", "use equals, gt or lt"),
        (text("size", Op::Gt, "10k"), "value", "a whole number"),
        (with("size", Op::Gt, Some(Value::Number(1.5))), "value", "a whole number"),
        (with("size", Op::Gt, Some(Value::Number(-1.0))), "value", "not negative"),
        (with("size", Op::Exists, None), "op", "every message has size"),
        (with("seen", Op::Gt, Some(Value::Bool(true))), "op", "use equals"),
        (text("seen", Op::Equals, "true"), "value", "true or false"),
        (text("received_at", Op::Equals, "2026-01-01T00:00:00Z"), "op", "use gt or lt"),
        (text("received_at", Op::Gt, "2026-01-01"), "value", "RFC 3339"),
        (with("subject", Op::Exists, value("x")), "value", "leave it out"),
        (text("subject", Op::Regex, "abc(?=x)"), "value", "at character 4: look-around"),
        (text("subject", Op::Regex, "a("), "value", "at character 2: unclosed group"),
        (text("subject", Op::Regex, r"\w{500}"), "value", "takes more than 256 KiB"),
    ] {
        let told = error(condition.clone());
        assert_eq!(told.pointer, format!("/filter/all/0/{member}"), "{condition:?}: {told}");
        assert!(told.reason.contains(reason), "{condition:?}: {told}");
    }
}

#[test]
fn every_field_with_every_op_is_defined_or_refused_with_a_reason() {
    for field in Field::ALL {
        for op in Op::ALL {
            let values = [Value::Text("2026-01-01T00:00:00Z".into()), Value::Number(1.0), Value::Bool(true)];
            let name = matches!(field, Field::Header(_)).then(|| "X".to_owned());
            let told = values.map(|value| {
                let value = Some(value);
                let condition =
                    WrittenCondition { name: name.clone(), value, ..WrittenCondition::bare(field.as_str(), op) };
                Filter::compile(&Written { all: vec![condition], ..Written::default() }, &Shorthands::default())
            });
            let defined = told.iter().filter(|one| one.is_ok()).count();
            assert!(defined <= 1, "{field} {op:?} takes values of two kinds");
            if defined == 0 {
                let pointers: Vec<String> = told.map(|one| one.unwrap_err().remove(0).pointer).to_vec();
                assert!(pointers.iter().all(|pointer| pointer == "/filter/all/0/op"), "{field} {op:?}: {pointers:?}");
            }
        }
    }
}

#[test]
fn all_mistakes_are_told_at_once_and_there_is_a_limit() {
    let wrong = || text("nothing", Op::Contains, "x");
    let written =
        Written { all: vec![wrong()], any: vec![wrong()], none: vec![text("subject", Op::Contains, "x"), wrong()] };
    let pointers: Vec<String> = errors(&written).into_iter().map(|error| error.pointer).collect();
    assert_eq!(pointers, ["/filter/all/0/field", "/filter/any/0/field", "/filter/none/1/field"]);
    let many = |op, count| Written { all: vec![text("subject", op, "x"); count], ..Written::default() };
    assert!(Filter::compile(&many(Op::Contains, 50), &Shorthands::default()).is_ok());
    assert!(errors(&many(Op::Contains, 51))[0].reason.contains("50 conditions"));
    assert!(errors(&many(Op::Regex, 9))[0].reason.contains("8 regular expressions"));
    for nothing in ["", "  ", "\u{200b}"] {
        let short = Shorthands { from: Some(nothing.into()), subject: Some(nothing.into()), ..Shorthands::default() };
        let errors = Filter::compile(&Written::default(), &short).unwrap_err();
        let places: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(places, ["/from", "/subject"], "{nothing:?}");
        assert_eq!(errors[0].reason, "it has nothing that can be seen: leave it out to look for anything");
    }
    let short = Shorthands { subject: Some("x".repeat(1_001)), ..Shorthands::default() };
    let told = Filter::compile(&Written::default(), &short).unwrap_err();
    assert_eq!(told[0].pointer, "/subject");
}
