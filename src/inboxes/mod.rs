//! The service: the one place that decides about mail, for every front-end.

mod access;
mod change;
mod compose;
mod create;
mod credentials;
mod deliver;
mod diagnose;
mod error;
mod lifecycle;
mod list;
mod neighbours;
mod read;
mod rejection;
mod resolve;
mod route;
mod seal;
mod service;
mod wait;

pub use change::MessagePatch;
pub use compose::{Attachment, Draft};
pub use create::{CreateInbox, Created, Credential};
pub use deliver::Delivery;
pub use diagnose::Diagnostics;
pub use error::{Error, Refusal};
pub use lifecycle::InboxPatch;
pub use list::{MessagePage, MessageSearch, Within};
pub use neighbours::listen;
pub use read::{Full, InboxRef};
pub use rejection::Rejection;
pub use route::Route;
pub use seal::SealKey;
pub use service::{Inboxes, Login};
pub use wait::{Outcome, Since, Wait, WaitScope};
