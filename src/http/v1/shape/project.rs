//! The JSON of projects.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::Problem;
use crate::inboxes::Holds;
use crate::model::project::{KeepOnly, Project, ProjectQuotas, ProjectRules, UnknownRecipient};

/// What is kept of the mail, the oldest leaving first; a missing limit is none.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::http::v1) struct RetentionJson {
    /// Seconds after which a message is removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 604_800)]
    max_age_s: Option<u64>,
    /// Most messages, in all inboxes together.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 100_000)]
    max_messages: Option<u64>,
    /// Most octets of messages as received, in all inboxes together.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 1_073_741_824)]
    max_bytes: Option<u64>,
}

/// How much the project may have; a missing limit is none.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::http::v1) struct QuotasJson {
    /// Most inboxes, expired ones whose address still answers included.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 1_000)]
    max_inboxes: Option<u64>,
    /// Most messages of one inbox: what an inbox has that is made without a quota, and the most that it may ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 500)]
    max_inbox_messages: Option<u64>,
    /// Most octets of one inbox, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 104_857_600)]
    max_inbox_bytes: Option<u64>,
}

/// What a project is to be. All but the name is optional.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "checkout", "domains": ["checkout.test"], "unknown_recipient": "catch_all:all@checkout.test",
    "retention": {"max_age_s": 604800}, "quotas": {"max_inboxes": 1000}
}))]
pub(in crate::http::v1) struct CreateProjectBody {
    /// Its name: letters, digits, dots, underlines and hyphens. No other project has it.
    pub(in crate::http::v1) name: String,
    /// The domains whose mail is its own. No other project has them, and none may make inboxes there.
    #[serde(default)]
    domains: Vec<String>,
    /// What happens to mail for an address of its domains that has no inbox: `create`, `reject` or
    /// `catch_all:someone@example.com`. The setting `inboxes.unknown_recipient` when it is missing.
    #[serde(default)]
    #[schema(nullable = false)]
    unknown_recipient: Option<String>,
    /// Seconds that an inbox lives when it is made without a TTL, 0 for ever. The setting `inboxes.default_ttl_s` when it
    /// is missing.
    #[serde(default)]
    #[schema(nullable = false)]
    default_ttl_s: Option<u64>,
    /// What is kept of its mail.
    #[serde(default)]
    retention: RetentionJson,
    /// How much it may have.
    #[serde(default)]
    quotas: QuotasJson,
}

/// What is missing stays as it is; what is given replaces the whole of its part.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"retention": {"max_age_s": 86400, "max_messages": 10000}}))]
pub(in crate::http::v1) struct UpdateProjectBody {
    /// A new name. Only with the root key.
    #[schema(nullable = false)]
    pub(in crate::http::v1) name: Option<String>,
    /// All its domains. Only with the root key.
    #[schema(nullable = false)]
    domains: Option<Vec<String>>,
    /// As in `POST /v1/projects`; `inherit` is what the settings say.
    #[schema(nullable = false)]
    unknown_recipient: Option<String>,
    /// As in `POST /v1/projects`.
    #[schema(nullable = false)]
    default_ttl_s: Option<u64>,
    /// What is kept of its mail; `{}` is everything.
    #[schema(nullable = false)]
    retention: Option<RetentionJson>,
    /// How much it may have; `{}` is without limit. Only with the root key.
    #[schema(nullable = false)]
    quotas: Option<QuotasJson>,
}

/// How much a project holds.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
struct HoldsJson {
    /// Inboxes, expired ones whose address still answers included.
    inboxes: u64,
    /// Messages.
    messages: u64,
    /// Octets of messages as received.
    bytes: u64,
}

/// A project.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "prj_01hzy3v7k2e6m8q4w9x5c1t0rn", "name": "checkout", "domains": ["checkout.test"],
    "unknown_recipient": "create", "retention": {"max_age_s": 604800}, "quotas": {},
    "counts": {"inboxes": 3, "messages": 12, "bytes": 40960}, "created_at": "2026-11-20T09:00:00.000Z"
}))]
pub(in crate::http::v1) struct ProjectJson {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// The domains whose mail is its own.
    domains: Vec<String>,
    /// What happens to mail for an address of its domains that has no inbox; missing when the settings decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    unknown_recipient: Option<String>,
    /// Seconds that an inbox lives when it is made without a TTL; missing when the settings decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    default_ttl_s: Option<u64>,
    /// What is kept of its mail.
    retention: RetentionJson,
    /// How much it may have.
    quotas: QuotasJson,
    /// How much it holds. Not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    counts: Option<HoldsJson>,
    /// When it was made.
    created_at: String,
}

/// A page of projects.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct ProjectPage {
    /// The projects, oldest first.
    pub(in crate::http::v1) items: Vec<ProjectJson>,
    /// Whether more come behind them.
    pub(in crate::http::v1) has_more: bool,
    /// Give it as `after` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) next_after: Option<String>,
}

impl CreateProjectBody {
    /// The rules that it asks for.
    pub(in crate::http::v1) fn rules(&self) -> Result<ProjectRules, Problem> {
        Ok(ProjectRules {
            domains: self.domains.clone(),
            unknown_recipient: self.unknown_recipient.as_deref().map(policy).transpose()?,
            default_ttl_s: self.default_ttl_s,
            retention: self.retention.into(),
            quotas: self.quotas.into(),
        })
    }
}

impl UpdateProjectBody {
    /// The rules as they are to be, or `None` when none is touched.
    pub(in crate::http::v1) fn rules(self, present: &ProjectRules) -> Result<Option<ProjectRules>, Problem> {
        let unknown_recipient = match self.unknown_recipient.as_deref() {
            None => present.unknown_recipient.clone(),
            Some("inherit") => None,
            Some(text) => Some(policy(text)?),
        };
        let rules = ProjectRules {
            domains: self.domains.unwrap_or_else(|| present.domains.clone()),
            unknown_recipient,
            default_ttl_s: self.default_ttl_s.or(present.default_ttl_s),
            retention: self.retention.map_or(present.retention, Into::into),
            quotas: self.quotas.map_or(present.quotas, Into::into),
        };
        Ok((rules != *present).then_some(rules))
    }
}

impl ProjectJson {
    pub(in crate::http::v1) fn new(project: &Project, holds: Option<Holds>) -> Self {
        let rules = &project.rules;
        Self {
            id: project.id.to_string(),
            name: project.name.clone(),
            domains: rules.domains.clone(),
            unknown_recipient: rules.unknown_recipient.as_ref().map(UnknownRecipient::to_string),
            default_ttl_s: rules.default_ttl_s,
            retention: RetentionJson {
                max_age_s: rules.retention.max_age_s,
                max_messages: rules.retention.max_messages,
                max_bytes: rules.retention.max_bytes,
            },
            quotas: QuotasJson {
                max_inboxes: rules.quotas.max_inboxes,
                max_inbox_messages: rules.quotas.max_inbox_messages,
                max_inbox_bytes: rules.quotas.max_inbox_bytes,
            },
            counts: holds.map(|Holds { inboxes, messages, bytes }| HoldsJson { inboxes, messages, bytes }),
            created_at: project.created_at.to_string(),
        }
    }
}

impl From<RetentionJson> for KeepOnly {
    fn from(json: RetentionJson) -> Self {
        Self { max_age_s: json.max_age_s, max_messages: json.max_messages, max_bytes: json.max_bytes }
    }
}

impl From<QuotasJson> for ProjectQuotas {
    fn from(json: QuotasJson) -> Self {
        Self {
            max_inboxes: json.max_inboxes,
            max_inbox_messages: json.max_inbox_messages,
            max_inbox_bytes: json.max_inbox_bytes,
        }
    }
}

fn policy(text: &str) -> Result<UnknownRecipient, Problem> {
    UnknownRecipient::parse(text).ok_or_else(|| {
        Problem::invalid("/unknown_recipient", "format", "create, reject or catch_all:someone@example.com")
    })
}
