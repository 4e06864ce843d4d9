//! Transfer encodings, read as far as they can be read.

use super::bytes;
use crate::model::content::Encoding;

/// Where decoded octets go: kept, or only counted.
pub(super) trait Sink {
    /// Takes some octets.
    fn put(&mut self, octets: &[u8]);
}

impl Sink for Vec<u8> {
    fn put(&mut self, octets: &[u8]) {
        self.extend_from_slice(octets);
    }
}

/// Counts what would be kept.
#[derive(Default)]
pub(super) struct Count(pub(super) u64);

impl Sink for Count {
    fn put(&mut self, octets: &[u8]) {
        self.0 += octets.len() as u64;
    }
}

/// Decodes `body` into `sink`; `false` when something in it was not as the encoding says.
pub(super) fn body(encoding: Encoding, body: &[u8], sink: &mut impl Sink) -> bool {
    match encoding {
        Encoding::Base64 => base64(body, sink),
        Encoding::QuotedPrintable => quoted_printable(body, sink),
        Encoding::SevenBit | Encoding::EightBit | Encoding::Binary | Encoding::Unknown => {
            sink.put(body);
            true
        }
    }
}

/// Base64. What is not of its alphabet is skipped (RFC 2045 §6.8), missing padding loses nothing, and text that was
/// padded and goes on is read on. White space is not odd; everything else is.
pub(super) fn base64(text: &[u8], sink: &mut impl Sink) -> bool {
    let mut clean = true;
    let mut quantum = 0_u32;
    let mut digits = 0_u32;
    for &byte in text {
        let digit = DIGITS.get(usize::from(byte)).copied().unwrap_or(ODD);
        if digit < 64 {
            quantum = quantum << 6 | u32::from(digit);
            digits += 1;
            if digits == 4 {
                let [_, octets @ ..] = quantum.to_be_bytes();
                sink.put(&octets);
                (quantum, digits) = (0, 0);
            }
        } else if byte == b'=' {
            clean &= flush(quantum, digits, sink);
            (quantum, digits) = (0, 0);
        } else if digit == ODD {
            clean = false;
        }
    }
    flush(quantum, digits, sink) && clean
}

/// Writes what an incomplete quantum holds; one digit alone holds nothing and is odd.
fn flush(quantum: u32, digits: u32, sink: &mut impl Sink) -> bool {
    match digits {
        2 => sink.put(&(quantum >> 4).to_be_bytes()[3..]),
        3 => sink.put(&(quantum >> 2).to_be_bytes()[2..]),
        _ => {}
    }
    digits != 1
}

/// Not of the alphabet.
const ODD: u8 = 255;
/// White space: not of the alphabet, and nothing odd.
const SPACE: u8 = 254;
/// Spec: RFC 4648 §4, with the two other letters of §5.
#[expect(clippy::indexing_slicing, reason = "a constant: an index out of bounds would fail the build")]
const DIGITS: [u8; 256] = {
    let mut digits = [ODD; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value = 0_u8;
    while value < 64 {
        digits[alphabet[value as usize] as usize] = value;
        value += 1;
    }
    digits[b'-' as usize] = 62;
    digits[b'_' as usize] = 63;
    digits[b' ' as usize] = SPACE;
    digits[b'\t' as usize] = SPACE;
    digits[b'\r' as usize] = SPACE;
    digits[b'\n' as usize] = SPACE;
    digits
};

/// Quoted-printable, line by line. Spec: RFC 2045 §6.7.
///
/// White space at the end of a line goes (rule 3), `=` at the end joins it with the next (rule 5), and a `=` that is
/// not followed by two hexadecimal digits stays as it is.
pub(super) fn quoted_printable(text: &[u8], sink: &mut impl Sink) -> bool {
    let mut clean = true;
    let mut at = 0;
    while at < text.len() {
        let line = bytes::line_at(text, at);
        at += line.len();
        let content = bytes::without_line_break(line);
        let line_break = bytes::slice(line, content.len(), line.len());
        match bytes::trim_end_wsp(content) {
            [joined @ .., b'='] => clean &= escapes(joined, sink),
            _ if line_break.is_empty() => clean &= escapes(content, sink),
            trimmed => {
                clean &= escapes(trimmed, sink);
                sink.put(line_break);
            }
        }
    }
    clean
}

fn escapes(line: &[u8], sink: &mut impl Sink) -> bool {
    let mut clean = true;
    let mut rest = line;
    while let Some(at) = memchr::memchr(b'=', rest) {
        sink.put(bytes::slice(rest, 0, at));
        let octet = match rest.get(at + 1..at + 3) {
            Some([high, low]) => bytes::hex(*high).zip(bytes::hex(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        sink.put(&[octet.unwrap_or(b'=')]);
        clean &= octet.is_some();
        rest = bytes::slice(rest, at + if octet.is_some() { 3 } else { 1 }, rest.len());
    }
    sink.put(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(encoding: Encoding, text: &str) -> (Vec<u8>, bool) {
        let (mut octets, mut count) = (Vec::new(), Count::default());
        let clean = body(encoding, text.as_bytes(), &mut octets);
        assert_eq!(body(encoding, text.as_bytes(), &mut count), clean);
        assert_eq!(count.0, octets.len() as u64);
        (octets, clean)
    }

    #[test]
    fn base64_is_read_as_far_as_it_goes() {
        for (text, octets, clean) in [
            ("aGVsbG8=", "hello", true),
            ("aGVsbG8", "hello", true),
            ("aGVs\r\nbG8=\r\n", "hello", true),
            ("aGVsbA==aGVsbG8=", "hellhello", true),
            ("aGVs*bG8=", "hello", false),
            ("aGVsb", "hel", false),
            ("", "", true),
            ("====", "", true),
            ("_-8", "\u{fffd}\u{fffd}", true),
        ] {
            let (found, was_clean) = both(Encoding::Base64, text);
            assert_eq!((String::from_utf8_lossy(&found).as_ref(), was_clean), (octets, clean), "{text}");
        }
    }

    #[test]
    fn quoted_printable_keeps_what_is_no_escape() {
        for (text, octets, clean) in [
            ("caf=C3=A9", "café", true),
            ("caf=c3=a9", "café", true),
            ("a =\r\nb", "a b", true),
            ("a = \t\r\nb", "a b", true),
            ("a=\nb", "ab", true),
            ("a  \r\nb", "a\r\nb", true),
            ("a=20\r\nb", "a \r\nb", true),
            ("if a == b, caf=C3=A9", "if a == b, café", false),
            ("a==\r\nb=3Dc", "a=b=c", false),
            ("=XY=3D", "=XY=", false),
            ("tail=", "tail", true),
            ("tail=4", "tail=4", false),
            ("end \r\n", "end\r\n", true),
            ("no break ", "no break ", true),
        ] {
            let (found, was_clean) = both(Encoding::QuotedPrintable, text);
            assert_eq!((String::from_utf8_lossy(&found).as_ref(), was_clean), (octets, clean), "{text:?}");
        }
    }
}
