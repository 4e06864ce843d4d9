//! The settings in force, as TOML that can be read back, each with where it came from.

use super::value::{Value, quoted};
use super::{Origin, Settings};

impl Settings {
    /// All settings in the manual's order. Secrets that are set show as `***`.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        let mut current = "";
        for entry in &self.entries {
            let (section, key) = entry.key.split_once('.').unwrap_or(("", &entry.key));
            if section != current {
                let gap = if current.is_empty() { "" } else { "\n" };
                text.push_str(&format!("{gap}[{section}]\n"));
                current = section;
            }
            let hidden = entry.is_secret() && entry.value != Value::Text(String::new());
            let value = if hidden { quoted("***") } else { entry.value.to_toml() };
            text.push_str(&format!("{key} = {value}  # {}\n", one_line(&entry.origin)));
        }
        text
    }
}

/// A path may hold a line break; a comment may not.
fn one_line(origin: &Origin) -> String {
    origin.to_string().replace(char::is_control, "?")
}
