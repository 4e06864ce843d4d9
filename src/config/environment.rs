//! Settings from the environment: `RESTANTE_SMTP_LISTEN` is `smtp.listen`.

use std::ffi::OsString;

use super::nearest::nearest;
use super::{Error, Origin, Settings};

const PREFIX: &str = "RESTANTE_";

/// Short names for what a container or a pipeline sets most often.
const SHORT: [(&str, &str); 2] = [("RESTANTE_ROOT_KEY", "http.root_key"), ("RESTANTE_AUTH", "http.auth")];

/// Variables that clients read; they are no settings of the server.
const CLIENTS: [&str; 3] = ["RESTANTE_URL", "RESTANTE_KEY", "RESTANTE_RUN_ID"];

/// Begins the names of what only tests read.
const TESTS: &str = "RESTANTE_TEST_";

impl Settings {
    /// Lays `variables` on top; names that do not begin with `RESTANTE_` are none of ours.
    ///
    /// # Errors
    /// [`Error::UnknownVariable`], [`Error::NotText`] or [`Error::Invalid`].
    pub fn apply_environment(
        &mut self,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<(), Error> {
        for (name, value) in variables {
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
            if CLIENTS.contains(&name) || name.starts_with(TESTS) {
                continue;
            }
            let Some(key) = self.key_of(name) else {
                return Err(self.unknown(name));
            };
            let text = value.to_str().ok_or_else(|| Error::NotText { name: name.to_owned() })?;
            self.apply_text(&key, text, Origin::Environment(name.to_owned()))?;
        }
        Ok(())
    }

    fn key_of(&self, name: &str) -> Option<String> {
        if let Some((_, key)) = SHORT.iter().find(|(short, _)| *short == name) {
            return Some((*key).to_owned());
        }
        self.entries.iter().find(|entry| variable(&entry.key) == name).map(|entry| entry.key.clone())
    }

    fn unknown(&self, name: &str) -> Error {
        let names: Vec<String> = self.entries.iter().map(|entry| variable(&entry.key)).collect();
        let known = names.iter().map(String::as_str).chain(SHORT.iter().map(|(short, _)| *short));
        // What all names have in common would make each of them look alike.
        let nearest = nearest(name.trim_start_matches(PREFIX), known.map(|name| name.trim_start_matches(PREFIX)));
        Error::UnknownVariable { name: name.to_owned(), nearest: nearest.map(|name| format!("{PREFIX}{name}")) }
    }
}

/// The variable of a setting. Section and key are joined by one underscore, which a key may hold too: names are
/// therefore never taken apart, only compared with the known ones.
pub(super) fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "_").to_ascii_uppercase())
}
