//! The JSON of the API: what requests may hold and what answers do.

mod filter;
mod inbox;
mod message;
mod parts;
mod wait;

pub(super) use filter::refused;
pub(super) use inbox::{CreateInboxBody, Emptied, EmptyBody, InboxJson, InboxPage, UpdateInboxBody};
pub(super) use message::{Injected, MessageJson, MessagePageJson, MessageSummary, UpdateMessageBody, hex};
pub(super) use parts::{AttachmentJson, AttachmentList, HeaderList, StructureJson, TranscriptJson, attachment_id};
pub(super) use wait::{Applied, DiagnosticsJson, OnTimeout, OrderJson, ReturnKind, WaitBody, WaitJson, WaitedMessage};
