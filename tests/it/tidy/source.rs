//! The project's files, and Rust code without what is not code.

use std::path::{Path, PathBuf};

/// A file of the project.
pub(super) struct Source {
    /// From the project's root, `src/model/id.rs`.
    pub(super) path: String,
    pub(super) text: String,
}

impl Source {
    /// For planted samples.
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }
}

/// The project's root.
pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file of the project.
pub(super) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The Rust files below `folder`, sorted by path.
pub(super) fn rust_files(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&root().join(folder), &mut found);
    found.sort();
    let relative = |path: &Path| path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    found.iter().map(|path| Source { path: relative(path), text: std::fs::read_to_string(path).unwrap() }).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The same text with comments and the insides of literals blanked out; lines stay where they are.
pub(super) fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (blank, keep) = match first {
            _ if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), 0),
            _ if rest.starts_with("/*") => (rest.find("*/").map_or(rest.len(), |end| end + 2), 0),
            '"' => (quoted(rest, 1), 0),
            'r' if raw_quote(rest).is_some() && !code.ends_with(in_name) => (raw_quote(rest).unwrap_or_default(), 0),
            '\'' => (character(rest), 1),
            _ => (0, first.len_utf8()),
        };
        let taken = blank.max(keep);
        if blank == 0 {
            code.push_str(&rest[..keep]);
        } else {
            code.extend(rest[..blank].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        }
        rest = &rest[taken..];
    }
    code
}

/// Whether the character can stand in a name.
pub(super) fn in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Octets of the literal at the start of `text`, whose inside begins at `from`.
fn quoted(text: &str, from: usize) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(from) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Octets of the raw string at the start of `text`, or `None` when there is none.
fn raw_quote(text: &str) -> Option<usize> {
    let hashes = text[1..].chars().take_while(|c| *c == '#').count();
    let inside = text[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(inside.find(&end).map_or(text.len(), |at| 2 + hashes + at + end.len()))
}

/// Octets of the character literal at the start of `text`; 0 for a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => text[2..].char_indices().skip(1).find(|(_, c)| *c == '\'').map_or(0, |(at, _)| at + 3),
        _ => chars.next().filter(|(_, c)| *c == '\'').map_or(0, |(at, _)| at + 1),
    }
}

#[test]
fn comments_and_literals_are_no_code() {
    let text = "a(); // b\n/* c\n */ d(\"e \\\" //\", 'f', '\\'', r#\"g\"h\"#, r\"i\") + j::<'k>(l)";
    let words: String = code_of(text).chars().filter(|c| c.is_alphabetic()).collect();
    assert_eq!(words, "adjkl");
    assert_eq!(code_of(text).lines().count(), text.lines().count());
    assert!(!code_of("let r = \"todo!()\";").contains("todo"));
}
