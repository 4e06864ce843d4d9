//! Finding the words of all lexicons in one pass.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Class, files, parse, parse::Phrase};
use crate::extract::limits;

/// A word that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::extract) struct Word {
    /// Its first character.
    pub(in crate::extract) start: usize,
    /// Behind its last one.
    pub(in crate::extract) end: usize,
    pub(in crate::extract) class: Class,
    languages: u64,
}

struct Lexicon {
    phrases: Vec<Phrase>,
    /// Looks for the first piece of each phrase.
    automaton: AhoCorasick,
}

static LEXICON: LazyLock<Option<Lexicon>> = LazyLock::new(|| {
    let mut phrases: Vec<Phrase> = Vec::new();
    for (place, (_, file)) in files::FILES.iter().enumerate() {
        phrases.extend(parse::phrases(file).into_iter().map(|phrase| Phrase { languages: 1 << place, ..phrase }));
    }
    phrases.sort_by(|a, b| (&a.pieces, a.class).cmp(&(&b.pieces, b.class)));
    phrases.dedup_by(|next, known| {
        let is_same = Phrase { languages: 0, ..next.clone() } == Phrase { languages: 0, ..known.clone() };
        known.languages |= if is_same { next.languages } else { 0 };
        is_same
    });
    let first = phrases.iter().map(|phrase| phrase.pieces.first().map_or("", String::as_str));
    let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(first).ok()?;
    Some(Lexicon { phrases, automaton })
});

/// The words in `folded`, which are `chars` without case and marks, in order of their ends.
///
/// At most [`limits::MAX_WORDS`].
pub(in crate::extract) fn words(chars: &[char], folded: &[char]) -> Vec<Word> {
    let Some(lexicon) = LEXICON.as_ref() else { return Vec::new() };
    let text: String = folded.iter().collect();
    let mut starts = Vec::with_capacity(folded.len() + 1);
    starts.extend(text.char_indices().map(|(at, _)| at));
    let mut found = Vec::new();
    let mut end = 0;
    for hit in lexicon.automaton.find_overlapping_iter(&text) {
        let Some(phrase) = lexicon.phrases.get(hit.pattern().as_usize()) else { continue };
        // Hits come in the order of their ends.
        end += starts.iter().skip(end).take_while(|at| **at < hit.end()).count();
        let start = end.saturating_sub(phrase.pieces.first().map_or(0, |piece| piece.chars().count()));
        if phrase.exact.as_ref().is_none_or(|exact| is_written(chars.get(start..end), exact)) {
            found.extend(whole_words(folded, phrase, start, end));
        }
        if found.len() >= limits::MAX_WORDS {
            break;
        }
    }
    found.sort_by_key(|word| (word.end, word.start));
    found
}

/// Where the same letters are words of different classes in different languages, leaves those of `language` alone.
///
/// `language` is a tag such as `de` or `pt-BR`; one that there is no file for changes nothing.
pub(in crate::extract) fn prefer(words: &mut Vec<Word>, language: &str) {
    let primary = language.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    // Norwegian has a tag for each of its written forms.
    let primary = if matches!(primary.as_str(), "nb" | "nn") { "no" } else { primary.as_str() };
    let Some(place) = files::FILES.iter().position(|(name, _)| *name == primary) else { return };
    let is_own = |word: &Word| word.languages & (1 << place) != 0;
    let mut kept = Vec::with_capacity(words.len());
    for same in words.chunk_by(|a, b| (a.start, a.end) == (b.start, b.end)) {
        let has_own = same.iter().any(is_own);
        kept.extend(same.iter().filter(|word| !has_own || is_own(word)));
    }
    *words = kept;
}

/// The words that name a number, in order; of those that overlap the longest, or the one of the stronger class.
pub(in crate::extract) fn labels(words: &[Word]) -> Vec<Word> {
    let mut labels: Vec<Word> = words.iter().filter(|word| word.class.is_label()).copied().collect();
    labels.sort_by_key(|word| (word.start, usize::MAX - word.end, word.class));
    let mut kept: Vec<Word> = Vec::with_capacity(labels.len());
    for label in labels {
        match kept.last() {
            // "code" in "your promo code", or its second half.
            Some(last) if label.start < last.end && label.end <= last.end => {}
            // "order confirmation" and "confirmation code": what ends later says what it is.
            Some(last) if label.start < last.end && label.class != Class::Plain => {
                kept.pop();
                kept.push(label);
            }
            Some(last) if label.start < last.end => {}
            _ => kept.push(label),
        }
    }
    kept
}

/// The words of one class.
pub(in crate::extract) fn of_class(words: &[Word], class: Class) -> impl Iterator<Item = Word> {
    words.iter().filter(move |word| word.class == class).copied()
}

/// The word that the first piece of `phrase`, found from `start` to `end`, belongs to; `None` if it is half of one.
fn whole_words(folded: &[char], phrase: &Phrase, mut start: usize, mut end: usize) -> Option<Word> {
    for piece in phrase.pieces.iter().skip(1) {
        end += folded.get(end..)?.iter().take_while(|c| continues(**c)).count();
        let rest = folded.get(end..)?;
        let len = piece.chars().count();
        if rest.len() < len || !piece.chars().zip(rest).all(|(a, b)| a == *b) {
            return None;
        }
        end += len;
    }
    let first = *folded.get(start)?;
    let last = *folded.get(end.checked_sub(1)?)?;
    if phrase.is_open_before {
        start -= folded.get(..start)?.iter().rev().take(MAX_WORD_CHARS).take_while(|c| continues(**c)).count();
    } else if has_spaces(first) && start.checked_sub(1).and_then(|at| folded.get(at)).is_some_and(|c| joins(*c)) {
        return None;
    }
    let behind = folded.get(end..)?;
    if phrase.is_open_behind {
        end += behind.iter().take(MAX_WORD_CHARS).take_while(|c| continues(**c)).count();
    } else if has_spaces(last) && behind.first().is_some_and(|c| joins(*c)) {
        return None;
    }
    Some(Word { start, end, class: phrase.class, languages: phrase.languages })
}

/// Whether the text has the marks of `exact`.
fn is_written(text: Option<&[char]>, exact: &[char]) -> bool {
    let lower = |c: &char| c.to_lowercase().next().unwrap_or(*c);
    text.is_some_and(|text| text.iter().map(lower).eq(exact.iter().copied()))
}

/// How long the rest of a word may be.
const MAX_WORD_CHARS: usize = 40;

/// Whether `c` goes on with a word.
fn continues(c: char) -> bool {
    c.is_alphabetic() && has_spaces(c)
}

/// Whether `c` beside a phrase makes it part of a longer word.
fn joins(c: char) -> bool {
    c.is_alphabetic() && has_spaces(c)
}

/// Whether the script of `c` puts spaces between words, and nothing onto their ends.
pub(in crate::extract) fn has_spaces(c: char) -> bool {
    !matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{3000}'..='\u{303f}' | '\u{31f0}'..='\u{31ff}')
}

#[cfg(test)]
mod tests {
    use super::{Class, files, labels, parse, prefer, words};
    use crate::extract::view::fold;

    fn found(text: &str) -> Vec<(String, Class)> {
        let chars: Vec<char> = text.chars().collect();
        let folded: Vec<char> = text.chars().map(fold).collect();
        let text = |word: super::Word| folded[word.start..word.end].iter().collect();
        labels(&words(&chars, &folded)).into_iter().map(|word| (text(word), word.class)).collect()
    }

    #[test]
    fn every_list_of_every_file_is_known_and_has_phrases() {
        assert!(files::FILES.len() >= 39);
        for (language, file) in files::FILES {
            let phrases = parse::phrases(file);
            for (name, class) in Class::NAMES {
                let count = phrases.iter().filter(|phrase| phrase.class == class).count();
                assert!(count > 0 || matches!(class, Class::Copyright | Class::Meeting), "{language}: {name} is empty");
            }
            let names =
                file.lines().filter(|line| !line.starts_with(['#', ' '])).filter_map(|line| line.split(':').next());
            let unknown: Vec<&str> = names.filter(|name| Class::NAMES.iter().all(|(known, _)| known != name)).collect();
            assert_eq!(unknown, [""; 0], "{language}");
            for phrase in phrases {
                assert!(phrase.pieces.iter().all(|piece| !piece.trim().is_empty()), "{language}: {phrase:?}");
            }
        }
    }

    #[test]
    fn longer_word_says_what_the_shorter_one_is() {
        let one = |text: &str, class| vec![(text.to_owned(), class)];
        assert_eq!(found("Your code"), one("code", Class::Plain));
        assert_eq!(found("your PROMO-CODE"), one("promo code", Class::NoCode));
        assert_eq!(found("a codec for it"), []);
        assert_eq!(found("till the end of är"), []);
        assert_eq!(found("the one-time code"), one("one time code", Class::Strong));
        assert_eq!(found("Ihr Rabattcode"), one("rabattcode", Class::NoCode));
        assert_eq!(found("Ihr Bestätigungscode"), one("bestatigungscode", Class::Shared));
        assert_eq!(found("doğrulama kodunuz"), one("dogrulama kodunuz", Class::Strong));
        assert_eq!(found("kod weryfikacyjny"), one("kod weryfikacyjny", Class::Strong));
        assert_eq!(found("您的验证码是"), one("验证码", Class::Strong));
        assert_eq!(found("인증번호는"), one("인증번호", Class::Strong));
    }

    #[test]
    fn language_leaves_its_own_words_where_two_languages_have_the_same() {
        let classes = |language: Option<&str>| {
            let chars: Vec<char> = "masukkan".chars().collect();
            let mut words = words(&chars, &chars);
            if let Some(language) = language {
                prefer(&mut words, language);
            }
            words.into_iter().map(|word| word.class).collect::<Vec<Class>>()
        };
        assert!(classes(None).contains(&Class::Enter));
        assert!(!classes(Some("id-ID")).contains(&Class::Enter));
        assert!(classes(Some("id-ID")).contains(&Class::Plain));
        assert_eq!(classes(Some("de")), classes(None), "German has no such word");
        assert_eq!(classes(Some("xx")), classes(None), "there is no such file");
    }
}
