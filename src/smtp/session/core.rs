//! The session itself: how input becomes lines, lines become commands, and outcomes become replies.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use memchr::memchr;

use super::budget::{Budget, Verdict};
use super::next::{Answer, Next};
use super::state::State;
use super::transcript::Transcript;
use crate::inboxes::{Login, Rejection};
use crate::model::Timestamp;
use crate::model::receipt::{Side, Stage, TlsFacts};
use crate::smtp::command::{Command, Greeting, without_end};
use crate::smtp::reply::{self, Reply};
use crate::smtp::rules::Rules;

/// Longest command line with its end. Spec: RFC 5321 §4.5.3.1.4, with room for the parameters of all extensions.
const MAX_LINE_BYTES: usize = 2048;
/// Longest line of AUTH with its end. Spec: RFC 4954 §4.
pub(super) const MAX_AUTH_LINE_BYTES: usize = 12_288;
/// The first octet of a TLS handshake, which is no command.
const TLS_HANDSHAKE: u8 = 0x16;

/// Which of the two is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// RFC 5321.
    Smtp,
    /// RFC 2033: a reply for each recipient.
    Lmtp,
}

/// The connection that a session runs over.
#[derive(Clone, Debug)]
pub struct Link {
    /// What its listener speaks.
    pub protocol: Protocol,
    /// The client.
    pub peer: SocketAddr,
    /// We.
    pub local: SocketAddr,
    /// TLS, where it is in use.
    pub tls: Option<TlsFacts>,
}

/// A session. Made with its greeting said.
#[derive(Debug)]
pub struct Session {
    pub(super) rules: Arc<Rules>,
    pub(super) link: Link,
    pub(super) state: State,
    pub(super) hello: Option<(Greeting, String)>,
    /// How, and as whom, the client authenticated.
    pub(super) login: Option<(&'static str, Login)>,
    pub(super) stages: Vec<(Stage, Timestamp)>,
    pub(super) budget: Budget,
    pub(super) transcript: Transcript,
    pub(super) rejections: Vec<Rejection>,
    /// When the input or answer that is being worked on came.
    pub(super) now: Timestamp,
    /// Command lines that ended in LF alone.
    pub(super) bare_lf_lines: u64,
    /// AUTH ended before its time: lines that are no commands may be secrets.
    pub(super) is_auth_spoilt: bool,
    /// The peer is of a network that may use XCLIENT.
    pub(super) is_proxy: bool,
    output: Vec<u8>,
    /// The line was too long, and its rest is still to come.
    skipping: bool,
    stopping: bool,
}

impl Session {
    /// A new session over `link`.
    #[must_use]
    pub fn new(rules: Arc<Rules>, link: Link, now: Timestamp) -> Self {
        let peer = link.peer.ip().to_canonical();
        let is_proxy = rules.section.xclient_networks.iter().any(|network| network.contains(&peer));
        let mut session = Self {
            rules,
            link,
            state: State::Ready,
            hello: None,
            login: None,
            stages: vec![(Stage::Connect, now)],
            budget: Budget::default(),
            transcript: Transcript::default(),
            rejections: Vec::new(),
            now,
            bare_lf_lines: 0,
            is_auth_spoilt: false,
            is_proxy,
            output: Vec::new(),
            skipping: false,
            stopping: false,
        };
        session.note_tls();
        session.open();
        session
    }

    /// Takes what it can use of `input`: gives how many octets that were, and what comes next.
    ///
    /// What was not used is fed again with what follows it. While a question is open, nothing is used.
    pub fn feed(&mut self, input: &[u8], now: Timestamp) -> (usize, Next) {
        self.now = now;
        let mut rest = input;
        loop {
            let (used, next) = self.step(rest);
            rest = rest.get(used..).unwrap_or_default();
            let next = self.unless_stopping(next);
            if !matches!(next, Next::Read) || used == 0 || rest.is_empty() {
                return (input.len() - rest.len(), next);
            }
        }
    }

    /// Takes the answer to the question that was asked last.
    pub fn answer(&mut self, answer: Answer, now: Timestamp) -> Next {
        self.now = now;
        let next = match (std::mem::replace(&mut self.state, State::Ready), answer) {
            (State::AskedAvailability(transaction), Answer::Availability(why)) => self.mail_answered(transaction, why),
            (State::AskedRoute(transaction, recipient), Answer::Resolve(route)) => {
                self.rcpt_answered(transaction, recipient, route)
            }
            (State::AskedPassword(mechanism, exchange, username), Answer::Password(login)) => {
                self.password_answered(mechanism, *exchange, username, login)
            }
            (State::AskedSharedSecret(mechanism, exchange), Answer::SharedSecret(known)) => {
                self.secret_answered(mechanism, *exchange, known)
            }
            (State::AskedScramKeys(mechanism, exchange), Answer::ScramKeys(keys)) => {
                self.keys_answered(mechanism, exchange, keys)
            }
            (State::AskedDelivery(pending), Answer::Deliver(ids)) => self.deliver_answered(&pending, ids),
            // The driver gave an answer to something else: what was asked is lost.
            _ => self.refuse(&reply::INTERNAL),
        };
        self.unless_stopping(next)
    }

    /// The replies that are to be sent. Empty when there are none.
    #[must_use]
    pub fn output(&self) -> &[u8] {
        &self.output
    }

    /// Forgets the replies, once they are sent.
    pub fn sent(&mut self) {
        self.output.clear();
        self.output.shrink_to(4096);
    }

    /// Whether something was refused since they were last taken.
    #[must_use]
    pub const fn has_rejections(&self) -> bool {
        !self.rejections.is_empty()
    }

    /// What was refused since this was last called.
    pub fn take_rejections(&mut self) -> std::vec::Drain<'_, Rejection> {
        self.rejections.drain(..)
    }

    /// Who authenticated.
    #[must_use]
    pub fn login(&self) -> Option<&Login> {
        self.login.as_ref().map(|(_, login)| login)
    }

    /// Whether a message is being read, so that the deadline moves with its octets.
    #[must_use]
    pub const fn is_reading_message(&self) -> bool {
        matches!(self.state, State::Data(..) | State::Chunk(_))
    }

    /// The client spoke before it was greeted: a sign of something that does not read what it is told.
    pub fn spoke_first(&mut self, now: Timestamp) -> Next {
        self.now = now;
        self.output.clear();
        self.close_with(&reply::SPOKE_FIRST)
    }

    /// The client took too long.
    pub fn timed_out(&mut self, now: Timestamp) -> Next {
        self.now = now;
        self.close_with(&reply::TOO_SLOW)
    }

    /// The server shuts down: a transaction may end, nothing else goes on.
    pub fn stop(&mut self, now: Timestamp) -> Next {
        self.now = now;
        self.stopping = true;
        self.unless_stopping(Next::Read)
    }

    fn unless_stopping(&mut self, next: Next) -> Next {
        let ends = matches!(next, Next::Read | Next::Pause(_)) && !self.state.in_transaction();
        if self.stopping && ends && !matches!(self.state, State::Closed) {
            return self.close_with(&reply::SHUTTING_DOWN);
        }
        next
    }

    fn step(&mut self, input: &[u8]) -> (usize, Next) {
        match &self.state {
            State::Data(..) => self.data_octets(input),
            State::Chunk(_) => self.chunk_octets(input),
            State::Ready | State::Envelope(_) | State::Auth(..) => self.next_line(input),
            State::Closed => (input.len(), Next::Close),
            _ => (0, Next::Read),
        }
    }

    fn next_line(&mut self, input: &[u8]) -> (usize, Next) {
        if self.skipping {
            return self.skip_line(input);
        }
        if input.first() == Some(&TLS_HANDSHAKE) && self.hello.is_none() {
            let reply = reply::NOT_SMTP.saying("this looks like a TLS handshake; here TLS begins with STARTTLS");
            return (input.len(), self.close_with(&reply));
        }
        let is_auth = matches!(self.state, State::Auth(..))
            || input.trim_ascii_start().get(..5).is_some_and(|verb| verb.eq_ignore_ascii_case(b"AUTH "));
        let limit = if is_auth { MAX_AUTH_LINE_BYTES } else { MAX_LINE_BYTES };
        let window = input.get(..limit).unwrap_or(input);
        match memchr(b'\n', window).and_then(|at| window.get(..=at)) {
            Some(line) => (line.len(), self.line(line)),
            None if input.len() >= limit => {
                self.skipping = true;
                self.skip_line(input)
            }
            None => (0, Next::Read),
        }
    }

    fn skip_line(&mut self, input: &[u8]) -> (usize, Next) {
        let Some(end) = memchr(b'\n', input) else { return (input.len(), Next::Read) };
        self.skipping = false;
        self.hear("<a line that is too long>");
        let next = match (self.budget.long_line(), &self.state) {
            (Verdict::Close, _) => self.close_with(&reply::TOO_MANY_ERRORS),
            (_, State::Auth(..)) => {
                self.state = State::Ready;
                self.spoilt(&reply::AUTH_TOO_LONG)
            }
            _ => self.fail(&reply::LINE_TOO_LONG),
        };
        (end + 1, next)
    }

    fn line(&mut self, line: &[u8]) -> Next {
        if !line.ends_with(b"\r\n") {
            self.bare_lf_lines += 1;
        }
        if let State::Auth(..) = self.state {
            return self.auth_response(without_end(line));
        }
        let parsed = Command::parse(line);
        if matches!(parsed, Ok(Command::Mail(_))) {
            self.transcript.end_opening();
        }
        // A client whose AUTH was refused half-way may still send the other half.
        self.is_auth_spoilt &= parsed.is_err();
        if self.is_auth_spoilt {
            self.hear("***");
        } else {
            self.hear_command(line);
        }
        match parsed {
            Ok(command) => self.command(command),
            Err(reply) => self.misunderstood(line, &reply),
        }
    }

    fn command(&mut self, command: Command<'_>) -> Next {
        match command {
            Command::Greet(greeting, name) => self.greet(greeting, name),
            Command::Mail(path) => self.mail(path),
            Command::Rcpt(path) => self.rcpt(path),
            Command::Data => self.data(),
            Command::Bdat { size, last } => self.bdat(size, last),
            Command::Auth { mechanism, initial } => self.auth(mechanism, initial),
            Command::StartTls => self.starttls(),
            Command::Xclient(attributes) => self.xclient(attributes),
            Command::Rset => self.rset(),
            Command::Noop => self.idle(&reply::OK),
            Command::Vrfy => self.idle(&reply::CANNOT_VERIFY),
            Command::Help => self.idle(&reply::HELP),
            Command::Expn => self.fail(&reply::NOT_IMPLEMENTED),
            Command::Quit => {
                self.close_with(&reply::BYE);
                Next::Quit
            }
            Command::Foreign => self.close_with(&reply::NOT_SMTP),
        }
    }

    /// Says `reply`.
    pub(super) fn say(&mut self, reply: &Reply) -> Next {
        let start = self.output.len();
        // Writing to a vector cannot fail.
        let _ = write!(self.output, "{reply}");
        self.note_output(start);
        Next::Read
    }

    /// Says a reply of several lines.
    pub(super) fn say_lines(&mut self, code: u16, lines: &[String]) {
        for (at, line) in lines.iter().enumerate() {
            let start = self.output.len();
            let separator = if at + 1 == lines.len() { ' ' } else { '-' };
            let _ = write!(self.output, "{code}{separator}{line}");
            self.note_output(start);
        }
    }

    fn note_output(&mut self, start: usize) {
        let text = self.output.get(start..).and_then(|line| std::str::from_utf8(line).ok());
        self.transcript.add(self.now, Side::Server, text.unwrap_or_default());
        self.output.extend_from_slice(b"\r\n");
    }

    /// Says `reply` to a client that did nothing wrong in form. `421` closes. Spec: RFC 5321 §3.8.
    pub(super) fn refuse(&mut self, reply: &Reply) -> Next {
        if reply.code == 421 { self.close_with(reply) } else { self.say(reply) }
    }

    /// Says `reply` to a client that broke the protocol, and counts that.
    pub(super) fn fail(&mut self, reply: &Reply) -> Next {
        match self.budget.error() {
            Verdict::GoOn => self.say(reply),
            Verdict::Slower(pause) => {
                self.say(reply);
                Next::Pause(pause)
            }
            Verdict::Close => self.close_with(&reply::TOO_MANY_ERRORS),
        }
    }

    /// Says `reply` and closes.
    pub(super) fn close_with(&mut self, reply: &Reply) -> Next {
        self.say(reply);
        self.state = State::Closed;
        Next::Close
    }

    /// Notes what the client said.
    pub(super) fn hear(&mut self, text: &str) {
        self.transcript.add(self.now, Side::Client, text);
    }

    fn hear_command(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(without_end(line));
        let text = text.trim_start();
        let looks_like_auth = text.get(..4).is_some_and(|verb| verb.eq_ignore_ascii_case("AUTH")) && text.len() > 4;
        let mut words = text.splitn(3, ' ');
        let is_name =
            |word: &str| word.len() <= 20 && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        match (words.next(), words.next(), words.next()) {
            // Never the secret, not even a misspelt one.
            (Some(verb), Some(mechanism), rest) if verb.eq_ignore_ascii_case("AUTH") => match rest {
                None if is_name(mechanism) => self.hear(text),
                Some(_) if is_name(mechanism) => self.hear(&format!("{verb} {mechanism} ***")),
                _ => self.hear(&format!("{verb} ***")),
            },
            _ if looks_like_auth => self.hear("AUTH ***"),
            _ => self.hear(text),
        }
    }

    fn misunderstood(&mut self, line: &[u8], reply: &Reply) -> Next {
        let text = String::from_utf8_lossy(without_end(line));
        if let Some((verb, path)) = text.split_once(':') {
            let path = || Some(path.chars().filter(|c| !c.is_control()).take(256).collect());
            if verb.get(..4).is_some_and(|verb| verb.eq_ignore_ascii_case("RCPT")) {
                self.reject(Stage::Rcpt, reply, "syntax", self.sender(), path());
            } else if verb.get(..4).is_some_and(|verb| verb.eq_ignore_ascii_case("MAIL")) {
                self.reject(Stage::Mail, reply, "syntax", path(), None);
            }
        }
        self.fail(reply)
    }
}
