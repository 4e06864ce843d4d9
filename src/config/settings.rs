//! The layers on top of each other: for each setting its value so far and where it came from.

use super::nearest::nearest;
use super::value::{Kind, Value};
use super::{Error, Origin, file};

/// The manual of all settings, which is also where the defaults come from.
pub const MANUAL: &str = include_str!("../../restante.default.toml");

/// Settings that are never shown.
const SECRETS: [&str; 2] = ["store.url", "http.root_key"];

/// Every setting of the manual with its value and its origin.
///
/// Layers may be applied in any order: a value gives way only to one of the same or a later layer.
#[derive(Clone, Debug)]
pub struct Settings {
    pub(super) entries: Vec<Entry>,
}

/// One setting.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// `section.key`.
    pub(super) key: String,
    pub(super) kind: Kind,
    pub(super) value: Value,
    pub(super) origin: Origin,
}

impl Settings {
    /// What the manual says, in its order.
    ///
    /// # Errors
    /// [`Error::Manual`] if the manual itself is wrong, which a test rules out.
    pub fn defaults() -> Result<Self, Error> {
        Ok(Self { entries: file::parse_manual(MANUAL)? })
    }

    /// Lays `--set` flags on top: each `given` is `section.key=value`.
    ///
    /// # Errors
    /// [`Error::NotAPair`], [`Error::UnknownKey`] or [`Error::Invalid`].
    pub fn apply_set(&mut self, given: &str) -> Result<(), Error> {
        let (key, text) = given.split_once('=').ok_or_else(|| Error::NotAPair { given: given.to_owned() })?;
        self.apply_text(key.trim(), text, Origin::Flag(format!("--set {}", key.trim())))
    }

    /// Lays a flag that has a name of its own on top.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the value is of another kind.
    pub fn apply_flag(&mut self, flag: &str, key: &str, text: &str) -> Result<(), Error> {
        self.apply_text(key, text, Origin::Flag(flag.to_owned()))
    }

    /// Where the value of `key` came from; `None` when there is no such setting.
    #[must_use]
    pub fn origin(&self, key: &str) -> Option<&Origin> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.origin)
    }

    /// The text of `key`; `None` when it is empty or not a text.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        match &self.entries.iter().find(|entry| entry.key == key)?.value {
            Value::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// Whether the manual has a section of this name.
    pub(super) fn has_section(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.key.split_once('.').is_some_and(|(section, _)| section == name))
    }

    /// Lays a value that was written as plain text on top.
    pub(super) fn apply_text(&mut self, key: &str, text: &str, origin: Origin) -> Result<(), Error> {
        let entry = self.entry(key, &origin)?;
        match entry.kind.read_text(text) {
            Some(value) => {
                entry.replace(value, origin);
                Ok(())
            }
            None => Err(entry.refuse_kind(text, origin)),
        }
    }

    /// The setting of this name, to be changed.
    pub(super) fn entry(&mut self, key: &str, origin: &Origin) -> Result<&mut Entry, Error> {
        let Some(at) = self.entries.iter().position(|entry| entry.key == key) else {
            let nearest = nearest(key, self.entries.iter().map(|entry| entry.key.as_str()));
            return Err(Error::UnknownKey { key: key.to_owned(), origin: origin.clone(), nearest });
        };
        self.entries.get_mut(at).ok_or_else(|| Error::Manual { key: key.to_owned() })
    }
}

impl Entry {
    /// Whether the value must not be shown.
    pub(super) fn is_secret(&self) -> bool {
        SECRETS.contains(&self.key.as_str())
    }

    /// Takes the value unless a later layer has already spoken.
    pub(super) fn replace(&mut self, value: Value, origin: Origin) {
        if origin.layer() >= self.origin.layer() {
            (self.value, self.origin) = (value, origin);
        }
    }

    /// The error for a value that is not of this setting's kind.
    pub(super) fn refuse_kind(&self, found: &str, origin: Origin) -> Error {
        let found = if self.is_secret() { "***".to_owned() } else { found.to_owned() };
        Error::Invalid { key: self.key.clone(), found, origin, allowed: self.kind.allowed().to_owned() }
    }
}
