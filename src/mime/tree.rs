//! The MIME tree, found by offsets in one pass from the first octet to the last. Spec: RFC 2046 §5, RFC 9051 §6.4.5.1.

use super::boundary::{Boundaries, Delimiter, Open, content_end};
use super::header::{self, Header};
use super::part::{DefaultType, Mime, is_attachment};
use super::warnings::Warnings;
use super::{bytes, charset, decode, imap, limits};
use crate::model::content::{HeaderField, Part, PartKind, Warning};

/// One node of the tree.
pub(super) struct Node<'a> {
    /// What the model keeps.
    pub(super) part: Part,
    /// What else BODYSTRUCTURE shows.
    pub(super) mime: Mime<'a>,
    /// How many parts a multipart has: at least one.
    pub(super) children: usize,
    /// The ENVELOPE of the message whose root this is.
    pub(super) envelope: Vec<u8>,
}

/// A message, walked.
pub(super) struct Tree<'a> {
    /// The nodes in order of their section numbers; a message is followed by the root of the message in it.
    pub(super) nodes: Vec<Node<'a>>,
    /// The understood fields of the outermost header.
    pub(super) header: Header<'a>,
    /// The fields of the outermost header.
    pub(super) fields: Vec<HeaderField>,
}

/// Walks `raw`. `addresses` is how many addresses envelopes may still hold.
pub(super) fn walk<'a>(raw: &'a [u8], addresses: &mut usize, warnings: &mut Warnings) -> Tree<'a> {
    let mut walk = Walk {
        raw,
        addresses,
        warnings,
        lines: Lines::default(),
        boundaries: Boundaries::new(),
        open: Vec::new(),
        tree: Tree { nodes: Vec::new(), header: Header::default(), fields: Vec::new() },
    };
    let mut at = walk.enter(0, Place::Message);
    while !walk.is_full()
        && let Some(delimiter) = walk.boundaries.next(raw, at)
    {
        at = walk.pass(&delimiter);
    }
    walk.close(0, raw.len());
    walk.tree
}

struct Walk<'a, 'w> {
    raw: &'a [u8],
    addresses: &'w mut usize,
    warnings: &'w mut Warnings,
    lines: Lines,
    boundaries: Boundaries,
    /// The nodes that have begun and not ended, outermost first.
    open: Vec<OpenNode>,
    tree: Tree<'a>,
}

/// A node that has begun and not ended.
struct OpenNode {
    index: usize,
    /// What its children's section numbers begin with.
    base: String,
    /// The line feeds before its body.
    lines_before: u64,
    /// What its children are when they do not say.
    default: DefaultType,
}

/// Where a node begins.
enum Place {
    /// It is the root of a message: the outermost one, or the one in the innermost open node.
    Message,
    /// It is a part of the innermost open node.
    Part,
}

impl<'a> Walk<'a, '_> {
    /// Whether no more parts are taken: the last one takes what is left.
    fn is_full(&self) -> bool {
        self.tree.nodes.len() >= limits::MAX_PARTS
    }

    /// Begins a node whose header is at `start`, and the messages that begin in it. Gives the beginning of its body.
    fn enter(&mut self, start: usize, place: Place) -> usize {
        let (mut start, mut place) = (start, place);
        loop {
            let (body_start, kind) = self.begin(start, &place);
            if kind != PartKind::Message {
                return body_start;
            }
            (start, place) = (body_start, Place::Message);
        }
    }

    fn begin(&mut self, start: usize, place: &Place) -> (usize, PartKind) {
        let mut header = Header::default();
        let mut fields = Vec::new();
        let is_outermost = self.open.is_empty();
        let (body_start, oddities) = header::scan(
            self.raw,
            start,
            |line| self.boundaries.owner(line).is_some(),
            |field| {
                header.note(&field);
                if is_outermost {
                    fields.push(field.place());
                }
            },
        );
        if oddities.cut {
            self.warnings.note(Warning::HeadersCut);
        }
        if let Some(at) = oddities.bad_line {
            self.warnings.note(Warning::BadHeaderLine(at as u64));
        }
        let envelope = match place {
            Place::Message => imap::envelope(&header, self.addresses),
            Place::Part => Vec::new(),
        };
        let mut part = Part { header_start: start as u64, body_start: body_start as u64, ..Part::default() };
        let default = match place {
            Place::Message => DefaultType::Text,
            Place::Part => self.open.last().map_or(DefaultType::Text, |parent| parent.default),
        };
        let mime = Mime::read(std::mem::take(&mut header.mime), default, &mut part);
        part.kind = self.kind(&mime, &part);
        let base = self.number(place, &mut part);
        let kind = part.kind;
        self.open_boundary(&mime, kind);

        let is_digest = mime.main_type == "multipart" && mime.subtype == "digest";
        let default = if is_digest { DefaultType::Message } else { DefaultType::Text };
        let is_inside = self.open.iter().any(|open| self.kind_of(open.index) == PartKind::Message);
        part.is_attachment = !is_inside && is_attachment(&part);
        let lines_before = self.lines.upto(self.raw, body_start);
        self.open.push(OpenNode { index: self.tree.nodes.len(), base, lines_before, default });
        self.tree.nodes.push(Node { part, mime, children: 0, envelope });
        if is_outermost {
            self.tree.header = header;
            self.tree.fields = fields;
        }
        (body_start, kind)
    }

    /// The place in the tree, within the limits.
    fn kind(&mut self, mime: &Mime<'_>, part: &Part) -> PartKind {
        let kind = mime.kind(part.encoding);
        if kind == PartKind::Leaf {
            return kind;
        }
        // A multipart or message needs room for at least one more.
        if self.tree.nodes.len() + 1 >= limits::MAX_PARTS {
            self.warnings.note(Warning::PartsCut);
            return PartKind::Leaf;
        }
        if self.open.len() >= limits::MAX_DEPTH {
            self.warnings.note(Warning::DepthCut);
            return PartKind::Leaf;
        }
        kind
    }

    /// Gives `part` its section number, and says what the numbers of its children begin with.
    ///
    /// RFC 9051 §6.4.5.1: the parts of a message in part 3 are 3.1, 3.2 …; a message that is no multipart has one, 3.1.
    /// The multipart itself has no number: it is called `3.TEXT`, which is what it is.
    fn number(&mut self, place: &Place, part: &mut Part) -> String {
        let Some(parent) = self.open.last() else {
            return if part.kind == PartKind::Multipart { String::new() } else { "1".to_owned() };
        };
        let base = parent.base.clone();
        let child = match (place, self.tree.nodes.get_mut(parent.index)) {
            (Place::Part, Some(parent)) => {
                parent.children += 1;
                parent.children
            }
            _ => 1,
        };
        if matches!(place, Place::Message) && part.kind == PartKind::Multipart {
            part.section = format!("{base}.TEXT");
            return base;
        }
        part.section = if base.is_empty() { child.to_string() } else { format!("{base}.{child}") };
        part.section.clone()
    }

    fn open_boundary(&mut self, mime: &Mime<'_>, kind: PartKind) {
        if kind != PartKind::Multipart {
            return;
        }
        match &mime.boundary {
            Some(boundary) => self.boundaries.push(Open { boundary: boundary.clone(), depth: self.open.len() + 1 }),
            None => self.warnings.note(Warning::MissingBoundary),
        }
    }

    fn kind_of(&self, index: usize) -> PartKind {
        self.tree.nodes.get(index).map_or(PartKind::Leaf, |node| node.part.kind)
    }

    /// Ends what a boundary line ends, and begins what it begins. Gives where to look on.
    fn pass(&mut self, delimiter: &Delimiter) -> usize {
        if self.boundaries.len() > delimiter.owner + 1 {
            self.warnings.note(Warning::UnclosedBoundary);
        }
        let end = content_end(self.raw, delimiter.start);
        self.close(self.boundaries.depth(delimiter.owner), end);
        if !delimiter.is_close {
            self.boundaries.truncate(delimiter.owner + 1);
            let at = self.enter(delimiter.end, Place::Part);
            if self.is_full() {
                self.warnings.note(Warning::PartsCut);
            }
            return at;
        }
        self.boundaries.truncate(delimiter.owner);
        let multipart = self.open.last().map(|open| open.index);
        if let Some(Node { children: 0, part, .. }) = multipart.and_then(|index| self.tree.nodes.get(index)) {
            // It was closed before any part: it gets an empty one.
            let at = bytes::index(part.body_start);
            self.add_part(at, at);
        }
        delimiter.end
    }

    /// Ends all open nodes but the first `keep`, innermost first, at `end`.
    fn close(&mut self, keep: usize, end: usize) {
        if keep == 0 && self.boundaries.len() > 0 {
            self.warnings.note(Warning::UnclosedBoundary);
        }
        while self.open.len() > keep {
            let Some(open) = self.open.last() else { return };
            let (index, lines_before) = (open.index, open.lines_before);
            let most = self.message_bound(end);
            let Some(node) = self.tree.nodes.get_mut(index) else { return };
            if let Some(most) = most {
                // Its header ran into the line break that belongs to the boundary; the message around it ends before.
                node.part.header_start = node.part.header_start.min(most);
                node.part.body_start = node.part.body_start.min(most);
            }
            let end = end.max(bytes::index(node.part.body_start));
            node.part.body_end = end as u64;
            node.part.lines = self.lines.upto(self.raw, end).saturating_sub(lines_before);
            match node.part.kind {
                PartKind::Multipart if node.children == 0 => {
                    // No boundary line was found: the whole is one part of plain text.
                    let start = bytes::index(node.part.body_start);
                    self.add_part(start, end);
                }
                PartKind::Leaf => measure(self.raw, &mut node.part, self.warnings),
                PartKind::Multipart | PartKind::Message => {}
            }
            self.open.pop();
        }
    }

    /// How far the innermost open node may reach, if it is an embedded message and the content ends at `end`.
    fn message_bound(&self, end: usize) -> Option<u64> {
        let around = self.open.iter().rev().skip(1).map_while(|open| self.tree.nodes.get(open.index));
        let outermost = around.take_while(|node| node.part.kind == PartKind::Message).last()?;
        Some(outermost.part.body_start.max(end as u64))
    }

    /// Gives the innermost open multipart a part of plain text without a header.
    ///
    /// A multipart has at least one part in the grammar of IMAP, and clients rely on it. Spec: RFC 9051 §9.
    fn add_part(&mut self, start: usize, end: usize) {
        let (start, end) = (start as u64, end as u64);
        let mut part = Part { header_start: start, body_start: start, body_end: end, ..Part::default() };
        let mime = Mime::read(header::MimeHeader::default(), DefaultType::Text, &mut part);
        self.number(&Place::Part, &mut part);
        if start < end {
            let before = self.open.last().map_or(0, |open| open.lines_before);
            part.lines = self.lines.upto(self.raw, bytes::index(end)).saturating_sub(before);
        }
        measure(self.raw, &mut part, self.warnings);
        self.tree.nodes.push(Node { part, mime, children: 0, envelope: Vec::new() });
    }
}

/// Fills in what only the whole body of a leaf tells.
fn measure(raw: &[u8], part: &mut Part, warnings: &mut Warnings) {
    let mut count = decode::Count::default();
    if !decode::body(part.encoding, bytes::range(raw, part.body_start, part.body_end), &mut count) {
        warnings.note(Warning::BrokenEncoding(part.section.clone()));
    }
    part.decoded_bytes = count.0;
    if let Some(charset) = part.charset.as_deref().filter(|charset| !charset::is_known(charset)) {
        warnings.note(Warning::UnknownCharset(charset.to_owned()));
    }
}

/// Counts line feeds from the beginning; cheap as long as it is asked in ascending order.
#[derive(Default)]
struct Lines {
    at: usize,
    count: u64,
}

impl Lines {
    fn upto(&mut self, raw: &[u8], end: usize) -> u64 {
        let count = |start, end| memchr::memchr_iter(b'\n', bytes::slice(raw, start, end)).count() as u64;
        if end >= self.at {
            self.count += count(self.at, end);
        } else {
            self.count -= count(end, self.at);
        }
        self.at = end;
        self.count
    }
}
