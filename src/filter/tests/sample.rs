//! One message that has everything.

use crate::filter::{Facts, Filter, Found, HeaderText, Octets, Op, Shorthands, Text, Value, Written, WrittenCondition};
use crate::model::content::{MailboxName, Part};
use crate::model::{Content, Flags, Timestamp};

pub(in crate::filter) struct Sample {
    pub(in crate::filter) content: Content,
    delivered_to: Vec<String>,
    tags: Vec<String>,
    pub(in crate::filter) octets: Octets,
    found: Found,
}

fn mailbox(name: &str, address: &str) -> MailboxName {
    MailboxName { name: (!name.is_empty()).then(|| name.to_owned()), address: address.to_owned() }
}

fn attachment(filename: &str, content_type: &str, decoded_bytes: u64) -> Part {
    Part {
        filename: Some(filename.to_owned()),
        content_type: content_type.to_owned(),
        decoded_bytes,
        is_attachment: true,
        ..Part::default()
    }
}

fn header(name: &str, value: &str, raw: &str) -> HeaderText {
    HeaderText { name: name.to_owned(), value: value.to_owned(), raw: raw.to_owned() }
}

impl Sample {
    pub(in crate::filter) fn new() -> Self {
        let html = "<p>Tom &amp; Jerry say: your&nbsp;code is 482&thinsp;913. <a href=\"https://app.test/r\">Only here</a></p>";
        Self {
            content: Content {
                subject: Some("Your  Invoice Größe".into()),
                from: vec![mailbox("The App", "No-Reply@App.test")],
                reply_to: vec![mailbox("Help", "help@app.test")],
                to: vec![mailbox("Anna", "anna+signup@t.test")],
                cc: vec![mailbox("", "carl@t.test")],
                bcc: vec![mailbox("", "bert@t.test")],
                message_id: Some("id-1@app.test".into()),
                parts: vec![attachment("Report 7.PDF", "application/pdf", 5_000), attachment("b.png", "image/png", 20)],
                ..Content::default()
            },
            delivered_to: vec!["Inbox@t.test".into()],
            tags: vec!["Evidence".into(), "x".into()],
            octets: Octets {
                headers: vec![
                    header("Subject", "Your  Invoice Größe", "Your  Invoice =?utf-8?q?Gr=C3=B6=C3=9Fe?="),
                    header("X-Env", "CI", "CI"),
                    header("x-env", "second", "second"),
                ],
                text: Some(Text::from("Hello Anna,\r\n your code is\r\n482\u{a0}913. Pass\u{ad}word".to_owned())),
                html: Some(Text::from(html.to_owned())),
                rendered: Some(Text::from("Tom & Jerry say: your code is 482\u{2009}913. Only here".to_owned())),
                digests: vec!["ab12".into(), "cd34".into()],
            },
            found: Found { codes: vec!["482913".into()], links: vec!["https://app.test/r?t=1".into()] },
        }
    }

    pub(in crate::filter) fn facts(&self) -> Facts<'_> {
        Facts {
            octets: Some(&self.octets),
            envelope_from: Some("bounce@app.test"),
            found: Some(&self.found),
            ..self.row()
        }
    }

    /// What is there without loading.
    pub(in crate::filter) fn row(&self) -> Facts<'_> {
        Facts {
            content: &self.content,
            delivered_to: &self.delivered_to,
            tags: &self.tags,
            run: Some("run_7"),
            folder: "INBOX",
            flags: Flags::SEEN,
            received_at: Timestamp::parse_rfc3339("2026-05-01T12:00:00Z").unwrap(),
            size: 10_000,
            octets: None,
            envelope_from: None,
            found: None,
        }
    }
}

pub(in crate::filter) fn text(field: &str, op: Op, value: &str) -> WrittenCondition {
    let (field, name) = match field.split_once(' ') {
        Some((field, name)) => (field, Some(name.to_owned())),
        None => (field, None),
    };
    WrittenCondition { name, ..WrittenCondition::text(field, op, value) }
}

pub(in crate::filter) fn with(field: &str, op: Op, value: Option<Value>) -> WrittenCondition {
    WrittenCondition { value, ..text(field, op, "") }
}

pub(in crate::filter) fn filter(all: Vec<WrittenCondition>) -> Filter {
    compiled(&Written { all, ..Written::default() })
}

pub(in crate::filter) fn compiled(written: &Written) -> Filter {
    Filter::compile(written, &Shorthands::default()).unwrap()
}
