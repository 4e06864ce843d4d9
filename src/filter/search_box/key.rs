//! The keys of the search box and the fields that they stand for.

use crate::filter::Field;

/// What stands before the colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// Addresses.
    Address(&'static str),
    /// Text, of which a part is enough.
    Text(&'static str),
    /// A name, compared letter by letter.
    Word(&'static str),
    Header,
    Has,
    Is,
    After,
    Before,
    Larger,
    Smaller,
}

pub(super) const KEYS: [(&str, Key); 26] = [
    ("from", Key::Address("from")),
    ("to", Key::Address("recipient")),
    ("cc", Key::Address("cc")),
    ("bcc", Key::Address("bcc")),
    ("reply_to", Key::Address("reply_to")),
    ("envelope_from", Key::Address("envelope_from")),
    ("envelope_to", Key::Address("envelope_to")),
    ("subject", Key::Text("subject")),
    ("text", Key::Text("text")),
    ("html", Key::Text("html")),
    ("body", Key::Text("body")),
    ("message_id", Key::Text("message_id")),
    ("filename", Key::Text("attachment.filename")),
    ("type", Key::Text("attachment.content_type")),
    ("code", Key::Text("code")),
    ("link", Key::Text("link")),
    ("tag", Key::Word("tag")),
    ("run", Key::Word("run_id")),
    ("in", Key::Word("folder")),
    ("header", Key::Header),
    ("has", Key::Has),
    ("is", Key::Is),
    ("after", Key::After),
    ("before", Key::Before),
    ("larger", Key::Larger),
    ("smaller", Key::Smaller),
];

/// What may stand behind `is:`, with the flag and whether it is set.
pub(super) const STATES: [(&str, &str, bool); 6] = [
    ("seen", "seen", true),
    ("unseen", "seen", false),
    ("flagged", "flagged", true),
    ("unflagged", "flagged", false),
    ("read", "seen", true),
    ("unread", "seen", false),
];

/// What may stand behind `has:` besides `attachment`.
pub(super) const HAS: [&str; 3] = ["code", "link", "html"];

impl Key {
    pub(super) fn parse(name: &str) -> Option<Self> {
        KEYS.iter().find(|(known, _)| *known == name).map(|(_, key)| *key)
    }

    /// The name of the key that asks for `field`, and what kind of key it is.
    pub(super) fn of(field: &Field) -> Option<(&'static str, Self)> {
        let stands_for = |key: &Self| match key {
            Self::Address(name) | Self::Text(name) | Self::Word(name) => *name == field.as_str(),
            _ => false,
        };
        KEYS.iter().find(|(_, key)| stands_for(key)).copied()
    }
}
