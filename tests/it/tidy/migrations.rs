//! Both databases have the same migrations, numbered without gaps.

use std::collections::BTreeSet;

use super::source::root;

fn breaches(sqlite: &BTreeSet<String>, postgres: &BTreeSet<String>) -> Vec<String> {
    let mut found: Vec<String> = sqlite
        .symmetric_difference(postgres)
        .map(|name| format!("{name}: it is there for one database only"))
        .collect();
    for (at, name) in sqlite.iter().enumerate() {
        if !name.starts_with(&format!("{:04}_", at + 1)) {
            found.push(format!("{name}: number {:04} is missing", at + 1));
        }
    }
    found
}

fn names(database: &str) -> BTreeSet<String> {
    let folder = std::fs::read_dir(root().join("migrations").join(database)).into_iter().flatten();
    folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn migrations_have_the_same_names_in_both_folders() {
    assert_eq!(breaches(&names("sqlite"), &names("postgres")), [""; 0]);
}

#[test]
fn missing_twin_and_gap_are_found() {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(breaches(&set(&["0001_a.sql"]), &set(&[])).len(), 1);
    assert_eq!(breaches(&set(&["0001_a.sql", "0003_c.sql"]), &set(&["0001_a.sql", "0003_c.sql"])).len(), 1);
}
