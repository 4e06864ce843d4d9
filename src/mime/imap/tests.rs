//! ENVELOPE, BODY and BODYSTRUCTURE of whole messages, octet for octet.

use crate::mime::parse;
use crate::model::content::ImapContent;

fn imap(lines: &str) -> ImapContent {
    parse(lines.replace('\n', "\r\n").as_bytes()).imap
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

#[test]
fn envelopes_are_exact() {
    let from = "((NIL NIL \"a\" \"b\"))";
    for (header, envelope) in [
        (
            "Date: Fri, 20 Nov 2026 10:00:00 +0100\nSubject: Hello\nFrom: Anna <anna@a.test>\nSender: s@a.test\n\
             Reply-To: r@a.test\nTo: t@b.test, \"U, V\" <u@b.test>\nCc: c@b.test\nBcc: d@b.test\nIn-Reply-To: <1@a>\n\
             Message-ID: <2@a>\n",
            "(\"Fri, 20 Nov 2026 10:00:00 +0100\" \"Hello\" ((\"Anna\" NIL \"anna\" \"a.test\")) \
             ((NIL NIL \"s\" \"a.test\")) ((NIL NIL \"r\" \"a.test\")) \
             ((NIL NIL \"t\" \"b.test\")(\"U, V\" NIL \"u\" \"b.test\")) ((NIL NIL \"c\" \"b.test\")) \
             ((NIL NIL \"d\" \"b.test\")) \"<1@a>\" \"<2@a>\")"
                .to_owned(),
        ),
        // Sender and Reply-To are that of From when they are missing or empty.
        ("From: a@b\nSender:\nReply-To: \n", format!("(NIL NIL {from} {from} {from} NIL NIL NIL NIL NIL)")),
        // Empty is not NIL.
        (
            "From: a@b\nDate:\nSubject:\nIn-Reply-To:\nMessage-ID:\n",
            format!("(\"\" \"\" {from} {from} {from} NIL NIL NIL \"\" \"\")"),
        ),
        ("Subject: no sender\n", {
            let missing = "((NIL NIL \"MISSING_MAILBOX\" \"MISSING_DOMAIN\"))";
            format!("(NIL \"no sender\" {missing} {missing} {missing} NIL NIL NIL NIL NIL)")
        }),
        (
            "From: a@b\nTo: friends: x@y, \"Z\" <z@y>;, w@y\nCc: undisclosed-recipients:;\nBcc: ,\n",
            format!(
                "(NIL NIL {from} {from} {from} ((NIL NIL \"friends\" NIL)(NIL NIL \"x\" \"y\")(\"Z\" NIL \"z\" \"y\")\
                 (NIL NIL NIL NIL)(NIL NIL \"w\" \"y\")) ((NIL NIL \"undisclosed-recipients\" NIL)(NIL NIL NIL NIL)) \
                 NIL NIL NIL)"
            ),
        ),
        // Two fields make one list.
        (
            "From: a@b\nTo: x@y\nTo: z@y\n",
            format!("(NIL NIL {from} {from} {from} ((NIL NIL \"x\" \"y\")(NIL NIL \"z\" \"y\")) NIL NIL NIL NIL)"),
        ),
        // Quotes and backslashes are escaped, also in ids.
        (
            "From: a@b\nSubject: say \"hi\" \\o/\nMessage-ID: <\"x\"@y>\n",
            format!("(NIL \"say \\\"hi\\\" \\\\o/\" {from} {from} {from} NIL NIL NIL NIL \"<\\\"x\\\"@y>\")"),
        ),
        // Encoded words stay encoded, folding goes.
        (
            "From: a@b\nSubject: =?utf-8?q?caf=C3=A9?=\n =?utf-8?b?DQpCY2M6IHg=?=\nTo: =?utf-8?q?J=C3=B6rg?= <j@g>\n",
            format!(
                "(NIL \"=?utf-8?q?caf=C3=A9?= =?utf-8?b?DQpCY2M6IHg=?=\" {from} {from} {from} \
                 ((\"=?utf-8?q?J=C3=B6rg?=\" NIL \"j\" \"g\")) NIL NIL NIL NIL)"
            ),
        ),
        // What is not ASCII is a literal.
        (
            "From: a@b\nSubject: Grüße\nTo: Jörg <jörg@bücher.test>\n",
            format!(
                "(NIL {{7}}\r\nGrüße {from} {from} {from} (({{5}}\r\nJörg NIL {{5}}\r\njörg {{12}}\r\nbücher.test)) \
                 NIL NIL NIL NIL)"
            ),
        ),
        // A bare CR and a NUL come through as spaces.
        (
            "From: a@b\nSubject: one\rBcc: x\0y\n",
            format!("(NIL \"one Bcc: x y\" {from} {from} {from} NIL NIL NIL NIL NIL)"),
        ),
        ("From: root\nTo: <@r1,@r2:a@b>, two words, \"\"@b, Nobody <>\n", {
            let root = "((NIL NIL \"root\" \"MISSING_DOMAIN\"))";
            format!(
                "(NIL NIL {root} {root} {root} ((NIL \"@r1,@r2\" \"a\" \"b\")\
                     (\"two words\" NIL \"MISSING_MAILBOX\" \"MISSING_DOMAIN\")(NIL NIL \"\" \"b\")\
                     (\"Nobody\" NIL \"MISSING_MAILBOX\" \"MISSING_DOMAIN\")) NIL NIL NIL NIL)"
            )
        }),
        // The first of two counts.
        ("From: a@b\nSubject: one\nSubject: two\n", format!("(NIL \"one\" {from} {from} {from} NIL NIL NIL NIL NIL)")),
    ] {
        let found = imap(&format!("{header}\nbody\n"));
        assert_eq!(text(&found.envelope), envelope, "{header}");
    }
}

#[test]
fn octets_that_are_no_text_are_a_literal_as_they_are() {
    let content = parse(b"From: a@b\r\nSubject: gr\xfc\xdf\r\n\r\n");
    let found = content.imap.envelope;
    assert!(found.starts_with(b"(NIL {4}\r\ngr\xfc\xdf ((NIL"), "{}", text(&found));
    assert_eq!(content.subject.as_deref(), Some("grüß"));
}

const ASCII: &str = "(\"charset\" \"us-ascii\")";

#[test]
fn structures_are_exact() {
    for (message, body, bodystructure) in [
        (
            "Subject: x\n\none\ntwo\n",
            format!("(\"text\" \"plain\" {ASCII} NIL NIL \"7bit\" 10 2)"),
            format!("(\"text\" \"plain\" {ASCII} NIL NIL \"7bit\" 10 2 NIL NIL NIL NIL)"),
        ),
        ("", format!("(\"text\" \"plain\" {ASCII} NIL NIL \"7bit\" 0 0)"), String::new()),
        (
            "Content-Type: TEXT/Html; Charset=\"UTF-8\"; format=flowed\nContent-Transfer-Encoding: Quoted-Printable\n\
             Content-ID: <1@a>\nContent-Description: say \"hi\"\nContent-MD5: Q2hlY2s=\nContent-Language: de, en\n\
             Content-Disposition: INLINE\nContent-Location: http://a.test/\n\n<p>=\n",
            String::new(),
            "(\"text\" \"html\" (\"charset\" \"UTF-8\" \"format\" \"flowed\") \"<1@a>\" \"say \\\"hi\\\"\" \
             \"quoted-printable\" 6 1 \"Q2hlY2s=\" (\"inline\" NIL) (\"de\" \"en\") \"http://a.test/\")"
                .to_owned(),
        ),
        // Pieces are joined; extended values keep their form.
        (
            "Content-Type: application/pdf; name*0=\"a \"; name*1=b\nContent-Transfer-Encoding: base64\n\
             Content-Disposition: attachment; filename*=utf-8''%C3%A9.pdf; filename=\"\"\n\nAAAA\n",
            "(\"application\" \"pdf\" (\"name\" \"a b\") NIL NIL \"base64\" 6)".to_owned(),
            "(\"application\" \"pdf\" (\"name\" \"a b\") NIL NIL \"base64\" 6 NIL \
             (\"attachment\" (\"filename*\" \"utf-8''%C3%A9.pdf\" \"filename\" \"\")) NIL NIL)"
                .to_owned(),
        ),
        // A type that makes no sense is plain text; an encoding that makes none is 7bit.
        (
            "Content-Type: text\nContent-Transfer-Encoding: \"a b\"\n\n",
            format!("(\"text\" \"plain\" {ASCII} NIL NIL \"7bit\" 0 0)"),
            String::new(),
        ),
        (
            "Content-Type: multipart/mixed; boundary=o\n\npreamble\n--o\nContent-Type: multipart/alternative; boundary=i\n\
             \n--i\n\nplain\n--i\nContent-Type: text/html\n\n<p>\n--i--\n--o\nContent-Type: image/png\n\nPNG\n--o--\nepilogue\n",
            format!(
                "(((\"text\" \"plain\" {ASCII} NIL NIL \"7bit\" 5 0)(\"text\" \"html\" {ASCII} NIL NIL \"7bit\" 3 0) \
                 \"alternative\")(\"image\" \"png\" NIL NIL NIL \"7bit\" 3) \"mixed\")"
            ),
            format!(
                "(((\"text\" \"plain\" {ASCII} NIL NIL \"7bit\" 5 0 NIL NIL NIL NIL)\
                 (\"text\" \"html\" {ASCII} NIL NIL \"7bit\" 3 0 NIL NIL NIL NIL) \"alternative\" (\"boundary\" \"i\") \
                 NIL NIL NIL)(\"image\" \"png\" NIL NIL NIL \"7bit\" 3 NIL NIL NIL NIL) \"mixed\" \
                 (\"boundary\" \"o\") NIL NIL NIL)"
            ),
        ),
        // An empty multipart has an empty part, one without its boundary has all its text in one.
        (
            "Content-Type: multipart/mixed; boundary=o\n\n--o--\n",
            format!("((\"text\" \"plain\" {ASCII} NIL NIL \"7bit\" 0 0) \"mixed\")"),
            String::new(),
        ),
        (
            "Content-Type: multipart/mixed\n\none\ntwo\n",
            format!("((\"text\" \"plain\" {ASCII} NIL NIL \"7bit\" 10 2) \"mixed\")"),
            String::new(),
        ),
        // A message that is encoded is not looked into and does not look like a message.
        (
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nRnJvbTogYUBi\n",
            "(\"application\" \"octet-stream\" NIL NIL NIL \"base64\" 14)".to_owned(),
            String::new(),
        ),
        (
            "Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n",
            "(\"message\" \"delivery-status\" NIL NIL NIL \"7bit\" 23)".to_owned(),
            String::new(),
        ),
    ] {
        let found = imap(message);
        if !body.is_empty() {
            assert_eq!(text(&found.body), body, "{message}");
        }
        if !bodystructure.is_empty() {
            assert_eq!(text(&found.bodystructure), bodystructure, "{message}");
        }
    }
}

#[test]
fn embedded_messages_bring_envelope_body_and_lines() {
    let missing = "((NIL NIL \"MISSING_MAILBOX\" \"MISSING_DOMAIN\"))";
    let from = "((NIL NIL \"a\" \"b\"))";
    let found = imap(
        "Content-Type: multipart/digest; boundary=o\n\n--o\n\nFrom: a@b\nSubject: in\n\nhi\n\n--o\n\
         Content-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\nx\n--i--\n--o--\n",
    );
    let first = format!("(NIL \"in\" {from} {from} {from} NIL NIL NIL NIL NIL)");
    let second = format!("(NIL NIL {missing} {missing} {missing} NIL NIL NIL NIL NIL)");
    assert_eq!(
        text(&found.body),
        format!(
            "((\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 30 {first} \
             (\"text\" \"plain\" {ASCII} NIL NIL \"7bit\" 4 1) 4)\
             (\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 60 {second} \
             ((\"text\" \"plain\" {ASCII} NIL NIL \"7bit\" 1 0) \"mixed\") 5) \"digest\")"
        ),
    );
    assert_eq!(
        text(&found.bodystructure),
        format!(
            "((\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 30 {first} \
             (\"text\" \"plain\" {ASCII} NIL NIL \"7bit\" 4 1 NIL NIL NIL NIL) 4 NIL NIL NIL NIL)\
             (\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 60 {second} \
             ((\"text\" \"plain\" {ASCII} NIL NIL \"7bit\" 1 0 NIL NIL NIL NIL) \"mixed\" (\"boundary\" \"i\") NIL NIL NIL) \
             5 NIL NIL NIL NIL) \"digest\" (\"boundary\" \"o\") NIL NIL NIL)"
        ),
    );
}
