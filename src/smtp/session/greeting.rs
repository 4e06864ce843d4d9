//! The greeting, and EHLO, HELO, LHLO.

use super::core::{Protocol, Session};
use super::next::Next;
use super::state::State;
use crate::config::AuthPolicy;
use crate::model::receipt::Stage;
use crate::smtp::command::{Greeting, Mechanism};
use crate::smtp::reply::{self, Reply};

impl Session {
    /// Says `220`. RFC 2034 §4: without an enhanced code.
    pub(super) fn open(&mut self) {
        let protocol = match self.link.protocol {
            Protocol::Smtp => "ESMTP",
            Protocol::Lmtp => "LMTP",
        };
        let text = format!("{} {protocol} Restante", self.rules.section.hostname);
        self.say(&Reply::plain(220, "").saying(text));
    }

    pub(super) fn greet(&mut self, greeting: Greeting, name: &str) -> Next {
        // RFC 2033 §4.1: LHLO greets in LMTP, and nothing else does.
        if (greeting == Greeting::Lhlo) != (self.link.protocol == Protocol::Lmtp) {
            return self.fail(&reply::WRONG_GREETING);
        }
        if self.is_idle_too_long() {
            return self.close_with(&reply::TOO_MANY_IDLE_COMMANDS);
        }
        // RFC 5321 §4.1.4: a later EHLO does what RSET does.
        self.state = State::Ready;
        self.hello = Some((greeting, name.to_owned()));
        self.reached(Stage::Ehlo);
        let first = format!("{} greets {name}", self.rules.section.hostname);
        if greeting == Greeting::Helo {
            return self.say(&Reply::plain(250, "").saying(first));
        }
        let mut lines = vec![first];
        lines.extend(self.extensions());
        self.say_lines(250, &lines);
        Next::Read
    }

    fn extensions(&self) -> Vec<String> {
        let section = &self.rules.section;
        let mut lines = vec![
            "PIPELINING".to_owned(),
            format!("SIZE {}", section.max_message_bytes),
            "8BITMIME".to_owned(),
            "SMTPUTF8".to_owned(),
            "CHUNKING".to_owned(),
            "BINARYMIME".to_owned(),
            "DSN".to_owned(),
            "ENHANCEDSTATUSCODES".to_owned(),
            // MAILMAX is not announced: there is no such limit.
            format!("LIMITS RCPTMAX={}", section.max_recipients),
        ];
        if self.may_start_tls() {
            lines.push("STARTTLS".to_owned());
        }
        if self.link.tls.is_some() {
            lines.push("REQUIRETLS".to_owned());
        }
        let mechanisms: Vec<_> =
            Mechanism::ALL.into_iter().filter(|mechanism| self.is_on_offer(*mechanism)).map(Mechanism::name).collect();
        if self.login.is_none() && !mechanisms.is_empty() {
            lines.push(format!("AUTH {}", mechanisms.join(" ")));
        }
        if self.is_proxy {
            lines.push("XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT".to_owned());
        }
        lines.push("HELP".to_owned());
        lines
    }

    /// Whether EHLO lists the mechanism.
    fn is_on_offer(&self, mechanism: Mechanism) -> bool {
        // Under `any` a client may come with a name that nobody knows, and SCRAM cannot satisfy that one. It works
        // for those who ask for it by name.
        let cannot_be_any = mechanism == Mechanism::ScramSha256 && self.rules.section.auth == AuthPolicy::Any;
        self.is_protected_enough(mechanism) && !cannot_be_any
    }

    /// Whether a mechanism that shows the secret may be used on this link.
    pub(super) fn is_protected_enough(&self, mechanism: Mechanism) -> bool {
        let section = &self.rules.section;
        let open = self.link.tls.is_some() || section.auth_without_tls;
        open || !mechanism.shows_secret()
    }
}
