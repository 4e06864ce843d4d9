//! RCPT.

use super::core::Session;
use super::next::{Next, Question};
use super::state::{State, Transaction};
use crate::inboxes::{Refusal, Route};
use crate::model::receipt::{Lint, Stage};
use crate::model::{Address, Recipient};
use crate::smtp::command::{Found, Path, RcptParameters, rcpt_parameters};
use crate::smtp::reply;

impl Session {
    pub(super) fn rcpt(&mut self, found: Found<'_>) -> Next {
        let mut transaction = match std::mem::replace(&mut self.state, State::Ready) {
            State::Envelope(transaction) if transaction.chunks.is_none() => transaction,
            other => {
                self.state = other;
                return self.fail(&reply::BAD_SEQUENCE.saying("RCPT comes after MAIL and before the message"));
            }
        };
        let max = self.rules.section.max_recipients;
        transaction.attempts += 1;
        let (attempts, accepted) = (transaction.attempts, transaction.recipients.len());
        if found.sloppy {
            transaction.lint(Lint::SloppyPath);
        }
        if !transaction.mail.smtputf8 && !found.path.is_ascii() {
            transaction.lint(Lint::Utf8WithoutSmtputf8);
        }
        let path = match found.path {
            Path::Address(address) => Some(address),
            // RFC 5321 §4.5.1: mail for it is taken without a domain too.
            Path::Postmaster => Address::new("postmaster", self.rules.section.hostname.as_str()).ok(),
            Path::Null => None,
        };
        self.state = State::Envelope(transaction);
        let Some(path) = path else { return self.fail(&reply::BAD_RECIPIENT) };
        let RcptParameters { notify, original } = match rcpt_parameters(found.rest) {
            Ok(parameters) => parameters,
            Err(reply) => {
                self.reject(Stage::Rcpt, &reply, "syntax", self.sender(), Some(path.to_string()));
                return self.fail(&reply);
            }
        };
        // RFC 5321 §4.5.3.1.10: the client sends the rest in another transaction. One that never stops is in error.
        if accepted >= max {
            let reply = reply::TOO_MANY_RECIPIENTS;
            self.reject(Stage::Rcpt, &reply, "too_many_recipients", self.sender(), Some(path.to_string()));
            return if attempts > max.saturating_mul(2) { self.fail(&reply) } else { self.refuse(&reply) };
        }
        let recipient = Recipient { path: path.clone(), notify, original };
        if let State::Envelope(transaction) = std::mem::replace(&mut self.state, State::Ready) {
            self.state = State::AskedRoute(transaction, recipient);
        }
        Next::Ask(Question::Resolve(path))
    }

    pub(super) fn rcpt_answered(
        &mut self,
        mut transaction: Box<Transaction>,
        recipient: Recipient,
        route: Result<Route, Refusal>,
    ) -> Next {
        match route {
            Ok(route) => {
                if transaction.recipients.is_empty() {
                    transaction.stages.push((Stage::Rcpt, self.now));
                }
                transaction.recipients.push(recipient);
                transaction.routes.push(route);
                self.state = State::Envelope(transaction);
                self.say(&reply::RECIPIENT_OK)
            }
            Err(refusal) => {
                let reply = reply::for_refusal(&refusal);
                let from = Some(transaction.reverse_path.to_string());
                let to = Some(recipient.path.to_string());
                // A client that goes on for ever with recipients that are refused costs a look-up each.
                let overshoot = transaction.attempts > self.rules.section.max_recipients.saturating_mul(2);
                self.state = State::Envelope(transaction);
                self.reject(Stage::Rcpt, &reply, reply::refusal_cause(&refusal), from, to);
                if overshoot { self.fail(&reply) } else { self.refuse(&reply) }
            }
        }
    }
}
