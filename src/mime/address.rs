//! Address lists of header fields, read the way senders write them. Spec: RFC 5322 §3.4, §4.4.

use super::{bytes, charset, encoded_word, text};
use crate::model::content::MailboxName;

/// One element of an address list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// A group begins; its name, still encoded.
    Group(Vec<u8>),
    /// The group ends.
    GroupEnd,
    /// An address.
    Mailbox(Mailbox),
}

/// An address with its name. All are one line, without quotes and escapes, still encoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mailbox {
    /// The display name, or the comment that stands for it.
    pub(super) name: Option<Vec<u8>>,
    /// The source route, `@a,@b`. Spec: RFC 5322 §4.4.
    pub(super) route: Option<Vec<u8>>,
    /// What stands before the last `@`; empty when there is no address.
    pub(super) local: Vec<u8>,
    /// What stands after it.
    pub(super) domain: Option<Vec<u8>>,
}

impl Mailbox {
    /// As the model has it: name decoded, local part quoted again where it must be.
    pub(super) fn to_model(&self) -> MailboxName {
        let name = self.name.as_deref().map(|name| text::single_line(encoded_word::decode(name)));
        let mut address = text::single_line(charset::guess(&self.local));
        if let Some(domain) = &self.domain {
            if address.is_empty() || !address.bytes().all(is_dot_atom) {
                address = format!("\"{}\"", address.replace('\\', "\\\\").replace('"', "\\\""));
            }
            address.push('@');
            address.push_str(&text::single_line(charset::guess(domain)));
        }
        MailboxName { name: name.filter(|name| !name.is_empty()), address }
    }
}

/// Reads an address list; at most `limit` elements, `limit` shrinking by what was found.
///
/// ```abnf
/// list    = [entry] *("," [entry])
/// entry   = mailbox / group
/// group   = phrase ":" [mailbox *("," mailbox)] ";"
/// mailbox = addr-spec / [phrase] "<" [route ":"] addr-spec ">"
/// ```
/// An address without brackets may follow a name, a comment may stand for the name, a bracket may stay open.
pub(super) fn parse(raw_value: &[u8], limit: &mut usize) -> Vec<Entry> {
    let line = text::unfold(raw_value);
    let mut list = List { entries: Vec::new(), in_group: false, current: Current::default() };
    let mut rest = &*line;
    while let [byte, after @ ..] = rest
        && list.entries.len() < *limit
    {
        let here = rest;
        rest = after;
        match byte {
            b' ' => list.current.gap = true,
            b',' => list.finish(),
            b';' => list.end_group(),
            b':' if list.may_begin_group() => list.begin_group(),
            b'"' => {
                let (word, after) = bytes::quoted(after);
                list.current.word(&word);
                rest = after;
            }
            b'(' => {
                let (comment, after) = bytes::comment(after);
                list.current.comment = Some(comment);
                rest = after;
            }
            b'<' => {
                let (mailbox, after) = angle(after);
                list.current.angle = Some(mailbox);
                rest = after;
            }
            b'[' => {
                // A domain literal may hold colons.
                let len = memchr::memchr2(b']', b',', after).unwrap_or(after.len());
                let (inner, after) = after.split_at_checked(len).unwrap_or_default();
                list.current.word(b"[");
                list.current.joined(inner);
                rest = after;
            }
            b'@' => list.current.at_sign(),
            b'=' if let Some(len) = list.current.encoded_len(here) => {
                let (word, after) = after.split_at_checked(len - 1).unwrap_or_default();
                list.current.word(b"=");
                list.current.joined(word);
                rest = after;
            }
            _ => {
                let is_special = |byte: &u8| b" ,;:\"(<[@=".contains(byte);
                let len = after.iter().position(is_special).map_or(here.len(), |len| len + 1);
                list.current.word(bytes::slice(here, 0, len));
                rest = bytes::slice(here, len, here.len());
            }
        }
    }
    list.end_group();
    list.entries.truncate(*limit);
    *limit -= list.entries.len();
    list.entries
}

/// The addresses of a list, groups flattened, empty ones left out.
pub(super) fn flatten(entries: &[Entry]) -> Vec<MailboxName> {
    let mailbox = |entry: &Entry| match entry {
        Entry::Mailbox(mailbox) => Some(mailbox.to_model()),
        Entry::Group(_) | Entry::GroupEnd => None,
    };
    entries.iter().filter_map(mailbox).collect()
}

/// A character of a local part that needs no quotes. Spec: RFC 5322 §3.2.3, RFC 6532 §3.2.
fn is_dot_atom(byte: u8) -> bool {
    !byte.is_ascii() || byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte)
}

struct List {
    entries: Vec<Entry>,
    in_group: bool,
    current: Current,
}

impl List {
    fn finish(&mut self) {
        self.entries.extend(std::mem::take(&mut self.current).mailbox().map(Entry::Mailbox));
    }

    fn may_begin_group(&self) -> bool {
        let current = &self.current;
        !self.in_group && current.at.is_none() && current.angle.is_none() && !current.text.is_empty()
    }

    fn begin_group(&mut self) {
        self.entries.push(Entry::Group(std::mem::take(&mut self.current).text));
        self.in_group = true;
    }

    fn end_group(&mut self) {
        self.finish();
        if std::mem::take(&mut self.in_group) {
            self.entries.push(Entry::GroupEnd);
        }
    }
}

/// The entry that is being read.
#[derive(Default)]
struct Current {
    /// Its words outside of brackets, one space between them.
    text: Vec<u8>,
    /// White space was passed since the last word.
    gap: bool,
    /// Where the last `@` outside of quotes stands in `text`.
    at: Option<usize>,
    /// Where the word with that `@` begins.
    word_start: usize,
    /// Where the last word begins.
    last_start: usize,
    comment: Option<Vec<u8>>,
    angle: Option<Mailbox>,
}

impl Current {
    fn word(&mut self, word: &[u8]) {
        // White space around the @ is obsolete, and met. RFC 5322 §4.4.
        let after_at = self.at.is_some_and(|at| at + 1 == self.text.len());
        if std::mem::take(&mut self.gap) && !self.text.is_empty() && !after_at {
            self.text.push(b' ');
            self.last_start = self.text.len();
        }
        self.text.extend_from_slice(word);
    }

    /// Octets of the encoded word that a word begins with here.
    fn encoded_len(&self, rest: &[u8]) -> Option<usize> {
        (self.gap || self.text.is_empty()).then(|| encoded_word::prefix_len(rest))?
    }

    fn joined(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
    }

    fn at_sign(&mut self) {
        self.gap = false;
        self.at = Some(self.text.len());
        self.word_start = self.last_start;
        self.text.push(b'@');
    }

    fn mailbox(self) -> Option<Mailbox> {
        let some = |text: &[u8]| Some(bytes::trim(text).to_vec()).filter(|text| !text.is_empty());
        let comment = self.comment.as_deref().and_then(some);
        if let Some(angle) = self.angle {
            let name = some(&self.text).or(comment);
            return (name.is_some() || !angle.local.is_empty()).then_some(Mailbox { name, ..angle });
        }
        let Some(at) = self.at else {
            // Without an @ one word is a local part, several are a name.
            return match some(&self.text) {
                Some(name) if name.contains(&b' ') => Some(Mailbox { name: Some(name), ..Mailbox::default() }),
                Some(local) => Some(Mailbox { name: comment, local, ..Mailbox::default() }),
                None => None,
            };
        };
        let part = |start, end| bytes::slice(&self.text, start, end);
        let behind = part(at + 1, self.text.len());
        // What follows the domain after a space is no part of it.
        let domain = behind.split(|&byte| byte == b' ').next().unwrap_or_default();
        Some(Mailbox {
            name: some(part(0, self.word_start)).or(comment),
            route: None,
            local: part(self.word_start, at).to_vec(),
            domain: Some(domain.to_vec()).filter(|domain| !domain.is_empty()),
        })
    }
}

/// What stands between angle brackets, and what follows them. A bracket that is not closed ends at a comma.
fn angle(text: &[u8]) -> (Mailbox, &[u8]) {
    let mut mailbox = Mailbox::default();
    let mut address = Vec::new();
    let mut at = None;
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        rest = after;
        match byte {
            b'>' => break,
            b',' if address.first() != Some(&b'@') => {
                rest = bytes::slice(text, text.len() - after.len() - 1, text.len());
                break;
            }
            b':' if address.first() == Some(&b'@') => {
                mailbox.route = Some(std::mem::take(&mut address));
                at = None;
            }
            b'"' => {
                let (word, after) = bytes::quoted(after);
                address.extend_from_slice(&word);
                rest = after;
            }
            b'(' => rest = bytes::comment(after).1,
            b' ' => {}
            b'@' => {
                at = Some(address.len());
                address.push(b'@');
            }
            byte => address.push(*byte),
        }
    }
    let (local, domain) = address.split_at_checked(at.unwrap_or(address.len())).unwrap_or_default();
    mailbox.local = local.to_vec();
    mailbox.domain = domain.get(1..).filter(|domain| !domain.is_empty()).map(<[u8]>::to_vec);
    (mailbox, rest)
}

#[cfg(test)]
mod tests;
