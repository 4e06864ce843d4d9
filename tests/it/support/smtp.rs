//! An SMTP client that sends exactly what it is told to.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::PATIENCE;
use super::mail::Mail;

/// One connection.
pub struct Smtp {
    stream: BufReader<TcpStream>,
}

impl Smtp {
    /// Connects, reads the greeting and says EHLO.
    pub async fn connect(at: SocketAddr) -> Self {
        let (mut smtp, greeting) = Self::connect_bare(at).await;
        assert!(greeting.starts_with("220 "), "{greeting}");
        assert!(smtp.command("EHLO client.example").await.starts_with("250"));
        smtp
    }

    /// Connects and reads the greeting.
    pub async fn connect_bare(at: SocketAddr) -> (Self, String) {
        let stream = timeout(PATIENCE, TcpStream::connect(at)).await.expect("in time").expect("a connection");
        stream.set_nodelay(true).expect("an open socket");
        let mut smtp = Self { stream: BufReader::new(stream) };
        let greeting = smtp.reply().await;
        (smtp, greeting)
    }

    /// Sends octets as they are.
    pub async fn write(&mut self, octets: &[u8]) {
        timeout(PATIENCE, self.stream.get_mut().write_all(octets)).await.expect("in time").expect("an open connection");
    }

    /// Reads one reply, all of its lines; empty when the server has closed.
    pub async fn reply(&mut self) -> String {
        let mut reply = String::new();
        loop {
            let start = reply.len();
            let read = timeout(PATIENCE, self.stream.read_line(&mut reply)).await.expect("a reply in time");
            if read.expect("an open connection") == 0 || reply.as_bytes().get(start + 3) != Some(&b'-') {
                return reply;
            }
        }
    }

    /// Sends a line and reads the reply.
    pub async fn command(&mut self, line: &str) -> String {
        self.write(format!("{line}\r\n").as_bytes()).await;
        self.reply().await
    }

    /// Sends MAIL, RCPT for each recipient, DATA and the mail; gives the reply to its end.
    pub async fn send(&mut self, mail: &Mail) -> String {
        let octets = mail.octets();
        let from = self.command(&format!("MAIL FROM:<{}>", mail.from)).await;
        assert!(from.starts_with("250"), "{from}");
        for to in &mail.to {
            let to = self.command(&format!("RCPT TO:<{to}>")).await;
            assert!(to.starts_with("250"), "{to}");
        }
        let data = self.command("DATA").await;
        assert!(data.starts_with("354"), "{data}");
        self.write(&stuffed(&octets)).await;
        self.write(b".\r\n").await;
        self.reply().await
    }

    /// Sends a mail that must be taken.
    pub async fn deliver(&mut self, mail: Mail) {
        let reply = self.send(&mail).await;
        assert!(reply.starts_with("250"), "{reply}");
    }
}

/// With a dot before each line that begins with one. Spec: RFC 5321 §4.5.2.
pub fn stuffed(octets: &[u8]) -> Vec<u8> {
    let mut stuffed = Vec::with_capacity(octets.len() + 16);
    let mut line_begins = true;
    for &octet in octets {
        if line_begins && octet == b'.' {
            stuffed.push(b'.');
        }
        stuffed.push(octet);
        line_begins = octet == b'\n';
    }
    stuffed
}
