//! Messages made to hurt: the limits hold, and time grows with the octets.

use std::time::{Duration, Instant};

use super::{Content, PartKind, crlf, invariants, mime};
use crate::mime::limits;
use crate::model::content::Warning;

fn nested_multiparts(depth: usize) -> Vec<u8> {
    let mut lines = String::new();
    for n in 0..depth {
        lines.push_str(&format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"));
    }
    crlf(&lines)
}

fn depth(content: &Content) -> usize {
    content.parts.iter().map(|part| part.section.split('.').count()).max().unwrap_or(0)
}

#[test]
fn depth_is_limited_and_what_is_deeper_is_opaque() {
    for raw in [nested_multiparts(10_000), crlf(&"Content-Type: message/rfc822\n\n".repeat(10_000))] {
        let content = mime::parse(&raw);
        assert!(content.warnings.contains(&Warning::DepthCut));
        assert!(depth(&content) <= limits::MAX_DEPTH + 1, "{}", depth(&content));
        let last = content.parts.last().unwrap();
        assert_eq!((last.kind, last.body_end), (PartKind::Leaf, raw.len() as u64));
        let body = String::from_utf8_lossy(&content.imap.body).into_owned();
        assert!(body.contains("(\"application\" \"octet-stream\""), "an opaque leaf looks like one");
        invariants::check(&raw);
    }
}

#[test]
fn parts_are_limited_and_the_last_takes_the_rest() {
    let raw = crlf(&format!("Content-Type: multipart/mixed; boundary=b\n\n{}--b--\n", "--b\n\nx\n".repeat(1_000_000)));
    let content = mime::parse(&raw);
    assert_eq!(content.parts.len(), limits::MAX_PARTS);
    assert!(content.warnings.contains(&Warning::PartsCut));
    assert_eq!(content.parts.last().map(|part| part.body_end), Some(raw.len() as u64));
}

#[test]
fn fields_are_limited_and_the_body_is_found_behind_them() {
    let many = format!("Subject: kept\n{}To: lost@x\n\nbody\n", "X-A: b\n".repeat(1_000_000));
    let long = format!("Subject: kept\nTo: {}\nCc: lost@x\n\nbody\n", "a@b, ".repeat(300_000));
    let name = format!("Subject: kept\n{}: x\n\nbody\n", "N".repeat(2_000_000));
    for lines in [many, long, name] {
        let raw = crlf(&lines);
        let content = mime::parse(&raw);
        assert!(content.headers.len() <= limits::MAX_FIELDS);
        assert_eq!(content.subject.as_deref(), Some("kept"));
        assert!(content.to.is_empty() && content.cc.is_empty());
        assert_eq!(content.warnings, [Warning::HeadersCut]);
        assert_eq!(mime::text(&content, &raw, 100).as_deref(), Some("body\n"));
    }
}

#[test]
fn addresses_ids_and_warnings_are_limited() {
    let content = mime::parse(&crlf(&format!("To: {}\n\n", "a@b,".repeat(100_000))));
    assert_eq!(content.to.len(), limits::MAX_ADDRESSES);
    assert_eq!(content.warnings, [Warning::HeadersCut]);
    assert!(content.imap.envelope.len() < 300_000);
    let content = mime::parse(&crlf(&format!("References: {}\n\n", "<a@b>".repeat(100_000))));
    assert_eq!(content.references.len(), limits::MAX_IDS);
    let parts: String = (0..500).map(|n| format!("--b\nContent-Type: text/plain; charset=x-{n}\n\n\n")).collect();
    let content = mime::parse(&crlf(&format!("Content-Type: multipart/mixed; boundary=b\n\n{parts}--b--\n")));
    assert_eq!(content.warnings.len(), limits::MAX_WARNINGS);
}

#[test]
fn every_truncation_of_a_message_can_be_read() {
    let raw = crlf(
        "From: \"J\\\"\" <j@a>\nTo: g: =?utf-8?q?=C3=A9?= <a@b>;\nSubject: =?utf-8?b?w6k=?= (x)\nDate: Fri, 20 Nov 2026 \
         10:00:00 +0100\nContent-Type: multipart/mixed; boundary=\"b c\"\n\n--b c\nContent-Type: text/plain; \
         name*0*=utf-8''%C3; name*1*=%A9\nContent-Transfer-Encoding: quoted-printable\n\ncaf=C3=A9=\n\n--b c\n\
         Content-Type: message/rfc822\n\nSubject: in\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\nx\n--i\n\
         Content-Type: text/html\nContent-Transfer-Encoding: base64\n\nPHA+w6k8L3A+\n--i--\n--b c--\n",
    );
    for end in 0..=raw.len() {
        invariants::check(&raw[..end]);
    }
}

/// A name, and what makes a message of something `n` times that a careless reader takes n² for.
type Family = (&'static str, fn(usize) -> String);

const FAMILIES: [Family; 33] = [
    ("addresses", |n| format!("To: {}\n\n", "a@b,".repeat(n))),
    ("address words", |n| format!("To: {}<a@b>\n\n", "a ".repeat(n))),
    ("open quotes", |n| format!("To: {}\n\n", "\"a,".repeat(n))),
    ("open brackets", |n| format!("To: {}\n\n", "<a,".repeat(n))),
    ("open comments", |n| format!("To: {}\n\n", "(".repeat(n))),
    ("open literals", |n| format!("To: {}\n\n", "[".repeat(n))),
    ("groups", |n| format!("To: {}\n\n", "g:a;".repeat(n))),
    ("folded lines", |n| format!("To: {}\n\n", "a@b,\n ".repeat(n))),
    ("received fields", |n| format!("{}\n", "Received: from a\n".repeat(n))),
    ("to fields", |n| format!("{}\n", "To: a@b\n".repeat(n))),
    ("lines that are no fields", |n| format!("A: b\n{}\n", "no field\n".repeat(n))),
    ("encoded words", |n| format!("Subject: {}\n\n", "=?a?q?b?= ".repeat(n))),
    ("open encoded words", |n| format!("Subject: {}\n\n", "=?a?q?b".repeat(n))),
    ("question marks", |n| format!("Subject: =?a?q?{}\n\n", "?".repeat(n))),
    ("encoded words in addresses", |n| format!("To: {}\n\n", "=?a?q?b ".repeat(n))),
    ("reply marks", |n| format!("Subject: {}\n\n", "re:".repeat(n))),
    ("blobs", |n| format!("Subject: {}x\n\n", "[a]".repeat(n))),
    ("open blobs", |n| format!("Subject: {}\n\n", "[".repeat(n))),
    ("forwards", |n| format!("Subject: {}x{}\n\n", "[fwd:".repeat(n), "]".repeat(n))),
    ("references", |n| format!("References: {}\n\n", "<a>".repeat(n))),
    ("open references", |n| format!("References: {}\n\n", "<".repeat(n))),
    ("parameters", |n| format!("Content-Type: a/b{}\n\n", ";a*1=b".repeat(n))),
    ("parameter comments", |n| format!("Content-Type: a/b{}\n\n", ";(".repeat(n))),
    ("date comments", |n| format!("Date: {}\n\n", "(".repeat(n))),
    ("parts", |n| format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\n".repeat(n))),
    ("lines like boundaries", |n| format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--c\n".repeat(n))),
    ("line feeds", |n| format!("Content-Type: multipart/mixed; boundary=b\n\n--b\n{}", "\n".repeat(n))),
    ("message ladder", |n| "Content-Type: message/rfc822\n\n".repeat(n)),
    ("base64 in one line", |n| format!("Content-Transfer-Encoding: base64\n\n{}", "QUJD".repeat(n))),
    ("equals signs", |n| format!("Content-Transfer-Encoding: quoted-printable\n\n{}", "=".repeat(n))),
    ("open tags", |n| format!("Content-Type: text/html\n\n{}", "<a".repeat(n))),
    ("open styles", |n| format!("Content-Type: text/html\n\n{}", "<style></x".repeat(n))),
    ("open comments in html", |n| format!("Content-Type: text/html\n\n{}", "<!--".repeat(n))),
];

#[test]
fn time_grows_with_the_octets() {
    let cost = |raw: &[u8]| {
        let once = || {
            let start = Instant::now();
            let content = mime::parse(raw);
            _ = mime::text(&content, raw, usize::MAX);
            start.elapsed()
        };
        (0..3).map(|_| once()).min().unwrap_or_default()
    };
    for (name, family) in FAMILIES {
        let [small, middle, large] = [1_000, 10_000, 100_000].map(|n| cost(&crlf(&family(n))));
        // Ten times the octets: ten times the time, four times that for the noise. n² would take a hundred.
        let floor = Duration::from_micros(500);
        assert!(middle <= small.max(floor) * 40, "{name}: {small:?} {middle:?} {large:?}");
        assert!(large <= middle.max(floor) * 40, "{name}: {small:?} {middle:?} {large:?}");
    }
}

#[test]
fn nested_multiparts_cost_no_more_than_their_octets() {
    // As deep as is walked, and then many lines that have to be compared with every boundary.
    let cost = |lines: usize| {
        let mut raw = nested_multiparts(limits::MAX_DEPTH - 1);
        raw.extend_from_slice("--bx\r\n".repeat(lines).as_bytes());
        let once = || {
            let start = Instant::now();
            assert_eq!(mime::parse(&raw).parts.len(), limits::MAX_DEPTH);
            start.elapsed()
        };
        (0..3).map(|_| once()).min().unwrap_or_default()
    };
    let (middle, large) = (cost(5_000), cost(50_000));
    assert!(large <= middle.max(Duration::from_micros(500)) * 40, "{middle:?} {large:?}");
}

#[test]
fn every_family_keeps_what_always_holds() {
    for (_, family) in FAMILIES {
        invariants::check(&crlf(&family(300)));
    }
}

#[test]
fn every_seed_of_the_fuzz_targets_can_be_read() {
    let seeds = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let files = |folder: &str| std::fs::read_dir(seeds.join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut count = 0;
    for file in files("mime_tree").chain(files("header_decode")) {
        let octets = std::fs::read(&file).unwrap();
        invariants::check(&octets);
        for field in ["To", "Subject", "Date", "References", "Content-Type", "Content-Disposition"] {
            invariants::check(&[field.as_bytes(), b": ", &octets, b"\r\n\r\nbody\r\n"].concat());
        }
        count += 1;
    }
    assert!(count > 30, "{count} seeds");
}
