//! The JSON of folders, and of messages that move.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::store::Mailbox;

/// A folder to make.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Archive/2026"}))]
pub(in crate::http::v1) struct CreateFolderBody {
    /// Its name, unique in the inbox; `/` stands between levels.
    pub(in crate::http::v1) name: String,
}

/// One folder of an inbox: what IMAP calls a mailbox.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct FolderJson {
    /// Its id.
    #[schema(example = "fld_01hzy3v7k2e6m8q4w9x5c1t0rn")]
    id: String,
    /// Its name.
    #[schema(example = "INBOX")]
    name: String,
    /// What it holds.
    counts: FolderCounts,
    /// For IMAP: while it stays the same, so does the meaning of UIDs.
    uid_validity: u32,
    /// For IMAP: above every UID that was given so far.
    uid_next: i64,
    /// When it was made.
    created_at: String,
}

/// What a folder holds.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
struct FolderCounts {
    /// Messages.
    messages: u64,
    /// Messages that are not marked as seen.
    unseen: u64,
    /// Octets of all messages as received.
    bytes: u64,
}

impl From<Mailbox> for FolderJson {
    fn from(mailbox: Mailbox) -> Self {
        Self {
            id: mailbox.id.to_string(),
            name: mailbox.name,
            counts: FolderCounts { messages: mailbox.messages, unseen: mailbox.unseen, bytes: mailbox.bytes },
            uid_validity: mailbox.uid_validity.get(),
            uid_next: mailbox.uid_next,
            created_at: mailbox.created_at.to_string(),
        }
    }
}

/// The folders of an inbox.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct FolderList {
    /// All of them, `INBOX` first.
    pub(in crate::http::v1) items: Vec<FolderJson>,
}

/// Where a message is to go.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"folder": "Archive"}))]
pub(in crate::http::v1) struct MoveBody {
    /// The folder; with `inbox_id` one of that inbox, where it is `INBOX` when it is missing.
    #[schema(nullable = false)]
    pub(in crate::http::v1) folder: Option<String>,
    /// Another inbox, by its id or address.
    #[schema(nullable = false)]
    pub(in crate::http::v1) inbox_id: Option<String>,
}
