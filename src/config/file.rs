//! Settings from TOML: the manual itself, and the file that a user lays on top of it.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::settings::Entry;
use super::value::Kind;
use super::{Error, Origin, Settings};

impl Settings {
    /// Lays `text`, the content of the file at `path`, on top.
    ///
    /// # Errors
    /// [`Error::Syntax`], [`Error::UnknownKey`] or [`Error::Invalid`], each with the line.
    pub fn apply_file(&mut self, path: &Path, text: &str) -> Result<(), Error> {
        let table = DeTable::parse(text).map_err(|error| Error::Syntax {
            path: path.to_owned(),
            line: line_of(text, error.span().map_or(0, |span| span.start)),
            message: error.message().to_owned(),
        })?;
        for found in flatten(table.get_ref()) {
            let origin = Origin::File { path: path.to_owned(), line: line_of(text, found.at) };
            if found.value.is_none() && self.has_section(&found.key) {
                continue;
            }
            let entry = self.entry(&found.key, &origin)?;
            match found.value.and_then(|value| entry.kind.read_toml(value.get_ref())) {
                Some(value) => entry.replace(value, origin),
                None => {
                    let written = found.value.and_then(|value| text.get(value.span())).unwrap_or_default();
                    return Err(entry.refuse_kind(written, origin));
                }
            }
        }
        Ok(())
    }
}

/// The settings of the manual in its order, each with its default.
pub(super) fn parse_manual(text: &str) -> Result<Vec<Entry>, Error> {
    let table = DeTable::parse(text).map_err(|error| Error::Manual { key: error.message().to_owned() })?;
    let mut found = flatten(table.get_ref());
    found.sort_by_key(|found| found.at);
    let entry = |found: Found<'_, '_>| {
        let value = found.value.map(Spanned::get_ref);
        let kind = value.and_then(|value| Kind::of(&found.key, value));
        let value = kind.zip(value).and_then(|(kind, value)| Some((kind, kind.read_toml(value)?)));
        match value {
            Some((kind, value)) => Ok(Entry { key: found.key, kind, value, origin: Origin::Default }),
            None => Err(Error::Manual { key: found.key }),
        }
    };
    found.into_iter().map(entry).collect()
}

/// One key of a file.
struct Found<'a, 'text> {
    /// `section.key`; the bare name where it stands in no section.
    key: String,
    /// Octets before the key.
    at: usize,
    /// `None` for a section without keys.
    value: Option<&'a Spanned<DeValue<'text>>>,
}

/// All keys of all sections, and the sections that have none, so that their names are checked too.
fn flatten<'a, 'text>(table: &'a DeTable<'text>) -> Vec<Found<'a, 'text>> {
    let mut all = Vec::new();
    for (section, content) in table {
        match content.get_ref() {
            DeValue::Table(keys) if keys.is_empty() => {
                all.push(Found { key: section.get_ref().to_string(), at: section.span().start, value: None });
            }
            DeValue::Table(keys) => all.extend(keys.iter().map(|(key, value)| Found {
                key: format!("{}.{}", section.get_ref(), key.get_ref()),
                at: key.span().start,
                value: Some(value),
            })),
            _ => all.push(Found { key: section.get_ref().to_string(), at: section.span().start, value: Some(content) }),
        }
    }
    all
}

/// The line, from 1, of the octet at `offset`.
fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}
