//! Letters that are no word.

/// Whether `text`, all letters, looks drawn by lot: no language puts them so.
pub(super) fn is_random(text: &[char]) -> bool {
    let letters: Vec<char> = text.iter().map(char::to_ascii_lowercase).collect();
    let is_vowel = |c: &char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let vowels = letters.iter().filter(|c| is_vowel(c)).count();
    let run = letters.split(is_vowel).map(<[char]>::len).max().unwrap_or(0);
    let odd = letters.windows(2).filter(|pair| matches!(pair, [a, b] if is_odd(*a, *b))).count();
    vowels == 0 || run >= 4 || odd > 0 || vowels * 6 < letters.len()
}

/// Two letters that hardly ever follow each other in a word.
fn is_odd(a: char, b: char) -> bool {
    match a {
        'q' => b != 'u',
        'j' | 'v' => !matches!(b, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'r' | 'l' | 'n' | 'v' | 'k' | 'd'),
        'x' => matches!(b, 'b' | 'd' | 'f' | 'g' | 'j' | 'k' | 'm' | 'n' | 'q' | 'r' | 'v' | 'w' | 'x' | 'z'),
        'z' => matches!(b, 'b' | 'c' | 'd' | 'f' | 'g' | 'h' | 'j' | 'q' | 'x'),
        'b' | 'p' | 'd' | 'g' | 'f' | 'c' | 'k' | 'w' | 'm' | 't' => matches!(b, 'q' | 'x' | 'j'),
        _ => b == 'q' && !matches!(a, 'e' | 'i' | 'c' | 's' | 'n' | 'a' | 'u' | 'o'),
    }
}

/// `1024x768`, `10am`, `21st`, `500gb`, `2x`, `mp4`: a number with its unit, or a name with its version.
pub(super) fn is_quantity(text: &[char]) -> bool {
    let lower: String = text.iter().map(char::to_ascii_lowercase).collect();
    let rest = lower.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_unit = rest.len() < lower.len()
        && matches!(
            rest,
            "x" | "k"
                | "m"
                | "s"
                | "h"
                | "d"
                | "am"
                | "pm"
                | "st"
                | "nd"
                | "rd"
                | "th"
                | "px"
                | "gb"
                | "mb"
                | "kb"
                | "tb"
                | "km"
                | "kg"
                | "kw"
                | "kwh"
                | "ms"
                | "min"
                | "hrs"
                | "days"
                | "bit"
                | "mhz"
                | "ghz"
                | "er"
                | "e"
                | "pts"
                | "usd"
                | "eur"
                | "gbp"
                | "kr"
                | "tl"
                | "ft"
                | "cm"
                | "mm"
                | "ml"
                | "xp"
                | "hz"
                | "mah"
                | "mp"
                | "fps"
                | "p"
        );
    let is_size =
        rest.strip_prefix('x').is_some_and(|size| !size.is_empty() && size.chars().all(|c| c.is_ascii_digit()));
    let has_lower = text.iter().filter(|c| c.is_ascii_lowercase()).count() >= 2;
    is_unit || is_size || (has_lower && is_name(text))
}

/// `Windows11`, `SHA1`, `WELCOME20`: one or two digits behind a word, a version or a year.
pub(super) fn is_name(text: &[char]) -> bool {
    let digits = text.iter().rev().take_while(|c| c.is_ascii_digit()).count();
    let (head, _) = text.split_at_checked(text.len() - digits).unwrap_or((text, &[]));
    (1..=2).contains(&digits) && head.len() >= 3 && head.iter().all(char::is_ascii_alphabetic) && !is_random(head)
}

#[cfg(test)]
mod tests {
    use super::{is_quantity, is_random};

    #[test]
    fn words_are_not_random() {
        let chars = |text: &str| text.chars().collect::<Vec<char>>();
        for word in
            ["VERIFY", "ACCOUNT", "IMPORTANT", "SECURITY", "CODE", "LOGIN", "PASSWORT", "ACME", "WELCOME", "HELP"]
        {
            assert!(!is_random(&chars(word)), "{word}");
        }
        for code in ["KQZTRW", "WDJB", "XKQ", "NVBTPL", "BQXA"] {
            assert!(is_random(&chars(code)), "{code}");
        }
    }

    #[test]
    fn numbers_with_units_are_quantities() {
        let chars = |text: &str| text.chars().collect::<Vec<char>>();
        for text in ["1024x768", "100GB", "1200px", "2024th", "Windows11", "iPhone15", "10000m"] {
            assert!(is_quantity(&chars(text)), "{text}");
        }
        for text in ["A7K2QX", "a7f3c9", "4E91B7", "K9X2"] {
            assert!(!is_quantity(&chars(text)), "{text}");
        }
    }
}
