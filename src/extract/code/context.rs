//! What the whole message says, which one line does not.

use crate::extract::lexicon::{Class, Word};
use crate::extract::view::{Message, Read, Style};

/// One-time codes rarely last longer, and little else is over so soon.
const SHORT_S: u64 = 3_600;
/// Characters of a message that says little.
const TERSE: usize = 120;
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
    /// What it is about is good for minutes; a parcel waits for days.
    pub(super) is_short_lived: bool,
    /// What the part says that says most.
    pub(super) counts: Counts,
    /// What the subject says.
    pub(super) in_subject: Counts,
    /// It says that an earlier code is replaced.
    pub(super) is_renewal: bool,
    /// It has a few words, and none of them is of something else: what developers send to try it out.
    pub(super) is_terse: bool,
}

impl Context {
    pub(super) fn of(message: &Message, expires_in_s: Option<u64>) -> Self {
        let has_expiry = expires_in_s.is_some();
        let is_short_lived = expires_in_s.is_some_and(|seconds| seconds <= SHORT_S);
        let mut context = Self { has_expiry, is_short_lived, ..Self::default() };
        let (mut auth, mut commerce, mut meeting) = (0, 0, 0);
        for (place, read) in message.reads.iter().enumerate() {
            let shown = |at: usize| !read.view.style(at).has(Style::FOOTER) && !read.view.style(at).has(Style::QUOTED);
            let has = |class| read.labels.iter().any(|label| label.class == class && shown(label.start));
            context.has_strong |= has(Class::Strong) || has(Class::Shared);
            context.has_plain |= has(Class::Plain);
            auth = auth.max(read.count(Class::Auth));
            let counts = Counts::of(read, 0, usize::MAX);
            context.counts = context.counts.max(counts);
            context.is_renewal |= read.count(Class::Negated) > 0;
            commerce = commerce.max(read.count(Class::Commerce) + usize::from(has(Class::NoCode)));
            meeting = meeting.max(read.count(Class::Meeting));
            if place == 0 {
                context.in_subject = counts;
                let code = [Class::Strong, Class::Shared, Class::Plain].into_iter().find(|class| has(*class));
                context.subject = code.filter(|class| class.says_which() || !has(Class::NoCode));
            }
        }
        context.is_auth = auth >= 2;
        context.is_bare = auth == 0 && !has_expiry && !context.is_renewal;
        context.is_meeting = meeting >= 2 && !context.subject.is_some_and(Class::says_which);
        let longest = message.reads.iter().map(|read| read.view.folded.len()).max().unwrap_or(0);
        context.is_terse = longest <= TERSE && context.counts.elsewhere < 0.3 && commerce == 0 && meeting == 0;
        context.is_commerce = !context.has_strong && (commerce >= 3 || (commerce == 2 && !context.is_auth));
        context
    }
    /// Whether a word for entering something may mean a code to sign in with.
    pub(super) fn may_be_told(&self) -> bool {
        self.counts.auth > 0.0 && self.counts.elsewhere <= self.counts.auth
    }

    /// How much speaks for a number that is shown or typed somewhere else, as log-odds against it; `near` are the
    /// counts of the subject and the lines around it.
    ///
    /// A word for a one-time code needs more against it than "code" does, which every such message has.
    pub(super) fn elsewhere(&self, near: &Counts, named: Option<Class>) -> f64 {
        let all = self.counts;
        if all.elsewhere < 0.6 {
            return 0.0;
        }
        let lead = |counts: &Counts| counts.elsewhere - counts.auth;
        let against = 1.3 * lead(near) + 0.5 * lead(&all) + if all.auth < 0.4 { 1.2 } else { 0.0 }
            - if self.is_short_lived { 2.0 } else { 0.0 }
            + match self.subject {
                Some(class) if class.says_which() => -2.0,
                Some(_) => -1.3,
                None if self.in_subject.elsewhere >= 1.0 => 1.3,
                None => 0.0,
            };
        match named {
            Some(Class::Strong) => -(against - 3.0).clamp(0.0, 2.5),
            Some(Class::Shared) => -(against - 0.3).clamp(0.0, 4.5),
            _ => -against.clamp(0.0, 4.5),
        }
    }
}

/// How much two kinds of words say, each different one counted once.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    /// Of signing in or proving; words for entering and expiring are not counted.
    pub(super) auth: f64,
    /// Of places and things where other codes are shown.
    pub(super) elsewhere: f64,
}

impl Counts {
    /// What `read` says between two characters.
    pub(super) fn of(read: &Read, start: usize, end: usize) -> Self {
        let from = read.words.partition_point(|word| word.end <= start);
        let until = read.words.partition_point(|word| word.end <= end);
        let words = read.words.get(from..until).unwrap_or_default();
        let groups = words.chunk_by(|a, b| (a.start, a.end) == (b.start, b.end)).take(MAX_WORDS);
        let [mut sign_in, mut auth, mut elsewhere, mut other] = [const { Texts::new() }; 4];
        for group in groups {
            let has = |classes: &[Class]| group.iter().any(|word| classes.contains(&word.class));
            let Some(word) = group.first().filter(|word| is_shown(read, word)) else { continue };
            let text = read.view.folded.get(word.start..word.end).unwrap_or_default();
            match label_of(read, word) {
                Some(Class::NoCode) => elsewhere.add(word, text),
                Some(class) if class.names_code() => {}
                _ if has(&[Class::Elsewhere]) => elsewhere.add(word, text),
                Some(Class::Other) => other.add(word, text),
                _ if has(&[Class::Login, Class::Reset, Class::Verify]) => sign_in.add(word, text),
                _ if has(&[Class::Auth]) && !has(&[Class::Enter, Class::Expiry]) => auth.add(word, text),
                _ => {}
            }
        }
        Self {
            // An account, and not to tell anyone, are spoken of elsewhere too.
            auth: sign_in.count() + 0.5 * auth.count(),
            // An order, a card and an amount together are a receipt.
            elsewhere: elsewhere.count() + other.count() / 3.0,
        }
    }

    fn max(self, other: Self) -> Self {
        Self { auth: self.auth.max(other.auth), elsewhere: self.elsewhere.max(other.elsewhere) }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self { auth: self.auth + other.auth, elsewhere: self.elsewhere + other.elsewhere }
    }
}

/// Texts that are told apart, without those that lie within another.
struct Texts<'a> {
    texts: Vec<&'a [char]>,
    end: usize,
}

impl<'a> Texts<'a> {
    const fn new() -> Self {
        Self { texts: Vec::new(), end: 0 }
    }

    fn add(&mut self, word: &Word, text: &'a [char]) {
        if self.texts.len() < MAX_DIFFERENT && word.start >= self.end && !self.texts.contains(&text) {
            self.texts.push(text);
        }
        self.end = self.end.max(word.end);
    }

    fn count(&self) -> f64 {
        u8::try_from(self.texts.len()).map_or(f64::from(u8::MAX), f64::from)
    }
}

/// The class of the name of a number that `word` is part of.
fn label_of(read: &Read, word: &Word) -> Option<Class> {
    let next = read.labels.partition_point(|label| label.end < word.end);
    read.labels.get(next).filter(|label| label.start <= word.start).map(|label| label.class)
}

fn is_shown(read: &Read, word: &Word) -> bool {
    let style = read.view.style(word.start);
    !style.has(Style::FOOTER) && !style.has(Style::QUOTED)
}
