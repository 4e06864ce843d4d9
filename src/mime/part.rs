//! What the header of a part says about it.

use super::header::MimeHeader;
use super::{bytes, ids, param};
use crate::model::content::{Encoding, Part, PartKind};

/// The understood header of one part.
pub(super) struct Mime<'a> {
    /// `text`, lower case.
    pub(super) main_type: String,
    /// `plain`, lower case.
    pub(super) subtype: String,
    /// The parameters of the type; those of the default, when it was not given.
    pub(super) params: Vec<param::Param>,
    /// The boundary parameter of a multipart.
    pub(super) boundary: Option<Vec<u8>>,
    /// The transfer encoding as IMAP shows it, lower case.
    pub(super) encoding_name: String,
    /// The disposition, when it is one.
    pub(super) disposition: Option<param::Value>,
    /// Fields that are shown as they are.
    pub(super) header: MimeHeader<'a>,
}

/// What a part is when it does not say. Spec: RFC 2045 §5.2, RFC 2046 §5.1.5.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum DefaultType {
    /// `text/plain; charset=us-ascii`.
    Text,
    /// `message/rfc822`, in a digest.
    Message,
}

impl DefaultType {
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Text => ("text", "plain"),
            Self::Message => ("message", "rfc822"),
        }
    }
}

impl<'a> Mime<'a> {
    /// Reads the fields. Adds to `part` what the model keeps of them.
    pub(super) fn read(header: MimeHeader<'a>, default: DefaultType, part: &mut Part) -> Self {
        let content_type = header.content_type.map(param::parse).unwrap_or_default();
        let (main_type, subtype) = names(&content_type.head, default);
        let disposition = header.disposition.map(param::parse).filter(|disposition| is_token(&disposition.head));

        part.content_type = [main_type, "/", subtype].concat();
        part.charset =
            content_type.get("charset").map(|charset| charset.to_lowercase()).filter(|name| !name.is_empty());
        part.filename = disposition
            .as_ref()
            .and_then(|disposition| disposition.get("filename"))
            .or_else(|| content_type.get("name"))
            .filter(|name| !name.is_empty());
        part.content_id = header.id.and_then(ids::single);
        part.disposition = disposition.as_ref().map(|disposition| disposition.head.clone());
        let (encoding, encoding_name) = encoding(header.encoding);
        part.encoding = encoding;

        let boundary = content_type.raw("boundary").map(bytes::trim_end_wsp).filter(|boundary| !boundary.is_empty());
        let mut mime = Self {
            main_type: main_type.to_owned(),
            subtype: subtype.to_owned(),
            boundary: boundary.map(<[u8]>::to_vec),
            params: content_type.params,
            encoding_name,
            disposition,
            header,
        };
        if mime.main_type == "text" && !mime.params.iter().any(|param| param.name == "charset") {
            // RFC 2045 §5.2: without the parameter it is ASCII; IMAP clients expect to be told.
            let value = b"us-ascii".to_vec();
            mime.params.push(param::Param { name: "charset".to_owned(), extended: false, value });
        }
        mime
    }

    /// The place in the tree that the type asks for.
    pub(super) fn kind(&self, encoding: Encoding) -> PartKind {
        match (self.main_type.as_str(), self.subtype.as_str()) {
            ("multipart", _) => PartKind::Multipart,
            // RFC 2046 §5.2.1 allows no other encoding; a message that is encoded is not looked into.
            ("message", "rfc822" | "global") if !matches!(encoding, Encoding::Base64 | Encoding::QuotedPrintable) => {
                PartKind::Message
            }
            _ => PartKind::Leaf,
        }
    }
}

/// Whether a leaf or message is more than the text that a person reads.
pub(super) fn is_attachment(part: &Part) -> bool {
    let is_body = matches!(
        part.content_type.as_str(),
        "text/plain" | "text/html" | "text/enriched" | "text/x-amp-html" | "text/watch-html"
    );
    part.kind != PartKind::Multipart
        && (!is_body || part.filename.is_some() || part.disposition.as_deref() == Some("attachment"))
}

/// Type and subtype; the default when the field is missing or makes no sense (RFC 2045 §5.2).
fn names(head: &str, default: DefaultType) -> (&str, &str) {
    match head.split_once('/') {
        Some((main_type, subtype)) if is_token(main_type) && is_token(subtype) => (main_type, subtype),
        _ => default.names(),
    }
}

fn encoding(raw_value: Option<&[u8]>) -> (Encoding, String) {
    let name = param::parse(raw_value.unwrap_or_default()).head;
    let encoding = match name.as_str() {
        "" | "7bit" => Encoding::SevenBit,
        "8bit" => Encoding::EightBit,
        "binary" => Encoding::Binary,
        "quoted-printable" => Encoding::QuotedPrintable,
        "base64" => Encoding::Base64,
        _ => Encoding::Unknown,
    };
    let name = if is_token(&name) { name } else { "7bit".to_owned() };
    (encoding, name)
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(bytes::is_token)
}
