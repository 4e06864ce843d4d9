//! A session under octets of any kind, cut anywhere, with services that say yes or no.

#![no_main]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use restante::config::{AuthPolicy, SmtpSection};
use restante::inboxes::{Error, Login, Refusal, Route};
use restante::model::{InboxId, Secret, Timestamp};
use restante::smtp::Protocol;
use restante::smtp::rules::Rules;
use restante::smtp::session::{Answer, Link, Next, Question, Session};

static RULES: LazyLock<[Arc<Rules>; 3]> = LazyLock::new(|| {
    [AuthPolicy::Any, AuthPolicy::Optional, AuthPolicy::Required].map(|auth| {
        let section = SmtpSection {
            listen: Vec::new(),
            listen_tls: Vec::new(),
            listen_lmtp: Vec::new(),
            starttls: true,
        hostname: "mx.test".to_owned(),
            max_message_bytes: 4096,
            max_in_flight_bytes: 1 << 20,
            max_recipients: 3,
            auth,
            auth_without_tls: true,
            strict_line_ends: auth == AuthPolicy::Optional,
            max_connections: 1,
            max_connections_per_ip: 1,
            max_connections_per_ip_per_minute: 1,
            limit_loopback: false,
            command_timeout_s: 1,
            min_data_rate: 1,
            xclient_networks: "127.0.0.0/8".parse().into_iter().collect(),
        };
        Arc::new(Rules::new(section, true))
    })
});

/// The first octet chooses policy and protocol, the second how the rest is cut.
fuzz_target!(|octets: &[u8]| {
    let [choice, cut, input @ ..] = octets else { return };
    let rules = Arc::clone(&RULES[usize::from(choice % 3)]);
    let protocol = if choice & 0x80 == 0 { Protocol::Smtp } else { Protocol::Lmtp };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 25));
    let now = Timestamp::from_micros(0);
    let link = Link { protocol, peer: address, local: address, tls: None };
    let mut session = Session::new(rules, link, now);
    let mut pending = Vec::new();
    for piece in input.chunks(usize::from(*cut).max(1)) {
        pending.extend_from_slice(piece);
        if !feed(&mut session, &mut pending, now) {
            return;
        }
    }
});

fn feed(session: &mut Session, pending: &mut Vec<u8>, now: Timestamp) -> bool {
    let mut next = Next::Read;
    loop {
        assert!(session.output().len() < 1024 * 1024);
        next = match next {
            Next::Read => {
                let (used, next) = session.feed(pending, now);
                pending.drain(..used);
                // Only a line can wait for its end.
                assert!(pending.len() < 12_288 || !matches!(next, Next::Read));
                if matches!(next, Next::Read) {
                    session.sent();
                    return true;
                }
                next
            }
            Next::Ask(question) => {
                let answer = answer(question);
                session.answer(answer, now)
            }
            Next::Pause(_) => Next::Read,
            Next::StartTls => return false,
            Next::Quit | Next::Close => return false,
        };
    }
}

/// Says yes, or no where the question begins with a certain letter.
fn answer(question: Question) -> Answer {
    let login = || Login { identity: "anna".to_owned(), inbox: None, verified: true };
    let inbox = InboxId::new(Timestamp::from_micros(0));
    match question {
        Question::Availability => Answer::Availability(None),
        Question::Resolve(path) if path.local().starts_with('n') => Answer::Resolve(Err(Refusal::UnknownInbox)),
        Question::Resolve(path) => Answer::Resolve(Ok(Route::to(path, inbox))),
        Question::Password { username, .. } if username.starts_with('n') => Answer::Password(Err(Error::Denied)),
        Question::Password { .. } => Answer::Password(Ok(login())),
        Question::SharedSecret { .. } => Answer::SharedSecret(Ok(Some((Secret::new("pencil"), login())))),
        // Deriving takes a millisecond, which is too long here.
        Question::ScramKeys { .. } => Answer::ScramKeys(Err(Error::StoreClosed)),
        Question::Deliver(delivery) => {
            assert_eq!(delivery.routes.len(), delivery.receipt.envelope.recipients.len());
            assert!(delivery.raw.len() <= 4096);
            Answer::Deliver(if delivery.raw.starts_with(b"n") { Err(Error::DiskFull) } else { Ok(Vec::new()) })
        }
    }
}
