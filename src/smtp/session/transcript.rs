//! What was said, kept for the receipt within limits.

use crate::model::Timestamp;
use crate::model::receipt::{Line, Side};

/// Longest text of one line that is kept.
const MAX_TEXT_BYTES: usize = 1000;
/// Most memory for the opening.
const MAX_OPENING_BYTES: usize = 16 * 1024;
/// Most memory for a transaction, the opening not counted.
const MAX_TRANSACTION_BYTES: usize = 48 * 1024;

/// The opening of the session (greeting, EHLO, TLS, AUTH), which every transaction's transcript begins with, and
/// what was said since the last transaction ended.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    opening: Part,
    transaction: Part,
    opened: bool,
}

#[derive(Debug, Default)]
struct Part {
    lines: Vec<Line>,
    bytes: usize,
    full: bool,
}

impl Transcript {
    pub(super) fn add(&mut self, at: Timestamp, side: Side, text: &str) {
        let text = text.get(..text.floor_char_boundary(MAX_TEXT_BYTES)).unwrap_or(text);
        if self.opened {
            self.transaction.add(at, side, text, MAX_TRANSACTION_BYTES);
        } else {
            self.opening.add(at, side, text, MAX_OPENING_BYTES);
        }
    }

    /// The first MAIL is about to be noted: what was before is the opening.
    pub(super) const fn end_opening(&mut self) {
        self.opened = true;
    }

    /// The transcript of the transaction that ends now.
    pub(super) fn take(&mut self) -> Vec<Line> {
        let part = std::mem::take(&mut self.transaction);
        let mut lines = Vec::with_capacity(self.opening.lines.len() + part.lines.len());
        lines.extend_from_slice(&self.opening.lines);
        lines.extend(part.lines);
        lines
    }

    /// Forgets what was said since the last transaction ended.
    pub(super) fn forget_transaction(&mut self) {
        self.transaction = Part::default();
    }
}

impl Part {
    fn add(&mut self, at: Timestamp, side: Side, text: &str, limit: usize) {
        if self.full {
            return;
        }
        self.bytes += text.len() + size_of::<Line>();
        self.full = self.bytes > limit;
        let text = if self.full { "<what follows is not kept>" } else { text };
        self.lines.push(Line { at, side, text: text.to_owned() });
    }
}
