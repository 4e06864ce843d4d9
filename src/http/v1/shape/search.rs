//! The JSON of searching.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::filter::{ExplanationJson, FilterBody};
use super::message::MessageSummary;
use crate::inboxes::Hit;

/// What to look for. All that is given must hold; nothing at all is every message.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({
    "q": "has:attachment -tag:seen-by-me",
    "filter": {"all": [{"field": "subject", "op": "starts_with", "value": "Your invoice"}]},
    "order": "newest", "limit": 20, "explain": true
}))]
pub(in crate::http::v1) struct SearchBody {
    /// The inboxes to look in, by id or address, at most 100; all of the project when it is missing.
    #[schema(nullable = false, max_items = 100)]
    pub(in crate::http::v1) inbox_ids: Option<Vec<String>>,
    /// A line of the search box: `from:a@b.test subject:"reset code" has:attachment -tag:x after:2026-01-01 larger:10k
    /// is:unseen`.
    #[schema(nullable = false)]
    pub(in crate::http::v1) q: Option<String>,
    /// Conditions on any field.
    #[schema(nullable = false)]
    pub(in crate::http::v1) filter: Option<FilterBody>,
    /// An address, a part of a name or address, or a pattern with `*` and `?`.
    #[schema(nullable = false)]
    pub(in crate::http::v1) from: Option<String>,
    /// The same for To, Cc, Bcc and the envelope's recipients.
    #[schema(nullable = false)]
    pub(in crate::http::v1) to: Option<String>,
    /// Text in the subject; case and white space do not matter.
    #[schema(nullable = false)]
    pub(in crate::http::v1) subject: Option<String>,
    /// Text in the text or the HTML; case and white space do not matter.
    #[schema(nullable = false)]
    pub(in crate::http::v1) body: Option<String>,
    /// Which way.
    pub(in crate::http::v1) order: SearchOrder,
    /// 1 to 200; 50 when it is missing.
    #[schema(nullable = false, minimum = 1, maximum = 200)]
    pub(in crate::http::v1) limit: Option<usize>,
    /// `next_after` of the page before.
    #[schema(nullable = false)]
    pub(in crate::http::v1) after: Option<String>,
    /// Whether to say of each message how each condition went, and what came nearest when nothing passed.
    pub(in crate::http::v1) explain: bool,
}

/// Which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http::v1) enum SearchOrder {
    #[default]
    Newest,
    Oldest,
}

/// A page of a search.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct SearchPageJson {
    /// What passed.
    pub(in crate::http::v1) items: Vec<HitJson>,
    /// Whether more come behind them.
    pub(in crate::http::v1) has_more: bool,
    /// What to give as `after` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) next_after: Option<String>,
    /// With `explain`, when nothing passed: what came nearest of the 200 newest, nearest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(in crate::http::v1) nearest: Vec<HitJson>,
}

/// A message that was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct HitJson {
    #[serde(flatten)]
    message: MessageSummary,
    /// With `explain`: how each condition went.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    explanation: Option<ExplanationJson>,
}

impl HitJson {
    pub(in crate::http::v1) fn new(hit: Hit, best_code: Option<String>) -> Self {
        Self {
            message: MessageSummary::new(&hit.listed.found, best_code),
            explanation: hit.explanation.map(ExplanationJson::from),
        }
    }
}
