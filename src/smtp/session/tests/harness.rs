//! Plays the client, the driver and the services to a session.

use std::sync::Arc;

use crate::config::{AuthPolicy, SmtpSection};
use crate::inboxes::{Delivery, Error, Login, Refusal, Rejection, Route};
use crate::model::receipt::TlsFacts;
use crate::model::{MessageId, Secret, Timestamp};
use crate::smtp::auth::scram::Keys;
use crate::smtp::rules::Rules;
use crate::smtp::session::{Answer, Link, Next, Protocol, Question, Session};

/// The one password of `anna@x.test`.
pub(super) const PASSWORD: &str = "pencil";

/// A session with its surroundings.
pub(super) struct Play {
    pub(super) session: Session,
    /// What was read and not used yet.
    input: Vec<u8>,
    /// All that was replied, and in brackets what else happened.
    pub(super) said: String,
    pub(super) delivered: Vec<Delivery>,
    pub(super) rejected: Vec<Rejection>,
    /// What the next deliveries come to instead of being stored.
    pub(super) failing: Option<fn() -> Error>,
    /// What MAIL comes to.
    pub(super) unavailable: Option<fn() -> Error>,
    pub(super) now: Timestamp,
}

pub(super) fn section() -> SmtpSection {
    SmtpSection {
        listen: vec![],
        listen_tls: vec![],
        listen_lmtp: vec![],
        starttls: true,
        hostname: "mx.test".to_owned(),
        max_message_bytes: 2000,
        max_in_flight_bytes: 1 << 20,
        max_recipients: 5,
        auth: AuthPolicy::Any,
        auth_without_tls: true,
        strict_line_ends: false,
        max_connections: 10,
        max_connections_per_ip: 10,
        max_connections_per_ip_per_minute: 100,
        limit_loopback: false,
        command_timeout_s: 300,
        min_data_rate: 500,
        xclient_networks: vec![],
    }
}

pub(super) fn tls() -> TlsFacts {
    TlsFacts { version: "TLSv1.3".to_owned(), cipher: "TLS13_AES_256_GCM_SHA384".to_owned(), server_name: None }
}

fn link(protocol: Protocol, tls: Option<TlsFacts>) -> Link {
    let [peer, local] = ["192.0.2.7:4711", "192.0.2.1:1025"].map(|text| text.parse().unwrap());
    Link { protocol, peer, local, tls }
}

impl Play {
    pub(super) fn new(section: SmtpSection) -> Self {
        Self::over(section, Protocol::Smtp, None)
    }

    pub(super) fn over(section: SmtpSection, protocol: Protocol, tls: Option<TlsFacts>) -> Self {
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        let rules = Rules { nonce: || "nonce".to_owned(), ..Rules::new(section, true) };
        Self {
            session: Session::new(Arc::new(rules), link(protocol, tls), now),
            input: Vec::new(),
            said: String::new(),
            delivered: Vec::new(),
            rejected: Vec::new(),
            failing: None,
            unavailable: None,
            now,
        }
    }

    /// Lets the client send `octets`, in one piece; false once the connection is over.
    pub(super) fn send(&mut self, octets: &[u8]) -> bool {
        self.input.extend_from_slice(octets);
        let mut next = Next::Read;
        loop {
            next = match next {
                Next::Read => {
                    let (used, next) = self.session.feed(&self.input, self.now);
                    self.input.drain(..used);
                    if matches!(next, Next::Read) {
                        self.collect();
                        return true;
                    }
                    next
                }
                Next::Ask(question) => {
                    let answer = self.answer(question);
                    self.session.answer(answer, self.now)
                }
                Next::Pause(length) => {
                    self.collect();
                    self.said.push_str(&format!("[pause {}]\n", length.as_secs()));
                    Next::Read
                }
                Next::StartTls => {
                    self.collect();
                    self.said.push_str("[tls]\n");
                    self.input.clear();
                    self.session.secured(tls(), self.now);
                    Next::Read
                }
                Next::Quit | Next::Close => {
                    self.collect();
                    self.said.push_str("[closed]\n");
                    return false;
                }
            }
        }
    }

    fn collect(&mut self) {
        self.said.push_str(&String::from_utf8(self.session.output().to_vec()).unwrap().replace("\r\n", "\n"));
        self.session.sent();
        self.rejected.extend(self.session.take_rejections());
    }

    fn answer(&mut self, question: Question) -> Answer {
        let anna = || Login { identity: "anna@x.test".to_owned(), inbox: None, verified: true };
        match question {
            Question::Availability => Answer::Availability(self.unavailable.map(|error| error())),
            Question::Resolve(path) => Answer::Resolve(match path.local() {
                "nobody" => Err(Refusal::UnknownInbox),
                "old" => Err(Refusal::Expired),
                "ice" => Err(Refusal::Frozen),
                "full" => Err(Refusal::OverQuota),
                "later" => Err(Refusal::Scripted { code: 451, text: "try later".to_owned() }),
                "hangup" => Err(Refusal::Scripted { code: 421, text: "go away".to_owned() }),
                "broken" => Err(Refusal::Store(crate::store::Error::Unavailable.into())),
                _ => Ok(Route::to(path, crate::model::InboxId::new(crate::model::Timestamp::from_micros(0)))),
            }),
            Question::Password { username, password } => Answer::Password(match username.as_str() {
                "broken" => Err(crate::store::Error::Unavailable.into()),
                "anna@x.test" if password.expose() == PASSWORD => Ok(anna()),
                _ => Err(Error::Denied),
            }),
            Question::SharedSecret { username } => {
                Answer::SharedSecret(Ok((username == "anna@x.test").then(|| (Secret::new(PASSWORD), anna()))))
            }
            Question::ScramKeys { username, salt } => {
                let keys = Keys::derive(&Secret::new(PASSWORD), &salt);
                Answer::ScramKeys(Ok((keys, (username == "anna@x.test").then(anna))))
            }
            Question::Deliver(delivery) => {
                if let Some(error) = self.failing {
                    return Answer::Deliver(Err(error()));
                }
                let number = |at| MessageId::from_uuid(uuid::Uuid::from_u128(at));
                let ids = (0_u128..).take(delivery.routes.len()).map(number).collect();
                self.delivered.push(*delivery);
                Answer::Deliver(Ok(ids))
            }
        }
    }

    /// Plays `C:` lines to the session and compares what it says with the `S:` lines. `…` stands for anything,
    /// `S: [tls]` for what is no reply. `⏎` sends the next command in the same piece.
    pub(super) fn dialogue(&mut self, script: &str) -> &mut Self {
        self.run(script, |play, line| play.send(line));
        self
    }

    /// The same, each octet by itself.
    pub(super) fn dialogue_bytewise(&mut self, script: &str) -> &mut Self {
        self.run(script, |play, line| line.iter().all(|octet| play.send(&[*octet])));
        self
    }

    fn run(&mut self, script: &str, send: impl Fn(&mut Self, &[u8]) -> bool) {
        let mut expected = Vec::new();
        for line in script.lines().map(str::trim_start).filter(|line| !line.is_empty()) {
            if let Some(text) = line.strip_prefix("C: ").or((line == "C:").then_some("")) {
                send(self, format!("{}\r\n", text.replace('⏎', "\r\n")).as_bytes());
            } else if let Some(text) = line.strip_prefix("S: ") {
                self.collect();
                expected.push(text);
            } else {
                panic!("neither C: nor S: in {line:?}");
            }
        }
        self.collect();
        let said: Vec<_> = self.said.lines().collect();
        let fits =
            said.len() == expected.len() && said.iter().zip(&expected).all(|(said, expected)| fits(said, expected));
        assert!(fits, "expected\n{}\nbut it said\n{}", expected.join("\n"), said.join("\n"));
        self.said.clear();
    }
}

/// A new session, in both segmentations.
pub(super) fn dialogue(section: &SmtpSection, script: &str) -> Play {
    Play::new(section.clone()).dialogue_bytewise(script);
    let mut play = Play::new(section.clone());
    play.dialogue(script);
    play
}

/// Whether `text` is `pattern`, in which each `…` stands for anything.
fn fits(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('…');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let parts: Vec<_> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}
