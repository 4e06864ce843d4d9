//! What a word says.

/// The list of a lexicon that a word stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::extract) enum Class {
    /// A code that is none of ours, though it is called one: a promo code, an error code.
    NoCode,
    /// A one-time code, and nothing else: a verification code, a TAN.
    Strong,
    /// A one-time code in a message about signing in, and a code of a shop, a door or a licence in others: an
    /// activation code, an access code.
    Shared,
    /// Another kind of number: an order, an invoice, a phone.
    Other,
    /// A code of any kind.
    Plain,
    /// What one does with a code: type it, copy it, compare it.
    Enter,
    /// The message is about signing in or proving an address.
    Auth,
    /// It is about a parcel, a door, a seat, a till, a document: what is shown there is for there.
    Elsewhere,
    /// It is about prices.
    Commerce,
    /// It is about a meeting, whose numbers are for joining it.
    Meeting,
    /// What stands beside it is not the one: old, replaced, an example.
    Negated,
    /// It says how long something is good for.
    Expiry,
    Second,
    Minute,
    Hour,
    Day,
    /// A link to choose a password.
    Reset,
    /// A link to prove an address or activate an account.
    Verify,
    /// A link to sign in.
    Login,
    /// A link to accept or confirm something else.
    Confirm,
    /// A link to get no more of these messages.
    Unsubscribe,
    /// A link that stands in every message: help, privacy, a shop's front page.
    Chrome,
    /// Small print.
    Copyright,
}

impl Class {
    /// Each with its name in the files.
    pub(super) const NAMES: [(&str, Self); 23] = [
        ("nocode", Self::NoCode),
        ("strong", Self::Strong),
        ("shared", Self::Shared),
        ("other", Self::Other),
        ("plain", Self::Plain),
        ("enter", Self::Enter),
        ("auth", Self::Auth),
        ("elsewhere", Self::Elsewhere),
        ("commerce", Self::Commerce),
        ("meeting", Self::Meeting),
        ("negated", Self::Negated),
        ("expiry", Self::Expiry),
        ("second", Self::Second),
        ("minute", Self::Minute),
        ("hour", Self::Hour),
        ("day", Self::Day),
        ("reset", Self::Reset),
        ("verify", Self::Verify),
        ("login", Self::Login),
        ("confirm", Self::Confirm),
        ("unsubscribe", Self::Unsubscribe),
        ("chrome", Self::Chrome),
        ("copyright", Self::Copyright),
    ];

    /// Whether it names a number, or what to do with one: of two such words that overlap, only the longer one counts.
    pub(super) fn is_label(self) -> bool {
        self.names_code() || matches!(self, Self::NoCode | Self::Other | Self::Enter)
    }

    /// Whether it may name a one-time code.
    pub(in crate::extract) fn names_code(self) -> bool {
        matches!(self, Self::Strong | Self::Shared | Self::Plain)
    }

    /// Whether it says which code.
    pub(in crate::extract) fn says_which(self) -> bool {
        matches!(self, Self::Strong | Self::Shared)
    }
}
