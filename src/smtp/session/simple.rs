//! RSET, and the commands that ask nothing of the session: NOOP, VRFY, HELP.

use super::budget::Verdict;
use super::core::Session;
use super::next::Next;
use super::state::State;
use crate::smtp::reply::{self, Reply};

impl Session {
    pub(super) fn rset(&mut self) -> Next {
        self.state = State::Ready;
        let next = self.idle(&reply::OK);
        self.transcript.forget_transaction();
        next
    }

    /// Answers a command that brings no mail. RFC 5321 §7.3: VRFY tells nobody who is here.
    pub(super) fn idle(&mut self, reply: &Reply) -> Next {
        if self.is_idle_too_long() {
            return self.close_with(&reply::TOO_MANY_IDLE_COMMANDS);
        }
        self.say(reply)
    }

    /// Counts a command that brings no mail.
    pub(super) fn is_idle_too_long(&mut self) -> bool {
        self.budget.idle_command() == Verdict::Close
    }
}
