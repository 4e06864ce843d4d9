//! Header blocks: where each field stands, and the fields that are understood.

use super::{boundary, bytes, limits, text};
use crate::model::content::HeaderField;

/// One field as it is found.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    /// Where its name begins.
    pub(super) start: usize,
    /// The name, as written.
    pub(super) name: &'a [u8],
    /// Where its value begins.
    pub(super) value_start: usize,
    /// The value, folding included, the last line break not.
    pub(super) value: &'a [u8],
    /// Where the next field begins.
    pub(super) end: usize,
}

impl Field<'_> {
    /// Its place, as the model keeps it.
    pub(super) fn place(&self) -> HeaderField {
        HeaderField {
            start: self.start as u64,
            name_len: u32::try_from(self.name.len()).unwrap_or(u32::MAX),
            value: self.value_start as u64,
            end: self.end as u64,
        }
    }
}

/// What a header block holds besides fields.
#[derive(Default)]
pub(super) struct Oddities {
    /// Where the first line that is no field stands.
    pub(super) bad_line: Option<usize>,
    /// There was more than is read.
    pub(super) cut: bool,
}

/// The octets of one field, its name and last line break included.
#[must_use]
pub fn field_bytes<'a>(raw: &'a [u8], field: &HeaderField) -> &'a [u8] {
    bytes::range(raw, field.start, field.end)
}

/// The name of a field as written, and its value decoded by [`text::header_text`].
#[must_use]
pub fn header_value<'a>(raw: &'a [u8], field: &HeaderField) -> (&'a str, String) {
    let name = bytes::range(raw, field.start, field.start.saturating_add(u64::from(field.name_len)));
    let value = bytes::range(raw, field.value, field.end);
    (std::str::from_utf8(name).unwrap_or_default(), text::header_text(value))
}

/// Calls `each` for every field of the block at `start` and says where the body begins.
///
/// ```abnf
/// block = *field [CRLF]
/// field = 1*ftext *WSP ":" line *(WSP line)
/// ```
/// A line that is none of this is passed over, unless no field came before it: then there is no header at all. LF alone
/// ends a line too. A line for which `is_delimiter` holds ends the block, as a part may have no body.
pub(super) fn scan<'a>(
    raw: &'a [u8],
    start: usize,
    is_delimiter: impl Fn(&[u8]) -> bool,
    mut each: impl FnMut(Field<'a>),
) -> (usize, Oddities) {
    let mut oddities = Oddities::default();
    let mut fields = 0_usize;
    let mut at = start;
    while at < raw.len() {
        let line = bytes::line_at(raw, at);
        if matches!(line, b"\r\n" | b"\n") {
            return (at + line.len(), oddities);
        }
        if line.starts_with(b"--") && is_delimiter(line) {
            // The line break before it belongs to the boundary (RFC 2046 §5.1.1), even when it ends a field.
            return (boundary::content_end(raw, at).max(start), oddities);
        }
        let Some((name_len, value_at)) = name_of(line) else {
            // RFC 4155 §2: a message taken from an mbox may keep its separator.
            if fields == 0 && !(at == start && is_mbox_line(line)) {
                return (start, oddities);
            }
            oddities.bad_line.get_or_insert(at);
            at += line.len();
            continue;
        };
        let mut end = at + line.len();
        while raw.get(end).is_some_and(|&byte| bytes::is_wsp(byte)) {
            end += bytes::line_at(raw, end).len();
        }
        fields += 1;
        if fields > limits::MAX_FIELDS || end - start > limits::MAX_HEADER_BYTES {
            oddities.cut = true;
        } else {
            let value = bytes::without_line_break(bytes::slice(raw, at + value_at, end));
            let name = bytes::slice(line, 0, name_len);
            each(Field { start: at, name, value_start: at + value_at, value, end });
        }
        at = end;
    }
    (at, oddities)
}

/// The fields of a message that are understood. Of those that may stand once, the first counts.
#[derive(Default)]
pub(super) struct Header<'a> {
    pub(super) date: Option<&'a [u8]>,
    pub(super) subject: Option<&'a [u8]>,
    pub(super) message_id: Option<&'a [u8]>,
    pub(super) in_reply_to: Option<&'a [u8]>,
    pub(super) references: Option<&'a [u8]>,
    pub(super) from: Vec<&'a [u8]>,
    pub(super) sender: Vec<&'a [u8]>,
    pub(super) reply_to: Vec<&'a [u8]>,
    pub(super) to: Vec<&'a [u8]>,
    pub(super) cc: Vec<&'a [u8]>,
    pub(super) bcc: Vec<&'a [u8]>,
    pub(super) mime: MimeHeader<'a>,
}

/// The fields of a part that are understood.
#[derive(Default)]
pub(super) struct MimeHeader<'a> {
    pub(super) content_type: Option<&'a [u8]>,
    pub(super) encoding: Option<&'a [u8]>,
    pub(super) disposition: Option<&'a [u8]>,
    pub(super) id: Option<&'a [u8]>,
    pub(super) description: Option<&'a [u8]>,
    pub(super) md5: Option<&'a [u8]>,
    pub(super) language: Option<&'a [u8]>,
    pub(super) location: Option<&'a [u8]>,
}

impl<'a> Header<'a> {
    /// Keeps `field` if it is understood.
    pub(super) fn note(&mut self, field: &Field<'a>) {
        let mut lower = [0_u8; LONGEST_NAME];
        let Some(lower) = lower.get_mut(..field.name.len()) else { return };
        lower.copy_from_slice(field.name);
        lower.make_ascii_lowercase();
        let mime = &mut self.mime;
        let single = match &*lower {
            b"from" => return self.from.push(field.value),
            b"sender" => return self.sender.push(field.value),
            b"reply-to" => return self.reply_to.push(field.value),
            b"to" => return self.to.push(field.value),
            b"cc" => return self.cc.push(field.value),
            b"bcc" => return self.bcc.push(field.value),
            b"date" => &mut self.date,
            b"subject" => &mut self.subject,
            b"message-id" => &mut self.message_id,
            b"in-reply-to" => &mut self.in_reply_to,
            b"references" => &mut self.references,
            b"content-type" => &mut mime.content_type,
            b"content-transfer-encoding" => &mut mime.encoding,
            b"content-disposition" => &mut mime.disposition,
            b"content-id" => &mut mime.id,
            b"content-description" => &mut mime.description,
            b"content-md5" => &mut mime.md5,
            b"content-language" => &mut mime.language,
            b"content-location" => &mut mime.location,
            _ => return,
        };
        single.get_or_insert(field.value);
    }
}

/// Octets of `content-transfer-encoding`.
const LONGEST_NAME: usize = 25;

/// Octets of the name, and where the value begins; `None` when the line begins no field.
fn name_of(line: &[u8]) -> Option<(usize, usize)> {
    let name_len = line.iter().position(|&byte| !byte.is_ascii_graphic() || byte == b':').filter(|&len| len > 0)?;
    // RFC 5322 §4.5: white space before the colon is obsolete, and met.
    let gap = line.get(name_len..)?.iter().position(|&byte| !bytes::is_wsp(byte))?;
    let colon = name_len + gap;
    (line.get(colon) == Some(&b':')).then_some((name_len, colon + 1))
}

fn is_mbox_line(line: &[u8]) -> bool {
    line.starts_with(b"From ") || line.starts_with(b">From ")
}
