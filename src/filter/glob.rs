//! Patterns with `*` for any run of characters and `?` for any one.

/// Whether `text` fits `glob`; linear in memory, at most `glob.len() * text.len()` steps.
pub(super) fn fits(glob: &str, text: &str) -> bool {
    let glob: Vec<char> = glob.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut g, mut t) = (0, 0);
    // Where to go back to: behind the last star, and how much of the text it has taken.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match glob.get(g) {
            Some('*') => {
                star = Some((g + 1, t));
                g += 1;
            }
            Some(c) if *c == '?' || Some(c) == text.get(t) => {
                g += 1;
                t += 1;
            }
            _ => match star {
                Some((after, taken)) => {
                    star = Some((after, taken + 1));
                    g = after;
                    t = taken + 1;
                }
                None => return false,
            },
        }
    }
    glob.iter().skip(g).all(|c| *c == '*')
}

/// A text that stands in everything that fits.
pub(super) fn literal(glob: &str) -> &str {
    glob.split(['*', '?']).max_by_key(|literal| literal.len()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_the_text_must_fit() {
        for (glob, text, is_fit) in [
            ("*@t.test", "x@t.test", true),
            ("?@t.test", "x@t.test", true),
            ("??@t.test", "x@t.test", false),
            ("*", "", true),
            ("?", "", false),
            ("", "", true),
            ("a*", "ba", false),
            ("*.pdf", "größe.pdf", true),
            ("gr??e.pdf", "größe.pdf", true),
        ] {
            assert_eq!(fits(glob, text), is_fit, "{glob} {text}");
            assert!(!is_fit || text.contains(literal(glob)));
        }
    }

    #[test]
    fn many_stars_do_not_take_forever() {
        assert!(!fits(&"*a".repeat(50), &"a".repeat(49)));
        assert!(fits(&"*a".repeat(50), &"a".repeat(50)));
    }
}
