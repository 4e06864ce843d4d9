//! Each direct dependency has a line in `docs/dependencies.md`.

use std::collections::BTreeSet;

use super::source::read;

/// The names in the manifest's tables of dependencies.
fn declared(manifest: &str) -> BTreeSet<String> {
    let manifest: toml::Table = manifest.parse().unwrap();
    let tables = ["dependencies", "dev-dependencies"].into_iter().filter_map(|name| manifest.get(name)?.as_table());
    tables.flat_map(|table| table.keys().cloned()).collect()
}

/// The names in the first cells of the rows.
fn explained(document: &str) -> BTreeSet<String> {
    let names = document.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    names.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn every_dependency_is_explained() {
    let explained = explained(&read("docs/dependencies.md"));
    for manifest in ["Cargo.toml", "sdk/rust/Cargo.toml"] {
        let silent: Vec<String> = declared(&read(manifest)).difference(&explained).cloned().collect();
        assert_eq!(silent, [""; 0], "{manifest}");
    }
}

#[test]
fn both_sides_are_read() {
    let manifest = "[dependencies]\na = '1'\nb = { version = '2' }\n[dev-dependencies]\nc = '3'\n";
    let both = ["a", "b", "c"].map(str::to_owned).into();
    assert_eq!(declared(manifest), both);
    assert_eq!(explained("| crate |\n| `a` | x |\n| `b` | y |\n| `c` | z |"), both);
}
