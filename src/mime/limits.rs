//! How much of a message is read; what is beyond stays in the raw octets and is noted as a warning.

/// Octets of one header block that are read. A field that ends behind them is not indexed.
pub(super) const MAX_HEADER_BYTES: usize = 1 << 20;
/// Fields of one header block that are read.
pub(super) const MAX_FIELDS: usize = 5_000;
/// Multiparts and messages inside each other; a deeper one is an opaque leaf.
pub(super) const MAX_DEPTH: usize = 100;
/// Parts that are walked; the last one takes the rest of the message.
pub(super) const MAX_PARTS: usize = 10_000;
/// Parameters of one Content-Type or Content-Disposition, RFC 2231 pieces counted one by one.
pub(super) const MAX_PARAMS: usize = 128;
/// Addresses and group marks of one message, those of embedded messages included.
pub(super) const MAX_ADDRESSES: usize = 10_000;
/// Ids of References or In-Reply-To: the first, and the last ones.
pub(super) const MAX_IDS: usize = 1_000;
/// Warnings that are kept.
pub(super) const MAX_WARNINGS: usize = 100;
/// Characters of a preview. Spec: RFC 8970 §3.3.
pub(super) const PREVIEW_CHARS: usize = 200;
/// Encoded octets of a text part that are looked at for the preview: 200 characters of anything, with room for blank lines.
pub(super) const PREVIEW_TEXT_BYTES: usize = 4 << 10;
/// The same for HTML, which may begin with a long style sheet.
pub(super) const PREVIEW_HTML_BYTES: usize = 64 << 10;
/// Octets of HTML that are turned into plain text.
pub(super) const MAX_HTML_BYTES: usize = 1 << 20;
