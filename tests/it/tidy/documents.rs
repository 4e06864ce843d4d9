//! Documents stay short enough to be read.

use super::source::read;

#[test]
fn architecture_is_at_most_200_lines() {
    let lines = read("ARCHITECTURE.md").lines().count();
    assert!(lines <= 200, "{lines} lines");
}

#[test]
fn readme_is_at_most_900_words() {
    let words = read("README.md").split_whitespace().count();
    assert!(words <= 900, "{words} words");
}
