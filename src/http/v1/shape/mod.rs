//! The JSON of the API: what requests may hold and what answers do.

mod inbox;
mod key;
mod message;
mod parts;
mod project;
mod wait;

pub(super) use inbox::{CreateInboxBody, Emptied, EmptyBody, EnsureInboxBody, InboxJson, InboxPage, UpdateInboxBody};
pub(super) use key::{CreateKeyBody, CreateTokenBody, KeyJson, KeyPage, RotateBody};
pub(super) use message::{Injected, MessageJson, MessagePageJson, MessageSummary, UpdateMessageBody, hex};
pub(super) use parts::{AttachmentJson, AttachmentList, HeaderList, StructureJson, TranscriptJson, attachment_id};
pub(super) use project::{CreateProjectBody, ProjectJson, ProjectPage, UpdateProjectBody};
pub(super) use wait::{Applied, DiagnosticsJson, OnTimeout, OrderJson, ReturnKind, WaitBody, WaitJson, WaitedMessage};
