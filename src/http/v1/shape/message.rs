//! The JSON of messages.

use base64::Engine as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{CodeJson, LinkJson};
use super::parts::{AttachmentJson, EnvelopeJson, LintJson};
use crate::extract::Extraction;
use crate::inboxes::{Attachment, Draft, Full, MessagePatch};
use crate::model::Flags;
use crate::model::content::{MailboxName, Warning};
use crate::store::{MessageVersion, StoredMessage};

/// A name and an address.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct AddressJson {
    /// The display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    name: Option<String>,
    /// The address as written in the header.
    address: String,
}

impl From<&MailboxName> for AddressJson {
    fn from(mailbox: &MailboxName) -> Self {
        Self { name: mailbox.name.clone(), address: mailbox.address.clone() }
    }
}

fn addresses(mailboxes: &[MailboxName]) -> Vec<AddressJson> {
    mailboxes.iter().map(AddressJson::from).collect()
}

/// A message as lists show it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct MessageSummary {
    /// Its id.
    #[schema(example = "msg_01hzy3v7k2e6m8q4w9x5c1t0rn")]
    id: String,
    /// The inbox that has it.
    inbox_id: String,
    /// The inbox's project.
    project_id: String,
    /// Its place in the inbox's order of commits.
    seq: i64,
    /// The folder that it lies in.
    #[schema(example = "INBOX")]
    folder: String,
    /// Its number there, for IMAP.
    uid: u32,
    /// When it was taken.
    received_at: String,
    /// What its Date field says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    date: Option<String>,
    /// The envelope's recipients that led to this inbox.
    envelope_to: Vec<String>,
    /// The first address of From.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    from: Option<AddressJson>,
    /// The To field.
    to: Vec<AddressJson>,
    /// The Cc field.
    cc: Vec<AddressJson>,
    /// The Bcc field.
    bcc: Vec<AddressJson>,
    /// The Reply-To field.
    reply_to: Vec<AddressJson>,
    /// The Subject field; empty when there is none.
    subject: String,
    /// The Message-ID field without its brackets.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    message_id: Option<String>,
    /// Octets as received.
    size: u64,
    /// Whether someone has read it.
    seen: bool,
    /// Whether it is marked as important.
    flagged: bool,
    /// Whether it has been answered.
    answered: bool,
    /// IMAP keywords.
    keywords: Vec<String>,
    /// Your words on it.
    tags: Vec<String>,
    /// How many attachments it has.
    attachment_count: usize,
    /// Its first words.
    snippet: String,
    /// Its one-time code, where one is sure. Lists do not look into messages above 128 KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "482913")]
    best_code: Option<String>,
}

impl MessageSummary {
    pub(in crate::http::v1) fn new(stored: &StoredMessage, best_code: Option<String>) -> Self {
        let (message, content) = (&stored.message, &stored.content);
        Self {
            id: message.id.to_string(),
            inbox_id: message.inbox.to_string(),
            project_id: message.project.to_string(),
            seq: message.seq.0,
            folder: message.folder.clone(),
            uid: message.uid.get(),
            received_at: message.received_at.to_string(),
            date: content.date.map(|date| date.to_string()),
            envelope_to: message.delivered_to.clone(),
            from: content.from.first().map(AddressJson::from),
            to: addresses(&content.to),
            cc: addresses(&content.cc),
            bcc: addresses(&content.bcc),
            reply_to: addresses(&content.reply_to),
            subject: content.subject.clone().unwrap_or_default(),
            message_id: content.message_id.clone(),
            size: message.size,
            seen: message.flags.contains(Flags::SEEN),
            flagged: message.flags.contains(Flags::FLAGGED),
            answered: message.flags.contains(Flags::ANSWERED),
            keywords: message.keywords.clone(),
            tags: message.tags.clone(),
            attachment_count: content.attachments().count(),
            snippet: content.preview.clone(),
            best_code,
        }
    }
}

/// A message with everything.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct MessageJson {
    #[serde(flatten)]
    summary: MessageSummary,
    /// What SMTP's envelope said.
    envelope: EnvelopeJson,
    /// The ids of In-Reply-To.
    in_reply_to: Vec<String>,
    /// The ids of References, oldest first.
    references: Vec<String>,
    /// The text part, or the HTML as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    text: Option<String>,
    /// The HTML part as sent: hostile until proven otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    html: Option<String>,
    /// What may be a one-time code, the likeliest first.
    codes: Vec<CodeJson>,
    /// Where it leads to, the likeliest action first.
    links: Vec<LinkJson>,
    /// The attachments.
    attachments: Vec<AttachmentJson>,
    /// What was odd when the octets were read.
    parse_warnings: Vec<String>,
    /// What another server may object to.
    lints: Vec<LintJson>,
    /// How it came: `smtp`, `lmtp`, `api`, `imap`.
    ingest: &'static str,
    /// SHA-256 of the octets, in hex.
    sha256: String,
}

impl MessageJson {
    pub(in crate::http::v1) fn new(full: &Full) -> Self {
        let (content, found) = (&full.stored.content, full.extraction.as_deref());
        Self {
            summary: MessageSummary::new(&full.stored, found.and_then(Extraction::sure_code)),
            envelope: EnvelopeJson::new(&full.receipt),
            in_reply_to: content.in_reply_to.clone(),
            references: content.references.clone(),
            text: full.text(),
            html: full.html(),
            codes: found.map(|found| found.codes.iter().map(CodeJson::from).collect()).unwrap_or_default(),
            links: found.map(|found| found.links.iter().map(LinkJson::from).collect()).unwrap_or_default(),
            attachments: content.attachments().map(|part| AttachmentJson::new(part, &full.raw)).collect(),
            parse_warnings: content.warnings.iter().map(warning).collect(),
            lints: full.receipt.lints.iter().map(LintJson::new).collect(),
            ingest: super::parts::via(full.receipt.via),
            sha256: hex(&full.stored.message.digest),
        }
    }
}

/// Octets as lower-case hex.
pub(in crate::http::v1) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn warning(warning: &Warning) -> String {
    match warning {
        Warning::HeadersCut => "the header is larger than is read: the rest is only in the raw message".to_owned(),
        Warning::PartsCut => "there are more parts than are read: the rest is one opaque part".to_owned(),
        Warning::DepthCut => "parts are nested deeper than is read: the rest is one opaque part".to_owned(),
        Warning::UnclosedBoundary => "a multipart is not closed".to_owned(),
        Warning::MissingBoundary => "a multipart has no boundary".to_owned(),
        Warning::UnknownCharset(charset) => format!("the charset {charset:?} is not known: read as UTF-8"),
        Warning::BrokenEncoding(section) => {
            format!("the encoding of part {section:?} is broken: read as far as possible")
        }
        Warning::BadDate => "the Date field is no date".to_owned(),
        Warning::BadHeaderLine(offset) => format!("the header's line at octet {offset} is no field"),
    }
}

/// A page of messages.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct MessagePageJson {
    /// The messages.
    pub(in crate::http::v1) items: Vec<MessageSummary>,
    /// Whether more come behind them.
    pub(in crate::http::v1) has_more: bool,
    /// What to give as `after` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) next_after: Option<String>,
    /// Behind everything that had arrived when the page was made: a `since` for waits and lists.
    pub(in crate::http::v1) cursor: String,
}

/// What is missing stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"seen": true, "tags": ["evidence"]}))]
pub(in crate::http::v1) struct UpdateMessageBody {
    /// Read or not.
    #[schema(nullable = false)]
    seen: Option<bool>,
    /// Important or not.
    #[schema(nullable = false)]
    flagged: Option<bool>,
    /// Answered or not.
    #[schema(nullable = false)]
    answered: Option<bool>,
    /// All IMAP keywords.
    #[schema(nullable = false)]
    keywords: Option<Vec<String>>,
    /// All tags.
    #[schema(nullable = false)]
    tags: Option<Vec<String>>,
    /// The folder of its inbox to put it into; it gets a new UID there.
    #[schema(nullable = false)]
    folder: Option<String>,
}

impl UpdateMessageBody {
    /// The change, for the version that the caller has seen.
    pub(in crate::http::v1) fn into_patch(self, if_version: Option<MessageVersion>) -> MessagePatch {
        MessagePatch {
            seen: self.seen,
            flagged: self.flagged,
            answered: self.answered,
            keywords: self.keywords,
            tags: self.tags,
            folder: self.folder,
            if_version,
        }
    }
}

/// A message in parts, to be put into the inbox without SMTP.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from": "App <no-reply@app.test>", "subject": "Your code", "text": "It is 123456."}))]
pub(in crate::http::v1) struct Injected {
    /// `a@b.test` or `Name <a@b.test>`.
    from: String,
    /// The To field; the inbox's address when it is missing.
    #[serde(default)]
    to: Vec<String>,
    /// The Cc field.
    #[serde(default)]
    cc: Vec<String>,
    /// The Subject field.
    #[serde(default)]
    subject: String,
    /// The text part.
    #[schema(nullable = false)]
    text: Option<String>,
    /// The HTML part.
    #[schema(nullable = false)]
    html: Option<String>,
    /// More header fields, in order.
    #[serde(default)]
    headers: Vec<InjectedHeader>,
    /// Files.
    #[serde(default)]
    attachments: Vec<InjectedAttachment>,
}

/// A header field.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InjectedHeader {
    /// Its name.
    name: String,
    /// Its value, in one line.
    value: String,
}

/// A file.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InjectedAttachment {
    /// Its name.
    filename: String,
    /// Its type.
    #[serde(default = "any_type")]
    content_type: String,
    /// Its octets in base64 (RFC 4648 §4).
    content_base64: String,
}

fn any_type() -> String {
    "application/octet-stream".to_owned()
}

impl Injected {
    /// The draft, or which attachment is not base64.
    pub(in crate::http::v1) fn into_draft(self) -> Result<Draft, String> {
        let attachments = self.attachments.into_iter().enumerate().map(|(place, file)| {
            let bytes = base64::engine::general_purpose::STANDARD.decode(file.content_base64.as_bytes());
            let bytes = bytes.map_err(|_| format!("/attachments/{place}/content_base64"))?;
            Ok(Attachment { filename: file.filename, content_type: file.content_type, bytes })
        });
        Ok(Draft {
            attachments: attachments.collect::<Result<_, String>>()?,
            from: self.from,
            to: self.to,
            cc: self.cc,
            subject: self.subject,
            text: self.text,
            html: self.html,
            headers: self.headers.into_iter().map(|header| (header.name, header.value)).collect(),
        })
    }
}
