//! What a message's octets say, read once at delivery and kept beside them.
//!
//! All offsets are octets from the start of the message as received. All text is UTF-8, decoded, without line
//! breaks or other control characters, so that it can stand in one line of any protocol.

use super::time::Timestamp;

/// One message, read. Everything in it follows from the octets alone, so it is kept once per blob.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Content {
    /// Which generation of the reader made it; an older one can be read again from the octets.
    pub parser_version: u16,
    /// The Subject field; `None` when there is none, empty when it is empty.
    pub subject: Option<String>,
    /// The From field, groups flattened.
    pub from: Vec<MailboxName>,
    /// The Sender field.
    pub sender: Vec<MailboxName>,
    /// The Reply-To field.
    pub reply_to: Vec<MailboxName>,
    /// The To field.
    pub to: Vec<MailboxName>,
    /// The Cc field.
    pub cc: Vec<MailboxName>,
    /// The Bcc field.
    pub bcc: Vec<MailboxName>,
    /// The Date field; `None` when it is missing or no date.
    pub date: Option<Timestamp>,
    /// The Message-ID field without its angle brackets.
    pub message_id: Option<String>,
    /// The ids of In-Reply-To, without angle brackets.
    pub in_reply_to: Vec<String>,
    /// The ids of References, without angle brackets, oldest first.
    pub references: Vec<String>,
    /// The first words of the text, at most 200 characters, white space folded. Spec: RFC 8970 §3.1.
    pub preview: String,
    /// The header's fields in order; capped at 5,000, see [`Warning::HeadersCut`].
    pub headers: Vec<HeaderField>,
    /// The MIME tree in order of section numbers, the whole message first; never empty.
    pub parts: Vec<Part>,
    /// What IMAP needs, finished.
    pub imap: ImapContent,
    /// What was odd about the octets.
    pub warnings: Vec<Warning>,
}

impl Content {
    /// The parts that a person would call attachments, in order.
    pub fn attachments(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.is_attachment)
    }

    /// The part with this section number (`1.2`; empty for the whole message).
    ///
    /// `1` also finds a message that is no multipart: it is its own only part. Spec: RFC 9051 §6.4.5.1.
    #[must_use]
    pub fn part(&self, section: &str) -> Option<&Part> {
        let whole = self.parts.first().filter(|whole| section == "1" && whole.kind != PartKind::Multipart);
        whole.or_else(|| self.parts.iter().find(|part| part.section == section))
    }
}

/// A name and an address of a header field.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MailboxName {
    /// The display name, decoded.
    pub name: Option<String>,
    /// The addr-spec as written; may lack its domain in broken mail.
    pub address: String,
}

/// Where one header field stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct HeaderField {
    /// Where its name begins.
    pub start: u64,
    /// Octets of its name.
    pub name_len: u32,
    /// Where the value begins: behind the colon.
    pub value: u64,
    /// Where the next field begins: behind the last line break.
    pub end: u64,
}

/// One node of the MIME tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Part {
    /// Its IMAP section number, `1.2`; empty for the whole message. Spec: RFC 9051 §6.4.5.1.
    ///
    /// A multipart that is all of an embedded message has no number of its own: in part 3 it is called `3.TEXT`.
    pub section: String,
    /// Where its header begins.
    pub header_start: u64,
    /// Where its body begins: behind the empty line.
    pub body_start: u64,
    /// Where its body ends.
    pub body_end: u64,
    /// Lines of the body.
    pub lines: u64,
    /// Type and subtype, lower case: `text/plain`.
    pub content_type: String,
    /// What it is in the tree.
    pub kind: PartKind,
    /// The charset parameter, lower case.
    pub charset: Option<String>,
    /// How the body is encoded for transport.
    pub encoding: Encoding,
    /// The file name, from Content-Disposition or Content-Type, decoded, *not* made safe.
    pub filename: Option<String>,
    /// The Content-ID without its angle brackets.
    pub content_id: Option<String>,
    /// `inline` or `attachment` or another disposition, lower case.
    pub disposition: Option<String>,
    /// Whether it is more than the text that a person reads; images shown within the text are, too.
    pub is_attachment: bool,
    /// Octets of the decoded body of a leaf; 0 for others.
    pub decoded_bytes: u64,
}

/// The place of a [`Part`] in the tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum PartKind {
    /// It has content and no children.
    #[default]
    Leaf,
    /// Its children are the parts with one more number.
    Multipart,
    /// It holds a message of its own, whose root is the next part in the list.
    Message,
}

/// A Content-Transfer-Encoding. Spec: RFC 2045 §6.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Encoding {
    /// `7bit`, or no field.
    #[default]
    SevenBit,
    /// `8bit`.
    EightBit,
    /// `binary`.
    Binary,
    /// `quoted-printable`.
    QuotedPrintable,
    /// `base64`.
    Base64,
    /// Anything else: the octets are given as they are.
    Unknown,
}

/// What the IMAP server sends as it is, and what it sorts and threads by.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ImapContent {
    /// The value of ENVELOPE, parentheses included. Spec: RFC 9051 §7.5.2.
    pub envelope: Vec<u8>,
    /// The value of BODY.
    pub body: Vec<u8>,
    /// The value of BODYSTRUCTURE.
    pub bodystructure: Vec<u8>,
    /// The base subject, folded for comparison. Spec: RFC 5256 §2.1.
    pub base_subject: String,
    /// Whether the subject had a reply or forward mark. Spec: RFC 5256 §2.1.
    pub is_reply: bool,
}

/// Something about the octets that a reader should know.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Warning {
    /// More header fields, octets or addresses than are indexed; the rest is only in the raw message.
    HeadersCut,
    /// More parts than are walked (10,000): the last one takes the rest of the message.
    PartsCut,
    /// Deeper than is walked (100): the rest is an opaque leaf.
    DepthCut,
    /// A multipart without its closing boundary.
    UnclosedBoundary,
    /// A multipart without a boundary parameter.
    MissingBoundary,
    /// A charset that is not known: the text was read as UTF-8, or as windows-1252 where it is not that.
    UnknownCharset(String),
    /// The part of this section number has a broken transfer encoding; it was read as far as possible.
    BrokenEncoding(String),
    /// A Date field that is no date.
    BadDate,
    /// A line in the header that is no field.
    BadHeaderLine(u64),
}
