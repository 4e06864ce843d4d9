//! Lines and bodies without end, on every door: memory stays as it was, and everyone else is served.

use std::net::SocketAddr;

use reqwest::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::process::Process;
use crate::support::{Http, PATIENCE, Smtp, mail};

/// What each flood sends, if it is let.
const FLOOD: usize = 24 << 20;
/// Floods of one kind at once.
const AT_ONCE: usize = 4;
/// The largest message in this test.
const MESSAGE_MAX: &str = "smtp.max_message_bytes=2MiB";
/// What the server may gain at the worst moment of all floods; to keep the floods of one kind would be half as much again.
const GAIN_MAX: u64 = 64 << 20;

const ENVELOPE: &str = "EHLO x\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<flood@b.test>\r\n";

/// Where it goes, what is said first, and what is said without end.
fn floods() -> Vec<(&'static str, &'static str, String, &'static [u8])> {
    let post = |path: &str, kind: &str| {
        format!("POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: 1000000000\r\n\r\n")
    };
    let chunked =
        post("/v1/inboxes", "application/json").replace("Content-Length: 1000000000", "Transfer-Encoding: chunked");
    vec![
        ("command line", "smtp", String::new(), b"a"),
        ("commands nobody knows", "smtp", String::new(), b"NOPE\r\n"),
        ("sign-in line", "smtp", "EHLO x\r\nAUTH PLAIN ".to_owned(), b"a"),
        ("line of a message", "smtp", format!("{ENVELOPE}DATA\r\n"), b"a"),
        ("lines of a message", "smtp", format!("{ENVELOPE}DATA\r\n"), b"a\r\n"),
        ("chunk", "smtp", format!("{ENVELOPE}BDAT 1000000000\r\n"), b"a"),
        ("chunks of one octet", "smtp", ENVELOPE.to_owned(), b"BDAT 1\r\na"),
        ("TLS handshake", "smtp_tls", String::new(), b"\x16\x03\x01\x40\x00aaaaaaa"),
        ("request line", "http", "GET /".to_owned(), b"a"),
        ("header", "http", "GET / HTTP/1.1\r\n".to_owned(), b"a: b\r\n"),
        ("body", "http", post("/v1/inboxes", "application/json"), b"a"),
        ("body of a list", "http", post("/v1/inboxes", "application/json") + "[", b"0,"),
        (
            "chunked body",
            "http",
            chunked,
            b"40\r\n                                                                \r\n",
        ),
        ("injected message", "http", post("/v1/inboxes/flood@b.test/messages", "message/rfc822"), b"a\r\n"),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_input_is_bounded_and_hurts_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let server = Process::serve(folder.path(), &["--set", MESSAGE_MAX]);
    let http = Http::new(server.at("http"));
    let mut smtp = Smtp::connect(server.at("smtp")).await;
    smtp.deliver(mail().to("flood@b.test")).await;
    let before = server.resident();
    for (name, door, head, unit) in floods() {
        let mut running = JoinSet::new();
        for _ in 0..AT_ONCE {
            running.spawn(flood(server.at(door), head.clone(), unit));
        }
        // Someone else's mail goes through meanwhile.
        smtp.deliver(mail().to("other@b.test").subject(name)).await;
        http.wait("other@b.test", name).await;
        while let Some(ended) = running.join_next().await {
            ended.unwrap();
        }
        let gain = server.resident_peak().saturating_sub(before);
        assert!(gain < GAIN_MAX, "{name}: {gain} octets more");
        eprintln!("{name}: up to {} MiB more than at the start", gain >> 20);
    }
    http.get("/readyz").await.expect(StatusCode::OK);
}

/// Sends until it is cut off or done; reads nothing but at the end, as a hostile client would.
async fn flood(at: SocketAddr, head: String, unit: &'static [u8]) {
    let mut stream = TcpStream::connect(at).await.unwrap();
    let chunk = unit.repeat((64 << 10) / unit.len());
    let send = async {
        stream.write_all(head.as_bytes()).await?;
        for _ in 0..FLOOD / chunk.len() {
            stream.write_all(&chunk).await?;
        }
        stream.shutdown().await?;
        stream.read_to_end(&mut Vec::new()).await
    };
    // Cut off, refused or read to its end: each is right, as long as it does not take for ever.
    let _ = timeout(PATIENCE, send).await.expect("the server reads on or closes");
}
