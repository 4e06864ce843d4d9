//! What the search box reads, and that it prints what it reads.

use proptest::prelude::*;

use super::{Misread, parse, print};
use crate::filter::{Op, Value, Written, WrittenCondition};

fn text(field: &str, op: Op, value: &str) -> WrittenCondition {
    WrittenCondition::text(field, op, value)
}

#[test]
fn every_key_has_its_meaning() {
    let flag =
        |field, set| WrittenCondition { value: Some(Value::Bool(set)), ..WrittenCondition::bare(field, Op::Equals) };
    let number = |field, op, number| WrittenCondition {
        value: Some(Value::Number(number)),
        ..WrittenCondition::bare(field, op)
    };
    let header =
        |name: &str, condition: WrittenCondition| WrittenCondition { name: Some(name.to_owned()), ..condition };
    for (line, condition) in [
        ("from:a@b.test", text("from", Op::Equals, "a@b.test")),
        ("from:anna", text("from", Op::Contains, "anna")),
        ("to:*@t.test", text("recipient", Op::Glob, "*@t.test")),
        ("cc:@t.test", text("cc", Op::Contains, "@t.test")),
        ("subject:\"reset code\"", text("subject", Op::Contains, "reset code")),
        ("subject:=\"reset code\"", text("subject", Op::Equals, "reset code")),
        ("subject:=", text("subject", Op::Equals, "")),
        ("text:\"say \\\"hi\\\"\"", text("text", Op::Contains, "say \"hi\"")),
        ("filename:*.pdf", text("attachment.filename", Op::Glob, "*.pdf")),
        ("filename:\"*.pdf\"", text("attachment.filename", Op::Contains, "*.pdf")),
        ("type:image/", text("attachment.content_type", Op::Contains, "image/")),
        ("has:attachment", number("attachment.count", Op::Gt, 0.0)),
        ("has:code", WrittenCondition::bare("code", Op::Exists)),
        ("has:link", WrittenCondition::bare("link", Op::Exists)),
        ("tag:x", text("tag", Op::Equals, "x")),
        ("run:run_7", text("run_id", Op::Equals, "run_7")),
        ("in:Junk", text("folder", Op::Equals, "Junk")),
        ("is:unseen", flag("seen", false)),
        ("is:read", flag("seen", true)),
        ("is:flagged", flag("flagged", true)),
        ("after:2026-01-01", text("received_at", Op::Gt, "2026-01-01T00:00:00Z")),
        ("before:2026-01-01T12:30:00+01:00", text("received_at", Op::Lt, "2026-01-01T12:30:00+01:00")),
        ("larger:10k", number("size", Op::Gt, 10_240.0)),
        ("smaller:3M", number("size", Op::Lt, 3_145_728.0)),
        ("header:X-Env", header("X-Env", WrittenCondition::bare("header", Op::Exists))),
        ("header:X-Env=ci", header("X-Env", text("header", Op::Equals, "ci"))),
        ("header:X-Env:\"c i\"", header("X-Env", text("header", Op::Contains, "c i"))),
        ("word", text("anywhere", Op::Contains, "word")),
        ("\"free phrase\"", text("anywhere", Op::Contains, "free phrase")),
        ("12:30", text("anywhere", Op::Contains, "12:30")),
        ("https://app.test/x", text("anywhere", Op::Contains, "https://app.test/x")),
        ("-", text("anywhere", Op::Contains, "-")),
        ("=x", text("anywhere", Op::Contains, "=x")),
    ] {
        let written = Written { all: vec![condition], ..Written::default() };
        assert_eq!(parse(line), Ok(written.clone()), "{line}");
        let printed = print(&written).unwrap();
        assert_eq!(parse(&printed), Ok(written), "{line} printed as {printed}");
    }
    assert_eq!(parse("  "), Ok(Written::default()));
    let both = parse("a -tag:x  -\"b c\"").unwrap();
    assert_eq!(both.all, [text("anywhere", Op::Contains, "a")]);
    assert_eq!(both.none, [text("tag", Op::Equals, "x"), text("anywhere", Op::Contains, "b c")]);
}

#[test]
fn what_cannot_be_read_is_told_with_its_column() {
    for (line, column, reason) in [
        ("from:", 1, "needs a value"),
        ("a subjct:x", 3, "did you mean subject:?"),
        ("foo:bar", 1, "known are from,"),
        ("größe \"open", 7, "not closed"),
        ("\"open\\", 1, "not closed"),
        ("\"a\"b", 1, "a space is missing"),
        ("\"\"", 1, "nothing between"),
        ("has:paper", 1, "attachment, code"),
        ("x is:odd", 3, "unseen"),
        ("after:yesterday", 1, "2026-01-31"),
        ("after:2026-02-30", 1, "2026-01-31"),
        ("larger:ten", 1, "10k"),
        ("larger:99999999999999g", 1, "10k"),
        ("header:", 1, "name of a header field"),
        ("header:X-Env:", 1, "needs a value"),
        ("tag:=x", 1, "takes no ="),
    ] {
        let Err(Misread { column: at, reason: told }) = parse(line) else { panic!("{line} was read") };
        assert_eq!(at, column, "{line}: {told}");
        assert!(told.contains(reason), "{line}: {told}");
    }
    assert_eq!(parse(&"a ".repeat(51)).unwrap_err().column, 101);
    assert_eq!(parse(&"a".repeat(2_001)).unwrap_err().column, 2_001);
}

#[test]
fn what_the_box_cannot_say_is_told() {
    let all = |condition: WrittenCondition| Written { all: vec![condition], ..Written::default() };
    for (written, pointer) in [
        (Written { any: vec![text("subject", Op::Contains, "x")], ..Written::default() }, "/filter/any/0"),
        (all(text("subject", Op::Regex, "x")), "/filter/all/0"),
        (all(text("subject", Op::StartsWith, "x")), "/filter/all/0"),
        (all(text("from", Op::Contains, "a@b.test")), "/filter/all/0"),
        (all(text("attachment.sha256", Op::Equals, "x")), "/filter/all/0"),
        (all(WrittenCondition { case_sensitive: true, ..text("subject", Op::Contains, "x") }), "/filter/all/0"),
        (Written { none: vec![text("tag", Op::Contains, "x")], ..Written::default() }, "/filter/none/0"),
    ] {
        let told = print(&written).unwrap_err();
        assert_eq!(told.pointer, pointer, "{told}");
        assert!(told.reason.starts_with("the search box cannot say this: "), "{told}");
    }
}

fn condition() -> impl Strategy<Value = WrittenCondition> {
    let field = prop::sample::select(crate::filter::Field::ALL.to_vec());
    let op = prop::sample::select(Op::ALL.to_vec());
    let words = "[-a-z=:*?\"\\\\ @.ü/]{0,8}";
    let times =
        prop::sample::select(vec!["2026-01-01T00:00:00Z", "2026-02-03T04:05:06.789Z", "2026-01-01T00:00:00+02:00"]);
    let value = prop_oneof![
        4 => words.prop_map(|text| Some(Value::Text(text))),
        1 => times.prop_map(|time| Some(Value::Text(time.to_owned()))),
        1 => (0_u32..5_000_000).prop_map(|number| Some(Value::Number(f64::from(number)))),
        1 => any::<bool>().prop_map(|truth| Some(Value::Bool(truth))),
        1 => Just(None),
    ];
    let name = prop::option::of("[-A-Za-z=:]{0,5}");
    (field, op, value, name).prop_map(|(field, op, value, name)| {
        let name = name.filter(|_| field.as_str() == "header");
        WrittenCondition { name, value, ..WrittenCondition::bare(field.as_str(), op) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_the_same(all in prop::collection::vec(condition(), 0..4), none in prop::collection::vec(condition(), 0..3)) {
        // Of each list, what the box can say.
        let sayable = |list: Vec<WrittenCondition>| -> Vec<WrittenCondition> {
            let can = |one: &WrittenCondition| print(&Written { all: vec![one.clone()], ..Written::default() }).is_ok();
            list.into_iter().filter(can).collect()
        };
        let written = Written { all: sayable(all), any: Vec::new(), none: sayable(none) };
        let line = print(&written).unwrap();
        prop_assert_eq!(parse(&line), Ok(written), "{}", line);
    }

    #[test]
    fn no_line_is_too_odd(line in "\\PC{0,60}") {
        if let Ok(written) = parse(&line) {
            let printed = print(&written).expect("what was read can be said");
            prop_assert_eq!(parse(&printed), Ok(written));
        }
    }
}
