//! Encoded words in header values. Spec: RFC 2047 §2, RFC 2231 §5.

use memchr::memmem;

use super::{bytes, charset, decode};

/// Longest charset and language of an encoded word that is looked at.
const MAX_LABEL_BYTES: usize = 100;

/// One encoded word.
struct Word<'a> {
    charset: &'a [u8],
    /// `B` or `Q`, upper case.
    encoding: u8,
    text: &'a [u8],
    /// Octets of the whole.
    len: usize,
}

/// Decodes all encoded words of an unfolded value, wherever they stand; the rest is UTF-8 or windows-1252.
///
/// White space between two of them goes. RFC 2047 §6.2. Neighbours of one charset are decoded together, because
/// senders cut characters in two.
pub(super) fn decode(value: &[u8]) -> String {
    if memmem::find(value, b"=?").is_none() {
        return charset::guess(value);
    }
    let mut text = String::with_capacity(value.len());
    let mut pending: Option<(&[u8], Vec<u8>)> = None;
    let mut plain_from = 0;
    for at in memmem::find_iter(value, b"=?") {
        if at < plain_from {
            continue;
        }
        let Some(word) = word(bytes::slice(value, at, value.len())) else { continue };
        let between = bytes::slice(value, plain_from, at);
        plain_from = at + word.len;
        let is_neighbour = pending.is_some() && between.iter().all(|&byte| bytes::is_wsp(byte));
        match &mut pending {
            Some((label, octets)) if is_neighbour && label.eq_ignore_ascii_case(word.charset) => {
                word.append_to(octets);
                continue;
            }
            Some((label, octets)) => text.push_str(&charset::decode(label, octets)),
            None => {}
        }
        if !is_neighbour {
            text.push_str(&charset::guess(between));
        }
        let mut octets = Vec::with_capacity(word.text.len());
        word.append_to(&mut octets);
        pending = Some((word.charset, octets));
    }
    if let Some((label, octets)) = pending {
        text.push_str(&charset::decode(label, &octets));
    }
    text.push_str(&charset::guess(bytes::slice(value, plain_from, value.len())));
    text
}

/// Octets of the encoded word that `value` begins with, if it does and holds no space.
///
/// So much of an address list is one word, whatever commas and colons a careless sender left in it.
pub(super) fn prefix_len(value: &[u8]) -> Option<usize> {
    word(value).filter(|word| !word.text.contains(&b' ')).map(|word| word.len)
}

impl Word<'_> {
    fn append_to(&self, octets: &mut Vec<u8>) {
        if self.encoding == b'B' {
            _ = decode::base64(self.text, octets);
        } else {
            q(self.text, octets);
        }
    }
}

/// Reads the encoded word that `value` begins with.
///
/// ```abnf
/// encoded-word = "=?" charset ["*" language] "?" encoding "?" encoded-text "?="
/// encoding     = "B" / "Q"
/// ```
/// Beyond it, spaces and question marks are taken in the text, since senders write them.
fn word(value: &[u8]) -> Option<Word<'_>> {
    let rest = value.strip_prefix(b"=?")?;
    let label_len = memchr::memchr(b'?', bytes::slice(rest, 0, MAX_LABEL_BYTES))?;
    let label = bytes::slice(rest, 0, label_len);
    let charset = label.split(|&byte| byte == b'*').next().filter(|name| !name.is_empty())?;
    if !label.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let [encoding @ (b'b' | b'B' | b'q' | b'Q'), b'?', encoded @ ..] = rest.get(label_len + 1..)? else { return None };
    let text = bytes::slice(encoded, 0, text_len(encoded)?);
    let len = b"=?".len() + label_len + b"?B?".len() + text.len() + b"?=".len();
    Some(Word { charset, encoding: encoding.to_ascii_uppercase(), text, len })
}

/// Where `?=` stands. Another word's `=?` before it means that this one is not closed, which also keeps the search linear.
fn text_len(encoded: &[u8]) -> Option<usize> {
    for mark in memchr::memchr_iter(b'?', encoded) {
        if encoded.get(mark + 1) == Some(&b'=') {
            return Some(mark);
        }
        if mark > 0 && encoded.get(mark - 1) == Some(&b'=') {
            return None;
        }
    }
    None
}

/// The "Q" encoding. Spec: RFC 2047 §4.2.
fn q(text: &[u8], octets: &mut Vec<u8>) {
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        rest = after;
        match (byte, after) {
            (b'_', _) => octets.push(b' '),
            (b'=', [high, low, behind @ ..]) => match (bytes::hex(*high), bytes::hex(*low)) {
                (Some(high), Some(low)) => {
                    octets.push(high << 4 | low);
                    rest = behind;
                }
                _ => octets.push(b'='),
            },
            _ => octets.push(*byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn words_are_decoded_and_the_rest_stays() {
        for (value, text) in [
            ("plain", "plain"),
            ("=?utf-8?q?caf=C3=A9?=", "café"),
            ("=?ISO-8859-1*en?Q?a_b=e9?=", "a bé"),
            ("a =?utf-8?B?w6k=?= b", "a é b"),
            ("=?utf-8?b?ww?= =?utf-8?b?qQ?=", "é"),
            ("=?utf-8?q?=C3?=  =?UTF-8?q?=A9?=", "é"),
            ("=?utf-8?q?a?= =?iso-8859-1?q?=e9?=", "aé"),
            ("=?utf-8?q?a?= x =?utf-8?q?b?=", "a x b"),
            ("x=?utf-8?q?a?=y", "xay"),
            ("=?utf-8?q?with spaces?=", "with spaces"),
            ("=?utf-8?q?what?_yes?=", "what? yes"),
            ("=?utf-8?q??=", ""),
            ("=?utf-8?b?w6k?=", "é"),
            ("=?shift_jis?B?g26DjYFb?=", "ハロー"),
            ("=?x-nonsense?q?caf=C3=A9?=", "café"),
            ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
            ("=?utf-8?q?open", "=?utf-8?q?open"),
            ("=??q?a?=", "=??q?a?="),
            ("=?=?utf-8?q?a?=", "=?a"),
            ("=?utf-8?q?100=25=?=", "100%="),
        ] {
            assert_eq!(decode(value.as_bytes()), text, "{value}");
        }
    }

    #[test]
    fn raw_octets_are_utf8_or_western() {
        assert_eq!(decode("grüß".as_bytes()), "grüß");
        assert_eq!(decode(b"gr\xfc\xdf"), "grüß");
        assert_eq!(decode(b"\xc3\xbc and \xc3"), "ü and \u{fffd}");
    }
}
