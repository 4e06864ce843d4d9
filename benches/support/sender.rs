//! One SMTP connection that sends one mail after the other.

use std::net::SocketAddr;
use std::time::Instant;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A connection that has said EHLO.
pub struct Sender {
    stream: BufReader<TcpStream>,
}

impl Sender {
    pub async fn connect(at: SocketAddr) -> Self {
        let stream = TcpStream::connect(at).await.expect("SMTP listens");
        stream.set_nodelay(true).expect("an open socket");
        let mut sender = Self { stream: BufReader::new(stream) };
        sender.expect("220").await;
        sender.say(b"EHLO bench.example\r\n", "250").await;
        sender
    }

    /// Sends a mail; gives the moment at which its 250 was read.
    pub async fn send(&mut self, to: &str, subject: &str, octets: usize) -> Instant {
        self.send_octets(to, &mail(to, subject, octets)).await
    }

    /// Sends these octets, whose end is theirs to bring; gives the moment at which their 250 was read.
    pub async fn send_octets(&mut self, to: &str, octets: &str) -> Instant {
        self.say(b"MAIL FROM:<a@example.com>\r\n", "250").await;
        self.say(format!("RCPT TO:<{to}>\r\n").as_bytes(), "250").await;
        self.say(b"DATA\r\n", "354").await;
        self.say(octets.as_bytes(), "250").await;
        Instant::now()
    }

    async fn say(&mut self, octets: &[u8], wanted: &str) {
        self.stream.get_mut().write_all(octets).await.expect("an open connection");
        self.expect(wanted).await;
    }

    async fn expect(&mut self, wanted: &str) {
        let mut line = String::new();
        while line.is_empty() || line.as_bytes().get(3) == Some(&b'-') {
            line.clear();
            let read = self.stream.read_line(&mut line).await.expect("a reply");
            assert!(read > 0 && line.starts_with(wanted), "{wanted} was expected: {line:?}");
        }
    }
}

/// A mail of about so many octets, with its end; compression finds little to save in it.
fn mail(to: &str, subject: &str, octets: usize) -> String {
    let mut mail = String::with_capacity(octets + 100);
    mail.push_str(&format!(
        "From: a@example.com\r\nTo: {to}\r\nSubject: {subject}\r\nDate: Fri, 20 Nov 2026 09:00:00 +0000\r\n\
         Message-ID: <{subject}@bench.example>\r\n\r\n"
    ));
    while mail.len() + 66 <= octets {
        mail.push_str(&format!("{:032x}{:032x}\r\n", rand::random::<u128>(), rand::random::<u128>()));
    }
    mail + ".\r\n"
}
