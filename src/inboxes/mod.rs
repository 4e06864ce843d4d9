//! The service: the one place that decides about mail, for every front-end.

mod access;
mod batch;
mod bulk;
mod change;
mod compose;
mod create;
mod credentials;
mod deliver;
mod diagnose;
mod error;
mod extraction;
mod facts;
mod find;
mod folders;
mod idempotency;
mod lifecycle;
mod list;
mod neighbours;
mod policy;
mod project;
mod read;
mod rejection;
mod resolve;
mod route;
mod seal;
mod search;
mod service;
mod signatures;
mod stats;
mod take;
mod wait;

pub use batch::{Change, Selection};
pub use bulk::InboxSelection;
pub use change::MessagePatch;
pub use compose::{Attachment, Draft};
pub use create::{CreateInbox, Created, Credential};
pub use deliver::Delivery;
pub use diagnose::{Candidate, ConditionTold, Diagnostics, Excluded, Misdirected, Refused};
pub use error::{Error, Refusal};
pub use folders::{Destination, INBOX, folder_name};
pub use idempotency::{Call, CallAnswer, CallClaim, CallName};
pub use lifecycle::InboxPatch;
pub use list::{MessagePage, MessageSearch, Within};
pub use neighbours::listen;
pub use project::{Holds, ProjectPatch};
pub use read::{Full, InboxRef};
pub use rejection::Rejection;
pub use route::Route;
pub use seal::SealKey;
pub use search::{Hit, SearchPage};
pub use service::{Inboxes, Login};
pub use stats::Stats;
pub use take::{Choice, Take, Taken};
pub use wait::{
    Count, LoggedWait, MOST_MESSAGES, Outcome, Since, Wait, WaitLimits, WaitList, WaitScope, WaitWarning, Waited,
};
