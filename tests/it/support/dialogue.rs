//! Conversations as they are written in RFCs: `C:` lines are sent, `S:` lines must come back.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::PATIENCE;

/// A connection that follows a script.
pub struct Dialogue {
    stream: BufReader<TcpStream>,
}

impl Dialogue {
    pub async fn connect(at: SocketAddr) -> Self {
        let stream = timeout(PATIENCE, TcpStream::connect(at)).await.expect("in time").expect("a connection");
        stream.set_nodelay(true).expect("an open socket");
        Self { stream: BufReader::new(stream) }
    }

    /// Sends each `C:` line with CRLF, and reads a line for each `S:` line, in which `…` stands for anything.
    ///
    /// `S: 250-…*` reads lines that begin with `250-` as long as they come. `S: [closed]` waits for the end.
    /// `C:` lines that follow each other are sent in one piece, as a client that pipelines does.
    #[track_caller]
    pub fn run(&mut self, script: &str) -> impl Future<Output = &mut Self> {
        let lines: Vec<String> =
            script.lines().map(str::trim_start).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        let at = std::panic::Location::caller();
        async move {
            let mut batch = String::new();
            for line in &lines {
                if let Some(text) = line.strip_prefix("C: ") {
                    batch.push_str(text);
                    batch.push_str("\r\n");
                    continue;
                }
                let Some(expected) = line.strip_prefix("S: ") else { panic!("{at}: neither C: nor S: in {line:?}") };
                self.send(std::mem::take(&mut batch).as_bytes()).await;
                self.expect(expected, at).await;
            }
            self.send(batch.as_bytes()).await;
            self
        }
    }

    /// Sends octets as they are.
    pub async fn send(&mut self, octets: &[u8]) {
        timeout(PATIENCE, self.stream.get_mut().write_all(octets)).await.expect("in time").expect("an open connection");
    }

    /// All that comes until the server closes.
    pub async fn rest(&mut self) -> String {
        let mut octets = Vec::new();
        // A reset behind the last reply is an end as well.
        let _ = timeout(PATIENCE, self.stream.read_to_end(&mut octets)).await.expect("in time");
        String::from_utf8_lossy(&octets).into_owned()
    }

    /// The connection itself, for what comes behind STARTTLS.
    pub fn into_stream(self) -> TcpStream {
        assert!(self.stream.buffer().is_empty(), "something was said that nobody asked for");
        self.stream.into_inner()
    }

    async fn expect(&mut self, expected: &str, at: &std::panic::Location<'_>) {
        if expected == "[closed]" {
            assert_eq!(self.rest().await, "", "{at}: the end was expected");
            return;
        }
        let (pattern, repeats) = expected.strip_suffix('*').map_or((expected, false), |pattern| (pattern, true));
        loop {
            if repeats && !self.is_next(pattern).await {
                return;
            }
            let line = self.line().await;
            assert!(fits(&line, pattern), "{at}: expected {pattern:?}, but {line:?} came");
            if !repeats {
                return;
            }
        }
    }

    /// Whether the next line begins as `pattern` does up to its first `…`.
    async fn is_next(&mut self, pattern: &str) -> bool {
        let start = pattern.split('…').next().unwrap_or_default();
        let buffer = timeout(PATIENCE, self.stream.fill_buf()).await.expect("in time").expect("an open connection");
        buffer.starts_with(start.as_bytes())
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        timeout(PATIENCE, self.stream.read_line(&mut line)).await.expect("a line in time").expect("an open connection");
        line.trim_end_matches("\r\n").to_owned()
    }
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
