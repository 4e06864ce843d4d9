//! Whole messages: what is read of them, what they may cost, and what always holds.

mod hostile;
mod invariants;
mod property;
mod structure;
mod summary;

use super as mime;
use crate::model::content::{Content, Part, PartKind};

/// Lines with LF as a message with CRLF.
fn crlf(lines: &str) -> Vec<u8> {
    lines.replace('\n', "\r\n").into_bytes()
}
