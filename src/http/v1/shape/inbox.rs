//! The JSON of inboxes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::state::Doors;
use crate::inboxes::{CreateInbox, Credential, InboxPatch};
use crate::model::inbox::{Inbox, InboxState, OnFull, Quota};

/// What an inbox may hold; a missing limit is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http::v1) struct QuotaJson {
    /// Most messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 200)]
    max_messages: Option<u64>,
    /// Most octets, of all messages as received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 52_428_800)]
    max_bytes: Option<u64>,
    /// What happens to a message that does not fit.
    #[serde(default)]
    on_full: OnFullJson,
}

/// What a full inbox does: refuse with `452 4.2.2`, or remove its oldest messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum OnFullJson {
    #[default]
    Reject,
    EvictOldest,
}

impl From<QuotaJson> for Quota {
    fn from(json: QuotaJson) -> Self {
        let on_full = match json.on_full {
            OnFullJson::Reject => OnFull::Reject,
            OnFullJson::EvictOldest => OnFull::EvictOldest,
        };
        Self { max_messages: json.max_messages, max_bytes: json.max_bytes, on_full }
    }
}

impl From<Quota> for QuotaJson {
    fn from(quota: Quota) -> Self {
        let on_full = match quota.on_full {
            OnFull::Reject => OnFullJson::Reject,
            OnFull::EvictOldest => OnFullJson::EvictOldest,
        };
        Self { max_messages: quota.max_messages, max_bytes: quota.max_bytes, on_full }
    }
}

/// Everything is optional: `{}` makes an inbox with a made-up address.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"local_part": "signup-7", "domain": "t.test", "ttl_s": 3600, "tags": ["checkout"]}))]
pub(in crate::http::v1) struct CreateInboxBody {
    /// What stands before the `@`; made up when it is missing.
    #[schema(nullable = false)]
    local_part: Option<String>,
    /// What stands behind it; the setting `inboxes.default_domain` when it is missing.
    #[schema(nullable = false)]
    domain: Option<String>,
    /// Begins a made-up local part.
    #[schema(nullable = false)]
    prefix: Option<String>,
    /// Seconds until its mail is removed; 0 is never.
    #[schema(nullable = false)]
    ttl_s: Option<u64>,
    /// What it may hold.
    #[schema(nullable = false)]
    quota: Option<QuotaJson>,
    /// Your words on it.
    tags: Vec<String>,
    /// Your own facts.
    metadata: BTreeMap<String, String>,
    /// The CI run that it belongs to.
    #[schema(nullable = false)]
    run_id: Option<String>,
    /// Your own name for it: creating again with the same name gives the same inbox.
    #[schema(nullable = false)]
    client_ref: Option<String>,
    /// The provider that it imitates over IMAP.
    #[schema(nullable = false)]
    persona: Option<String>,
}

impl From<CreateInboxBody> for CreateInbox {
    fn from(body: CreateInboxBody) -> Self {
        Self {
            local_part: body.local_part,
            domain: body.domain,
            prefix: body.prefix,
            ttl_s: body.ttl_s,
            quota: body.quota.map(Quota::from).unwrap_or_default(),
            tags: body.tags,
            metadata: body.metadata,
            run_id: body.run_id,
            client_ref: body.client_ref,
            persona: body.persona,
        }
    }
}

/// Everything is optional; the address stands in the path.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"ttl_s": 3600, "tags": ["checkout"]}))]
pub(in crate::http::v1) struct EnsureInboxBody {
    /// Seconds until its mail is removed; 0 is never.
    #[schema(nullable = false)]
    ttl_s: Option<u64>,
    /// What it may hold.
    #[schema(nullable = false)]
    quota: Option<QuotaJson>,
    /// Your words on it.
    tags: Vec<String>,
    /// Your own facts.
    metadata: BTreeMap<String, String>,
    /// The CI run that it belongs to.
    #[schema(nullable = false)]
    run_id: Option<String>,
    /// Your own name for it.
    #[schema(nullable = false)]
    client_ref: Option<String>,
    /// The provider that it imitates over IMAP.
    #[schema(nullable = false)]
    persona: Option<String>,
}

impl From<EnsureInboxBody> for CreateInbox {
    fn from(body: EnsureInboxBody) -> Self {
        Self {
            ttl_s: body.ttl_s,
            quota: body.quota.map(Quota::from).unwrap_or_default(),
            tags: body.tags,
            metadata: body.metadata,
            run_id: body.run_id,
            client_ref: body.client_ref,
            persona: body.persona,
            ..Self::default()
        }
    }
}

/// What is missing stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"state": "frozen", "tags": ["evidence"]}))]
pub(in crate::http::v1) struct UpdateInboxBody {
    /// All tags.
    #[schema(nullable = false)]
    tags: Option<Vec<String>>,
    /// All facts.
    #[schema(nullable = false)]
    metadata: Option<BTreeMap<String, String>>,
    /// Seconds from now until its mail is removed; 0 is never.
    #[schema(nullable = false)]
    ttl_s: Option<u64>,
    /// What it may hold.
    #[schema(nullable = false)]
    quota: Option<QuotaJson>,
    /// Whether it takes mail.
    #[schema(nullable = false)]
    state: Option<SetState>,
}

/// The states that a caller can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SetState {
    Active,
    Frozen,
}

impl UpdateInboxBody {
    /// The change, for the version that the caller has seen.
    pub(in crate::http::v1) fn into_patch(self, if_version: Option<i64>) -> InboxPatch {
        let state = self.state.map(|state| match state {
            SetState::Active => InboxState::Active,
            SetState::Frozen => InboxState::Frozen,
        });
        InboxPatch {
            tags: self.tags,
            metadata: self.metadata,
            ttl_s: self.ttl_s,
            quota: self.quota.map(Quota::from),
            state,
            if_version,
        }
    }
}

/// What an inbox holds.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
struct CountsJson {
    /// Messages, in all folders.
    messages: u64,
    /// Messages that are not marked as seen.
    unseen: u64,
    /// Octets of all messages as received.
    bytes: u64,
}

/// Where and how to send to it, or log in as it.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct SmtpAccess {
    /// The server.
    host: String,
    /// SMTP with STARTTLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    port: Option<u16>,
    /// SMTP over TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    tls_port: Option<u16>,
    /// For AUTH; shown once, when the inbox is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    username: Option<String>,
    /// For AUTH; shown once, when the inbox is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    password: Option<String>,
}

/// One inbox.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct InboxJson {
    /// Its id.
    #[schema(example = "inb_01hzy3v7k2e6m8q4w9x5c1t0rn")]
    id: String,
    /// Its project.
    project_id: String,
    /// Its address.
    #[schema(example = "signup-7@t.test")]
    address: String,
    /// Where it stands now: give it to a wait as `since`, and only later mail counts.
    cursor: String,
    /// Whether it takes mail: `active` or `frozen`.
    state: &'static str,
    /// Your words on it.
    tags: Vec<String>,
    /// Your own facts.
    metadata: BTreeMap<String, String>,
    /// The CI run that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    run_id: Option<String>,
    /// Your own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    client_ref: Option<String>,
    /// The provider that it imitates over IMAP.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    persona: Option<String>,
    /// What it may hold; missing where there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    quota: Option<QuotaJson>,
    /// When it was made.
    created_at: String,
    /// When its mail is removed; missing is never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_at: Option<String>,
    /// What it holds.
    counts: CountsJson,
    /// Where to send to it.
    smtp: SmtpAccess,
}

impl InboxJson {
    /// The inbox as `cursor` and the doors have it; the credential only when it was made just now.
    pub(in crate::http::v1) fn new(
        inbox: Inbox,
        cursor: &crate::model::Cursor,
        doors: &Doors,
        credential: Option<Credential>,
    ) -> Self {
        let quota = (inbox.quota != Quota::default()).then(|| inbox.quota.into());
        let (username, password) = credential.map(|made| (made.username, made.password.expose().to_owned())).unzip();
        Self {
            id: inbox.id.to_string(),
            project_id: inbox.project.to_string(),
            address: inbox.address.to_string(),
            cursor: cursor.to_string(),
            state: inbox.state.as_str(),
            tags: inbox.tags,
            metadata: inbox.metadata,
            run_id: inbox.run,
            client_ref: inbox.client_ref,
            persona: inbox.persona,
            quota,
            created_at: inbox.created_at.to_string(),
            expires_at: inbox.expires_at.map(|at| at.to_string()),
            counts: CountsJson {
                messages: inbox.counts.messages,
                unseen: inbox.counts.unseen,
                bytes: inbox.counts.bytes,
            },
            smtp: SmtpAccess {
                host: doors.host.clone(),
                port: doors.smtp.first().map(std::net::SocketAddr::port),
                tls_port: doors.smtp_tls.first().map(std::net::SocketAddr::port),
                username,
                password,
            },
        }
    }
}

/// A page of inboxes, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct InboxPage {
    /// The inboxes.
    pub(in crate::http::v1) items: Vec<InboxJson>,
    /// Whether more come behind them.
    pub(in crate::http::v1) has_more: bool,
    /// What to give as `after` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) next_after: Option<String>,
}

/// How much of an inbox to empty.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"before": "c_12:inb_01hzy3v7k2e6m8q4w9x5c1t0rn:5f3a9c01"}))]
pub(in crate::http::v1) struct EmptyBody {
    /// Only what came before this cursor; everything when it is missing.
    #[schema(nullable = false)]
    pub(in crate::http::v1) before: Option<String>,
}

/// What emptying did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct Emptied {
    /// Messages that were removed.
    pub(in crate::http::v1) deleted: u64,
    /// Behind them: later mail has higher numbers.
    pub(in crate::http::v1) cursor: String,
}
