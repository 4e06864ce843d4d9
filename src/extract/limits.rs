//! How much of a message is looked at. Beyond it the message is cut, not followed.

/// Octets of HTML that are read.
pub(super) const MAX_HTML_BYTES: usize = 1024 * 1024;
/// Characters of a view; the rest of the text is not looked at.
pub(super) const MAX_VIEW_CHARS: usize = 256 * 1024;
/// Characters of the subject that are read.
pub(super) const MAX_SUBJECT_CHARS: usize = 2_000;
/// Open elements whose style is remembered; deeper ones count as text of the deepest.
pub(super) const MAX_DEPTH: usize = 256;
/// Octets of an attribute's value that are read.
pub(super) const MAX_ATTRIBUTE_BYTES: usize = 8 * 1024;
/// Words of the lexicons that are taken note of in one view.
pub(super) const MAX_WORDS: usize = 20_000;
/// Candidates of a code in one view.
pub(super) const MAX_CANDIDATES: usize = 200;
/// Links of a message.
pub(super) const MAX_LINKS: usize = 500;
/// Links that are given out.
pub(super) const MAX_LINKS_OUT: usize = 100;
/// Codes that are given out.
pub(super) const MAX_CODES_OUT: usize = 20;
/// Octets of structured data (JSON-LD) that are read.
pub(super) const MAX_JSON_BYTES: usize = 64 * 1024;
/// Octets of a compiled pattern of a caller's.
pub(super) const MAX_PATTERN_BYTES: usize = 64 * 1024;
