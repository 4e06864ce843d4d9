//! A miss for each hint.

use super::sample::{Sample, compiled, filter, text};
use crate::filter::{Filter, Op, Shorthands, Written, WrittenCondition};

use Op::{Contains, Equals, Glob, Regex, StartsWith};

fn hint(condition: WrittenCondition) -> String {
    let sample = Sample::new();
    let told = filter(vec![condition]).explain(&sample.facts());
    assert!(!told.passed, "{told:?}");
    told.conditions[0].hint.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn exact(field: &str, op: Op, value: &str) -> WrittenCondition {
    WrittenCondition { case_sensitive: true, ..text(field, op, value) }
}

#[test]
fn the_most_useful_hint_is_told() {
    for (condition, told) in [
        (text("subject", Contains, "zzz"), "no_overlap"),
        (exact("subject", Contains, "YOUR INVOICE"), "case_only"),
        (exact("subject", Regex, "^your"), "case_only"),
        (exact("subject", Glob, "your*"), "case_only"),
        (text("tag", Equals, "evidence"), "case_only"),
        (text("text", Contains, "482913"), "whitespace"),
        (text("subject", Contains, "yourinvoice"), "whitespace"),
        (text("subject", Contains, "=?utf-8?q?Gr=C3=B6=C3=9Fe?="), "encoded_header"),
        (text("html", Contains, "Tom & Jerry"), "html_entity"),
        (text("subject", Contains, "Invoice&nbsp;Größe"), "html_entity"),
        (text("to", Equals, "anna@t.test"), "plus_tag"),
        (text("to", Equals, "anna+other@t.test"), "plus_tag"),
        (text("text", Contains, "only here"), "in_html_not_text"),
        (text("from", Equals, "help@app.test"), "in_other_field(reply_to)"),
        (text("from", Equals, "anna+signup@t.test"), "in_other_field(to)"),
        (text("to", Contains, "carl"), "in_other_field(cc)"),
        (text("subject", Contains, "hello anna"), "in_other_field(text)"),
        (text("subject", Regex, r"\d{3} \d{3}"), "in_other_field(text)"),
        (text("tag", Equals, "run_7"), "in_other_field(run_id)"),
        (text("subject", Equals, "invoice"), "part_of_actual"),
        (text("subject", StartsWith, "invoice"), "part_of_actual"),
        (text("subject", Op::EndsWith, "invoice"), "part_of_actual"),
        (text("subject", Contains, "Your invoice größe is now there"), "substring_of_expected"),
        (text("subject", Contains, "Your invioce"), "edit_distance"),
        (text("subject", StartsWith, "Yuor invoice"), "edit_distance"),
        (text("from", Equals, "no-repyl@app.test"), "edit_distance"),
        (text("subject", Regex, "^zzz"), "no_overlap"),
        (text("header X-None", Contains, "zzz"), "no_overlap"),
        (WrittenCondition { op: "exists".into(), ..text("header X-None", Equals, "") }, ""),
    ] {
        let condition =
            if condition.op == "exists" { WrittenCondition { value: None, ..condition } } else { condition };
        assert_eq!(hint(condition.clone()), told, "{condition:?}");
    }
}

#[test]
fn an_explanation_says_where_what_was_expected_and_what_was_there() {
    let sample = Sample::new();
    let written = Written {
        all: vec![text("header X-Env", Equals, "prod")],
        any: vec![text("subject", Contains, "zzz"), text("subject", Contains, "invioce")],
        none: vec![text("from", Contains, "app")],
    };
    let short = Shorthands { subject: Some("reset".into()), ..Shorthands::default() };
    let told = Filter::compile(&written, &short).unwrap().explain(&sample.facts());
    let paths: Vec<(&str, bool)> = told.conditions.iter().map(|one| (one.path.as_str(), one.passed)).collect();
    assert_eq!(paths, [("subject", false), ("all/0", false), ("any", false), ("none/0", false)]);
    let [subject, header, any, none] = told.conditions.as_slice() else { panic!("four conditions") };
    assert_eq!((subject.op, subject.expected.as_deref()), ("contains", Some("reset")));
    assert_eq!(subject.actual.as_deref(), Some("Your  Invoice Größe"));
    assert_eq!(
        (header.field, header.name.as_deref(), header.actual.as_deref()),
        ("header", Some("X-Env"), Some("CI, second"))
    );
    assert_eq!(any.expected.as_deref(), Some("invioce"), "the one that is nearest");
    assert_eq!((none.actual.as_deref(), &none.hint), (Some("The App <No-Reply@App.test>"), &None));
}

#[test]
fn long_values_are_cut() {
    let mut sample = Sample::new();
    sample.content.subject = Some("ä".repeat(300));
    let told = compiled(&Written { all: vec![text("subject", Contains, &"x".repeat(250))], ..Written::default() })
        .explain(&sample.facts());
    let lengths =
        [&told.conditions[0].actual, &told.conditions[0].expected].map(|text| text.as_ref().unwrap().chars().count());
    assert_eq!(lengths, [200, 200]);
}
