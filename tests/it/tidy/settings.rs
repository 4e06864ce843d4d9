//! The fields of the sections and the settings of the manual are the same.

use std::collections::BTreeSet;

use super::source::{code_of, in_name, read};

/// `section.field` for each public field of each `…Section`.
fn fields(code: &str) -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    let mut section = None;
    for line in code_of(code).lines() {
        if let Some(name) = line.strip_prefix("pub struct ") {
            section = name.split_once("Section").map(|(name, _)| name.to_lowercase());
        } else if line.starts_with('}') {
            section = None;
        } else if let (Some(section), Some(field)) = (&section, line.strip_prefix("    pub ")) {
            let field: String = field.chars().take_while(|c| in_name(*c)).collect();
            fields.insert(format!("{section}.{field}"));
        }
    }
    fields
}

/// `section.key` for each setting.
fn keys(manual: &str) -> BTreeSet<String> {
    let manual: toml::Table = manual.parse().unwrap();
    let key = |section: &str, key: &str| format!("{section}.{key}");
    manual.iter().flat_map(|(name, keys)| keys.as_table().unwrap().keys().map(move |one| key(name, one))).collect()
}

#[test]
fn every_field_is_in_the_manual_and_every_setting_has_a_field() {
    assert_eq!(fields(&read("src/config/sections.rs")), keys(&read("restante.default.toml")));
}

#[test]
fn both_sides_are_read() {
    let code = "pub struct Config {\n    pub smtp: SmtpSection,\n}\npub struct SmtpSection {\n    /// A.\n    pub a_b: u8,\n    pub c: u8,\n}\n";
    let both: BTreeSet<String> = ["smtp.a_b", "smtp.c"].map(str::to_owned).into();
    assert_eq!(fields(code), both);
    assert_eq!(keys("[smtp]\na_b = 1\nc = 2\n"), both);
}
