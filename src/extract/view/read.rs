//! A message's views with their words: what all later steps read.

use super::{Page, Style, View, plain, render, subject};
use crate::extract::lexicon::{self, Class, Word};
use crate::extract::options::Mail;

/// A view and what its words say.
#[derive(Debug)]
pub(in crate::extract) struct Read {
    pub(in crate::extract) view: View,
    /// All words of the lexicons.
    pub(in crate::extract) words: Vec<Word>,
    /// Those that name a number, in order, without overlap.
    pub(in crate::extract) labels: Vec<Word>,
}

/// The views of a message, the subject first, and what else its HTML holds.
#[derive(Debug)]
pub(in crate::extract) struct Message {
    pub(in crate::extract) reads: Vec<Read>,
    pub(in crate::extract) page: Option<Page>,
}

impl Read {
    fn new(mut view: View, language: Option<&str>) -> Self {
        let mut words = lexicon::words(&view.chars, &view.folded);
        if let Some(language) = language {
            lexicon::prefer(&mut words, language);
        }
        mark_small_print(&mut view, &words);
        let labels = lexicon::labels(&words);
        Self { view, words, labels }
    }

    pub(in crate::extract) fn count(&self, class: Class) -> usize {
        lexicon::of_class(&self.words, class).count()
    }
}

impl Message {
    /// Reads `mail`; `locale` is what the caller knows of its language.
    pub(in crate::extract) fn read(mail: &Mail<'_>, locale: Option<&str>) -> Self {
        let language = locale.or(mail.language);
        let mut reads = vec![Read::new(subject(mail.subject), language)];
        reads.extend(mail.text.map(|text| Read::new(plain(text), language)));
        let mut page = mail.html.map(render);
        reads.extend(page.as_mut().map(|page| Read::new(page.take_view(), language)));
        Self { reads, page }
    }
}

/// Marks the lines below the first that say whose message this is and how to get no more of them.
fn mark_small_print(view: &mut View, words: &[Word]) {
    let marks = words.iter().filter(|word| matches!(word.class, Class::Unsubscribe | Class::Copyright));
    let mut places: Vec<usize> = marks.map(|word| word.start).collect();
    places.extend(view.chars.iter().enumerate().filter(|(_, c)| **c == '©').map(|(at, _)| at));
    for place in places {
        let Some(line) = view.line_of(place).filter(|line| *line > 0).and_then(|line| view.lines.get(line).copied())
        else {
            continue;
        };
        if view.style(line.start).has(Style::FOOTER) {
            continue;
        }
        for style in view.styles.get_mut(line.start..line.end).into_iter().flatten() {
            *style = style.with(Style::FOOTER);
        }
    }
}
