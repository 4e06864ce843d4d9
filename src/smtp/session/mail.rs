//! MAIL.

use super::core::Session;
use super::next::{Next, Question};
use super::state::{State, Transaction};
use crate::config::AuthPolicy;
use crate::inboxes::Error;
use crate::model::ReversePath;
use crate::model::receipt::{Lint, Stage};
use crate::smtp::command::{Found, Path, mail_parameters};
use crate::smtp::reply;

impl Session {
    pub(super) fn mail(&mut self, found: Found<'_>) -> Next {
        if !matches!(self.state, State::Ready) {
            return self.fail(&reply::BAD_SEQUENCE.saying("a transaction is open: RSET ends it"));
        }
        let is_ascii = found.path.is_ascii();
        let reverse_path = match found.path {
            Path::Address(address) => ReversePath::Address(address),
            Path::Null | Path::Postmaster => ReversePath::Null,
        };
        let from = || Some(reverse_path.to_string());
        if self.login.is_none() && self.rules.section.auth == AuthPolicy::Required {
            self.reject(Stage::Mail, &reply::AUTH_REQUIRED, "auth", from(), None);
            return self.fail(&reply::AUTH_REQUIRED);
        }
        let mail = match mail_parameters(found.rest, self.link.tls.is_some()) {
            Ok(mail) => mail,
            Err(reply) => {
                self.reject(Stage::Mail, &reply, "syntax", from(), None);
                return self.fail(&reply);
            }
        };
        // RFC 1870 §6.1: known now, so refused now.
        if mail.declared_size.is_some_and(|size| size > self.rules.section.max_message_bytes) {
            let reply = self.too_large();
            self.reject(Stage::Mail, &reply, "size", from(), None);
            return self.idle(&reply);
        }
        let mut transaction = Transaction {
            reverse_path,
            mail,
            recipients: Vec::new(),
            routes: Vec::new(),
            attempts: 0,
            stages: vec![(Stage::Mail, self.now)],
            lints: Vec::new(),
            chunks: None,
        };
        if self.hello.is_none() {
            transaction.lint(Lint::NoGreeting);
        }
        if found.sloppy {
            transaction.lint(Lint::SloppyPath);
        }
        if !transaction.mail.smtputf8 && !is_ascii {
            transaction.lint(Lint::Utf8WithoutSmtputf8);
        }
        self.state = State::AskedAvailability(Box::new(transaction));
        Next::Ask(Question::Availability)
    }

    pub(super) fn mail_answered(&mut self, transaction: Box<Transaction>, why: Option<Error>) -> Next {
        if let Some(error) = why {
            let reply = reply::for_error(&error);
            let from = Some(transaction.reverse_path.to_string());
            self.reject(Stage::Mail, &reply, reply::error_cause(&error), from, None);
            return self.refuse(&reply);
        }
        self.state = State::Envelope(transaction);
        self.say(&reply::SENDER_OK)
    }
}
