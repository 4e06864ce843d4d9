//! Which values each field has, and what each op makes of them.

use super::sample::{Sample, compiled, filter, text, with};
use crate::filter::{Field, Filter, Op, Shorthands, Value, Written};

use Op::{Contains, EndsWith, Equals, Exists, Glob, Gt, Lt, Regex, StartsWith};

/// For each field of texts: its ops with a value that holds and one that does not.
const TEXTS: [(&str, [(&str, &str); 6]); 23] = [
    (
        "from",
        [
            ("no-reply@app.test", "reply@app.test"),
            ("reply@app", "replay"),
            ("NO-", "reply"),
            ("@APP.test", "@app"),
            (r"^no-.*@app\.test$", "^app"),
            ("*@app.test", "*@app"),
        ],
    ),
    (
        "to",
        [
            ("Anna+signup@t.test", "carl@t.test"),
            ("signup", "carl"),
            ("anna", "signup"),
            ("t.test", "t.tes"),
            (r"\+s", r"\+x"),
            ("anna+*", "anna"),
        ],
    ),
    (
        "cc",
        [
            ("carl@t.test", "anna@t.test"),
            ("arl", "anna"),
            ("carl@", "arl"),
            ("@t.test", "carl"),
            ("^carl", "^arl"),
            ("c?rl@t.test", "c?arl@t.test"),
        ],
    ),
    (
        "bcc",
        [
            ("bert@t.test", "carl@t.test"),
            ("ert", "carl"),
            ("bert@", "ert"),
            ("@t.test", "bert"),
            ("^bert", "^ert"),
            ("*", "c*"),
        ],
    ),
    (
        "reply_to",
        [
            ("help@app.test", "no-reply@app.test"),
            ("help", "reply"),
            ("help", "elp"),
            ("test", "tes"),
            ("h.lp", "h..lp"),
            ("h*", "e*"),
        ],
    ),
    (
        "recipient",
        [
            ("inbox@t.test", "no-reply@app.test"),
            ("carl", "reply"),
            ("bert", "reply"),
            ("t.test", "app.test"),
            ("^inbox", "^app"),
            ("*+signup@*", "*@app.test"),
        ],
    ),
    (
        "envelope_from",
        [
            ("bounce@app.test", "no-reply@app.test"),
            ("bounce", "reply"),
            ("bounce", "ounce"),
            ("app.test", "app"),
            ("^b", "^o"),
            ("b*", "o*"),
        ],
    ),
    (
        "envelope_to",
        [
            ("inbox@T.TEST", "carl@t.test"),
            ("inbox", "carl"),
            ("inb", "box"),
            ("test", "inbox"),
            ("^inbox@", "carl"),
            ("*", "c*"),
        ],
    ),
    (
        "subject",
        [
            ("your invoice GRÖSSE", "your invoice"),
            ("invoice", "invoce"),
            ("your inv", "invoice"),
            ("größe", "invoice"),
            (r"^your\s\w+ größe$", "^invoice"),
            ("your*", "invoice*"),
        ],
    ),
    (
        "text",
        [
            ("hello anna, your code is 482 913. password", "hello"),
            ("your code is 482 913", "482913"),
            ("hello", "anna"),
            ("password", "hello"),
            (r"is (\d{3}) (\d{3})", r"\d{6}"),
            ("hello*word", "hello"),
        ],
    ),
    (
        "html",
        [
            (
                "<p>tom &amp; jerry say: your&nbsp;code is 482&thinsp;913. <a href=\"https://app.test/r\">only here</a></p>",
                "<p>",
            ),
            ("<A HREF", "Tom & Jerry"),
            ("<p>tom", "tom"),
            ("</p>", "here"),
            ("<a [^>]+>", "<b>"),
            ("<p>*</p>", "<p>"),
        ],
    ),
    (
        "body",
        [
            ("tom & jerry say: your code is 482 913. only here", "tom"),
            ("hello anna", "invoice"),
            ("tom", "jerry"),
            ("only here", "tom"),
            ("code is", "no code"),
            ("*here", "here"),
        ],
    ),
    (
        "anywhere",
        [
            ("your invoice größe", "your"),
            ("the app", "x-env"),
            ("no-reply@", "x-env"),
            (".pdf", "x-env"),
            ("only here", "x-env"),
            ("report*", "eport*"),
        ],
    ),
    (
        "header X-ENV",
        [("ci", "c"), ("econd", "third"), ("c", "i"), ("ond", "sec"), ("^(ci|cd)$", "^cd$"), ("se?ond", "se?cond")],
    ),
    (
        "message_id",
        [
            ("<ID-1@app.test>", "id-1"),
            ("id-1", "id-2"),
            ("id-", "app"),
            ("app.test", "id"),
            (r"^id-\d@", "^app"),
            ("id*", "app*"),
        ],
    ),
    (
        "attachment.filename",
        [
            ("report 7.pdf", "report"),
            ("report", "invoice"),
            ("b.", "png"),
            (".pdf", ".doc"),
            (r"\.pdf$", r"\.doc$"),
            ("*.png", "*.doc"),
        ],
    ),
    (
        "attachment.content_type",
        [
            ("IMAGE/png", "image"),
            ("pdf", "gif"),
            ("image/", "png"),
            ("/pdf", "application"),
            ("^image/(png|gif)$", "gif"),
            ("image/*", "text/*"),
        ],
    ),
    ("attachment.sha256", [("AB12", "ab"), ("b1", "x"), ("cd", "d34"), ("34", "cd"), ("^cd", "^d"), ("ab*", "b*")]),
    (
        "code",
        [
            ("482913", "482914"),
            ("829", "999"),
            ("482", "913"),
            ("913", "482"),
            (r"^\d{6}$", r"^\d{4}$"),
            ("48????", "48?"),
        ],
    ),
    (
        "link",
        [
            ("https://app.test/r?t=1", "https://app.test/"),
            ("/r?t", "/x"),
            ("https://app.test/", "app"),
            ("t=1", "t=2"),
            (r"[?&]t=\d", "x="),
            ("https://*", "http://*"),
        ],
    ),
    (
        "tag",
        [("Evidence", "evidence"), ("Evi", "evi"), ("Evi", "evi"), ("dence", "DENCE"), ("^Ev", "^ev"), ("E*", "e*")],
    ),
    ("run_id", [("run_7", "RUN_7"), ("7", "8"), ("run", "7"), ("_7", "run"), (r"\d", "[a-z]{4}"), ("run_*", "run")]),
    ("folder", [("inbox", "Junk"), ("BOX", "box"), ("IN", "in"), ("X", "x"), ("^IN", "^in"), ("IN*", "in*")]),
];

#[test]
fn every_text_knows_every_text_op() {
    let sample = Sample::new();
    let facts = sample.facts();
    let ops = [Equals, Contains, StartsWith, EndsWith, Regex, Glob];
    for (field, values) in TEXTS {
        for (op, (holds, fails)) in ops.into_iter().zip(values) {
            // The sharp s has no other case: only its neighbours are folded.
            let holds = holds.replace("GRÖSSE", "GRÖße");
            assert!(filter(vec![text(field, op, &holds)]).matches(&facts), "{field} {} {holds}", op.as_str());
            assert!(!filter(vec![text(field, op, fails)]).matches(&facts), "{field} {} {fails}", op.as_str());
        }
    }
    let texts = TEXTS.map(|(field, _)| field.split(' ').next().unwrap());
    let others = ["attachment.size", "attachment.count", "size", "seen", "flagged", "received_at"];
    let mut tried: Vec<&str> = texts.into_iter().chain(others).collect();
    let mut known: Vec<&str> = Field::ALL.iter().map(Field::as_str).collect();
    tried.sort_unstable();
    known.sort_unstable();
    assert_eq!(tried, known);
}

#[test]
fn numbers_flags_and_times_are_compared() {
    let sample = Sample::new();
    let facts = sample.facts();
    let number = |number| Some(Value::Number(number));
    let time = |text: &str| Some(Value::Text(text.to_owned()));
    for (field, op, value, holds) in [
        ("size", Equals, number(10_000.0), true),
        ("size", Gt, number(10_000.0), false),
        ("size", Gt, number(9_999.0), true),
        ("size", Lt, number(10_001.0), true),
        ("attachment.size", Equals, number(20.0), true),
        ("attachment.size", Gt, number(4_999.0), true),
        ("attachment.size", Lt, number(20.0), false),
        ("attachment.count", Equals, number(2.0), true),
        ("attachment.count", Lt, number(2.0), false),
        ("seen", Equals, Some(Value::Bool(true)), true),
        ("flagged", Equals, Some(Value::Bool(true)), false),
        ("flagged", Equals, Some(Value::Bool(false)), true),
        ("received_at", Gt, time("2026-05-01T12:00:00Z"), false),
        ("received_at", Gt, time("2026-05-01T13:59:59+02:00"), true),
        ("received_at", Lt, time("2026-05-01T12:00:00.001Z"), true),
    ] {
        assert_eq!(filter(vec![with(field, op, value.clone())]).matches(&facts), holds, "{field} {op:?} {value:?}");
    }
}

#[test]
fn what_is_there_exists_and_what_is_empty_does_not() {
    let mut sample = Sample::new();
    let exists =
        |sample: &Sample, field: &str, wanted| filter(vec![with(field, Exists, wanted)]).matches(&sample.facts());
    let fields: Vec<String> =
        TEXTS.iter().map(|(field, _)| (*field).to_owned()).filter(|field| field != "folder").collect();
    for field in &fields {
        assert!(exists(&sample, field, None) && exists(&sample, field, Some(Value::Bool(true))), "{field}");
        assert!(!exists(&sample, field, Some(Value::Bool(false))), "{field}");
    }
    assert!(exists(&sample, "attachment.size", None) && !exists(&sample, "header X-None", None));
    sample.content = crate::model::Content::default();
    for field in
        ["from", "to", "cc", "bcc", "reply_to", "subject", "message_id", "attachment.filename", "attachment.size"]
    {
        assert!(exists(&sample, field, Some(Value::Bool(false))), "{field}");
    }
}

#[test]
fn case_counts_when_it_is_asked_to() {
    let sample = Sample::new();
    for (field, op, value, holds) in [
        ("subject", Contains, "Invoice", true),
        ("subject", Contains, "invoice", false),
        ("subject", Equals, "Your Invoice Größe", true),
        ("subject", Regex, "^Your", true),
        ("subject", Regex, "^your", false),
        ("subject", Glob, "Your*", true),
        ("subject", Glob, "your*", false),
        ("from", Equals, "No-Reply@App.test", true),
        ("from", Equals, "no-reply@app.test", false),
        ("from", Contains, "The App", true),
        ("from", Contains, "the app", false),
    ] {
        let condition = crate::filter::WrittenCondition { case_sensitive: true, ..text(field, op, value) };
        assert_eq!(filter(vec![condition]).matches(&sample.facts()), holds, "{field} {op:?} {value}");
    }
}

#[test]
fn the_three_lists_have_their_meaning() {
    let sample = Sample::new();
    let yes = || text("subject", Contains, "invoice");
    let no = || text("subject", Contains, "reset");
    for (all, any, none, passes, score) in [
        (vec![], vec![], vec![], true, 1.0),
        (vec![yes()], vec![], vec![], true, 1.0),
        (vec![yes(), no()], vec![], vec![], false, 0.5),
        (vec![], vec![no(), yes()], vec![], true, 1.0),
        (vec![], vec![no(), no()], vec![], false, 0.0),
        (vec![], vec![], vec![no()], true, 1.0),
        (vec![yes()], vec![yes()], vec![no(), yes()], false, 0.75),
    ] {
        let filter = compiled(&Written { all, any, none });
        let facts = sample.facts();
        let told = filter.explain(&facts);
        assert_eq!((filter.matches(&facts), told.passed), (passes, passes), "{told:?}");
        assert!((told.score - score).abs() < 1e-9 && (filter.score(&facts) - score).abs() < 1e-9, "{told:?}");
    }
}

#[test]
fn shorthands_are_understood_as_people_write_them() {
    let sample = Sample::new();
    let short = |from: &str, to: &str, subject: &str, body: &str| {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let short = Shorthands { from: some(from), to: some(to), subject: some(subject), body: some(body) };
        Filter::compile(&Written::default(), &short).unwrap()
    };
    for (from, to, subject, body, passes) in [
        ("", "", "", "", true),
        ("the app", "", "", "", true),
        ("No-Reply@APP.test", "inbox@t.test", "INVOICE", "only here", true),
        ("Somebody <no-reply@app.test>", "*@t.test", "", "", true),
        ("reply@app.test", "", "", "", false),
        ("", "no-reply@app.test", "", "", false),
        ("", "", "reset", "", false),
        ("", "", "", "not here", false),
    ] {
        assert_eq!(short(from, to, subject, body).matches(&sample.facts()), passes, "{from} {to} {subject} {body}");
    }
}

#[test]
fn what_is_not_loaded_decides_nothing() {
    let sample = Sample::new();
    let row = sample.row();
    for (field, value) in [("text", "hello"), ("code", "482913"), ("envelope_from", "bounce"), ("header X-Env", "ci")] {
        let one = filter(vec![text(field, Contains, value)]);
        assert!(!one.needs().is_nothing(), "{field}");
        assert_eq!((one.decide(&row), one.decide(&sample.facts())), (None, Some(true)), "{field}");
        // Whatever it says, another condition has failed already.
        let both = filter(vec![text(field, Contains, value), text("subject", Contains, "reset")]);
        assert_eq!(both.decide(&row), Some(false), "{field}");
    }
    // What the row has is enough.
    assert_eq!(filter(vec![text("anywhere", Contains, "invoice")]).decide(&row), Some(true));
    assert!(filter(vec![text("subject", Contains, "invoice")]).needs().is_nothing());
}
