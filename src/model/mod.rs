//! The words of the house as types: values only, no I/O; the only types that every layer shares.

pub mod address;
pub mod content;
pub mod cursor;
pub mod envelope;
pub mod event;
pub mod flags;
pub mod id;
pub mod inbox;
pub mod key;
pub mod message;
pub mod number;
pub mod principal;
pub mod project;
pub mod receipt;
pub mod scope;
pub mod secret;
pub mod time;

pub use address::{Address, ForwardPath, ReversePath};
pub use content::Content;
pub use cursor::{Cursor, Epoch, Position};
pub use envelope::{Envelope, Recipient};
pub use flags::{Flags, Keyword};
pub use id::{CredentialId, EventId, InboxId, KeyId, MailboxId, MessageId, ProjectId, ReceiptId, WaitId};
pub use key::Key;
pub use message::Message;
pub use number::{ModSeq, Seq, Uid, UidValidity};
pub use principal::{Narrowing, Principal};
pub use receipt::Receipt;
pub use scope::{Scope, Scopes};
pub use secret::Secret;
pub use time::{Clock, Timestamp};
