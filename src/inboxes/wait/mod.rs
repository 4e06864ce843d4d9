//! Waiting for a message that may have arrived already, is arriving, or never will.

mod ask;
mod ears;
mod entry;
mod hold;
mod log;
mod permit;
mod scope;
mod tally;

pub use ask::{Count, MOST_MESSAGES, Outcome, Since, Wait, WaitScope, WaitWarning, Waited};
pub use log::{LoggedWait, WaitList};
pub use permit::WaitLimits;

pub(super) use log::{Note, QUEUE, keep};
pub(super) use permit::Permits;
