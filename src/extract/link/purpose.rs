//! What a link is for, by its words, its path and what the message says.

use super::collect::Found;
use super::target::Target;
use crate::extract::found::Purpose;
use crate::extract::lexicon::{Class, Word, words};
use crate::extract::view::{Message, fold};

/// The purposes that a message can be about, with their lists and the parts of a path that tell of them.
const ACTIONS: [(Purpose, Class, &[&str]); 4] = [
    (
        Purpose::Reset,
        Class::Reset,
        &["reset", "forgot", "recover", "unlock", "setpassword", "newpassword", "passwort", "password", "pwd"],
    ),
    (
        Purpose::Verify,
        Class::Verify,
        &[
            "verif",
            "activat",
            "validat",
            "confirmemail",
            "confirmaccount",
            "confirmregistration",
            "emailconfirm",
            "confirmation",
            "aktivier",
            "optinaccount",
        ],
    ),
    (
        Purpose::MagicLogin,
        Class::Login,
        &["magic", "passwordless", "onetimelogin", "/otp/", "login", "signin", "logon", "anmeld"],
    ),
    (
        Purpose::Confirm,
        Class::Confirm,
        &["invit", "accept", "confirm", "join", "optin", "subscribe", "approve", "emailchange", "changeemail"],
    ),
];
/// Parts of paths and queries by which messages are stopped.
const UNSUBSCRIBE: [&str; 8] = [
    "unsub",
    "optout",
    "emailpreferences",
    "notificationsettings",
    "mailpreferences",
    "abmelden",
    "preferences",
    "emailsettings",
];

/// What speaks for each purpose.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Evidence {
    /// In the order of [`ACTIONS`].
    weights: [f64; 4],
    pub(super) has_label: bool,
    pub(super) is_unsubscribe: bool,
    /// Its label is that of a link which stands in every message.
    pub(super) is_chrome: bool,
}

impl Evidence {
    pub(super) fn of(found: &Found, target: &Target, subject: &[Word]) -> Self {
        let mut evidence = Self::default();
        let folded: Vec<char> = found.label.chars().map(fold).collect();
        let label: Vec<char> = found.label.chars().collect();
        let subject_is = longest(subject);
        // "Confirm" says little where the subject speaks of a password or of signing in.
        let about = subject_is.and_then(|place| ACTIONS.get(place));
        let is_generic = about.is_some_and(|(purpose, ..)| matches!(purpose, Purpose::Reset | Purpose::MagicLogin));
        evidence.label(&words(&label, &folded), folded.len(), found.is_shown);
        if let Some(confirm) = evidence.weights.last_mut().filter(|_| is_generic) {
            *confirm = confirm.min(1.4);
        }
        let before = evidence.weights;
        // A label of a password or of an address says more than one of signing in, which stands below everything.
        let says_more = before.iter().take(2).any(|weight| *weight > 0.0);
        evidence.path(target);
        if let Some(place) = subject_is
            && let (Some(was), Some(weight)) = (before.get(place), evidence.weights.get_mut(place))
            && *weight > *was
            && !says_more
        {
            // The path and the subject agree, whatever the button says.
            *weight += 0.5;
        }
        for (weight, class) in [(1.6, subject), (0.8, found.around.as_slice())]
            .into_iter()
            .flat_map(|(weight, words)| longest(words).map(|class| (weight, class)))
        {
            if let Some(place) = evidence.weights.get_mut(class) {
                *place += weight;
            }
        }
        evidence
    }

    /// The words of the label: the longest phrase says what it is.
    fn label(&mut self, words: &[Word], chars: usize, is_shown: bool) {
        let length =
            |class: Class| words.iter().filter(|word| word.class == class).map(|word| word.end - word.start).max();
        let best = ACTIONS.iter().filter_map(|(_, class, _)| length(*class)).max().unwrap_or(0);
        self.has_label = best > 0;
        for ((_, class, _), weight) in ACTIONS.iter().zip(&mut self.weights) {
            match length(*class) {
                // Beside a bare URL the label is the sentence before it, which may say more than one thing.
                Some(len) if len == best => *weight += if is_shown { 2.6 } else { 3.0 },
                Some(_) => *weight += 0.7,
                None => {}
            }
        }
        let chrome = length(Class::Chrome).unwrap_or(0);
        self.is_chrome = chrome > best && chrome * 3 >= chars && !is_shown;
        self.is_unsubscribe = length(Class::Unsubscribe).is_some_and(|len| len >= best && len * 4 >= chars);
    }

    fn path(&mut self, target: &Target) {
        let parameters: String = target
            .parameters()
            .map(|(name, value)| {
                // `?mode=resetPassword`, `?type=recovery`: short values are words.
                if value.len() <= 24 { format!("/{name}/{value}") } else { format!("/{name}") }
            })
            .collect();
        let whole = format!("{}/{}{parameters}", target.path, target.fragment.split('?').next().unwrap_or_default());
        let path: String = whole.to_ascii_lowercase().chars().filter(|c| !matches!(c, '-' | '_' | '.')).collect();
        self.is_unsubscribe |= UNSUBSCRIBE.iter().any(|part| path.contains(part)) && !self.has_label;
        let host = target.host.split('.').next().unwrap_or_default();
        for ((_, _, parts), weight) in ACTIONS.iter().zip(&mut self.weights) {
            if let Some(part) = parts.iter().find(|part| path.contains(**part)) {
                // Much that is no link to sign in stands below `/login`.
                *weight += if matches!(*part, "login" | "signin" | "logon") { 1.2 } else { 1.8 };
            } else if parts.contains(&host) {
                *weight += 0.8;
            }
        }
    }

    /// Gives a link that says nothing of itself the purpose of the message that it is in.
    pub(super) fn lean(&mut self, message: Option<usize>) {
        if self.best().0 == Purpose::Other
            && let Some(place) = message.and_then(|place| self.weights.get_mut(place))
        {
            *place += 1.0;
        }
    }

    /// The purpose that most speaks for, and by how much.
    pub(super) fn best(&self) -> (Purpose, f64) {
        if self.is_unsubscribe {
            return (Purpose::Unsubscribe, 3.0);
        }
        let mut best = (Purpose::Other, 0.9);
        for ((purpose, _, _), weight) in ACTIONS.iter().zip(self.weights) {
            if weight > best.1 {
                best = (*purpose, weight);
            }
        }
        best
    }
}

/// The places in [`ACTIONS`] of the classes with the longest phrase.
pub(super) fn longest(words: &[Word]) -> Option<usize> {
    let actions = words.iter().filter_map(|word| {
        let place = ACTIONS.iter().position(|(_, class, _)| *class == word.class)?;
        Some((word.end - word.start, place))
    });
    // Of equal ones the first: a reset says more than a confirmation.
    actions.min_by_key(|(len, place)| (usize::MAX - len, *place)).map(|(_, place)| place)
}

/// The place of signing in, for a message that has no word for any of [`ACTIONS`] but speaks of an account.
pub(super) fn sign_in(message: &Message) -> Option<usize> {
    let is_auth = message.reads.iter().any(|read| read.count(Class::Auth) > 0);
    ACTIONS.iter().position(|(purpose, ..)| *purpose == Purpose::MagicLogin).filter(|_| is_auth)
}
