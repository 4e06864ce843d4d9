//! What the whole message says, which one line does not.

use crate::extract::lexicon::{Class, Word};
use crate::extract::view::{Message, Read, Style};

/// Words of a kind that are told apart; more of them say no more.
const MAX_DIFFERENT: usize = 16;
/// Words of a kind that are looked at.
const MAX_WORDS: usize = 500;

/// Facts about the message.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context {
    /// The subject has a word for a one-time code, or for a code of any kind.
    pub(super) subject: Option<Class>,
    /// Anywhere is a word for a one-time code.
    pub(super) has_strong: bool,
    /// Anywhere is a word for a code.
    pub(super) has_plain: bool,
    /// It is about signing in.
    pub(super) is_auth: bool,
    /// Not a word of signing in, proving or expiring.
    pub(super) is_bare: bool,
    /// It is about a meeting.
    pub(super) is_meeting: bool,
    /// It is about prices, and not about signing in.
    pub(super) is_commerce: bool,
    pub(super) has_expiry: bool,
    /// Different words of signing in or proving, words for entering and expiring not counted.
    pub(super) auth: usize,
    /// Different words of places and things where other codes are shown.
    pub(super) elsewhere: usize,
    /// It says that an earlier code is replaced.
    pub(super) is_renewal: bool,
}

impl Context {
    pub(super) fn of(message: &Message, has_expiry: bool) -> Self {
        let mut context = Self { has_expiry, ..Self::default() };
        let (mut auth, mut commerce, mut meeting) = (0, 0, 0);
        for (place, read) in message.reads.iter().enumerate() {
            let shown = |at: usize| !read.view.style(at).has(Style::FOOTER) && !read.view.style(at).has(Style::QUOTED);
            let has = |class| read.labels.iter().any(|label| label.class == class && shown(label.start));
            context.has_strong |= has(Class::Strong);
            context.has_plain |= has(Class::Plain);
            auth = auth.max(read.count(Class::Auth));
            context.auth = context.auth.max(auth_words(read));
            context.elsewhere = context.elsewhere.max(elsewhere_words(read));
            context.is_renewal |= read.count(Class::Negated) > 0;
            commerce = commerce.max(read.count(Class::Commerce) + usize::from(has(Class::NoCode)));
            meeting = meeting.max(read.count(Class::Meeting));
            if place == 0 {
                let code = [Class::Strong, Class::Plain].into_iter().find(|class| has(*class));
                context.subject = code.filter(|class| *class == Class::Strong || !has(Class::NoCode));
            }
        }
        context.is_auth = auth >= 2;
        context.is_bare = auth == 0 && !has_expiry && !context.is_renewal;
        context.is_meeting = meeting >= 2 && context.subject != Some(Class::Strong);
        context.is_commerce = !context.has_strong && (commerce >= 3 || (commerce == 2 && !context.is_auth));
        context
    }
    /// Whether a word for entering something may mean a code to sign in with.
    pub(super) fn may_be_told(&self) -> bool {
        self.auth > 0 && self.elsewhere <= self.auth
    }

    /// How much speaks for a number that is shown or typed somewhere else, as log-odds against it.
    ///
    /// A word for a one-time code needs more against it than "code" does, which every such message has.
    pub(super) fn elsewhere(&self, named: Option<Class>) -> f64 {
        let is_strong = named == Some(Class::Strong);
        match (self.elsewhere, self.auth) {
            (0, _) => 0.0,
            (1, 0) if is_strong => -0.5,
            (1, 0) => -3.0,
            (_, 0) => -4.0,
            (2.., 1) => if is_strong { -1.0 } else { -2.5 },
            (4.., auth) if auth * 2 <= self.elsewhere && !is_strong => -2.0,
            _ => 0.0,
        }
    }
}

fn is_shown(read: &Read, word: &Word) -> bool {
    let style = read.view.style(word.start);
    !style.has(Style::FOOTER) && !style.has(Style::QUOTED)
}

/// How many different words of signing in `read` has.
fn auth_words(read: &Read) -> usize {
    let groups = read.words.chunk_by(|a, b| (a.start, a.end) == (b.start, b.end));
    let others = [Class::Plain, Class::Enter, Class::Expiry, Class::Elsewhere];
    let is_auth = |group: &&[Word]| {
        group.iter().any(|word| word.class == Class::Auth) && !group.iter().any(|word| others.contains(&word.class))
    };
    let other_codes: Vec<&Word> = read.labels.iter().filter(|label| label.class == Class::NoCode).collect();
    let is_part = |word: &&Word| {
        let next = other_codes.partition_point(|label| label.end < word.end);
        other_codes.get(next).is_some_and(|label| label.start <= word.start)
    };
    different(read, groups.filter(is_auth).filter_map(<[Word]>::first).filter(|word| !is_part(word)))
}

/// How many different words of other places and things `read` has.
fn elsewhere_words(read: &Read) -> usize {
    let of_class = read.words.iter().filter(|word| word.class == Class::Elsewhere);
    let other_codes = read.labels.iter().filter(|label| label.class == Class::NoCode);
    different(read, of_class.chain(other_codes))
}

/// How many different ones of `words` are shown, as far as it matters.
fn different<'a>(read: &'a Read, words: impl Iterator<Item = &'a Word>) -> usize {
    let mut texts: Vec<&[char]> = Vec::new();
    let mut ends = 0;
    for word in words.filter(|word| is_shown(read, word)).take(MAX_WORDS) {
        let text = read.view.folded.get(word.start..word.end).unwrap_or_default();
        if texts.len() < MAX_DIFFERENT && word.start >= ends && !texts.contains(&text) {
            texts.push(text);
        }
        ends = ends.max(word.end);
    }
    texts.len()
}
