//! What a filter looks at: one message, as much of it as has been loaded.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::keys::address_key;
use super::{Field, fold, normal};
use crate::model::content::MailboxName;
use crate::model::{Content, Flags, Timestamp};

/// One message. What is `None` has not been loaded: a condition on it can be decided neither way.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// What was read in its octets at delivery.
    pub content: &'a Content,
    /// The forward-paths that led to the inbox.
    pub delivered_to: &'a [String],
    /// The user's words on it.
    pub tags: &'a [String],
    /// The run of its inbox.
    pub run: Option<&'a str>,
    /// The folder that it lies in.
    pub folder: &'a str,
    /// Its system flags.
    pub flags: Flags,
    /// When it was taken.
    pub received_at: Timestamp,
    /// Octets as received.
    pub size: u64,
    /// What only its octets say.
    pub octets: Option<&'a Octets>,
    /// The reverse-path, from the receipt; empty for the null path.
    pub envelope_from: Option<&'a str>,
    /// What extraction found.
    pub found: Option<&'a Found>,
}

/// What is read from the octets when a condition, or an explanation, needs it.
#[derive(Debug, Default)]
pub struct Octets {
    /// The header's fields in order.
    pub headers: Vec<HeaderText>,
    /// The text that a person reads.
    pub text: Option<Text>,
    /// The HTML as sent.
    pub html: Option<Text>,
    /// The HTML without markup.
    pub rendered: Option<Text>,
    /// SHA-256 of each attachment's decoded octets, in lower-case hex.
    pub digests: Vec<String>,
}

/// A field of the header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderText {
    /// Its name as written.
    pub name: String,
    /// Its value, decoded.
    pub value: String,
    /// Its value as it was sent.
    pub raw: String,
}

/// What extraction found, as the fields `code` and `link` compare it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The codes, each as it is typed in and, where that differs, as it is shown.
    pub codes: Vec<String>,
    /// The links' targets.
    pub links: Vec<String>,
}

/// A long text, made comparable at most once.
#[derive(Debug, Default)]
pub struct Text {
    written: String,
    normal: OnceCell<String>,
    folded: OnceCell<String>,
}

impl From<String> for Text {
    fn from(written: String) -> Self {
        Self { written, ..Self::default() }
    }
}

/// In which form a value is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As people are shown it: addresses with their names.
    Shown,
    /// As [`normal`] makes it; addresses without their names.
    Normal,
    /// As [`fold`] makes it; addresses as [`address_key`] makes them.
    Folded,
}

impl Text {
    fn form(&self, form: Form) -> &str {
        match form {
            Form::Shown => &self.written,
            Form::Normal => self.normal.get_or_init(|| normal(&self.written)),
            Form::Folded => self.folded.get_or_init(|| fold(&self.written)),
        }
    }
}

/// Takes values until one is what was looked for.
type Visitor<'v> = &'v mut dyn FnMut(&str) -> bool;

impl Facts<'_> {
    /// Shows the texts of `field` to `is_it` until it says yes. `Some(true)` when it did, `Some(false)` when it saw all,
    /// `None` when something was not loaded.
    pub(super) fn any_text(&self, field: &Field, form: Form, is_it: Visitor<'_>) -> Option<bool> {
        let content = self.content;
        match field {
            Field::From => self.any_mailbox(&[&content.from], form, is_it),
            Field::To => self.any_mailbox(&[&content.to], form, is_it),
            Field::Cc => self.any_mailbox(&[&content.cc], form, is_it),
            Field::Bcc => self.any_mailbox(&[&content.bcc], form, is_it),
            Field::ReplyTo => self.any_mailbox(&[&content.reply_to], form, is_it),
            Field::Recipient => {
                let headers = self.any_mailbox(&[&content.to, &content.cc, &content.bcc], form, is_it);
                Some(headers? || self.any_path(form, is_it))
            }
            Field::EnvelopeTo => Some(self.any_path(form, is_it)),
            Field::EnvelopeFrom => self.envelope_from.map(|path| is_it(&address(path, form))),
            // A message without a subject has an empty one.
            Field::Subject => any(std::iter::once(content.subject.as_deref().unwrap_or_default()), form, is_it),
            Field::Text => Some(long(self.octets?.text.as_ref(), form, is_it)),
            Field::Html => Some(long(self.octets?.html.as_ref(), form, is_it)),
            Field::Body => {
                let octets = self.octets?;
                let texts = [&octets.text, &octets.rendered, &octets.html];
                Some(texts.into_iter().any(|text| long(text.as_ref(), form, is_it)))
            }
            Field::Anywhere => self.anywhere(form, is_it),
            Field::Header(name) => {
                let fields = self.octets?.headers.iter().filter(|field| field.name.eq_ignore_ascii_case(name));
                any(fields.map(|field| field.value.as_str()), form, is_it)
            }
            Field::MessageId => any(content.message_id.as_deref(), form, is_it),
            Field::AttachmentFilename => {
                any(content.attachments().filter_map(|part| part.filename.as_deref()), form, is_it)
            }
            Field::AttachmentContentType => {
                any(content.attachments().map(|part| part.content_type.as_str()), form, is_it)
            }
            Field::AttachmentSha256 => any(self.octets?.digests.iter().map(String::as_str), form, is_it),
            Field::Tag => Some(self.tags.iter().any(|tag| is_it(tag))),
            Field::Run => Some(self.run.is_some_and(is_it)),
            Field::Folder => Some(is_it(self.folder)),
            Field::Code => any(self.found?.codes.iter().map(String::as_str), form, is_it),
            Field::Link => any(self.found?.links.iter().map(String::as_str), form, is_it),
            Field::Seen | Field::Flagged => Some(is_it(&self.flag(field).to_string())),
            Field::ReceivedAt => Some(is_it(&self.received_at.to_string())),
            Field::AttachmentSize | Field::AttachmentCount | Field::Size => {
                Some(self.numbers(field).iter().any(|number| is_it(&number.to_string())))
            }
        }
    }

    /// Shows the display names that go with an address field to `is_it`.
    pub(super) fn any_name(&self, field: &Field, form: Form, is_it: Visitor<'_>) -> bool {
        let content = self.content;
        let lists: &[&[MailboxName]] = match field {
            Field::From => &[&content.from],
            Field::To => &[&content.to],
            Field::Cc => &[&content.cc],
            Field::Bcc => &[&content.bcc],
            Field::ReplyTo => &[&content.reply_to],
            Field::Recipient => &[&content.to, &content.cc, &content.bcc],
            _ => return false,
        };
        let mut names = lists.iter().copied().flatten().filter_map(|mailbox| mailbox.name.as_deref());
        names.any(|name| is_it(&of(name, form)))
    }

    /// The numbers of a field of numbers, flags or times.
    pub(super) fn numbers(&self, field: &Field) -> Vec<i64> {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        match field {
            Field::Size => vec![number(self.size)],
            Field::AttachmentCount => vec![number(self.content.attachments().count() as u64)],
            Field::AttachmentSize => self.content.attachments().map(|part| number(decoded_bytes(part))).collect(),
            Field::Seen | Field::Flagged => vec![i64::from(self.flag(field))],
            Field::ReceivedAt => vec![self.received_at.micros()],
            _ => Vec::new(),
        }
    }

    fn flag(&self, field: &Field) -> bool {
        self.flags.contains(if *field == Field::Seen { Flags::SEEN } else { Flags::FLAGGED })
    }

    fn any_mailbox(&self, lists: &[&[MailboxName]], form: Form, is_it: Visitor<'_>) -> Option<bool> {
        let mut mailboxes = lists.iter().copied().flatten();
        Some(mailboxes.any(|mailbox| match (&mailbox.name, form) {
            (Some(name), Form::Shown) => is_it(&format!("{name} <{}>", mailbox.address)),
            _ => is_it(&address(&mailbox.address, form)),
        }))
    }

    fn any_path(&self, form: Form, is_it: Visitor<'_>) -> bool {
        self.delivered_to.iter().any(|path| is_it(&address(path, form)))
    }

    fn anywhere(&self, form: Form, is_it: Visitor<'_>) -> Option<bool> {
        for field in [Field::Subject, Field::From, Field::Recipient, Field::AttachmentFilename] {
            if self.any_text(&field, form, is_it)? || self.any_name(&field, form, is_it) {
                return Some(true);
            }
        }
        let octets = self.octets?;
        Some([&octets.text, &octets.rendered].into_iter().any(|text| long(text.as_ref(), form, is_it)))
    }
}

fn any<'t>(texts: impl IntoIterator<Item = &'t str>, form: Form, is_it: Visitor<'_>) -> Option<bool> {
    Some(texts.into_iter().any(|text| is_it(&of(text, form))))
}

fn of(text: &str, form: Form) -> Cow<'_, str> {
    match form {
        Form::Shown => Cow::Borrowed(text),
        Form::Normal => Cow::Owned(normal(text)),
        Form::Folded => Cow::Owned(fold(text)),
    }
}

fn address(text: &str, form: Form) -> Cow<'_, str> {
    match form {
        Form::Shown => Cow::Borrowed(text),
        Form::Normal => Cow::Owned(normal(text)),
        Form::Folded => Cow::Owned(address_key(text)),
    }
}

fn long(text: Option<&Text>, form: Form, is_it: Visitor<'_>) -> bool {
    text.is_some_and(|text| is_it(text.form(form)))
}

/// Of a message within the message, whose body is not encoded, the octets as they are.
fn decoded_bytes(part: &crate::model::content::Part) -> u64 {
    if part.kind == crate::model::content::PartKind::Leaf {
        part.decoded_bytes
    } else {
        part.body_end.saturating_sub(part.body_start)
    }
}
