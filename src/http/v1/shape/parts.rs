//! The JSON of what a message is made of, and of what was noted when it came.

use serde::Serialize;
use utoipa::ToSchema;

use super::message::hex;
use crate::mime;
use crate::model::content::{Content, Encoding, Part, PartKind};
use crate::model::receipt::{Lint, Receipt, Side, Stage, Via};

/// One attachment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct AttachmentJson {
    /// Its id within the message.
    #[schema(example = "att_1-2")]
    id: String,
    /// A name that is safe to write to a disk.
    filename: String,
    /// The type that the sender gave.
    content_type: String,
    /// Octets, decoded.
    size: u64,
    /// Its Content-ID without brackets.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    content_id: Option<String>,
    /// Whether it is meant to be shown within the message.
    inline: bool,
    /// SHA-256 of the decoded octets, in hex.
    sha256: String,
}

impl AttachmentJson {
    pub(in crate::http::v1) fn new(part: &Part, raw: &[u8]) -> Self {
        let bytes = mime::part_bytes(part, raw);
        Self {
            id: attachment_id(part),
            filename: mime::safe_filename(part),
            content_type: part.content_type.clone(),
            size: bytes.len() as u64,
            content_id: part.content_id.clone(),
            inline: part.disposition.as_deref() == Some("inline"),
            sha256: hex(ring::digest::digest(&ring::digest::SHA256, &bytes).as_ref()),
        }
    }
}

/// The id of a part: its section number with hyphens, because an id holds no dots.
pub(in crate::http::v1) fn attachment_id(part: &Part) -> String {
    format!("att_{}", if part.section.is_empty() { "0".to_owned() } else { part.section.replace('.', "-") })
}

/// The attachments of a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct AttachmentList {
    /// In the order of the message.
    pub(in crate::http::v1) items: Vec<AttachmentJson>,
}

/// One header field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct HeaderJson {
    /// Its name as written.
    name: String,
    /// Its value, decoded and in one line.
    value: String,
    /// The whole field as received, line breaks included.
    raw: String,
}

/// The header of a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct HeaderList {
    /// In order, doubles kept.
    items: Vec<HeaderJson>,
}

impl HeaderList {
    pub(in crate::http::v1) fn new(content: &Content, raw: &[u8]) -> Self {
        let fields = content.headers.iter().map(|field| {
            let (name, value) = mime::header_value(raw, field);
            let raw = String::from_utf8_lossy(mime::field_bytes(raw, field)).into_owned();
            HeaderJson { name: name.to_owned(), value, raw }
        });
        Self { items: fields.collect() }
    }
}

/// One node of the MIME tree; the tree follows from the section numbers.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct PartJson {
    /// Its IMAP section number; empty for the whole message.
    section: String,
    /// Its type.
    content_type: String,
    /// `leaf`, `multipart` or `message`.
    kind: &'static str,
    /// Its charset.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    charset: Option<String>,
    /// Its Content-Transfer-Encoding.
    encoding: &'static str,
    /// Its Content-Disposition.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    disposition: Option<String>,
    /// Its file name, made safe.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    filename: Option<String>,
    /// Its Content-ID without brackets.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    content_id: Option<String>,
    /// Octets of the body as received.
    size: u64,
    /// Octets of the body, decoded; 0 for what has parts.
    decoded_size: u64,
    /// The attachment that it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    attachment_id: Option<String>,
}

/// The MIME tree of a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct StructureJson {
    /// In order of section numbers, the whole message first.
    parts: Vec<PartJson>,
}

impl StructureJson {
    pub(in crate::http::v1) fn new(content: &Content) -> Self {
        Self { parts: content.parts.iter().map(part).collect() }
    }
}

fn part(part: &Part) -> PartJson {
    PartJson {
        section: part.section.clone(),
        content_type: part.content_type.clone(),
        kind: match part.kind {
            PartKind::Leaf => "leaf",
            PartKind::Multipart => "multipart",
            PartKind::Message => "message",
        },
        charset: part.charset.clone(),
        encoding: match part.encoding {
            Encoding::SevenBit => "7bit",
            Encoding::EightBit => "8bit",
            Encoding::Binary => "binary",
            Encoding::QuotedPrintable => "quoted-printable",
            Encoding::Base64 => "base64",
            Encoding::Unknown => "unknown",
        },
        disposition: part.disposition.clone(),
        filename: part.filename.is_some().then(|| mime::safe_filename(part)),
        content_id: part.content_id.clone(),
        size: part.body_end.saturating_sub(part.body_start),
        decoded_size: part.decoded_bytes,
        attachment_id: part.is_attachment.then(|| attachment_id(part)),
    }
}

/// One recipient of the envelope.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct RecipientJson {
    /// The forward-path.
    address: String,
    /// `NOTIFY=` (RFC 3461).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    notify: Option<String>,
    /// `ORCPT=` (RFC 3461).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    orcpt: Option<String>,
}

/// What MAIL, RCPT and the session said.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct EnvelopeJson {
    /// The reverse-path; empty is the null path of a bounce.
    from: String,
    /// Every recipient of the transaction.
    to: Vec<RecipientJson>,
    /// What EHLO or HELO said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    helo: Option<String>,
    /// The client's address and port.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    peer: Option<String>,
    /// TLS version and cipher, where it was in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    tls: Option<String>,
    /// Who AUTH said to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    auth_user: Option<String>,
    /// `ENVID=` (RFC 3461).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    envid: Option<String>,
    /// `RET=` (RFC 3461).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ret: Option<String>,
    /// Whether SMTPUTF8 was given (RFC 6531).
    smtputf8: bool,
}

impl EnvelopeJson {
    pub(in crate::http::v1) fn new(receipt: &Receipt) -> Self {
        let (envelope, session) = (&receipt.envelope, receipt.session.as_ref());
        let recipients = envelope.recipients.iter().map(|recipient| RecipientJson {
            address: recipient.path.to_string(),
            notify: recipient.notify.clone(),
            orcpt: recipient.original.clone(),
        });
        Self {
            from: envelope.reverse_path.to_string(),
            to: recipients.collect(),
            helo: session.and_then(|session| session.helo.clone()),
            peer: session.map(|session| session.peer.to_string()),
            tls: session.and_then(|session| session.tls.as_ref()).map(|tls| format!("{} {}", tls.version, tls.cipher)),
            auth_user: session.and_then(|session| session.auth.as_ref()).map(|auth| auth.identity.clone()),
            envid: envelope.mail.envid.clone(),
            ret: envelope.mail.ret.clone(),
            smtputf8: envelope.mail.smtputf8,
        }
    }
}

/// `smtp`, `lmtp`, `api`, `imap`.
pub(super) const fn via(via: Via) -> &'static str {
    match via {
        Via::Smtp => "smtp",
        Via::Lmtp => "lmtp",
        Via::Api => "api",
        Via::Imap => "imap",
    }
}

/// Something that another server may object to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct LintJson {
    /// A stable word: `bare_lf`, `bare_cr`, `long_line`, `eight_bit`, `nul`, `smuggling`, `missing_date`, …
    code: &'static str,
    /// What it is, for people.
    message: String,
    /// Where it is first seen, in octets from the start of the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    offset: Option<u64>,
    /// How often it is seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    count: Option<u64>,
}

impl LintJson {
    pub(in crate::http::v1) fn new(lint: &Lint) -> Self {
        let (code, message, offset, count) = match lint {
            Lint::BareLf { offset, count } => ("bare_lf", "LF without CR".to_owned(), Some(*offset), Some(*count)),
            Lint::BareCr { offset, count } => ("bare_cr", "CR without LF".to_owned(), Some(*offset), Some(*count)),
            Lint::LongLine { offset, count, longest } => {
                let message = format!("lines above 998 octets, the longest has {longest}");
                ("long_line", message, Some(*offset), Some(*count))
            }
            Lint::EightBit { offset } => {
                ("eight_bit", "8-bit octets without BODY=8BITMIME".to_owned(), Some(*offset), None)
            }
            Lint::Nul { offset, count } => ("nul", "NUL octets".to_owned(), Some(*offset), Some(*count)),
            Lint::Smuggling { offset } => (
                "smuggling",
                "some servers would end the message here and start another".to_owned(),
                Some(*offset),
                None,
            ),
            Lint::MissingDate => ("missing_date", "no Date field".to_owned(), None, None),
            Lint::MissingMessageId => ("missing_message_id", "no Message-ID field".to_owned(), None, None),
            Lint::MissingFrom => ("missing_from", "no From field".to_owned(), None, None),
            Lint::CommandBareLf { count } => {
                ("command_bare_lf", "SMTP command lines that ended in LF alone".to_owned(), None, Some(*count))
            }
            Lint::SloppyPath => ("sloppy_path", "a path without <> or with a space before it".to_owned(), None, None),
            Lint::Utf8WithoutSmtputf8 => {
                ("utf8_without_smtputf8", "UTF-8 in the envelope without SMTPUTF8".to_owned(), None, None)
            }
            Lint::NoGreeting => ("no_greeting", "MAIL before EHLO or HELO".to_owned(), None, None),
        };
        Self { code, message, offset, count }
    }
}

/// One line of a session.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct LineJson {
    /// When.
    at: String,
    /// `client` or `server`.
    side: &'static str,
    /// The line; secrets are masked.
    text: String,
}

/// When a stage was reached.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct StageJson {
    /// `connect`, `ehlo`, `auth`, `mail`, `rcpt`, `data`, `data_end`.
    stage: &'static str,
    /// When.
    at: String,
}

/// The session that a message came by.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct TranscriptJson {
    /// How it came: `smtp`, `lmtp`, `api`, `imap`.
    ingest: &'static str,
    /// What the envelope and the session said.
    envelope: EnvelopeJson,
    /// When each stage was reached.
    stages: Vec<StageJson>,
    /// The lines.
    lines: Vec<LineJson>,
    /// What another server may object to.
    lints: Vec<LintJson>,
}

impl TranscriptJson {
    pub(in crate::http::v1) fn new(receipt: &Receipt) -> Self {
        let lines = receipt.transcript.iter().map(|line| LineJson {
            at: line.at.to_string(),
            side: match line.side {
                Side::Client => "client",
                Side::Server => "server",
            },
            text: line.text.clone(),
        });
        let stages =
            receipt.stages.iter().map(|(stage, at)| StageJson { stage: stage_text(*stage), at: at.to_string() });
        Self {
            ingest: via(receipt.via),
            envelope: EnvelopeJson::new(receipt),
            stages: stages.collect(),
            lines: lines.collect(),
            lints: receipt.lints.iter().map(LintJson::new).collect(),
        }
    }
}

const fn stage_text(stage: Stage) -> &'static str {
    match stage {
        Stage::Connect => "connect",
        Stage::Ehlo => "ehlo",
        Stage::Auth => "auth",
        Stage::Mail => "mail",
        Stage::Rcpt => "rcpt",
        Stage::Data => "data",
        Stage::DataEnd => "data_end",
    }
}
