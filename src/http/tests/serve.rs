//! Connections with clients that are slow, silent, rude or gone.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, FromRequest, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{AuthMode, HttpSection};
use crate::http::serve::BUSY;
use crate::http::{Code, Problem, is_too_slow, serve};
use crate::net::{Gate, Limits, Listener};

const LONG: Duration = Duration::from_secs(3_600);
const BIG: usize = 256 * 1024 * 1024;

fn section() -> HttpSection {
    HttpSection {
        listen: Vec::new(),
        allowed_hosts: Vec::new(),
        auth: AuthMode::Open,
        allow_open: false,
        root_key: None,
        max_body_bytes: 2 << 20,
        max_hold_ms: 55_000,
        rate_limit: 0,
        rate_limit_burst: 1,
        cors_origins: Vec::new(),
        max_waits: 100,
        max_waits_per_key: 100,
        max_connections: 100,
        header_timeout_s: 10,
        public_url: None,
    }
}

struct Server {
    address: SocketAddr,
    gate: Gate,
    tracker: TaskTracker,
    shutdown: CancellationToken,
    /// A handler of `/hold` has begun.
    held: Arc<Notify>,
    /// Lets the handlers of `/hold` answer.
    go: Arc<Notify>,
    /// A handler of `/hold` was dropped, done or not.
    dropped: Arc<Notify>,
}

struct OnDrop(Arc<Notify>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl Server {
    fn start(max_connections: usize) -> Self {
        let listener = Listener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let limits = Limits { total: max_connections, per_ip: 0, per_ip_per_minute: 0, limit_loopback: false };
        let server = Self {
            address: listener.local_addr(),
            gate: Gate::new(limits),
            tracker: TaskTracker::new(),
            shutdown: CancellationToken::new(),
            held: Arc::default(),
            go: Arc::default(),
            dropped: Arc::default(),
        };
        let (held, go, dropped) = (Arc::clone(&server.held), Arc::clone(&server.go), Arc::clone(&server.dropped));
        let hold = move || async move {
            let _guard = OnDrop(dropped);
            held.notify_one();
            go.notified().await;
            "held"
        };
        let router = Router::new()
            .route("/", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() }))
            .route("/body", post(length))
            .route("/big", get(|| async { Bytes::from(vec![b'x'; BIG]) }))
            .route("/hold", get(hold));
        let (gate, tracker, shutdown) = (server.gate.clone(), server.tracker.clone(), server.shutdown.clone());
        server.tracker.spawn(async move { serve(listener, gate, router, &section(), tracker, shutdown).await });
        server
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn send(&self, octets: &[u8]) -> TcpStream {
        let mut client = self.connect().await;
        client.write_all(octets).await.unwrap();
        client
    }
}

async fn length(request: Request) -> Response {
    match Bytes::from_request(request, &()).await {
        Ok(body) => body.len().to_string().into_response(),
        Err(error) if is_too_slow(&error) => Problem::new(Code::RequestTimeout, "Too slow.").into_response(),
        Err(error) => error.into_response(),
    }
}

/// Everything up to the end; a reset ends it too.
async fn rest(mut client: TcpStream) -> String {
    let mut all = Vec::new();
    let _ = timeout(LONG, client.read_to_end(&mut all)).await.expect("no end");
    String::from_utf8_lossy(&all).into_owned()
}

/// One answer with a Content-Length, header and body.
async fn answer(client: &mut TcpStream) -> String {
    let mut all = String::new();
    let complete = |all: &str| {
        let (head, body) = all.split_once("\r\n\r\n")?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
        (body.len() >= length.parse::<usize>().ok()?).then_some(())
    };
    while complete(&all).is_none() {
        let octet = timeout(LONG, client.read_u8()).await.expect("no answer").expect("an early end");
        all.push(char::from(octet));
    }
    all
}

const HELLO: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const HOLD: &[u8] = b"GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n";

#[tokio::test]
async fn a_connection_is_kept_and_knows_its_peer() {
    let server = Server::start(10);
    let mut client = server.connect().await;
    let own = client.local_addr().unwrap().to_string();
    for _ in 0..3 {
        client.write_all(HELLO).await.unwrap();
        let answer = answer(&mut client).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with(&own), "{answer}");
        assert!(answer.contains("\r\nkeep-alive: timeout=10\r\n"), "{answer}");
    }
}

#[tokio::test]
async fn a_header_that_drips_is_cut_at_its_deadline() {
    let server = Server::start(10);
    let mut client = server.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n").await;
    tokio::time::pause();
    let start = Instant::now();
    let mut buffer = [0; 64];
    loop {
        // One octet every second, as long as the server listens.
        match timeout(Duration::from_secs(1), client.read(&mut buffer)).await {
            Err(_) => client.write_all(b"x").await.unwrap_or_default(),
            Ok(Ok(0) | Err(_)) => break,
            Ok(Ok(_)) => {} // An answer that says why is allowed.
        }
        assert!(start.elapsed() < Duration::from_secs(60), "it is never cut");
    }
    assert!((9..=12).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}

#[tokio::test]
async fn silent_clients_are_cut_before_and_after_a_request() {
    let server = Server::start(10);
    let silent = server.connect().await;
    let mut idle = server.send(HELLO).await;
    answer(&mut idle).await;
    tokio::time::pause();
    let start = Instant::now();
    tokio::join!(rest(silent), rest(idle));
    assert!((9..=12).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}

#[tokio::test]
async fn what_is_not_http_is_answered_400() {
    let server = Server::start(10);
    for garbage in [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice(),
        b"EHLO client.test\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
    ] {
        let answer = rest(server.send(garbage).await).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{}: {answer}", garbage.escape_ascii());
    }
    // HTTP/2 with prior knowledge is closed without a word that it could not read anyway.
    assert_eq!(rest(server.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await).await, "");
}

#[tokio::test]
async fn headers_are_limited_in_size_and_number() {
    let server = Server::start(10);
    let many: String = (0..101).map(|number| format!("X-{number}: y\r\n")).collect();
    let large = format!("X: {}\r\n", "y".repeat(70_000));
    for fields in [many, large] {
        let request = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n");
        let answer = rest(server.send(request.as_bytes()).await).await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
    let fits = format!("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: {}\r\n\r\n", "y".repeat(50_000));
    assert!(rest(server.send(fits.as_bytes()).await).await.starts_with("HTTP/1.1 200 "));
}

const POST: &[u8] = b"POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n";

#[tokio::test]
async fn a_body_that_drips_is_answered_408() {
    let server = Server::start(10);
    let (mut reading, mut writing) = server.send(POST).await.into_split();
    tokio::time::pause();
    let start = Instant::now();
    let drip = async {
        while writing.write_all(b"x").await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
    };
    let mut answer = [0; 12];
    tokio::select! {
        () = drip => panic!("the connection ended without an answer"),
        read = timeout(LONG, reading.read_exact(&mut answer)) => { read.expect("never").unwrap(); }
    }
    assert_eq!(&answer, b"HTTP/1.1 408");
    assert!((29..=33).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_body_that_is_slow_but_steady_is_taken() {
    let server = Server::start(10);
    let mut client = server.send(POST).await;
    tokio::time::pause();
    let start = Instant::now();
    for _ in 0..100 {
        sleep(Duration::from_secs(1)).await;
        client.write_all(&[b'x'; 600]).await.unwrap();
    }
    let answer = answer(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("60000"), "{answer}");
    assert!(start.elapsed() >= Duration::from_secs(100));
}

#[tokio::test]
async fn a_client_that_never_reads_is_cut() {
    let server = Server::start(10);
    let mut client = server.send(b"GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    client.read_u8().await.unwrap();
    tokio::time::pause();
    let start = Instant::now();
    while server.gate.open() > 0 {
        sleep(Duration::from_millis(100)).await;
        assert!(start.elapsed() < Duration::from_secs(120), "it is never cut");
    }
    assert!((29..=32).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    let got = rest(client).await.len();
    assert!(got < BIG, "all of it was buffered");
}

#[tokio::test]
async fn a_handler_is_dropped_when_its_client_goes_away() {
    let server = Server::start(10);
    let client = server.send(HOLD).await;
    timeout(LONG, server.held.notified()).await.unwrap();
    drop(client);
    timeout(LONG, server.dropped.notified()).await.expect("the handler goes on for nobody");
}

#[tokio::test]
async fn shutdown_lets_the_request_in_flight_end_and_closes_all_others_at_once() {
    let server = Server::start(10);
    let fresh = server.connect().await;
    let mut idle = server.send(HELLO).await;
    answer(&mut idle).await;
    let busy = server.send(HOLD).await;
    timeout(LONG, server.held.notified()).await.unwrap();
    tokio::time::pause();
    let start = Instant::now();
    server.shutdown.cancel();
    assert_eq!((rest(fresh).await, rest(idle).await), (String::new(), String::new()));
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert!(TcpStream::connect(server.address).await.is_err());
    server.go.notify_one();
    let answer = rest(busy).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("held"), "{answer}");
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    server.tracker.close();
    timeout(LONG, server.tracker.wait()).await.expect("a task is left");
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
}

#[tokio::test]
async fn shutdown_cuts_a_request_that_does_not_end() {
    let server = Server::start(10);
    let stuck = server.send(HOLD).await;
    timeout(LONG, server.held.notified()).await.unwrap();
    tokio::time::pause();
    let start = Instant::now();
    server.shutdown.cancel();
    assert_eq!(rest(stuck).await, "");
    assert!((7..=9).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    server.tracker.close();
    timeout(LONG, server.tracker.wait()).await.expect("a task is left");
}

#[tokio::test]
async fn above_the_limit_the_answer_is_a_complete_503() {
    let server = Server::start(1);
    let mut first = server.send(HELLO).await;
    answer(&mut first).await;
    let refused = rest(server.send(HELLO).await).await;
    assert_eq!(refused.as_bytes(), BUSY);
    let (head, body) = refused.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("\r\nContent-Length: {}\r\n", body.len())), "{} octets", body.len());
    let problem: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(problem["type"], Code::TooManyConnections.urn());
    assert_eq!(problem["title"], Code::TooManyConnections.title());
}
