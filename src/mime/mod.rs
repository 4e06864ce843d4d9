//! Octets to [`crate::model::Content`]: header, MIME tree, text and what IMAP needs, in one pass and never failing.
//!
//! The structure is found here, by offsets, so that it has limits and the shape that IMAP asks for. The crate
//! `mail-parser` turns charsets into UTF-8 and names HTML entities; nothing else of it is used.

mod address;
mod body;
mod boundary;
mod bytes;
mod charset;
mod date;
mod decode;
mod encoded_word;
mod filename;
mod header;
mod html_text;
mod ids;
mod imap;
mod limits;
mod lint;
mod param;
mod parse;
mod part;
mod preview;
mod subject;
mod text;
mod tree;
mod warnings;

pub use body::{html, part_bytes, plain_text, rendered, text};
pub use filename::{safe_content_type, safe_filename};
pub use header::{field_bytes, header_value};
pub use lint::lints;
pub use parse::{PARSER_VERSION, parse};
pub use text::header_text;

#[cfg(test)]
mod tests;
