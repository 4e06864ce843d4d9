//! The octets of a message, out of DATA or BDAT: where they end, what was stuffed, how many may be kept.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::in_flight::Share;
use crate::checks::octets::Octets;

/// What a message's buffer may reserve before its octets have come, whatever `SIZE=` promised.
const MAX_RESERVE: usize = 256 * 1024;

/// The only sequence after which a dot can end a message, with that dot.
static LINE_DOT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\r\n."));

/// A message that grows up to a limit. Beyond it nothing is kept, but everything is counted.
#[derive(Debug)]
pub struct Body {
    raw: Vec<u8>,
    octets: Octets,
    limit: u64,
    received: u64,
    share: Share,
    /// There was no room for it among all that come in.
    is_crowded: bool,
}

/// A whole message and what is unusual about its octets.
#[derive(Debug)]
pub struct Content {
    /// The octets, as they are stored.
    pub raw: Vec<u8>,
    /// What was noticed about them.
    pub octets: Octets,
    /// The room that it takes as long as this is held.
    pub share: Share,
}

/// Why nothing of the message was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotKept {
    /// It was larger than the limit.
    TooLarge,
    /// Too much came in at once; another time there is room.
    Crowded,
}

impl Body {
    /// An empty message that may grow to `limit` octets. `declared` is what `SIZE=` said; `share` is the room it takes.
    #[must_use]
    pub fn new(limit: u64, declared: Option<u64>, share: Share) -> Self {
        let wanted = declared.unwrap_or(0).min(limit);
        let reserve = usize::try_from(wanted).unwrap_or(MAX_RESERVE).min(MAX_RESERVE);
        Self {
            raw: Vec::with_capacity(reserve),
            octets: Octets::default(),
            limit,
            received: 0,
            share,
            is_crowded: false,
        }
    }

    /// Takes the next octets; keeps them while the limit is kept.
    pub fn append(&mut self, octets: &[u8]) {
        self.received = self.received.saturating_add(octets.len() as u64);
        self.is_crowded = self.is_crowded || !self.share.grow(self.received.min(self.limit));
        if self.not_kept().is_some() {
            self.raw = Vec::new();
            return;
        }
        self.octets.push(octets);
        self.raw.extend_from_slice(octets);
    }

    /// Octets that came so far, kept or not.
    #[must_use]
    pub const fn received(&self) -> u64 {
        self.received
    }

    /// Why nothing is kept, if nothing is.
    #[must_use]
    pub const fn not_kept(&self) -> Option<NotKept> {
        match () {
            () if self.received > self.limit => Some(NotKept::TooLarge),
            () if self.is_crowded => Some(NotKept::Crowded),
            () => None,
        }
    }

    /// The message.
    ///
    /// # Errors
    /// [`NotKept`] if more came than the limit, or than there was room for.
    pub fn finish(self) -> Result<Content, NotKept> {
        if let Some(why) = self.not_kept() {
            return Err(why);
        }
        Ok(Content { raw: self.raw, octets: self.octets, share: self.share })
    }
}

/// Reads what follows DATA up to its end, in chunks of any size.
///
/// Only CRLF `.` CRLF ends it, or `.` CRLF as the very first line. Everything else is content, and one leading dot
/// is taken from each line that follows a true CRLF.
///
/// ```text
/// message = *( line ) "." CRLF
/// line    = [ "." ] *octet CRLF        ; octets without the sequence CRLF
/// ```
/// Spec: RFC 5321 §4.1.1.4, §4.5.2.
#[derive(Debug)]
pub struct EndOfData {
    place: Place,
    body: Body,
}

/// Where in its line the reader stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Behind a true CRLF, or at the very beginning.
    LineStart,
    /// Behind a dot at the start of a line, which is content's no more and not yet the end.
    Dot,
    /// Behind such a dot and a CR.
    DotCr,
    /// Behind a CR that is content.
    Cr,
    /// Anywhere else.
    Text,
}

/// What [`EndOfData::push`] came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// All octets were content: give more.
    More,
    /// The message is over; only this many octets of the chunk were of it.
    End(usize),
}

impl EndOfData {
    /// A reader that puts what it reads into `body`.
    #[must_use]
    pub const fn new(body: Body) -> Self {
        Self { place: Place::LineStart, body }
    }

    /// Reads the next chunk.
    pub fn push(&mut self, chunk: &[u8]) -> Progress {
        let mut rest = chunk;
        while let Some((first, after)) = rest.split_first() {
            self.place = match (self.place, first) {
                (Place::LineStart, b'.') => {
                    rest = after;
                    Place::Dot
                }
                (Place::Dot, b'\r') => {
                    rest = after;
                    Place::DotCr
                }
                (Place::DotCr, b'\n') => return Progress::End(chunk.len() - after.len()),
                (Place::Dot, _) => {
                    self.body.octets.unstuffed_dot();
                    Place::Text
                }
                (Place::DotCr, _) => {
                    self.body.octets.unstuffed_dot();
                    self.body.append(b"\r");
                    Place::Cr
                }
                (Place::Cr, b'\n') => {
                    self.body.append(b"\n");
                    rest = after;
                    Place::LineStart
                }
                (Place::LineStart | Place::Cr | Place::Text, _) => self.run(&mut rest),
            };
        }
        Progress::More
    }

    /// Octets that came so far, kept or not.
    #[must_use]
    pub const fn received(&self) -> u64 {
        self.body.received()
    }

    /// The message, once [`EndOfData::push`] has seen its end.
    ///
    /// # Errors
    /// [`NotKept`] if more came than the limit, or than there was room for.
    pub fn finish(self) -> Result<Content, NotKept> {
        self.body.finish()
    }

    /// Takes all that is surely content, in one piece.
    fn run(&mut self, rest: &mut &[u8]) -> Place {
        if let Some((run, after)) = LINE_DOT.find(rest).and_then(|at| rest.split_at_checked(at + 2)) {
            self.body.append(run);
            *rest = after;
            return Place::LineStart;
        }
        self.body.append(rest);
        let place = match *rest {
            [.., b'\r', b'\n'] => Place::LineStart,
            [.., b'\r'] => Place::Cr,
            _ => Place::Text,
        };
        *rest = &[];
        place
    }
}

#[cfg(test)]
mod tests;
