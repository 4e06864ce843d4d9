//! The form of a lexicon.
//!
//! ```text
//! file   = *( comment / list )
//! list   = class ":" phrase *( "|" phrase )     ; goes on in the next line after a "|"
//! phrase = word *( " " word )                   ; a star at either end stands for the rest of the word
//! ```

use super::Class;
use crate::extract::view::fold;

/// A phrase of a list, as it is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    pub(super) class: Class,
    /// The languages that have it: a bit for the place of each in the table of files.
    pub(super) languages: u64,
    /// Its pieces between stars within it, folded; most have one.
    pub(super) pieces: Vec<String>,
    /// A short word as it is written, where only its marks tell it from words of other languages: "år", "thẻ".
    pub(super) exact: Option<Vec<char>>,
    /// Whether a word may begin before it.
    pub(super) is_open_before: bool,
    /// Whether a word may go on behind it.
    pub(super) is_open_behind: bool,
}

/// Phrases up to this length are compared with their marks.
const EXACT_CHARS: usize = 5;

/// The phrases of a file. Lines that are no list are passed over; a test finds them.
pub(super) fn phrases(file: &str) -> Vec<Phrase> {
    let mut class = None;
    let mut found = Vec::new();
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        let mut rest = line;
        if let Some((name, phrases)) = line.split_once(':')
            && !line.starts_with(' ')
        {
            class = Class::NAMES.iter().find(|(known, _)| *known == name).map(|(_, class)| *class);
            rest = phrases;
        }
        let Some(class) = class else { continue };
        found
            .extend(rest.split('|').map(str::trim).filter(|phrase| !phrase.is_empty()).map(|text| phrase(class, text)));
    }
    found
}

fn phrase(class: Class, text: &str) -> Phrase {
    let bare = text.trim_start_matches('*').trim_end_matches('*');
    let letters: Vec<char> = bare.chars().collect();
    let has_marks = letters.iter().any(|c| fold(*c) != *c && c.is_alphabetic());
    Phrase {
        class,
        languages: 0,
        exact: (has_marks && letters.len() <= EXACT_CHARS).then_some(letters),
        pieces: bare.split('*').map(|piece| piece.chars().map(fold).collect()).collect(),
        is_open_before: text.starts_with('*'),
        is_open_behind: text.ends_with('*'),
    }
}
