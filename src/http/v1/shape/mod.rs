//! The JSON of the API: what requests may hold and what answers do.

mod batch;
mod bulk;
mod diagnostics;
mod extract;
mod filter;
mod folder;
mod inbox;
mod key;
mod message;
mod parts;
mod project;
mod search;
mod wait;
mod wait_log;

pub(super) use batch::{Affected, BatchBody, Chosen, Wanted};
pub(super) use bulk::{BulkBody, InboxesDeleted, InboxesMade};
pub(super) use diagnostics::DiagnosticsJson;
pub(super) use extract::{CodeJson, ExtractBody, ExtractDraft, ExtractionJson, LinkJson, OtpJson, TakenLinkJson};
pub(super) use filter::compile;
pub(super) use folder::{CreateFolderBody, FolderJson, FolderList, MoveBody};
pub(super) use inbox::{CreateInboxBody, Emptied, EmptyBody, EnsureInboxBody, InboxJson, InboxPage, UpdateInboxBody};
pub(super) use key::{CreateKeyBody, CreateTokenBody, KeyJson, KeyPage, RotateBody};
pub(super) use message::{Injected, MessageJson, MessagePageJson, MessageSummary, UpdateMessageBody, hex};
pub(super) use parts::{AttachmentJson, AttachmentList, HeaderList, StructureJson, TranscriptJson, attachment_id};
pub(super) use project::{CreateProjectBody, ProjectJson, ProjectPage, UpdateProjectBody};
pub(super) use search::{HitJson, SearchBody, SearchOrder, SearchPageJson};
pub(super) use wait::{Applied, ExtractWish, OnTimeout, OrderJson, ReturnKind, WaitBody, WaitJson, WaitedMessage};
pub(super) use wait_log::{LoggedWaitJson, WaitEntryJson, WaitPageJson};
