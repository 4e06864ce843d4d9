//! What is found: codes and links, ranked.

use serde::{Deserialize, Serialize};

/// Changes whenever the same message may give another result, so that a stored result is known to be stale.
pub const EXTRACTOR_VERSION: &str = "1.1";

/// The codes and links of a message, the likeliest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Extraction {
    /// What may be a one-time code.
    pub codes: Vec<Code>,
    /// Where the message leads to.
    pub links: Vec<Link>,
    /// Whether the two likeliest codes differ in value and are about as likely.
    pub ambiguous: bool,
    /// The [`EXTRACTOR_VERSION`] that found it.
    pub extractor_version: String,
}

/// What may be a one-time code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Code {
    /// As a person would type it: ASCII digits, nothing between the groups of a number.
    pub value: String,
    /// As the message shows it.
    pub display: String,
    /// From 0 to 1.
    pub confidence: f64,
    /// Its shape.
    pub kind: CodeKind,
    /// The domain that a domain-bound code may be given to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_domain: Option<String>,
    /// Where it stands.
    pub source: Source,
    /// What spoke for it and against it.
    pub features: Vec<Feature>,
    /// How long it is good for, if the message says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_s: Option<u64>,
}

/// The shape of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeKind {
    /// Digits.
    Numeric,
    /// Letters, or letters and digits.
    Alnum,
    /// Words with hyphens between them.
    Words,
    /// The last line names the domain that it is for.
    DomainBound,
    /// The caller's pattern found it.
    Custom,
}

/// Where a code stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The part that was read.
    pub part: PartName,
    /// First character: counted in the subject or text as given; for HTML in its text as we render it. A code that the
    /// HTML names and does not show has the empty place 0 to 0.
    pub start: usize,
    /// Behind its last character.
    pub end: usize,
    /// The line that it stands in, cut around it.
    pub context: String,
}

/// A part of a message that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartName {
    /// The Subject field.
    Subject,
    /// The plain text.
    Text,
    /// The HTML.
    Html,
}

/// Something that spoke for a code, or against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// A word for such a code stands before it, in its line.
    KwBefore,
    /// … so close that only a colon or "is" stands between.
    KwDirect,
    /// … behind it, in its line.
    KwAfter,
    /// … in a line above.
    KwAbove,
    /// … in the line below.
    KwBelow,
    /// What one does with it, as in "to sign in", stands beside it.
    AuthNear,
    /// It is the only number that may be one.
    OnlyOne,
    /// A letter and a hyphen stand before its digits.
    Prefixed,
    /// The subject has such a word.
    KwSubject,
    /// The word is a plain one ("code"), not one that says which ("verification code").
    KwPlain,
    /// The word is what one does with it ("type"), in a message about signing in.
    KwEnter,
    /// It has its line for itself.
    Isolated,
    /// It is set apart by size, weight, spacing or type.
    Emphasised,
    /// The markup calls it a code.
    MarkupNamed,
    /// The message says little else.
    Terse,
    /// It stands in the subject.
    InSubject,
    /// Two parts of the message show it.
    InTwoParts,
    /// The message says how long it is good for.
    Expiry,
    /// The message is about signing in or proving an address.
    AuthContext,
    /// Six digits.
    SixDigits,
    /// Four, five, seven or eight digits.
    UsualLength,
    /// Nine or ten digits.
    LongNumber,
    /// Letters and digits.
    Mixed,
    /// Letters only.
    LettersOnly,
    /// Words with hyphens.
    WordCode,
    /// It may be a year.
    Year,
    /// It may be a date.
    Date,
    /// A word for another kind of number is nearer.
    OtherNumber,
    /// A sign such as `#` or `No.` stands before it.
    NumberSign,
    /// The sentence says that it is not the one.
    Negated,
    /// The message is about a price, a voucher or a meeting.
    CommerceContext,
    /// The message is about a parcel, a door, a seat, a till, a document.
    Elsewhere,
    /// One of a list of codes, each good for once.
    Listed,
    /// It stands in a quoted message.
    Quoted,
    /// It stands in the footer.
    Footer,
    /// It is not shown.
    Hidden,
    /// The text of a link.
    Linked,
    /// Another candidate is much likelier.
    Rivalled,
    /// The domain-bound last line.
    DomainBound,
    /// The caller's pattern.
    CustomPattern,
    /// Structured data names it a code.
    StructuredData,
    /// A field or link for a one-time code has it.
    OneTimeField,
}

/// A link of the message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// As it stands in the message, entities decoded.
    pub url: String,
    /// What a reader sees of it, or the picture's text.
    pub text: String,
    /// What it is for.
    pub purpose: Purpose,
    /// How sure it is that this is the link to follow for that purpose, from 0 to 1.
    pub confidence: f64,
    /// Its host, lower case; empty where it has none.
    pub host: String,
    /// Whether the host belongs to the sender's registrable domain; false if the sender is not known.
    pub host_matches_sender: bool,
    /// Where a tracking link leads to, if that stands in the link itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_url: Option<String>,
}

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To choose a password, or to unlock an account.
    Reset,
    /// To prove an address or activate an account.
    Verify,
    /// To sign in without a password.
    MagicLogin,
    /// To accept an invitation, a subscription or a change.
    Confirm,
    /// To get no more of these messages.
    Unsubscribe,
    /// To be counted: a pixel.
    Tracking,
    /// Anything else.
    Other,
}
