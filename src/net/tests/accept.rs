//! Connections from the socket to the handler and back to the gate.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::net::{BindError, Connection, Door, Gate, Limits, Listener, accept};

pub(super) const LONG: Duration = Duration::from_secs(20);
const BUSY: &[u8] = b"421 4.7.0 too many connections\r\n";

pub(super) fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

pub(super) const OPEN: Limits = Limits { total: 1_000, per_ip: 0, per_ip_per_minute: 0, limit_loopback: true };

struct Running {
    address: SocketAddr,
    gate: Gate,
    tracker: TaskTracker,
    shutdown: CancellationToken,
    looping: tokio::task::JoinHandle<()>,
}

impl Running {
    fn start<H, F>(limits: Limits, handler: H) -> Self
    where
        H: Fn(Connection) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = Listener::bind(any_port()).unwrap();
        let (address, gate) = (listener.local_addr(), Gate::new(limits));
        let (tracker, shutdown) = (TaskTracker::new(), CancellationToken::new());
        let door = Door { name: "test", listener, gate: gate.clone(), tls: None, busy: BUSY };
        let looping = tracker.spawn(accept(door, tracker.clone(), shutdown.clone(), handler));
        Self { address, gate, tracker, shutdown, looping }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Ends when the gate has counted `open` connections.
    async fn until_open(&self, open: usize) {
        let counted = async {
            while self.gate.open() != open {
                tokio::task::yield_now().await;
            }
        };
        timeout(LONG, counted).await.expect("the gate did not get there");
    }
}

async fn read_all(mut stream: TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    timeout(LONG, stream.read_to_end(&mut all)).await.expect("no end").unwrap();
    all
}

async fn echo(mut connection: Connection) {
    let mut byte = [0];
    while connection.stream.read_exact(&mut byte).await.is_ok() {
        connection.stream.write_all(&byte).await.unwrap();
    }
}

async fn says(stream: &mut TcpStream, byte: u8) -> u8 {
    stream.write_all(&[byte]).await.unwrap();
    timeout(LONG, stream.read_u8()).await.expect("no answer").unwrap()
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let taken = Listener::bind(any_port()).unwrap();
    let error = Listener::bind(taken.local_addr()).unwrap_err();
    assert!(matches!(error, BindError::InUse(address) if address == taken.local_addr()));
    assert!(error.to_string().contains(&taken.local_addr().to_string()));
    let foreign = Listener::bind(SocketAddr::from(([192, 0, 2, 1], 0))).unwrap_err();
    assert!(matches!(foreign, BindError::NotOurs(_)), "{foreign}");
}

#[tokio::test]
async fn the_handler_learns_both_addresses() {
    let (told, mut facts) = tokio::sync::mpsc::channel(1);
    let server = Running::start(OPEN, move |connection| {
        let told = told.clone();
        async move { told.send((connection.peer, connection.local)).await.unwrap() }
    });
    let client = server.connect().await;
    assert_eq!(facts.recv().await, Some((client.local_addr().unwrap(), server.address)));
}

#[tokio::test]
async fn above_the_total_the_busy_line_is_said_and_the_others_are_served() {
    let server = Running::start(Limits { total: 2, ..OPEN }, echo);
    let (mut first, mut second) = (server.connect().await, server.connect().await);
    assert_eq!((says(&mut first, 1).await, says(&mut second, 2).await), (1, 2));
    let mut third = server.connect().await;
    // A client that speaks first must be able to read the line too, instead of a reset.
    third.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    assert_eq!(read_all(third).await, BUSY);
    assert_eq!(says(&mut first, 3).await, 3);
    drop(second);
    server.until_open(1).await;
    assert_eq!(says(&mut server.connect().await, 4).await, 4);
}

#[tokio::test]
async fn refused_clients_that_never_close_do_not_hold_up_the_loop() {
    let server = Running::start(Limits { per_ip: 1, ..OPEN }, echo);
    let mut first = server.connect().await;
    assert_eq!(says(&mut first, 1).await, 1);
    let mut refused = Vec::new();
    for _ in 0..200 {
        refused.push(server.connect().await);
    }
    assert_eq!(says(&mut first, 2).await, 2);
    drop(first);
    server.until_open(0).await;
    assert_eq!(says(&mut server.connect().await, 3).await, 3);
}

#[tokio::test]
async fn permits_come_back_after_an_end_an_abort_and_a_panic() {
    let turns = Arc::new(AtomicUsize::new(0));
    let server = Running::start(Limits { total: 3, per_ip: 3, ..OPEN }, move |mut connection: Connection| {
        let turn = turns.fetch_add(1, Ordering::SeqCst);
        async move {
            let _ = connection.stream.read_u8().await;
            assert!(!turn.is_multiple_of(3), "a planted panic");
        }
    });
    for turn in 0..30 {
        let client = server.connect().await;
        server.until_open(1).await;
        if turn % 2 == 0 {
            client.set_zero_linger().unwrap(); // A reset instead of an orderly end.
        }
        drop(client);
        server.until_open(0).await;
    }
}

#[tokio::test]
async fn shutdown_closes_the_listener_at_once_and_lets_handlers_go_on() {
    let server = Running::start(OPEN, echo);
    let mut client = server.connect().await;
    assert_eq!(says(&mut client, 1).await, 1);
    server.shutdown.cancel();
    timeout(LONG, server.looping).await.expect("the loop goes on").unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
    assert_eq!(says(&mut client, 2).await, 2);
    drop(client);
    server.tracker.close();
    timeout(LONG, server.tracker.wait()).await.expect("a task is left");
}

#[tokio::test]
async fn two_thousand_short_connections_leave_nothing_behind() {
    let server = Running::start(Limits { total: 50, per_ip: 50, ..OPEN }, echo);
    for _ in 0..2_000 {
        drop(server.connect().await);
    }
    server.until_open(0).await;
    assert_eq!(server.gate.tracked(), 0);
}
