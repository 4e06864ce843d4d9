//! The one call that reads a message.

use super::header::Header;
use super::warnings::Warnings;
use super::{address, date, ids, imap, limits, preview, subject, text, tree};
use crate::model::Content;
use crate::model::content::{ImapContent, MailboxName, Warning};

/// Which generation of this reader wrote a [`Content`]; raised when it would read a message differently.
pub const PARSER_VERSION: u16 = 1;

/// Reads a message.
///
/// Never fails and never panics: what is broken is read as far as it goes and noted in [`Content::warnings`]. Takes
/// time in proportion to `raw.len()`; above 256 KiB it belongs on a thread that may block.
#[must_use]
pub fn parse(raw: &[u8]) -> Content {
    let mut warnings = Warnings::default();
    let mut envelope_addresses = limits::MAX_ADDRESSES;
    let tree = tree::walk(raw, &mut envelope_addresses, &mut warnings);
    if envelope_addresses == 0 {
        warnings.note(Warning::HeadersCut);
    }
    let mut content = Content { parser_version: PARSER_VERSION, headers: tree.fields, ..Content::default() };
    summarise(&tree.header, &mut content, &mut warnings);

    let (base_subject, is_reply) = subject::base(content.subject.as_deref().unwrap_or_default());
    let body = imap::structure(&tree.nodes, imap::Form::Basic);
    let bodystructure = imap::structure(&tree.nodes, imap::Form::Extended);
    let mut nodes = tree.nodes.into_iter();
    let mut envelope = Vec::new();
    content.parts.reserve(nodes.len());
    for node in nodes.by_ref() {
        if content.parts.is_empty() {
            envelope = node.envelope;
        }
        content.parts.push(node.part);
    }
    content.imap = ImapContent { envelope, body, bodystructure, base_subject, is_reply };
    content.preview = preview::preview(&content.parts, raw);
    content.warnings = warnings.into_vec();
    content
}

/// Fills in what the outermost header says.
fn summarise(header: &Header<'_>, content: &mut Content, warnings: &mut Warnings) {
    let mut left = limits::MAX_ADDRESSES;
    let mut addresses = |fields: &[&[u8]]| -> Vec<MailboxName> {
        fields.iter().flat_map(|field| address::flatten(&address::parse(field, &mut left))).collect()
    };
    content.from = addresses(&header.from);
    content.sender = addresses(&header.sender);
    content.reply_to = addresses(&header.reply_to);
    content.to = addresses(&header.to);
    content.cc = addresses(&header.cc);
    content.bcc = addresses(&header.bcc);
    content.subject = header.subject.map(text::header_text);
    content.date = header.date.and_then(date::parse);
    if header.date.is_some() && content.date.is_none() {
        warnings.note(Warning::BadDate);
    }
    content.message_id = header.message_id.and_then(ids::single);
    content.in_reply_to = header.in_reply_to.map(ids::list).unwrap_or_default();
    content.references = header.references.map(ids::list).unwrap_or_default();
}
