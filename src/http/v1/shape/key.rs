//! The JSON of keys.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Made;
use crate::model::Key;

/// What a key is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "ci checkout", "scopes": ["inboxes:w", "messages:r"], "restrict": {"tag": "checkout"},
    "expires_at": "2027-01-31T00:00:00Z"
}))]
pub(in crate::http::v1) struct CreateKeyBody {
    /// What you call it.
    pub(in crate::http::v1) name: String,
    /// What it may do: `inboxes:r`, `inboxes:w`, `messages:r`, `messages:w`, `messages:send`, `webhooks:r`, `webhooks:w`,
    /// `faults:w`, `runs:r`, `runs:w`, `events:r`; `admin` is all of them, and keys, and the audit log.
    pub(in crate::http::v1) scopes: Vec<String>,
    /// What it may reach; a missing part is not narrowed.
    #[serde(default)]
    pub(in crate::http::v1) restrict: RestrictJson,
    /// When it ends, RFC 3339; never when it is missing.
    #[serde(default)]
    #[schema(nullable = false)]
    pub(in crate::http::v1) expires_at: Option<String>,
}

/// What a key may reach. Everything that is named must hold.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http::v1) struct RestrictJson {
    /// The project, by id or name; that of the call when it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "default")]
    pub(in crate::http::v1) project: Option<String>,
    /// One inbox, by id or address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "signup-7@t.test")]
    pub(in crate::http::v1) inbox: Option<String>,
    /// Inboxes with this tag; those that it makes have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "checkout")]
    pub(in crate::http::v1) tag: Option<String>,
    /// Inboxes of this run; those that it makes are of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "run 481")]
    pub(in crate::http::v1) run: Option<String>,
}

/// What a key for one inbox is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"scopes": ["messages:r"], "ttl_s": 3600}))]
pub(in crate::http::v1) struct CreateTokenBody {
    /// What it may do, as in `POST /v1/keys`, but for `admin`.
    pub(in crate::http::v1) scopes: Vec<String>,
    /// Seconds until it ends; with the key that makes it when it is missing.
    #[serde(default)]
    #[schema(nullable = false)]
    pub(in crate::http::v1) ttl_s: Option<u64>,
    /// What you call it.
    #[serde(default)]
    #[schema(nullable = false)]
    pub(in crate::http::v1) name: Option<String>,
}

/// How a key gets a new secret.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"overlap_s": 86400}))]
pub(in crate::http::v1) struct RotateBody {
    /// Seconds for which the present secret goes on beside the new one, at most thirty days; 0 when it is missing.
    pub(in crate::http::v1) overlap_s: u64,
}

/// A key.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "key_01hzy3v7k2e6m8q4w9x5c1t0rn", "name": "ci checkout", "scopes": ["inboxes:w", "messages:r"],
    "restrict": {"project": "prj_01hzy3v7k2e6m8q4w9x5c1t0rn", "tag": "checkout"},
    "created_at": "2026-11-20T09:00:00.000Z", "expires_at": "2027-01-31T00:00:00.000Z"
}))]
pub(in crate::http::v1) struct KeyJson {
    /// Its id.
    id: String,
    /// What its maker calls it.
    name: String,
    /// What it may do.
    scopes: Vec<&'static str>,
    /// What it may reach: ids, and always the project.
    restrict: RestrictJson,
    /// When it was made.
    created_at: String,
    /// The key that made it; missing when that was the root key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    created_by: Option<String>,
    /// When it ends; missing when it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_at: Option<String>,
    /// When it was last used, to within a minute or so; missing when it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_used_at: Option<String>,
    /// What to show as `Authorization: Bearer`. Only in the answer that makes it: it is not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    secret: Option<String>,
}

/// A page of keys.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct KeyPage {
    /// The keys, newest first.
    pub(in crate::http::v1) items: Vec<KeyJson>,
    /// Whether more come behind them.
    pub(in crate::http::v1) has_more: bool,
    /// Give it as `after` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) next_after: Option<String>,
}

impl From<Key> for KeyJson {
    fn from(key: Key) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name,
            scopes: key.scopes.iter().map(crate::model::Scope::as_str).collect(),
            restrict: RestrictJson {
                project: Some(key.project.to_string()),
                inbox: key.narrowed.inbox.map(|inbox| inbox.to_string()),
                tag: key.narrowed.tag,
                run: key.narrowed.run,
            },
            created_at: key.created_at.to_string(),
            created_by: key.created_by.map(|key| key.to_string()),
            expires_at: key.expires_at.map(|at| at.to_string()),
            last_used_at: key.last_used_at.map(|at| at.to_string()),
            secret: None,
        }
    }
}

impl From<Made> for KeyJson {
    fn from(made: Made) -> Self {
        Self { secret: Some(made.secret.expose().to_owned()), ..made.key.into() }
    }
}
