//! Octets of a charset to UTF-8; never failing.

use mail_parser::decoders::charsets::map::charset_decoder;

/// Labels of what is read as UTF-8. ASCII is among them, because senders that say so often write UTF-8.
const UTF8: [&str; 8] =
    ["utf-8", "utf8", "us-ascii", "ascii", "ansi_x3.4-1968", "iso-ir-6", "unicode-1-1-utf-8", "x-unknown"];

/// Whether there is a decoder for this label; case does not matter.
pub(super) fn is_known(label: &str) -> bool {
    is_utf8(label.as_bytes()) || charset_decoder(label.as_bytes()).is_some()
}

/// Decodes `octets`; what cannot be read becomes U+FFFD, an unknown label is read by [`guess`].
pub(super) fn decode(label: &[u8], octets: &[u8]) -> String {
    if octets.is_empty() {
        return String::new();
    }
    if is_utf8(label) {
        return guess(octets);
    }
    match charset_decoder(label) {
        Some(decoder) => decoder(octets),
        None => guess(octets),
    }
}

/// UTF-8 where it is that, else windows-1252, in which every octet means something.
///
/// Mostly valid UTF-8 with a broken character stays UTF-8.
pub(super) fn guess(octets: &[u8]) -> String {
    match std::str::from_utf8(octets) {
        Ok(text) => text.to_owned(),
        Err(error) if looks_like_utf8(octets, error.valid_up_to()) => String::from_utf8_lossy(octets).into_owned(),
        Err(_) => match charset_decoder(b"windows-1252") {
            Some(decoder) => decoder(octets),
            None => String::from_utf8_lossy(octets).into_owned(),
        },
    }
}

fn is_utf8(label: &[u8]) -> bool {
    UTF8.iter().any(|known| label.eq_ignore_ascii_case(known.as_bytes()))
}

/// Whether a whole multi-octet character stands before the first broken one.
fn looks_like_utf8(octets: &[u8], valid: usize) -> bool {
    octets.get(..valid).is_some_and(|start| !start.is_ascii())
}
