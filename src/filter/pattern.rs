//! A condition on addresses.

use super::fold;
use super::keys::{address_key, entries};

/// How a text given for `from` or `to` is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressPattern {
    /// A whole address, alone or as `Name <address>`: it must be that one.
    Equals(String),
    /// A text with `*` or `?`: a whole address must fit it; `*` is any run of characters, `?` any one.
    Glob(String),
    /// Anything else: it must be part of an address or a name.
    Contains(String),
}

impl AddressPattern {
    /// Understands `text`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let bracketed = text.rsplit_once('<').and_then(|(_, rest)| rest.strip_suffix('>'));
        let address = bracketed.unwrap_or(text);
        if address.contains(['*', '?']) {
            return Self::Glob(fold(address));
        }
        match address.split_once('@') {
            Some((local, domain)) if !local.is_empty() && !domain.is_empty() => Self::Equals(address_key(address)),
            _ => Self::Contains(fold(address)),
        }
    }

    /// Whether one of the addresses in a key fits.
    #[must_use]
    pub fn matches(&self, key: &str) -> bool {
        entries(key).any(|(address, name)| match self {
            Self::Equals(wanted) => address == wanted,
            Self::Glob(glob) => fits(glob, address),
            Self::Contains(text) => address.contains(text.as_str()) || name.contains(text.as_str()),
        })
    }

    /// A text that stands in every key that fits: the database looks for it first.
    #[must_use]
    pub fn needle(&self) -> String {
        match self {
            Self::Equals(address) => format!("\n{address}\t"),
            Self::Contains(text) => text.clone(),
            Self::Glob(glob) => {
                glob.split(['*', '?']).max_by_key(|literal| literal.len()).unwrap_or_default().to_owned()
            }
        }
    }
}

/// Whether `text` fits `glob`; linear in memory, at most `glob.len() * text.len()` steps.
fn fits(glob: &str, text: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "\nno-reply@app.test\tthe app\n\nx@t.test\t\n";

    #[test]
    fn an_address_means_itself() {
        for (text, matches) in [
            ("no-reply@app.test", true),
            ("The App <NO-REPLY@APP.TEST>", true),
            ("reply@app.test", false),
            ("no-reply@app.tes", false),
            ("*@t.test", true),
            ("*@T.TEST", true),
            ("?@t.test", true),
            ("??@t.test", false),
            ("*", true),
            ("app", true),
            ("the app", true),
            ("@app.test", true),
            ("other", false),
        ] {
            assert_eq!(AddressPattern::parse(text).matches(KEY), matches, "{text}");
        }
    }

    #[test]
    fn the_needle_stands_in_every_key_that_fits() {
        for text in ["no-reply@app.test", "*@t.test", "app", "n*@app.*"] {
            let pattern = AddressPattern::parse(text);
            assert!(pattern.matches(KEY) && KEY.contains(&pattern.needle()), "{text}");
        }
    }

    #[test]
    fn many_stars_do_not_take_forever() {
        assert!(!fits(&"*a".repeat(50), &"a".repeat(49)));
        assert!(fits(&"*a".repeat(50), &"a".repeat(50)));
    }
}
