//! mailin-embedded: why it is not our engine (decision record 0003), and its use as a receiver that we did not write.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};

use lettre::address::Envelope;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use mailin_embedded::{AuthMechanism, Handler, Response, Server, SslConfig, response};

use crate::support::dialogue::Dialogue;

/// Keeps each message; refuses those that say so.
#[derive(Clone, Default)]
struct Keeper {
    current: Vec<u8>,
    kept: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Handler for Keeper {
    fn data(&mut self, octets: &[u8]) -> io::Result<()> {
        self.current.extend_from_slice(octets);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let message = std::mem::take(&mut self.current);
        if message.starts_with(b"refuse") {
            return response::NO_MAILBOX;
        }
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(message);
        response::OK
    }
}

impl Keeper {
    fn kept(&self) -> Vec<Vec<u8>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A server on a free port. It has no stop: its thread ends with the tests.
fn start(change: impl FnOnce(&mut Server<Keeper>)) -> (SocketAddr, Keeper) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let keeper = Keeper::default();
    let mut server = Server::new(keeper.clone());
    server.with_name("mailin.test").with_ssl(SslConfig::None).unwrap().with_tcp_listener(listener);
    change(&mut server);
    std::thread::spawn(move || server.serve().is_ok());
    (at, keeper)
}

#[tokio::test]
async fn it_refuses_what_senders_send() {
    let (at, _) = start(|_| ());
    Dialogue::connect(at)
        .await
        .run(
            "S: 220 …
             C: EHLO x
             S: 250-…
             S: 250 8BITMIME
             C: MAIL FROM:<>
             S: 500 …
             C: MAIL FROM:<a@b.test> SIZE=1234
             S: 500 …
             C: MAIL FROM:<a@b.test> SMTPUTF8
             S: 500 …
             C: MAIL FROM: <a@b.test>
             S: 500 …
             C: MAIL FROM:<\"a b\"@c.test>
             S: 500 …
             C: NOOP text
             S: 500 …
             C: HELP
             S: 500 …
             C: EXPN list
             S: 500 …
             C: BDAT 0 LAST
             S: 500 …
             C: MAIL FROM:<a@b.test> BODY=8BITMIME
             S: 250 …
             C: RCPT TO:<a@b.test> NOTIFY=NEVER
             S: 500 …
             C: VRFY a
             S: 503 …",
        )
        .await;
}

#[tokio::test]
async fn its_auth_is_all_or_nothing() {
    let (at, _) = start(|server| {
        server.with_auth(AuthMechanism::Plain);
    });
    Dialogue::connect(at).await.run("S: 220 …\nC: HELO x\nS: 550 …\nC: EHLO x\nS: 250-…*\nS: 250 …").await;
    Dialogue::connect(at)
        .await
        .run("S: 220 …\nC: EHLO x\nS: 250-…*\nS: 250 …\nC: MAIL FROM:<a@b.test>\nS: 503 …")
        .await;
}

#[tokio::test]
async fn a_refused_message_leaves_it_in_data_for_ever() {
    let (at, keeper) = start(|_| ());
    let mut dialogue = Dialogue::connect(at).await;
    dialogue
        .run(
            "S: 220 …
             C: HELO x
             S: 250 …
             C: MAIL FROM:<a@b.test>
             S: 250 …
             C: RCPT TO:<a@b.test>
             S: 250 …
             C: DATA
             S: 354 …
             C: refuse
             C: .
             S: 550 …",
        )
        .await;
    // RSET and NOOP are swallowed as text of a second message; only its end is answered.
    dialogue.run("C: RSET\nC: NOOP\nC: .\nS: 250 …").await;
    assert_eq!(keeper.kept(), [b"RSET\r\nNOOP\r\n"]);
}

#[tokio::test]
async fn a_bare_lf_before_the_dot_ends_its_data() {
    let (at, keeper) = start(|_| ());
    let mut dialogue = Dialogue::connect(at).await;
    dialogue
        .run("S: 220 …\nC: HELO x\nS: 250 …\nC: MAIL FROM:<a@b.test>\nS: 250 …\nC: RCPT TO:<a@b.test>\nS: 250 …\nC: DATA\nS: 354 …")
        .await;
    dialogue.send(b"smuggled\n.\r\n").await;
    dialogue.run("S: 250 …").await;
    assert_eq!(keeper.kept().len(), 1);
}

#[tokio::test]
async fn it_has_no_limit_for_a_line() {
    let (at, _) = start(|_| ());
    let mut dialogue = Dialogue::connect(at).await;
    dialogue.run("S: 220 …").await;
    dialogue.send(&vec![b'x'; 8 * 1024 * 1024]).await;
    // All of it was kept to the end of the line, or the answer would have come before.
    dialogue.run("C: \nS: 500 …").await;
}

#[tokio::test]
async fn what_lettre_sends_it_receives() {
    let (at, keeper) = start(|_| ());
    let sender: AsyncSmtpTransport<Tokio1Executor> =
        AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1").port(at.port()).build();
    let message = "From: a@b.test\r\nTo: c@d.test\r\nSubject: relayed\r\n\r\n.a line with a dot\r\n..two\r\nend";
    let envelope = Envelope::new(Some("a@b.test".parse().unwrap()), vec!["c@d.test".parse().unwrap()]).unwrap();
    sender.send_raw(&envelope, message.as_bytes()).await.unwrap();
    // lettre puts a line end behind whatever it is given.
    let kept: Vec<_> = keeper.kept().into_iter().map(|octets| String::from_utf8(octets).unwrap()).collect();
    assert_eq!(kept, [format!("{message}\r\n")]);
}
