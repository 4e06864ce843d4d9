//! What lists and filters show of a message.

use super::{crlf, mime};
use crate::model::content::{MailboxName, Warning};
use crate::model::receipt::Lint;

fn text(lines: &str) -> Option<String> {
    let raw = crlf(lines);
    mime::text(&mime::parse(&raw), &raw, 1_000)
}

#[test]
fn the_header_is_summarised() {
    let raw = crlf(
        "From: =?utf-8?q?J=C3=B6rg?= <j@a.test>\nTo: team: a@b, c@d;, e@f\nSubject: Re: [x] =?utf-8?b?R3LDvMOfZQ==?=\n\
         Date: Fri, 20 Nov 2026 10:00:00 +0100\nMessage-ID: <1@a.test>\nIn-Reply-To: <0@a.test>\n\
         References: <r@a.test>\n <0@a.test>\nContent-Type: text/plain\n\nHello\n",
    );
    let content = mime::parse(&raw);
    let mailbox =
        |name: Option<&str>, address: &str| MailboxName { name: name.map(str::to_owned), address: address.into() };
    assert_eq!(content.from, [mailbox(Some("Jörg"), "j@a.test")]);
    assert_eq!(content.to, [mailbox(None, "a@b"), mailbox(None, "c@d"), mailbox(None, "e@f")]);
    assert_eq!(content.subject.as_deref(), Some("Re: [x] Grüße"));
    assert_eq!((content.imap.base_subject.as_str(), content.imap.is_reply), ("grüße", true));
    assert_eq!(content.date.map(|date| date.to_string()).as_deref(), Some("2026-11-20T09:00:00.000Z"));
    assert_eq!(content.message_id.as_deref(), Some("1@a.test"));
    assert_eq!(content.in_reply_to, ["0@a.test"]);
    assert_eq!(content.references, ["r@a.test", "0@a.test"]);
    assert_eq!(content.preview, "Hello");
    assert_eq!(content.parser_version, mime::PARSER_VERSION);
    assert_eq!(mime::lints(&content), []);
}

#[test]
fn missing_fields_are_lints_and_empty_ones_are_there() {
    let content = mime::parse(b"Subject:\r\nDate: whenever\r\n\r\n");
    assert_eq!(content.subject.as_deref(), Some(""));
    assert_eq!(content.warnings, [Warning::BadDate]);
    assert_eq!(mime::lints(&content), [Lint::MissingMessageId, Lint::MissingFrom]);
    assert_eq!(mime::lints(&mime::parse(b"")), [Lint::MissingDate, Lint::MissingMessageId, Lint::MissingFrom]);
}

#[test]
fn no_encoded_line_break_survives() {
    let raw = crlf(
        "From: =?utf-8?q?a=0D=0ABcc=3A_x=40y?= <a@b>\nSubject: =?utf-8?b?aGkNCkJjYzogeEB5?=\nMessage-ID: <a\0b@c>\n\
         Content-Type: text/plain; name*=utf-8''a%0D%0Ab%00c\n\n",
    );
    let content = mime::parse(&raw);
    assert_eq!(content.subject.as_deref(), Some("hi Bcc: x@y"));
    assert_eq!(content.from[0].name.as_deref(), Some("a Bcc: x@y"));
    assert_eq!(content.message_id.as_deref(), Some("ab@c"));
    assert_eq!(content.parts[0].filename.as_deref(), Some("a b c"));
    assert_eq!(mime::header_text(b" =?utf-8?q?a=E2=80=A8b=C2=85c=1B[0m?= \r\n"), "a b c [0m");
}

#[test]
fn text_is_the_plain_text_or_what_the_html_says() {
    let alternative = |plain: &str| {
        format!(
            "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: {plain}\n\nplain\n\n--b\n\
             Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<p>ht=C3=A4ml</p>\n--b--\n"
        )
    };
    assert_eq!(text(&alternative("text/plain")).as_deref(), Some("plain\n"));
    assert_eq!(text(&alternative("text/x-amp-html")).as_deref(), Some("htäml"));
    assert_eq!(text("Content-Type: image/png\n\nPNG"), None);
    let raw = crlf(&alternative("text/plain"));
    assert_eq!(mime::html(&mime::parse(&raw), &raw, 1_000).as_deref(), Some("<p>htäml</p>"));
    assert_eq!(mime::html(&mime::parse(&raw), &raw, 6).as_deref(), Some("<p>ht"));
    // Text that is attached, or that belongs to an embedded message, is not the text of this one.
    assert_eq!(text("Content-Type: text/plain; name=a.txt\n\nattached"), None);
    let forwarded = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nSubject: in\n\nin\n\
                     --b\n\nout\n--b--\n";
    assert_eq!(text(forwarded).as_deref(), Some("out"));
}

#[test]
fn charsets_are_read_and_unknown_ones_noted() {
    let raw =
        [b"Content-Type: text/plain; charset=windows-1251\r\n\r\n".as_slice(), b"\xcf\xf0\xe8\xe2\xe5\xf2"].concat();
    assert_eq!(mime::text(&mime::parse(&raw), &raw, 100).as_deref(), Some("Привет"));
    let raw = b"Content-Type: text/plain; charset=X-Odd\r\n\r\ngr\xfc\xdf";
    let content = mime::parse(raw);
    assert_eq!(content.warnings, [Warning::UnknownCharset("x-odd".to_owned())]);
    assert_eq!(mime::text(&content, raw, 100).as_deref(), Some("grüß"));
    let raw = b"Content-Type: text/plain; charset=utf-16\r\n\r\n\xff\xfeh\0i\0";
    assert_eq!(mime::parse(raw).preview, "hi");
    assert_eq!(mime::parse(b"\r\n\xef\xbb\xbfhi").preview, "hi");
}

/// Each of these is read wrongly by the crate that decodes for us, when it is asked to read the message.
#[test]
fn known_traps_are_guarded() {
    let part = |encoding: &str, body: &str| {
        text(&format!(
            "Content-Type: multipart/mixed; boundary=BND\n\n--BND\nContent-Transfer-Encoding: {encoding}\n\n{body}\n--BND--\n"
        ))
    };
    assert_eq!(part("7bit", "visit --BND for details").as_deref(), Some("visit --BND for details"));
    assert_eq!(part("base64", "aGVsbG8").as_deref(), Some("hello"));
    assert_eq!(part("quoted-printable", "a == b, caf=C3=A9").as_deref(), Some("a == b, café"));
    assert_eq!(mime::parse(b"Subject:\r\n\r\n").subject.as_deref(), Some(""));
    assert_eq!(mime::parse(b"Date: 1 Jan 2026 00:00:00 +9999\r\n\r\n").date, None);
    let broken = mime::parse(&crlf("Content-Transfer-Encoding: base64\n\naGV*sbG8\n"));
    assert_eq!(broken.warnings, [Warning::BrokenEncoding(String::new())]);
}

#[test]
fn the_preview_is_short_and_folded() {
    let preview = |body: &str| mime::parse(format!("Subject: x\r\n\r\n{body}").as_bytes()).preview;
    assert_eq!(preview("  one\r\n\r\n\ttwo  \r\n"), "one two");
    assert_eq!(preview(&"ä".repeat(10_000)), "ä".repeat(200));
    assert_eq!(preview(&"ab ".repeat(1_000)).len(), 200);
    assert_eq!(preview(&format!("{}late", "\r\n".repeat(500))), "late");
    let html = format!("Content-Type: text/html\r\n\r\n<style>{}</style><p>shown", "a{} ".repeat(8_000));
    assert_eq!(mime::parse(html.as_bytes()).preview, "shown");
}
