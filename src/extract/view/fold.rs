//! Characters in one form: digits of every script as ASCII, words without case and accents.

use unicode_normalization::char::decompose_canonical;

/// The zeros of the scripts' decimal digits; nine more follow each.
const ZEROS: [char; 22] = [
    '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}', '\u{c66}',
    '\u{ce6}', '\u{d66}', '\u{de6}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}', '\u{17e0}', '\u{1810}', '\u{1946}',
    '\u{19d0}', '\u{ff10}',
];
/// Bold, double-struck and other mathematical digits: five times ten.
const MATHEMATICAL: std::ops::RangeInclusive<char> = '\u{1d7ce}'..='\u{1d7ff}';

/// `c` as a code would be typed, one character for one; `None` if it has no width and no meaning.
///
/// Character by character: a normalisation of the whole text would make a full-width comma between two numbers a
/// decimal sign.
pub(super) fn shape(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(if c == '\t' { ' ' } else { c });
    }
    Some(match c {
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => {
            return None;
        }
        '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' => return None,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' | '\u{fe63}' => '-',
        '\u{ff1a}' => ':',
        '\u{ff03}' => '#',
        '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c if c.is_whitespace() => ' ',
        c => digit(c).unwrap_or(c),
    })
}

/// The ASCII digit that `c` stands for, if it is a digit of another script.
fn digit(c: char) -> Option<char> {
    let value = if MATHEMATICAL.contains(&c) {
        (u32::from(c) - u32::from(*MATHEMATICAL.start())) % 10
    } else {
        let zero = ZEROS.iter().find(|zero| (u32::from(**zero)..u32::from(**zero) + 10).contains(&u32::from(c)))?;
        u32::from(c) - u32::from(*zero)
    };
    char::from_digit(value, 10)
}

/// `c` as words are compared: lower case, without accent, any hyphen as a space; one character for one.
pub(in crate::extract) fn fold(c: char) -> char {
    if c.is_ascii() {
        return match c {
            '-' | '_' | '/' | '\t' => ' ',
            c => c.to_ascii_lowercase(),
        };
    }
    match c {
        '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{2b9}' | '\u{ff07}' | '\u{60}' | '\u{b4}' => '\'',
        '\u{131}' | '\u{130}' => 'i',
        '\u{3c2}' => '\u{3c3}',
        '\u{2010}'..='\u{2015}' => ' ',
        '\u{a0}' => ' ',
        // Marks are part of the letter only in these scripts.
        '\u{c0}'..='\u{52f}' | '\u{1e00}'..='\u{1fff}' => {
            let mut base = None;
            decompose_canonical(c, |part| base = base.or(Some(part)));
            base.and_then(|base| base.to_lowercase().next()).unwrap_or(c)
        }
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::{fold, shape};

    #[test]
    fn digits_of_all_scripts_become_ascii_and_nothing_else_does() {
        let shaped = |text: &str| text.chars().filter_map(shape).collect::<String>();
        assert_eq!(shaped("٤٨٢٩١٣ ۴۸۲ ४८२ ৪৮২ ๔๘๒ ４８２ 𝟒𝟖𝟐"), "482913 482 482 482 482 482 482");
        assert_eq!(shaped("608451，5分钟"), "608451，5分钟");
        assert_eq!(shaped("4\u{200b}8\u{ad}2\u{a0}9\u{2011}1"), "482 9-1");
    }

    #[test]
    fn words_lose_case_and_accents() {
        let folded = |text: &str| text.chars().map(fold).collect::<String>();
        assert_eq!(folded("Código ÚNICO"), "codigo unico");
        assert_eq!(folded("One-Time’s Şifre KODUNUZ İÇİN"), "one time's sifre kodunuz icin");
        assert_eq!(folded("Код ΚΩΔΙΚΌΣ 認証コード 인증번호"), "код κωδικοσ 認証コード 인증번호");
    }
}
