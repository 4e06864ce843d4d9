//! The Rust client of Restante, a test inbox service.
#![doc = ""]
#![doc = include_str!("../README.md")]

mod client;
mod config;
mod cursor;
mod diagnostics;
mod draft;
mod error;
mod extraction;
mod filter;
mod inbox;
mod inboxes;
mod message;
mod pages;
mod transport;
mod value;
mod wait;

pub use client::{Client, Meta};
pub use config::Config;
pub use cursor::Cursor;
pub use diagnostics::{Candidate, Checked, Connections, Diagnostics, Elsewhere, Excluded, Rejected};
pub use draft::Draft;
pub use error::{Error, FieldError, Problem};
pub use extraction::{Code, Extraction, FindCode, FindLink, Link, Purpose};
pub use filter::{Condition, Filter};
pub use inbox::{Emptied, Inbox, InboxHandle, InboxInfo};
pub use inboxes::{CreateInbox, Inboxes, ListInboxes};
pub use message::{Address, Attachment, Field, Message, MessageHandle, Summary};
pub use pages::{ListMessages, Page, Pages};
pub use wait::{Answer, Outcome, Tail, Wait};

/// What all calls give.
pub type Result<T> = std::result::Result<T, Error>;
