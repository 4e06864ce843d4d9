//! Every section that the code cites stands in `docs/rfc.md`.

use std::collections::BTreeSet;

use super::source::{Source, read, rust_files};

/// Sections as (RFC, section); the section is empty for an RFC as a whole.
type Sections = BTreeSet<(u32, String)>;

/// What a table `| RFC | section | status | module |` knows.
fn known(table: &str) -> Sections {
    let mut known = Sections::new();
    for row in table.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let Ok(rfc) = cells[1].parse() else { continue };
        known.insert((rfc, String::new()));
        known.extend(cells[2].split(',').map(|section| (rfc, section.trim().trim_start_matches('§').to_owned())));
    }
    known
}

/// What a text cites: `RFC 5321 §4.5.2`, or `RFC 5321` alone.
fn cited(text: &str) -> Sections {
    let mut cited = Sections::new();
    for (at, mark) in text.match_indices("RFC ") {
        let rest = &text[at + mark.len()..];
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        let Ok(rfc) = rest[..digits].parse() else { continue };
        let after = &rest[digits..];
        let section: String = match after.strip_prefix(" §") {
            Some(section) => section.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '.').collect(),
            None => String::new(),
        };
        cited.insert((rfc, section.trim_end_matches('.').to_owned()));
    }
    cited
}

fn breaches(files: &[Source], table: &str) -> Vec<String> {
    let known = known(table);
    let unknown = |file: &Source| {
        let unknown: Vec<_> = cited(&file.text).difference(&known).cloned().collect();
        let name = |(rfc, section): (u32, String)| format!("{}: RFC {rfc} §{section} is not in docs/rfc.md", file.path);
        unknown.into_iter().map(name).collect::<Vec<_>>()
    };
    files.iter().flat_map(unknown).collect()
}

#[test]
fn cited_sections_are_in_the_table() {
    let files: Vec<Source> = ["src", "sdk/rust/src", "tests/it/support"].into_iter().flat_map(rust_files).collect();
    assert_eq!(breaches(&files, &read("docs/rfc.md")), [""; 0]);
}

#[test]
fn table_has_four_cells_in_each_row_and_a_known_status() {
    for row in read("docs/rfc.md").lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 6, "{row}");
        assert!(["status", "---", "done", "part", "departs", "noted"].contains(&cells[3]), "{row}");
    }
}

#[test]
fn unknown_section_is_found() {
    let table = "| RFC | section | status | module |\n| 5321 | §4.5.2, §2.3 | done | smtp |\n";
    let found = |text: &str| breaches(&[Source::new("src/a.rs", text)], table).len();
    assert_eq!(found("// RFC 5321 §4.5.2. And RFC 5321 §2.3, RFC 5321."), 0);
    assert_eq!(found("// Spec: RFC 5321 §4.5."), 1);
    assert_eq!(found("/// RFC 9999"), 1);
}
