//! STARTTLS.

use super::core::Session;
use super::next::Next;
use super::state::State;
use crate::model::Timestamp;
use crate::model::receipt::{Stage, TlsFacts};
use crate::smtp::reply;

impl Session {
    /// Whether STARTTLS is on offer now.
    pub(super) fn may_start_tls(&self) -> bool {
        self.rules.starttls && self.link.tls.is_none()
    }

    pub(super) fn starttls(&mut self) -> Next {
        if self.link.tls.is_some() {
            return self.fail(&reply::BAD_SEQUENCE.saying("TLS is in use already"));
        }
        if !self.rules.starttls {
            return self.fail(&reply::NOT_IMPLEMENTED.saying("TLS is not set up here"));
        }
        if self.login.is_some() || self.state.in_transaction() {
            return self.fail(&reply::BAD_SEQUENCE.saying("STARTTLS comes before AUTH and MAIL"));
        }
        self.say(&reply::READY_FOR_TLS);
        Next::StartTls
    }

    /// TLS is in use now: all that was said without it is forgotten. Spec: RFC 3207 §4.2.
    ///
    /// The counts of errors go on, so that STARTTLS is no way out of them.
    pub fn secured(&mut self, tls: TlsFacts, now: Timestamp) {
        self.now = now;
        self.link.tls = Some(tls);
        self.state = State::Ready;
        self.hello = None;
        self.login = None;
        self.stages.retain(|(stage, _)| *stage == Stage::Connect);
        self.transcript.forget_transaction();
        self.note_tls();
    }
}
