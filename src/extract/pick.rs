//! Choosing one: a wrong code costs a test's author more than a clear refusal.

use super::found::{Code, Extraction, Link, Purpose};

/// Codes or links that are nearer to each other than this are not told apart.
pub(super) const TOO_CLOSE: f64 = 0.15;

/// How sure a code must be where nothing else is asked for.
pub const SURE: f64 = 0.8;

/// Why nothing was chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum Pick<'a, T> {
    /// Nothing is sure enough.
    None,
    /// Several are, and they are about as likely; the likeliest first.
    Ambiguous(Vec<&'a T>),
}

impl Extraction {
    /// The code, if it is at least `min_confidence` and no other is about as likely.
    ///
    /// # Errors
    /// [`Pick::None`] if none is sure enough; [`Pick::Ambiguous`] with the candidates if several are.
    pub fn best_code(&self, min_confidence: f64) -> Result<&Code, Pick<'_, Code>> {
        choose(&self.codes, |_| true, |code| code.confidence, |code| &code.value, min_confidence)
    }

    /// The value of the code that is sure, where only that is shown.
    #[must_use]
    pub fn sure_code(&self) -> Option<String> {
        self.best_code(SURE).ok().map(|code| code.value.clone())
    }

    /// The link for `purpose`, or for whatever the message is about if that is `None`.
    ///
    /// Proving an address and confirming something are told apart by a word at most: one stands in for the other.
    ///
    /// # Errors
    /// As [`Extraction::best_code`].
    pub fn best_link(&self, purpose: Option<Purpose>, min_confidence: f64) -> Result<&Link, Pick<'_, Link>> {
        let of = |wanted: &dyn Fn(Purpose) -> bool| {
            choose(&self.links, |link| wanted(link.purpose), |link| link.confidence, |link| &link.url, min_confidence)
        };
        let Some(purpose) = purpose else { return of(&Purpose::is_action) };
        match of(&|other| other == purpose) {
            Err(Pick::None) => of(&|other| purpose.stands_for(other)),
            found => found,
        }
    }
}

impl Purpose {
    /// Whether a person is meant to follow it.
    #[must_use]
    pub fn is_action(self) -> bool {
        matches!(self, Self::Reset | Self::Verify | Self::MagicLogin | Self::Confirm)
    }

    /// Whether a link for `other` will do where one for this purpose is asked for.
    fn stands_for(self, other: Self) -> bool {
        matches!((self, other), (Self::Verify, Self::Confirm) | (Self::Confirm, Self::Verify))
    }
}

/// The likeliest of `all`, which are in order.
fn choose<'a, T>(
    all: &'a [T],
    is_wanted: impl Fn(&T) -> bool,
    confidence: impl Fn(&T) -> f64,
    value: impl Fn(&T) -> &str,
    min_confidence: f64,
) -> Result<&'a T, Pick<'a, T>> {
    let mut wanted = all.iter().filter(|one| is_wanted(one));
    let Some(best) = wanted.next().filter(|best| confidence(best) >= min_confidence) else { return Err(Pick::None) };
    let is_close = |other: &&T| value(other) != value(best) && confidence(best) - confidence(other) < TOO_CLOSE;
    let close: Vec<&T> = wanted.filter(is_close).collect();
    if close.is_empty() { Ok(best) } else { Err(Pick::Ambiguous(std::iter::once(best).chain(close).collect())) }
}
