//! The server: what every connection is served by.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::auth::scram::Keys;
use super::rules::Rules;
use super::session::{Answer, Link, Next, Protocol, Question, Session};
use super::wire::{Pace, Turn, Wire};
use crate::config::SmtpSection;
use crate::inboxes::{Error, Inboxes};
use crate::model::Secret;
use crate::net::{Connection, Stream, TlsServer};

/// From the reply to STARTTLS to the end of the handshake.
const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(30);

/// What every connection is served by: one for all SMTP and LMTP listeners.
#[derive(Debug)]
pub struct Server {
    rules: Arc<Rules>,
    inboxes: Inboxes,
    tls: Option<TlsServer>,
    pace: Pace,
}

impl Server {
    /// A server for `inboxes`. With `tls` it offers STARTTLS.
    #[must_use]
    pub fn new(section: SmtpSection, inboxes: Inboxes, tls: Option<TlsServer>) -> Self {
        let pace = Pace { command: Duration::from_secs(section.command_timeout_s), min_rate: section.min_data_rate };
        Self { rules: Arc::new(Rules::new(section, tls.is_some())), inboxes, tls, pace }
    }
}

/// Serves one connection to its end, or until `shutdown` has let its transaction finish.
pub async fn serve(connection: Connection, protocol: Protocol, server: Arc<Server>, shutdown: CancellationToken) {
    // A token of its own, so that thousands of connections do not wait for one lock.
    let shutdown = shutdown.child_token();
    let Connection { stream, peer, local, tls } = connection;
    let clock = server.inboxes.clock();
    let mut session = Session::new(Arc::clone(&server.rules), Link { protocol, peer, local, tls }, clock.now());
    server.inboxes.note_connection();
    let mut wire = Wire::new(stream, server.pace);
    // RFC 5321 §4.3.1: the client waits for the greeting. Whoever does not is no mail client.
    let mut next = if wire.has_spoken().await { session.spoke_first(clock.now()) } else { Next::Read };
    loop {
        let turn = wire.turn(&mut session, next, clock, &shutdown).await;
        for rejection in session.take_rejections() {
            server.inboxes.note_rejection(rejection);
        }
        next = match turn {
            Turn::Ask(question) => {
                let answer = server.answer(&session, question).await;
                session.answer(answer, clock.now())
            }
            Turn::StartTls => match server.secure(wire.into_stream(), &mut session).await {
                Some(stream) => {
                    wire = Wire::new(stream, server.pace);
                    Next::Read
                }
                None => return,
            },
            Turn::Note => Next::Read,
            Turn::Over => return,
        };
    }
}

impl Server {
    async fn answer(&self, session: &Session, question: Question) -> Answer {
        match question {
            Question::Availability => Answer::Availability(self.inboxes.unavailable()),
            Question::Resolve(path) => Answer::Resolve(self.inboxes.resolve(&path, session.login()).await),
            Question::Password { username, password } => {
                Answer::Password(self.inboxes.check_password(&username, &password).await)
            }
            Question::SharedSecret { username } => Answer::SharedSecret(self.inboxes.shared_secret(&username).await),
            Question::ScramKeys { username, salt } => {
                let known = match self.inboxes.shared_secret(&username).await {
                    Ok(known) => known,
                    Err(error) => return Answer::ScramKeys(Err(error)),
                };
                // An unknown name costs as much as a known one.
                let (secret, login) = match known {
                    Some((secret, login)) => (secret, Some(login)),
                    None => (Secret::new(""), None),
                };
                let derived = tokio::task::spawn_blocking(move || Keys::derive(&secret, &salt)).await;
                Answer::ScramKeys(derived.map(|keys| (keys, login)).map_err(|_| Error::StoreClosed))
            }
            Question::Deliver(delivery) => {
                let outcome = self.inboxes.deliver(*delivery).await;
                if let Err(Error::Store(cause)) = &outcome {
                    // Logged once, here: the client learns only that it may try again.
                    tracing::error!(error = %cause, "a message could not be stored");
                }
                Answer::Deliver(outcome)
            }
        }
    }

    /// Makes the handshake; all that the session knew from before is forgotten.
    async fn secure(&self, stream: Stream, session: &mut Session) -> Option<Stream> {
        let tls = self.tls.as_ref()?;
        match stream.start_tls(tls, Instant::now() + HANDSHAKE_DEADLINE).await {
            Ok((stream, facts)) => {
                session.secured(facts, self.inboxes.clock().now());
                Some(stream)
            }
            Err(error) => {
                debug!(%error, "the TLS handshake after STARTTLS failed");
                None
            }
        }
    }
}
