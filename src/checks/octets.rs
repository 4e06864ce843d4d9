//! What is unusual about a message's octets: line ends, line lengths, NUL, 8-bit, and sequences that split messages.

use memchr::{memchr_iter, memchr2};

use crate::model::envelope::BodyKind;
use crate::model::receipt::Lint;

/// Longest line that no server may refuse, in octets without its CRLF. Spec: RFC 5322 §2.1.1.
pub const MAX_LINE_BYTES: u64 = 998;

/// Looks through a message while it arrives, in chunks of any size.
///
/// Offsets count the octets that were pushed: they are places in the message as it is stored.
#[derive(Clone, Debug, Default)]
pub struct Octets {
    seen: u64,
    line_start: u64,
    /// The last octet was a CR, and whether it is bare is not known yet.
    open_cr: bool,
    /// What the current segment, the octets since the last CR or LF, looks like so far.
    segment: Segment,
    /// How the segment before ended.
    before: Break,
    bare_lf: Tally,
    bare_cr: Tally,
    nul: Tally,
    long: Tally,
    longest: u64,
    eight_bit: Option<u64>,
    smuggling: Option<u64>,
}

/// How often something was seen, and where first.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    offset: u64,
    count: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Segment {
    #[default]
    Empty,
    /// Exactly one dot, NULs around it not counted.
    Dot,
    Other,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Break {
    /// CRLF, or the beginning of the message.
    #[default]
    True,
    /// CR or LF alone.
    Bare,
}

impl Octets {
    /// Looks at the next octets of the message.
    pub fn push(&mut self, chunk: &[u8]) {
        if self.eight_bit.is_none() && !chunk.is_ascii() {
            self.eight_bit = chunk.iter().position(|octet| !octet.is_ascii()).map(|at| self.at(at));
        }
        for at in memchr_iter(0, chunk) {
            let offset = self.at(at);
            self.nul.add(offset);
        }
        let mut done = 0;
        let mut rest = chunk;
        while let Some(length) = memchr2(b'\r', b'\n', rest) {
            let Some((text, [end, after @ ..])) = rest.split_at_checked(length) else { break };
            self.text(text, done);
            done += length;
            if *end == b'\n' {
                self.line_feed(done);
                (rest, done) = (after, done + 1);
            } else if let Some(after) = after.strip_prefix(b"\n") {
                self.close_cr(done);
                self.ends(Break::True, self.at(done));
                self.line_ends(done + 2, 2);
                (rest, done) = (after, done + 2);
            } else {
                self.close_cr(done);
                self.open_cr = true;
                (rest, done) = (after, done + 1);
            }
        }
        self.text(rest, done);
        self.seen += chunk.len() as u64;
    }

    /// A dot that the sender had stuffed, or should have, was taken out here. Spec: RFC 5321 §4.5.2.
    ///
    /// Only what stood on the wire can split messages elsewhere, so the dot counts for [`Lint::Smuggling`].
    pub fn unstuffed_dot(&mut self) {
        self.close_cr(0);
        self.segment = match self.segment {
            Segment::Empty => Segment::Dot,
            Segment::Dot | Segment::Other => Segment::Other,
        };
    }

    /// Whether a bare CR or LF was seen.
    #[must_use]
    pub fn has_bare_line_ends(&self) -> bool {
        self.bare_lf.count > 0 || self.bare_cr.count > 0 || self.open_cr
    }

    /// What was found; `body` says whether 8-bit octets were announced.
    #[must_use]
    pub fn finish(mut self, body: BodyKind) -> Vec<Lint> {
        self.close_cr(0);
        self.line_ends(0, 0);
        let mut lints = Vec::new();
        let Tally { offset, count } = self.bare_lf;
        if count > 0 {
            lints.push(Lint::BareLf { offset, count });
        }
        let Tally { offset, count } = self.bare_cr;
        if count > 0 {
            lints.push(Lint::BareCr { offset, count });
        }
        let Tally { offset, count } = self.long;
        if count > 0 {
            lints.push(Lint::LongLine { offset, count, longest: self.longest });
        }
        if let (Some(offset), BodyKind::SevenBit) = (self.eight_bit, body) {
            lints.push(Lint::EightBit { offset });
        }
        let Tally { offset, count } = self.nul;
        if count > 0 {
            lints.push(Lint::Nul { offset, count });
        }
        lints.extend(self.smuggling.map(|offset| Lint::Smuggling { offset }));
        lints
    }

    fn at(&self, at: usize) -> u64 {
        self.seen + at as u64
    }

    /// Octets without CR and LF, the first at `at` of the chunk.
    fn text(&mut self, text: &[u8], at: usize) {
        if text.is_empty() {
            return;
        }
        self.close_cr(at);
        if self.segment == Segment::Other {
            return;
        }
        if text.len() > 16 {
            self.segment = Segment::Other;
            return;
        }
        for octet in text {
            self.segment = match (octet, self.segment) {
                (0, segment) => segment,
                (b'.', Segment::Empty) => Segment::Dot,
                _ => Segment::Other,
            };
        }
    }

    fn line_feed(&mut self, at: usize) {
        if std::mem::take(&mut self.open_cr) {
            self.ends(Break::True, self.at(at).saturating_sub(1));
            self.line_ends(at + 1, 2);
            return;
        }
        let offset = self.at(at);
        self.bare_lf.add(offset);
        self.ends(Break::Bare, offset);
        self.line_ends(at + 1, 1);
    }

    /// The open CR, if there is one, turned out to be bare: the octet at `at` is behind it.
    fn close_cr(&mut self, at: usize) {
        if std::mem::take(&mut self.open_cr) {
            let offset = self.at(at).saturating_sub(1);
            self.bare_cr.add(offset);
            self.ends(Break::Bare, offset);
        }
    }

    /// The segment ends with `end`, whose first octet stands at `offset`.
    fn ends(&mut self, end: Break, offset: u64) {
        if self.segment == Segment::Dot && self.smuggling.is_none() && (self.before, end) != (Break::True, Break::True)
        {
            self.smuggling = Some(offset.saturating_sub(1));
        }
        self.segment = Segment::Empty;
        self.before = end;
    }

    /// A line whose end takes `end_bytes` octets is over; the next begins at `at`.
    fn line_ends(&mut self, at: usize, end_bytes: u64) {
        let next = self.at(at);
        let length = (next - self.line_start).saturating_sub(end_bytes);
        if length > MAX_LINE_BYTES {
            self.long.add(self.line_start);
            self.longest = self.longest.max(length);
        }
        self.line_start = next;
    }
}

impl Tally {
    fn add(&mut self, offset: u64) {
        if self.count == 0 {
            self.offset = offset;
        }
        self.count += 1;
    }
}

#[cfg(test)]
mod tests;
