//! A project: the owner of inboxes and keys, with its rules.

use super::{Address, ProjectId, Timestamp};

/// One project as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its public id.
    pub id: ProjectId,
    /// Its name; no other project has it.
    pub name: String,
    /// Its rules.
    pub rules: ProjectRules,
    /// When it was made.
    pub created_at: Timestamp,
    /// Changes with every change of the rules; the base of its `ETag`.
    pub version: i64,
}

/// What a project decides for its inboxes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectRules {
    /// The domains whose mail is its own, folded and sorted.
    pub domains: Vec<String>,
    /// What happens to mail for an address without an inbox; `None` is what the settings say.
    pub unknown_recipient: Option<UnknownRecipient>,
    /// Seconds that an inbox lives when it is made without a TTL, 0 for ever; `None` is what the settings say.
    pub default_ttl_s: Option<u64>,
    /// What is kept of its mail.
    pub retention: KeepOnly,
    /// How much it may have.
    pub quotas: ProjectQuotas,
}

/// What is kept of a project's mail; the oldest leaves first. `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeepOnly {
    /// Seconds after which a message leaves.
    pub max_age_s: Option<u64>,
    /// Most messages, in all inboxes together.
    pub max_messages: Option<u64>,
    /// Most octets of messages as received, in all inboxes together.
    pub max_bytes: Option<u64>,
}

/// How much a project may have; `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProjectQuotas {
    /// Most inboxes, expired ones whose address still answers included.
    pub max_inboxes: Option<u64>,
    /// Most messages of one inbox; an inbox may be made with less and not with more.
    pub max_inbox_messages: Option<u64>,
    /// Most octets of one inbox; an inbox may be made with less and not with more.
    pub max_inbox_bytes: Option<u64>,
}

impl KeepOnly {
    /// Whether everything is kept.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }
}

/// What happens to mail for an address that has no inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownRecipient {
    /// Its inbox is made.
    Create,
    /// It is refused with 550 5.1.1.
    Reject,
    /// It goes to this inbox, which is made when it is needed.
    CatchAll(Address),
}

impl UnknownRecipient {
    /// Reads `create`, `reject` or `catch_all:someone@example.com`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "create" => Some(Self::Create),
            "reject" => Some(Self::Reject),
            _ => Address::parse(text.strip_prefix("catch_all:")?).ok().map(Self::CatchAll),
        }
    }
}

/// What [`UnknownRecipient::parse`] reads.
impl std::fmt::Display for UnknownRecipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Create => f.write_str("create"),
            Self::Reject => f.write_str("reject"),
            Self::CatchAll(address) => write!(f, "catch_all:{address}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_and_its_text_are_inverses() {
        for text in ["create", "reject", "catch_all:all@qa.test"] {
            assert_eq!(UnknownRecipient::parse(text).map(|policy| policy.to_string()).as_deref(), Some(text));
        }
        for text in ["", "Create", "catch_all", "catch_all:", "catch_all:nobody"] {
            assert_eq!(UnknownRecipient::parse(text), None, "{text}");
        }
    }
}
