//! The MIME tree: section numbers, offsets, boundaries.

use super::{Content, PartKind, crlf, mime};
use crate::mime::bytes;
use crate::model::content::{Encoding, Warning};

fn read(lines: &str) -> (Content, Vec<u8>) {
    let raw = crlf(lines);
    (mime::parse(&raw), raw)
}

fn between(raw: &[u8], start: u64, end: u64) -> String {
    String::from_utf8_lossy(bytes::range(raw, start, end)).into_owned()
}

/// Each part as `section type body`, the line breaks of the body shown as `/`.
fn shown(content: &Content, raw: &[u8]) -> Vec<String> {
    let show = |part: &super::Part| {
        let body = between(raw, part.body_start, part.body_end).replace("\r\n", "/");
        format!("{} {} {body}", part.section, part.content_type).trim_start().to_owned()
    };
    content.parts.iter().map(show).collect()
}

/// All parts that hold no other, and all warnings.
fn leaves(lines: &str) -> (Vec<String>, Vec<Warning>) {
    let (content, raw) = read(lines);
    let parts = shown(&content, &raw);
    let is_leaf = |at: &usize| content.parts[*at].kind == PartKind::Leaf;
    ((0..parts.len()).filter(is_leaf).map(|at| parts[at].clone()).collect(), content.warnings)
}

const MIXED: &str = "Content-Type: multipart/mixed; boundary=b\n\n";

#[test]
fn a_plain_message_is_its_only_part() {
    let (content, raw) = read("Subject: x\n\none\ntwo\n");
    assert_eq!(shown(&content, &raw), ["text/plain one/two/"]);
    assert_eq!(content.part("1"), content.part(""));
    assert_eq!(content.part("2"), None);
    assert_eq!(content.warnings, []);
}

#[test]
fn sections_are_numbered_as_imap_does() {
    let (content, raw) = read(
        "Content-Type: multipart/mixed; boundary=o\n\npreamble\n--o\n\none\n--o\nContent-Type: message/rfc822\n\n\
         Subject: in\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\ndeep\n--i\nContent-Type: message/rfc822\n\n\
         Subject: deeper\n\nlast\n--i--\n--o\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: a/b\n\nend\n\
         --x--\nepilogue\n--o--\nepilogue\n",
    );
    let found: Vec<_> = content.parts.iter().map(|part| (part.section.as_str(), part.content_type.as_str())).collect();
    assert_eq!(
        found,
        [
            ("", "multipart/mixed"),
            ("1", "text/plain"),
            ("2", "message/rfc822"),
            ("2.TEXT", "multipart/mixed"),
            ("2.1", "text/plain"),
            ("2.2", "message/rfc822"),
            ("2.2.1", "text/plain"),
            ("3", "multipart/mixed"),
            ("3.1", "a/b"),
        ]
    );
    let part = |section: &str| content.part(section).unwrap();
    let of = |start, end| between(&raw, start, end);
    // 2.HEADER, 2.2.HEADER and 3.1.MIME.
    let inner = part("2.TEXT");
    assert_eq!(
        of(inner.header_start, inner.body_start),
        "Subject: in\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n"
    );
    assert_eq!(inner.header_start, part("2").body_start);
    assert_eq!(of(part("2.2.1").header_start, part("2.2.1").body_start), "Subject: deeper\r\n\r\n");
    assert_eq!(of(part("2.2.1").body_start, part("2.2.1").body_end), "last");
    assert_eq!(of(part("3.1").header_start, part("3.1").body_start), "Content-Type: a/b\r\n\r\n");
    assert_eq!(
        of(part("3").body_start, part("3").body_end),
        "--x\r\nContent-Type: a/b\r\n\r\nend\r\n--x--\r\nepilogue"
    );
    assert_eq!(content.warnings, []);
}

#[test]
fn a_message_that_is_a_message_has_its_text_as_part_1_1() {
    let (content, raw) = read("Content-Type: message/rfc822\n\nSubject: in\n\ntext\n");
    assert_eq!(shown(&content, &raw), ["message/rfc822 Subject: in//text/", "1.1 text/plain text/"]);
    assert_eq!(content.part("1").map(|part| part.kind), Some(PartKind::Message));
    assert_eq!(mime::text(&content, &raw, 100), None);
}

#[test]
fn boundaries_count_only_as_whole_lines() {
    for (lines, parts) in [
        (
            "--b\n\nvisit --b for details\n--b for more\n--b--\n",
            vec!["1 text/plain visit --b for details/--b for more"],
        ),
        ("--b\n\none\n--bc\n--bc--\n--b\n\ntwo\n--b--\n", vec!["1 text/plain one/--bc/--bc--", "2 text/plain two"]),
        ("--b \t\n\none\n--b-- \n", vec!["1 text/plain one"]),
        ("--b\n\none\n\n--b--\n", vec!["1 text/plain one/"]),
        ("--b\n\n\n--b\n\n--b--\n", vec!["1 text/plain ", "2 text/plain "]),
        ("--b\nno header at all\n--b--\n", vec!["1 text/plain no header at all"]),
        ("--b\nContent-Type: a/b\n--b--\n", vec!["1 a/b "]),
        ("--b\n--b--\n", vec!["1 text/plain "]),
        ("--b\nContent-Type: message/rfc822\n\nSubject: no end\n--b--\n", vec!["1.1 text/plain "]),
        ("--b\n\none\n--b--\n--b\n\nepilogue\n", vec!["1 text/plain one"]),
        ("--b--\n", vec!["1 text/plain "]),
    ] {
        assert_eq!(
            leaves(&format!("{MIXED}{lines}")),
            (parts.into_iter().map(str::to_owned).collect(), vec![]),
            "{lines}"
        );
    }
}

#[test]
fn line_feeds_alone_end_lines_too() {
    let raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\r\n--b--\n";
    let content = mime::parse(raw);
    assert_eq!(shown(&content, raw)[1..], ["1 text/plain one", "2 text/plain two"]);
}

#[test]
fn broken_multiparts_keep_their_text() {
    for (lines, parts, warning) in [
        ("Content-Type: multipart/mixed\n\ntext\n", vec!["1 text/plain text/"], Warning::MissingBoundary),
        (
            "Content-Type: multipart/mixed; boundary=\"\"\n\ntext\n",
            vec!["1 text/plain text/"],
            Warning::MissingBoundary,
        ),
        ("Content-Type: multipart/mixed; boundary=b\n\ntext\n", vec!["1 text/plain text/"], Warning::UnclosedBoundary),
        (
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ncut",
            vec!["1 text/plain cut"],
            Warning::UnclosedBoundary,
        ),
        ("Content-Type: multipart/mixed; boundary=b\n\n--b", vec!["1 text/plain "], Warning::UnclosedBoundary),
        (
            "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\nin\n\
             --o\n\nout\n--o--\n",
            vec!["1.1 text/plain in", "2 text/plain out"],
            Warning::UnclosedBoundary,
        ),
    ] {
        assert_eq!(leaves(lines), (parts.into_iter().map(str::to_owned).collect(), vec![warning]), "{lines}");
    }
}

#[test]
fn overlapping_boundaries_close_the_inner_first() {
    let nested = |inner: &str, body: &str| {
        leaves(&format!("{MIXED}--b\nContent-Type: multipart/mixed; boundary={inner}\n\n{body}")).0
    };
    // One is the beginning of the other.
    assert_eq!(nested("bb", "--bb\n\nin\n--bb--\n--b\n\nout\n--b--\n"), ["1.1 text/plain in", "2 text/plain out"]);
    // Both are the same: the inner one has it until it is closed.
    assert_eq!(nested("b", "--b\n\nin\n--b--\n--b\n\nout\n--b--\n"), ["1.1 text/plain in", "2 text/plain out"]);
    // The outer one is closed first, and then the inner one.
    assert_eq!(nested("i", "--i\n\nin\n--b--\n--i--\n"), ["1.1 text/plain in"]);
}

#[test]
fn boundaries_may_be_long_and_folded() {
    for boundary in ["x".repeat(70), "x".repeat(2_048), "'()+_,-./:=? x".to_owned()] {
        let lines =
            format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\n\n--{boundary}\n\none\n--{boundary}--\n");
        assert_eq!(leaves(&lines), (vec!["1 text/plain one".to_owned()], vec![]));
    }
    let folded = "Content-Type: multipart/mixed;\n boundary=\"foo\n bar\"\n\n--foo bar\n\none\n--foo bar--\n";
    assert_eq!(leaves(folded).0, ["1 text/plain one"]);
}

#[test]
fn headers_are_indexed_and_odd_lines_passed_over() {
    let raw = crlf("From x@y Fri\nSubject : one\n two\nno field\nX-Empty:\nTo: a@b\n\nbody\n");
    let content = mime::parse(&raw);
    let found: Vec<_> = content.headers.iter().map(|field| mime::header_value(&raw, field)).collect();
    let found: Vec<_> = found.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(found, [("Subject", "one two"), ("X-Empty", ""), ("To", "a@b")]);
    assert_eq!(mime::field_bytes(&raw, &content.headers[0]), b"Subject : one\r\n two\r\n");
    assert_eq!(content.warnings, [Warning::BadHeaderLine(0)]);
    assert_eq!(shown(&content, &raw), ["text/plain body/"]);
}

#[test]
fn a_message_without_a_header_is_all_body() {
    for lines in ["just text\nand more\n", " begins with a space\n", "\nonly an empty line first\n", ""] {
        let (content, raw) = read(lines);
        assert_eq!(content.headers, []);
        assert_eq!(mime::text(&content, &raw, 100).as_deref(), Some(lines.trim_start_matches('\n')), "{lines:?}");
    }
    let (content, _) = read("Subject: only a header");
    assert_eq!(content.subject.as_deref(), Some("only a header"));
}

#[test]
fn parts_say_what_they_are() {
    let (content, raw) = read(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=ISO-8859-1\n\
         Content-Transfer-Encoding: quoted-printable\n\ngr=FC=DF\n--b\nContent-Type: image/png; name=old.png\nContent-ID: \
         <1@a>\nContent-Transfer-Encoding: BASE64\nContent-Disposition: Inline; filename=\"=?utf-8?q?=C3=A9.png?=\"\n\n\
         iVBORw0KGgo\n--b\nContent-Type: text/plain\nContent-Disposition: attachment\n\nnote\n--b--\n",
    );
    let [text, image, note] = &content.parts[1..] else { panic!("three parts") };
    assert_eq!((text.charset.as_deref(), text.encoding), (Some("iso-8859-1"), Encoding::QuotedPrintable));
    assert_eq!((text.is_attachment, text.decoded_bytes), (false, 4));
    assert_eq!(mime::text(&content, &raw, 100).as_deref(), Some("grüß"));
    assert_eq!((image.filename.as_deref(), image.content_id.as_deref()), (Some("é.png"), Some("1@a")));
    assert_eq!((image.disposition.as_deref(), image.encoding), (Some("inline"), Encoding::Base64));
    assert_eq!(&*mime::part_bytes(image, &raw), b"\x89PNG\r\n\x1a\n");
    assert_eq!((image.is_attachment, note.is_attachment), (true, true));
    assert_eq!(content.attachments().count(), 2);
}
