//! HTTP as octets: requests that no well-behaved client would send.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::PATIENCE;

/// A client that sends what it is given. Its connection is kept for as long as the server keeps it.
pub struct Raw {
    at: SocketAddr,
    stream: Option<TcpStream>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// 0 when the connection ended without an answer.
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Raw {
    pub fn new(at: SocketAddr) -> Self {
        Self { at, stream: None }
    }

    /// Sends one request and reads its answer.
    pub async fn call(&mut self, request: &[u8]) -> Reply {
        // A connection that was kept may have been closed meanwhile; a new one has not.
        if self.stream.is_some() {
            let reply = self.try_call(request).await;
            if reply.status != 0 {
                return reply;
            }
        }
        let stream = timeout(PATIENCE, TcpStream::connect(self.at)).await.expect("in time").expect("a connection");
        stream.set_nodelay(true).expect("an open socket");
        self.stream = Some(stream);
        self.try_call(request).await
    }

    /// Sends what cannot be the whole of a request, and then nothing more, ever.
    pub async fn call_cut_off(&mut self, request: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(self.at).await.expect("a connection");
        stream.write_all(request).await.expect("an open connection");
        stream.shutdown().await.expect("an open connection");
        timeout(PATIENCE, read(&mut stream, is_head(request))).await.expect("an answer in time").0
    }

    async fn try_call(&mut self, request: &[u8]) -> Reply {
        let Some(mut stream) = self.stream.take() else { return Reply::nothing() };
        // It may answer and close before all was sent, which is its right.
        let _ = timeout(PATIENCE, stream.write_all(request)).await.expect("in time");
        let (reply, is_kept) = timeout(PATIENCE, read(&mut stream, is_head(request))).await.expect("an answer in time");
        if is_kept {
            self.stream = Some(stream);
        }
        reply
    }
}

impl Reply {
    fn nothing() -> Self {
        Self { status: 0, head: String::new(), body: Vec::new() }
    }

    /// The code of the problem that it is; empty when it is none.
    pub fn code(&self) -> String {
        let problem: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        problem["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Whether there is a field of this name, in lower case.
    pub fn has_header(&self, name: &str) -> bool {
        self.head.to_ascii_lowercase().contains(&format!("\r\n{name}"))
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body: String = String::from_utf8_lossy(&self.body).chars().take(300).collect();
        write!(f, "{} {}", self.head.lines().next().unwrap_or("no answer"), body)
    }
}

fn is_head(request: &[u8]) -> bool {
    request.starts_with(b"HEAD ")
}

/// One answer, and whether the connection goes on.
async fn read(stream: &mut TcpStream, is_head: bool) -> (Reply, bool) {
    let mut octets = Vec::new();
    let end = loop {
        if let Some(at) = octets.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if !more(stream, &mut octets).await {
            return (Reply::nothing(), false);
        }
    };
    let head = String::from_utf8_lossy(&octets[..end]).into_owned();
    let field = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_ascii_lowercase())
    };
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let length = field("content-length").and_then(|length| length.parse::<usize>().ok()).filter(|_| !is_head);
    let mut body = octets.split_off(end);
    while body.len() < length.unwrap_or(0) && more(stream, &mut body).await {}
    let is_kept = field("connection").as_deref() != Some("close") && field("transfer-encoding").is_none();
    (Reply { status, head, body }, is_kept)
}

async fn more(stream: &mut TcpStream, octets: &mut Vec<u8>) -> bool {
    // A reset behind the answer is an end as well.
    stream.read_buf(octets).await.is_ok_and(|count| count > 0)
}
