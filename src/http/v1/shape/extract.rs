//! The JSON of codes and links.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::{
    Charset, Code, CodeConstraint, CodeKind, Extraction, Hints, Link, LinkConstraint, Options, PartName, Pattern,
    Purpose,
};
use crate::http::Problem;

/// The codes and links of a message, the likeliest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "codes": [{
        "value": "482913", "display": "482 913", "confidence": 0.97, "kind": "numeric",
        "source": {"part": "text", "start": 112, "end": 119, "context": "Your code is 482 913"},
        "features": ["kw_before", "six_digits"], "expires_in_s": 600
    }],
    "links": [{
        "url": "https://app.test/reset?t=8f1c", "text": "Reset password", "purpose": "reset", "confidence": 0.93,
        "host": "app.test", "host_matches_sender": true
    }],
    "ambiguous": false, "extractor_version": "1.0"
}))]
pub(in crate::http::v1) struct ExtractionJson {
    /// What may be a one-time code.
    pub(in crate::http::v1) codes: Vec<CodeJson>,
    /// Where the message leads to.
    pub(in crate::http::v1) links: Vec<LinkJson>,
    /// Whether the two likeliest codes are about as likely: then nobody should choose one blindly.
    ambiguous: bool,
    /// Changes when the same message may give another result.
    extractor_version: String,
}

/// What may be a one-time code.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct CodeJson {
    /// As a person would type it.
    value: String,
    /// As the message shows it.
    display: String,
    /// From 0 to 1.
    confidence: f64,
    /// `numeric`, `alnum`, `words`, `domain_bound`; `custom` where the pattern of the request found it.
    #[schema(value_type = String)]
    kind: CodeKind,
    /// The domain that a domain-bound code may be given to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    bound_domain: Option<String>,
    /// Where it stands.
    source: SourceJson,
    /// What spoke for it and against it, as words.
    #[schema(value_type = Vec<String>)]
    features: Vec<crate::extract::Feature>,
    /// Seconds that it is good for, if the message says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_in_s: Option<u64>,
}

/// Where a code stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct SourceJson {
    /// `subject`, `text`, `html`.
    #[schema(value_type = String)]
    part: PartName,
    /// Its first character; of the HTML, in its text as it is rendered.
    start: usize,
    /// Behind its last character.
    end: usize,
    /// The line around it.
    context: String,
}

/// A link.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct LinkJson {
    /// As it stands in the message.
    url: String,
    /// What a reader sees of it.
    text: String,
    /// `reset`, `verify`, `magic_login`, `confirm`, `unsubscribe`, `tracking`, `other`.
    #[schema(value_type = String)]
    purpose: Purpose,
    /// How sure it is that this is the link to follow for that purpose.
    confidence: f64,
    /// Its host.
    host: String,
    /// Whether the host belongs to the sender's domain.
    host_matches_sender: bool,
    /// Where a tracking link leads to, if that stands in the link itself. Nothing is fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    resolved_url: Option<String>,
}

/// What to look for, and what is known.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"code": {"length": 6, "charset": "digits"}, "link": {"purpose": "reset"}, "explain": true}))]
pub(in crate::http::v1) struct ExtractBody {
    /// What the code looks like.
    code: CodeWish,
    /// What the link looks like.
    link: LinkWish,
    /// What you know of the message.
    hints: HintsBody,
    /// Gives unlikely candidates too, with what spoke against them.
    explain: bool,
}

/// What a code looks like; a candidate that does not is none.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct CodeWish {
    /// Characters that it has.
    #[schema(nullable = false, minimum = 1, maximum = 64)]
    length: Option<usize>,
    /// At least so many.
    #[schema(nullable = false, minimum = 1, maximum = 64)]
    min_length: Option<usize>,
    /// At most so many.
    #[schema(nullable = false, minimum = 1, maximum = 64)]
    max_length: Option<usize>,
    /// Which characters.
    charset: CharsetBody,
    /// A regular expression without look-around; its first group, or all of it, is the code.
    #[schema(nullable = false, max_length = 1000, example = "ref: ([A-Z]{3}\\d{4})")]
    pattern: Option<String>,
}

/// The characters of a code.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CharsetBody {
    Digits,
    Alnum,
    #[default]
    Any,
}

/// What a link looks like.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct LinkWish {
    /// Its host, or a domain above it.
    #[schema(nullable = false)]
    host: Option<String>,
    /// Text in its path.
    #[schema(nullable = false)]
    path_contains: Option<String>,
    /// What it is for.
    #[schema(nullable = false)]
    purpose: Option<PurposeBody>,
}

/// What a link is for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http::v1) enum PurposeBody {
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
    /// To be counted.
    Tracking,
    /// Anything else.
    Other,
}

/// What is known of a message.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct HintsBody {
    /// Its language.
    #[schema(nullable = false, example = "de")]
    locale: Option<String>,
    /// The domain that links should lead to, in place of the sender's.
    #[schema(nullable = false)]
    from_domain: Option<String>,
}

/// A message that is not stored, in parts.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"subject": "Your code", "text": "It is 482 913 and good for ten minutes."}))]
pub(in crate::http::v1) struct ExtractDraft {
    /// Its subject.
    pub(in crate::http::v1) subject: String,
    /// Its text.
    #[schema(nullable = false)]
    pub(in crate::http::v1) text: Option<String>,
    /// Its HTML.
    #[schema(nullable = false)]
    pub(in crate::http::v1) html: Option<String>,
    /// Its sender's address.
    #[schema(nullable = false)]
    pub(in crate::http::v1) from: Option<String>,
    /// What the code looks like.
    code: CodeWish,
    /// What the link looks like.
    link: LinkWish,
    /// What you know of the message.
    hints: HintsBody,
    /// Gives unlikely candidates too, with what spoke against them.
    explain: bool,
}

/// A code out of an inbox.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct OtpJson {
    /// The code.
    #[serde(flatten)]
    pub(in crate::http::v1) code: CodeJson,
    /// The message that it stands in.
    pub(in crate::http::v1) message_id: String,
    /// Behind that message: a `since` for the next one.
    pub(in crate::http::v1) cursor: String,
}

/// A link out of an inbox.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct TakenLinkJson {
    /// The link.
    #[serde(flatten)]
    pub(in crate::http::v1) link: LinkJson,
    /// The message that it stands in.
    pub(in crate::http::v1) message_id: String,
    /// Behind that message: a `since` for the next one.
    pub(in crate::http::v1) cursor: String,
}

/// Longest code that a constraint may ask for.
const MAX_LENGTH: usize = 64;
/// Longest text of a constraint.
const MAX_TEXT: usize = 1_000;

impl ExtractBody {
    pub(in crate::http::v1) fn into_options(self) -> Result<Options, Problem> {
        options(self.code, self.link, self.hints, self.explain)
    }
}

impl ExtractDraft {
    pub(in crate::http::v1) fn options(&self) -> Result<Options, Problem> {
        options(self.code.clone(), self.link.clone(), self.hints.clone(), self.explain)
    }
}

fn options(code: CodeWish, link: LinkWish, hints: HintsBody, explain: bool) -> Result<Options, Problem> {
    for (pointer, length) in
        [("/code/length", code.length), ("/code/min_length", code.min_length), ("/code/max_length", code.max_length)]
    {
        if length.is_some_and(|length| !(1..=MAX_LENGTH).contains(&length)) {
            return Err(Problem::invalid(pointer, "range", format!("1 to {MAX_LENGTH} characters")));
        }
    }
    for (pointer, text) in [
        ("/code/pattern", &code.pattern),
        ("/link/host", &link.host),
        ("/link/path_contains", &link.path_contains),
        ("/hints/locale", &hints.locale),
        ("/hints/from_domain", &hints.from_domain),
    ] {
        if text.as_ref().is_some_and(|text| text.len() > MAX_TEXT) {
            return Err(Problem::invalid(pointer, "range", format!("at most {MAX_TEXT} bytes")));
        }
    }
    let pattern = code.pattern.as_deref().map(Pattern::new).transpose();
    let pattern = pattern.map_err(|error| Problem::invalid("/code/pattern", "format", error.to_string()))?;
    Ok(Options {
        code: CodeConstraint {
            length: code.length,
            min_length: code.min_length,
            max_length: code.max_length,
            charset: match code.charset {
                CharsetBody::Digits => Charset::Digits,
                CharsetBody::Alnum => Charset::Alnum,
                CharsetBody::Any => Charset::Any,
            },
            pattern,
        },
        link: LinkConstraint {
            host: link.host,
            path_contains: link.path_contains,
            purpose: link.purpose.map(Purpose::from),
        },
        hints: Hints { locale: hints.locale, from_domain: hints.from_domain },
        explain,
    })
}

impl From<PurposeBody> for Purpose {
    fn from(purpose: PurposeBody) -> Self {
        match purpose {
            PurposeBody::Reset => Self::Reset,
            PurposeBody::Verify => Self::Verify,
            PurposeBody::MagicLogin => Self::MagicLogin,
            PurposeBody::Confirm => Self::Confirm,
            PurposeBody::Unsubscribe => Self::Unsubscribe,
            PurposeBody::Tracking => Self::Tracking,
            PurposeBody::Other => Self::Other,
        }
    }
}

impl From<&Extraction> for ExtractionJson {
    fn from(found: &Extraction) -> Self {
        Self {
            codes: found.codes.iter().map(CodeJson::from).collect(),
            links: found.links.iter().map(LinkJson::from).collect(),
            ambiguous: found.ambiguous,
            extractor_version: found.extractor_version.clone(),
        }
    }
}

impl From<&Code> for CodeJson {
    fn from(code: &Code) -> Self {
        Self {
            value: code.value.clone(),
            display: code.display.clone(),
            confidence: hundredths(code.confidence),
            kind: code.kind,
            bound_domain: code.bound_domain.clone(),
            source: SourceJson {
                part: code.source.part,
                start: code.source.start,
                end: code.source.end,
                context: code.source.context.clone(),
            },
            features: code.features.clone(),
            expires_in_s: code.expires_in_s,
        }
    }
}

impl From<&Link> for LinkJson {
    fn from(link: &Link) -> Self {
        Self {
            url: link.url.clone(),
            text: link.text.clone(),
            purpose: link.purpose,
            confidence: hundredths(link.confidence),
            host: link.host.clone(),
            host_matches_sender: link.host_matches_sender,
            resolved_url: link.resolved_url.clone(),
        }
    }
}

/// More digits would promise more than is known.
fn hundredths(confidence: f64) -> f64 {
    (confidence * 100.0).round() / 100.0
}
