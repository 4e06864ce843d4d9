//! Decision records are numbered without gaps and say context, decision and consequences.

use super::source::root;

const PARTS: [&str; 3] = ["## Context", "## Decision", "## Consequences"];

fn breaches(records: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, (name, text)) in records.iter().enumerate() {
        if !name.starts_with(&format!("{:04}-", at + 1)) {
            found.push(format!("{name}: number {:04} is missing", at + 1));
        }
        found.extend(PARTS.iter().filter(|part| !text.contains(*part)).map(|part| format!("{name}: no {part}")));
    }
    found
}

#[test]
fn records_are_numbered_without_gaps() {
    let folder = std::fs::read_dir(root().join("docs/decisions")).unwrap();
    let mut records: Vec<_> = folder
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap()))
        .collect();
    records.sort();
    assert!(records.len() >= 8);
    assert_eq!(breaches(&records), [""; 0]);
}

#[test]
fn gap_and_missing_part_are_found() {
    let record = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let whole = PARTS.join("\n");
    assert_eq!(breaches(&[record("0001-a.md", &whole), record("0003-b.md", &whole)]).len(), 1);
    assert_eq!(breaches(&[record("0001-a.md", "## Context\n## Decision")]).len(), 1);
}
