//! The JSON of many inboxes at once.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::inbox::{CreateInboxBody, InboxJson};
use crate::http::{Code, Problem};
use crate::inboxes::CreateInbox;

/// Most inboxes that one call makes.
const MOST: u64 = 500;

/// Inboxes to make, all or none: `count` of one template, or each by itself in `inboxes`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"count": 20, "template": {"prefix": "worker", "run_id": "ci-4711", "ttl_s": 3600}}))]
pub(in crate::http::v1) struct BulkBody {
    /// How many of the template, 1 to 500.
    #[serde(default)]
    #[schema(nullable = false, minimum = 1, maximum = 500)]
    count: Option<u64>,
    /// What each of them is like; with a count above 1 without `local_part` and `client_ref`, of which there is one each.
    #[serde(default)]
    #[schema(nullable = false)]
    template: Option<CreateInboxBody>,
    /// Each by itself, 1 to 500.
    #[serde(default)]
    #[schema(nullable = false, min_items = 1, max_items = 500)]
    inboxes: Option<Vec<CreateInboxBody>>,
}

impl BulkBody {
    /// What is asked for, each with the place where it stands.
    pub(in crate::http::v1) fn into_wishes(self) -> Result<Vec<(String, CreateInbox)>, Problem> {
        match self {
            Self { count: None, template: None, inboxes: Some(inboxes) } => {
                in_range("/inboxes", inboxes.len() as u64)?;
                let each = inboxes.into_iter().enumerate();
                Ok(each.map(|(place, one)| (format!("/inboxes/{place}"), one.into())).collect())
            }
            Self { count: Some(count), template, inboxes: None } => {
                in_range("/count", count)?;
                let one: CreateInbox = template.unwrap_or_default().into();
                for (name, is_given) in
                    [("local_part", one.local_part.is_some()), ("client_ref", one.client_ref.is_some())]
                {
                    if is_given && count > 1 {
                        let reason = "there can be one inbox of it: leave it out, or use `inboxes`";
                        return Err(Problem::invalid(format!("/template/{name}"), "invalid", reason));
                    }
                }
                Ok((0..count).map(|_| ("/template".to_owned(), one.clone())).collect())
            }
            _ => Err(Problem::invalid("", "required", "give either `count` with a `template`, or `inboxes`")),
        }
    }
}

fn in_range(pointer: &str, count: u64) -> Result<(), Problem> {
    match count {
        0 => Err(Problem::invalid(pointer, "range", format!("1 to {MOST}"))),
        1..=MOST => Ok(()),
        _ => Err(too_many(pointer, MOST)),
    }
}

/// More than one call may do.
pub(in crate::http::v1) fn too_many(pointer: &str, most: u64) -> Problem {
    let reason = format!("at most {most} in one call");
    Problem::new(Code::TooMany, reason.clone()).error(pointer, "range", reason).hint("make several calls")
}

/// Inboxes that were made together.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct InboxesMade {
    /// The inboxes in the order in which they were asked for; each that is new with its password.
    pub(in crate::http::v1) items: Vec<InboxJson>,
}

/// What removing many inboxes did.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(example = json!({"deleted": 12}))]
pub(in crate::http::v1) struct InboxesDeleted {
    /// Inboxes that were removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) deleted: Option<u64>,
    /// With `dry_run`: inboxes that would be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http::v1) would_delete: Option<u64>,
}
