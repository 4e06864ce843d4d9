//! DATA, and the end of a message however it came.

use super::core::{Protocol, Session};
use super::next::{Next, Question};
use super::state::{Pending, State, Transaction};
use crate::inboxes::{Delivery, Error};
use crate::model::envelope::BodyKind;
use crate::model::receipt::Stage;
use crate::model::{MessageId, Recipient};
use crate::smtp::data::{Body, Content, EndOfData, NotKept, Progress};
use crate::smtp::reply::{self, Reply};

/// Octets of a message too large that are read before the connection is given up, at least.
const MIN_DRAIN_BYTES: u64 = 1024 * 1024 * 1024;
/// The same, as so many times the limit of a message.
const DRAIN_FACTOR: u64 = 16;

impl Session {
    pub(super) fn data(&mut self) -> Next {
        let mut transaction = match std::mem::replace(&mut self.state, State::Ready) {
            State::Envelope(transaction) => transaction,
            other => {
                self.state = other;
                return self.fail(&reply::BAD_SEQUENCE.saying("DATA comes after MAIL and RCPT"));
            }
        };
        let refusal = if transaction.chunks.is_some() {
            // RFC 3030 §2: not both in one transaction.
            Some(reply::BAD_SEQUENCE.saying("the message was begun with BDAT"))
        } else if transaction.mail.body == BodyKind::BinaryMime {
            // RFC 3030 §3: no line can end what has no lines.
            Some(reply::BAD_SEQUENCE.saying("a BINARYMIME message comes with BDAT"))
        } else {
            refusal_without_recipients(&transaction)
        };
        if let Some(refusal) = refusal {
            self.state = State::Envelope(transaction);
            return self.fail(&refusal);
        }
        transaction.stages.push((Stage::Data, self.now));
        let body = self.empty_body(transaction.mail.declared_size);
        self.state = State::Data(transaction, Box::new(EndOfData::new(body)));
        self.say(&reply::START_DATA)
    }

    /// Reads octets of the message.
    pub(super) fn data_octets(&mut self, input: &[u8]) -> (usize, Next) {
        let State::Data(transaction, mut reader) = std::mem::replace(&mut self.state, State::Ready) else {
            return (0, Next::Read);
        };
        match reader.push(input) {
            Progress::End(used) => {
                self.hear(&format!("<{} octets>", reader.received()));
                let next = self.message_complete(*transaction, reader.finish());
                (used, next)
            }
            Progress::More if reader.received() > self.drain_limit() => {
                let reply = self.too_large();
                self.report(&transaction, &reply, "size");
                (input.len(), self.close_with(&reply))
            }
            Progress::More => {
                self.state = State::Data(transaction, reader);
                (input.len(), Next::Read)
            }
        }
    }

    /// All octets are there: hands the message over, or refuses it.
    pub(super) fn message_complete(&mut self, mut transaction: Transaction, content: Result<Content, NotKept>) -> Next {
        transaction.stages.push((Stage::DataEnd, self.now));
        let content = match content {
            Ok(content) => content,
            Err(why) => {
                let (reply, cause) = self.reply_to_unkept(why);
                return self.refuse_message(&transaction, &reply, cause);
            }
        };
        let lines_matter = transaction.mail.body != BodyKind::BinaryMime;
        if self.rules.section.strict_line_ends && lines_matter && content.octets.has_bare_line_ends() {
            return self.refuse_message(&transaction, &reply::BARE_LINE_END, "line_ends");
        }
        let pending = Pending {
            from: transaction.reverse_path.to_string(),
            to: transaction.recipients.clone(),
            _share: content.share,
        };
        let routes = std::mem::take(&mut transaction.routes);
        let lints = content.octets.finish(transaction.mail.body);
        let receipt = self.receipt(transaction, lints);
        self.state = State::AskedDelivery(pending);
        Next::Ask(Question::Deliver(Box::new(Delivery { raw: content.raw.into(), receipt, routes })))
    }

    pub(super) fn deliver_answered(&mut self, pending: &Pending, ids: Result<Vec<MessageId>, Error>) -> Next {
        let reply = match ids {
            Ok(ids) => {
                self.budget.mail_came();
                stored(&ids)
            }
            Err(error) => {
                let reply = reply::for_error(&error);
                self.report_each(&pending.from, &pending.to, &reply, reply::error_cause(&error));
                reply
            }
        };
        self.state = State::Ready;
        let next = self.say_to_each(pending.to.len(), &reply);
        self.transcript.forget_transaction();
        next
    }

    /// The reply to a message larger than the limit.
    pub(super) fn too_large(&self) -> Reply {
        reply::TOO_LARGE
            .saying(format!("the message is too large: at most {} octets", self.rules.section.max_message_bytes))
    }

    /// The reply to a message of which nothing was kept, and the cause to note.
    pub(super) fn reply_to_unkept(&self, why: NotKept) -> (Reply, &'static str) {
        match why {
            NotKept::TooLarge => (self.too_large(), "size"),
            NotKept::Crowded => (reply::CROWDED, "load"),
        }
    }

    /// An empty message.
    pub(super) fn empty_body(&self, declared: Option<u64>) -> Body {
        Body::new(self.rules.section.max_message_bytes, declared, self.rules.in_flight.share())
    }

    /// Octets of one message after which reading on is pointless.
    pub(super) fn drain_limit(&self) -> u64 {
        self.rules.section.max_message_bytes.saturating_mul(DRAIN_FACTOR).max(MIN_DRAIN_BYTES)
    }

    /// Notes for each recipient that the message was refused.
    pub(super) fn report(&mut self, transaction: &Transaction, reply: &Reply, cause: &'static str) {
        self.report_each(&transaction.reverse_path.to_string(), &transaction.recipients, reply, cause);
    }

    fn refuse_message(&mut self, transaction: &Transaction, reply: &Reply, cause: &'static str) -> Next {
        self.report(transaction, reply, cause);
        self.state = State::Ready;
        let next = self.say_to_each(transaction.recipients.len(), reply);
        self.transcript.forget_transaction();
        next
    }

    /// In SMTP one reply, in LMTP one for each recipient. Spec: RFC 2033 §4.2.
    fn say_to_each(&mut self, recipients: usize, reply: &Reply) -> Next {
        self.say_to_all_but_one(recipients, reply);
        self.refuse(reply)
    }

    pub(super) fn say_to_all_but_one(&mut self, recipients: usize, reply: &Reply) {
        if self.link.protocol == Protocol::Lmtp {
            for _ in 1..recipients {
                self.say(reply);
            }
        }
    }

    fn report_each(&mut self, from: &str, to: &[Recipient], reply: &Reply, cause: &'static str) {
        for recipient in to {
            self.reject(Stage::DataEnd, reply, cause, Some(from.to_owned()), Some(recipient.path.to_string()));
        }
    }
}

/// Why a message cannot come yet; `None` once a recipient was accepted.
pub(super) fn refusal_without_recipients(transaction: &Transaction) -> Option<Reply> {
    match (transaction.recipients.len(), transaction.attempts) {
        (0, 0) => Some(reply::BAD_SEQUENCE.saying("RCPT comes first")),
        (0, _) => Some(reply::NO_RECIPIENTS),
        _ => None,
    }
}

fn stored(ids: &[MessageId]) -> Reply {
    match ids {
        [] => reply::STORED,
        [id] => reply::STORED.saying(format!("{id} stored")),
        [first, ..] => reply::STORED.saying(format!("{} messages stored, the first is {first}", ids.len())),
    }
}
