//! Takes settings out by name and gives them their types; whatever is left at the end was forgotten.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::settings::Entry;
use super::value::{Value, quoted};
use super::{Error, Settings};
use crate::model::Secret;

/// The settings that have not been taken yet.
pub(super) struct Reader<'a> {
    left: BTreeMap<&'a str, &'a Entry>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(settings: &'a Settings) -> Self {
        Self { left: settings.entries.iter().map(|entry| (entry.key.as_str(), entry)).collect() }
    }

    /// Refuses when the manual has a setting that nothing took.
    pub(super) fn finish(self) -> Result<(), Error> {
        match self.left.into_keys().next() {
            Some(key) => Err(Error::Manual { key: key.to_owned() }),
            None => Ok(()),
        }
    }

    pub(super) fn switch(&mut self, key: &str) -> Result<bool, Error> {
        match self.take(key)?.value {
            Value::Switch(on) => Ok(on),
            _ => Err(manual(key)),
        }
    }

    /// A number within `range`.
    pub(super) fn number<N>(&mut self, key: &str, range: RangeInclusive<N>) -> Result<N, Error>
    where
        N: TryFrom<i64> + PartialOrd + Display,
    {
        let entry = self.take(key)?;
        let Value::Number(number) = entry.value else { return Err(manual(key)) };
        match N::try_from(number) {
            Ok(number) if range.contains(&number) => Ok(number),
            _ => Err(refuse(entry, format!("{} to {}", range.start(), range.end()))),
        }
    }

    /// A number of octets, at least `least`.
    pub(super) fn size<N: TryFrom<u64>>(&mut self, key: &str, least: u64) -> Result<N, Error> {
        let entry = self.take(key)?;
        let Value::Size(octets) = entry.value else { return Err(manual(key)) };
        let refused = || refuse(entry, format!("{least} octets or more"));
        if octets < least {
            return Err(refused());
        }
        N::try_from(octets).map_err(|_| refused())
    }

    /// A text that may be empty, which is `None`.
    pub(super) fn optional(&mut self, key: &str) -> Result<Option<String>, Error> {
        self.parsed(key, "text", |text| Some((!text.is_empty()).then(|| text.to_owned())))
    }

    /// A secret of at least `least` characters; empty is `None`.
    pub(super) fn secret(&mut self, key: &str, least: usize) -> Result<Option<Secret>, Error> {
        if !self.peek(key)?.is_secret() {
            return Err(manual(key));
        }
        self.parsed(key, &format!("{least} characters or more"), |text| match text {
            "" => Some(None),
            _ => (text.chars().count() >= least).then(|| Some(Secret::new(text))),
        })
    }

    /// A text that `parse` understands; `allowed` says which ones it does.
    pub(super) fn parsed<T>(
        &mut self,
        key: &str,
        allowed: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Error> {
        let entry = self.take(key)?;
        let Value::Text(text) = &entry.value else { return Err(manual(key)) };
        parse(text).ok_or_else(|| refuse(entry, allowed.to_owned()))
    }

    /// A list, each item of which is an `allowed` one.
    pub(super) fn list<T: FromStr>(&mut self, key: &str, allowed: &str) -> Result<Vec<T>, Error> {
        let entry = self.take(key)?;
        let Value::List(items) = &entry.value else { return Err(manual(key)) };
        items.iter().map(|item| item.parse().map_err(|_| refuse(entry, format!("a list of {allowed}")))).collect()
    }

    fn peek(&self, key: &str) -> Result<&'a Entry, Error> {
        self.left.get(key).copied().ok_or_else(|| manual(key))
    }

    fn take(&mut self, key: &str) -> Result<&'a Entry, Error> {
        self.left.remove(key).ok_or_else(|| manual(key))
    }
}

fn manual(key: &str) -> Error {
    Error::Manual { key: key.to_owned() }
}

fn refuse(entry: &Entry, allowed: String) -> Error {
    let found = if entry.is_secret() { quoted("***") } else { entry.value.to_toml() };
    Error::Invalid { key: entry.key.clone(), found, origin: entry.origin.clone(), allowed }
}
