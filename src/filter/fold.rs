//! Text as it is compared: composed, white space folded, invisible characters gone; in lower case, unless case counts.

use unicode_normalization::UnicodeNormalization;

/// Lower case, NFC, every run of white space (no-break spaces and line breaks too) one space, none at the ends,
/// control and invisible characters gone.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return squeeze(text.chars().map(|c| c.to_ascii_lowercase()), text.len());
    }
    squeeze(text.nfc().flat_map(char::to_lowercase), text.len())
}

/// The same with its case kept.
#[must_use]
pub fn normal(text: &str) -> String {
    if text.is_ascii() {
        return squeeze(text.chars(), text.len());
    }
    squeeze(text.nfc(), text.len())
}

fn squeeze(chars: impl Iterator<Item = char>, capacity: usize) -> String {
    let mut folded = String::with_capacity(capacity);
    let mut space_due = false;
    for c in chars {
        if c.is_whitespace() {
            space_due = !folded.is_empty();
        } else if !c.is_control() && !is_invisible(c) {
            if space_due {
                folded.push(' ');
                space_due = false;
            }
            folded.push(c);
        }
    }
    folded
}

/// Characters that senders put into previews and headings and that no one can type: soft hyphen, zero-width ones.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{34f}')
}

#[cfg(test)]
mod tests {
    use super::{fold, normal};

    #[test]
    fn what_looks_the_same_compares_equal() {
        for (text, folded) in [
            ("  Reset  your\r\n\tPassword ", "reset your password"),
            ("Größe\u{a0}1", "größe 1"),
            ("e\u{301}", "é"),
            ("PASS\u{ad}WORD\u{200b}", "password"),
            ("İ", "i\u{307}"),
            ("", ""),
            (" \u{200b} ", ""),
        ] {
            assert_eq!(fold(text), folded, "{text:?}");
        }
        assert_eq!(normal(" Your\u{a0} CO\u{ad}DE\r\n"), "Your CODE");
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["  A  b ", "ǅ", "Straße", "\u{1e9e}", "a\u{200b} b"] {
            assert_eq!(fold(&fold(text)), fold(text));
            assert_eq!(normal(&normal(text)), normal(text));
            assert_eq!(fold(&normal(text)), fold(text));
        }
    }
}
