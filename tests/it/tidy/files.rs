//! How files are: they say what they are for, they are small, and nothing in them is unfinished.

use super::source::{Source, code_of, rust_files};

/// Above it a file holds more than one thought.
const LINES_MAX: usize = 600;
/// Half of the files of `src` are shorter than this.
const LINES_MEDIAN: usize = 150;

/// Never in any file.
const UNFINISHED: [&str; 3] = ["todo!", "unimplemented!", "#[ignore"];
/// Never in a test: it waits for an event, with a deadline.
const SLEEP: &str = "sleep(";

fn breaches(files: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for Source { path, text } in files {
        if !text.starts_with("//! ") {
            found.push(format!("{path}: it does not open with what it is for (//!)"));
        }
        let lines = text.lines().count();
        if lines > LINES_MAX {
            found.push(format!("{path}: {lines} lines; at most {LINES_MAX}"));
        }
        let is_test = path.starts_with("tests/") || path.ends_with("/tests.rs");
        for (number, line) in code_of(text).lines().enumerate() {
            let unfinished = UNFINISHED.iter().any(|mark| line.contains(mark));
            if unfinished || (is_test && line.contains(SLEEP)) {
                found.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    found
}

fn median(files: &[Source]) -> usize {
    let mut lines: Vec<usize> = files.iter().map(|file| file.text.lines().count()).collect();
    lines.sort_unstable();
    lines[lines.len() / 2]
}

#[test]
fn files_say_what_they_are_for_are_small_and_finished() {
    let files: Vec<Source> = ["src", "sdk/rust/src", "tests"].into_iter().flat_map(rust_files).collect();
    assert_eq!(breaches(&files), [""; 0]);
}

#[test]
fn median_file_is_short() {
    let median = median(&rust_files("src"));
    assert!(median < LINES_MEDIAN, "{median} lines");
}

#[test]
fn breach_is_found() {
    let long = format!("//! Long.\n{}", "\n".repeat(LINES_MAX));
    let planted = [
        ("src/a.rs", "use b;"),
        ("src/a.rs", long.as_str()),
        ("src/a.rs", "//! A.\nfn f() { todo!() }"),
        ("src/a.rs", "//! A.\nfn f() { unimplemented!(\"later\") }"),
        ("tests/it/a.rs", "//! A.\n#[ignore = \"slow\"]"),
        ("tests/it/a.rs", "//! A.\nfn f() { tokio::time::sleep(second).await }"),
        ("src/a/tests.rs", "//! A.\nfn f() { sleep(second) }"),
    ];
    for (path, text) in planted {
        assert_eq!(breaches(&[Source::new(path, text)]).len(), 1, "{path}: {text}");
    }
    let fine = "//! A.\n// todo!() and sleep() are never here\nconst T: &str = \"#[ignore]\";";
    assert_eq!(breaches(&[Source::new("tests/a.rs", fine)]), [""; 0]);
}

#[test]
fn median_is_the_middle_one() {
    let files: Vec<Source> = [1, 500, 3].iter().map(|count| Source::new("a.rs", &"x\n".repeat(*count))).collect();
    assert_eq!(median(&files), 3);
}
