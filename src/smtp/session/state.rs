//! Where a session stands.

use super::bdat::{Chunk, Chunks};
use crate::inboxes::Route;
use crate::model::envelope::MailParameters;
use crate::model::receipt::{Lint, Stage};
use crate::model::{Recipient, ReversePath, Timestamp};
use crate::smtp::auth::Exchange;
use crate::smtp::auth::{CramMd5, Scram};
use crate::smtp::command::Mechanism;
use crate::smtp::data::EndOfData;
use crate::smtp::in_flight::Share;

/// What the next octets mean, or which answer is awaited.
#[derive(Debug)]
pub(super) enum State {
    /// No transaction: a command.
    Ready,
    /// After MAIL: a command.
    Envelope(Box<Transaction>),
    /// After 354: the message.
    Data(Box<Transaction>, Box<EndOfData>),
    /// After BDAT: the octets of the chunk.
    Chunk(Box<Chunk>),
    /// After 334: a response.
    Auth(Mechanism, Box<Exchange>),
    /// MAIL is taken if mail can be taken.
    AskedAvailability(Box<Transaction>),
    /// RCPT is taken if it leads somewhere.
    AskedRoute(Box<Transaction>, Recipient),
    /// The answer goes to the exchange.
    AskedPassword(Mechanism, Box<Exchange>, String),
    AskedSharedSecret(Mechanism, Box<CramMd5>),
    AskedScramKeys(Mechanism, Box<Scram>),
    /// The message is with the services.
    AskedDelivery(Pending),
    /// Nothing more is heard.
    Closed,
}

/// From MAIL to the end of the data. Spec: RFC 5321 §3.3.
#[derive(Debug)]
pub(super) struct Transaction {
    pub(super) reverse_path: ReversePath,
    pub(super) mail: MailParameters,
    pub(super) recipients: Vec<Recipient>,
    /// As many as `recipients`, in the same order.
    pub(super) routes: Vec<Route>,
    /// RCPT commands, refused ones too.
    pub(super) attempts: usize,
    pub(super) stages: Vec<(Stage, Timestamp)>,
    pub(super) lints: Vec<Lint>,
    /// What BDAT brought so far; `None` before the first.
    pub(super) chunks: Option<Chunks>,
}

/// Whom a message is from and for, to report what became of it.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) from: String,
    pub(super) to: Vec<Recipient>,
    /// Held until the message is stored: its octets are in memory as long.
    pub(super) _share: Share,
}

impl State {
    /// Whether a transaction is under way.
    pub(super) const fn in_transaction(&self) -> bool {
        matches!(
            self,
            Self::Envelope(_)
                | Self::Data(..)
                | Self::Chunk(_)
                | Self::AskedAvailability(_)
                | Self::AskedRoute(..)
                | Self::AskedDelivery(_)
        )
    }
}

impl Transaction {
    /// Notes a lint once.
    pub(super) fn lint(&mut self, lint: Lint) {
        if !self.lints.contains(&lint) {
            self.lints.push(lint);
        }
    }
}
