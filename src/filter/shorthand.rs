//! The four short conditions `from`, `to`, `subject`, `body`, all of which must hold.

use super::{AddressPattern, Keys, fold};

/// What the caller wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shorthands {
    /// See [`AddressPattern`].
    pub from: Option<String>,
    /// See [`AddressPattern`]; To, Cc, Bcc and the envelope's recipients.
    pub to: Option<String>,
    /// Text in the subject.
    pub subject: Option<String>,
    /// Text in the text or the HTML.
    pub body: Option<String>,
}

/// Conditions that a message must meet; none is met by every message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    from: Option<AddressPattern>,
    to: Option<AddressPattern>,
    subject: Option<String>,
    body: Option<String>,
}

impl From<Shorthands> for Filter {
    fn from(written: Shorthands) -> Self {
        let text = |text: Option<String>| text.map(|text| fold(&text)).filter(|text| !text.is_empty());
        let pattern = |text: Option<String>| text.map(|text| AddressPattern::parse(&text));
        Self {
            from: pattern(written.from),
            to: pattern(written.to),
            subject: text(written.subject),
            body: text(written.body),
        }
    }
}

impl Filter {
    /// What the database can look for in the subject's key.
    #[must_use]
    pub fn subject_needle(&self) -> Option<String> {
        self.subject.clone()
    }

    /// What the database can look for in the sender's key.
    #[must_use]
    pub fn from_needle(&self) -> Option<String> {
        self.from.as_ref().map(AddressPattern::needle).filter(|needle| !needle.is_empty())
    }

    /// What the database can look for in the recipients' key.
    #[must_use]
    pub fn to_needle(&self) -> Option<String> {
        self.to.as_ref().map(AddressPattern::needle).filter(|needle| !needle.is_empty())
    }

    /// Whether the message's octets must be read to decide.
    #[must_use]
    pub const fn needs_body(&self) -> bool {
        self.body.is_some()
    }

    /// Whether a message with these keys meets every condition but that on its body.
    #[must_use]
    pub fn matches(&self, keys: &Keys) -> bool {
        self.subject.as_ref().is_none_or(|text| keys.subject.contains(text.as_str()))
            && self.from.as_ref().is_none_or(|pattern| pattern.matches(&keys.from))
            && self.to.as_ref().is_none_or(|pattern| pattern.matches(&keys.to))
    }

    /// Whether one of the message's texts meets the condition on its body.
    #[must_use]
    pub fn matches_body<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> bool {
        self.body.as_ref().is_none_or(|wanted| texts.into_iter().any(|text| fold(text).contains(wanted.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_conditions_must_hold() {
        let keys = Keys {
            subject: "reset your password".into(),
            from: "\na@app.test\tapp\n".into(),
            to: "\nx@t.test\t\n".into(),
        };
        let filter = |subject: &str, from: &str| {
            Filter::from(Shorthands { subject: Some(subject.into()), from: Some(from.into()), ..Shorthands::default() })
        };
        assert!(filter("RESET  your", "a@app.test").matches(&keys));
        assert!(!filter("reset", "b@app.test").matches(&keys));
        assert!(!filter("invoice", "a@app.test").matches(&keys));
        assert!(Filter::default().matches(&keys));
    }

    #[test]
    fn the_body_is_found_across_line_breaks() {
        let filter = Filter::from(Shorthands { body: Some("your code".into()), ..Shorthands::default() });
        assert!(filter.matches_body(["This is Your\r\n code: 1"]));
        assert!(!filter.matches_body(["nothing"]));
    }
}
