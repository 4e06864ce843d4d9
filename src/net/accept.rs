//! The accept loop: it takes what the gate lets in, says goodbye to the rest, and never waits for a peer.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, info, warn};

use super::backoff::Backoff;
use super::gate::{Cause, Gate};
use super::listener::Listener;
use super::stream::{Connection, Stream, canonical};
use super::tls::TlsServer;

/// From the connection to the end of the TLS handshake, on listeners that begin with TLS.
const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(10);

/// Refused connections that are being told so; the ones beyond are closed without a word.
const FAREWELLS: usize = 64;
const FAREWELL_DEADLINE: Duration = Duration::from_secs(1);
const FAREWELL_READS: u64 = 64 * 1024;

/// A listener and the rules of its entrance.
#[derive(Debug)]
pub struct Door {
    /// What metrics and logs call it: `smtp`, `smtps`, `lmtp`, `http`.
    pub name: &'static str,
    /// Where the connections come from.
    pub listener: Listener,
    /// Who may come in; the listeners of one service share a gate.
    pub gate: Gate,
    /// Set where connections begin with TLS.
    pub tls: Option<TlsServer>,
    /// What a refused client is told before the connection is closed. Not said where connections begin with TLS:
    /// such a client could not read it.
    pub busy: &'static [u8],
}

/// Accepts connections until `shutdown`, and runs `handler` on each in a task of `tracker`.
///
/// A connection above the limits is taken, told so and closed, rather than left in the backlog: a test that cannot
/// connect should learn why at once, and one address above its limit must not hold up the others behind it.
/// The listener is closed when this returns; the handlers go on, and are told by a token of their own.
pub async fn accept<H, F>(door: Door, tracker: TaskTracker, shutdown: CancellationToken, handler: H)
where
    H: Fn(Connection) -> F + Send + Sync + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let Door { name, listener, gate, tls, busy } = door;
    let metrics = Metrics::new(name);
    let handler = Arc::new(handler);
    let farewells = Arc::new(Semaphore::new(FAREWELLS));
    let busy = if tls.is_some() { b"" } else { busy };
    let mut backoff = Backoff::default();
    loop {
        let accepted = tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let (socket, peer) = match accepted {
            Ok(accepted) => {
                if backoff.reset() {
                    info!(listener = name, "connections are accepted again");
                }
                accepted
            }
            Err(error) => {
                metrics.errors.increment(1);
                let is_first = !backoff.is_resting();
                let rest = backoff.after(&error);
                if is_first && !rest.is_zero() {
                    warn!(listener = name, %error, "connections cannot be accepted, trying again");
                }
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = sleep(rest) => continue,
                }
            }
        };
        let peer = canonical(peer);
        match gate.enter(peer.ip()) {
            Ok(permit) => {
                let counted = (permit, metrics.open());
                let (handler, tls, shutdown) = (Arc::clone(&handler), tls.clone(), shutdown.clone());
                tracker.spawn(async move {
                    let _counted = counted; // Given back when this task ends, be it by a panic.
                    if let Some(connection) = welcome(name, socket, peer, tls.as_ref(), &shutdown).await {
                        handler(connection).await;
                    }
                });
            }
            Err(cause) => {
                metrics.refused(cause);
                debug!(listener = name, %peer, cause = cause.as_str(), "connection refused");
                // Without a place for its goodbye, the socket is dropped here.
                if !busy.is_empty()
                    && let Ok(place) = Arc::clone(&farewells).try_acquire_owned()
                {
                    tracker.spawn(async move {
                        let _ = timeout(FAREWELL_DEADLINE, farewell(socket, busy)).await;
                        drop(place);
                    });
                }
            }
        }
    }
}

/// Sets the socket up, and makes the TLS handshake where there is one; `None` if nothing came of it.
async fn welcome(
    name: &'static str,
    socket: TcpStream,
    peer: SocketAddr,
    tls: Option<&TlsServer>,
    shutdown: &CancellationToken,
) -> Option<Connection> {
    // Replies are written whole, so there is nothing to gain from waiting for more.
    let _ = socket.set_nodelay(true);
    let local = canonical(socket.local_addr().ok()?);
    let Some(server) = tls else {
        return Some(Connection { stream: Stream::Plain(socket), peer, local, tls: None });
    };
    let handshake = Stream::Plain(socket).start_tls(server, Instant::now() + HANDSHAKE_DEADLINE);
    let done = tokio::select! {
        done = handshake => done,
        () = shutdown.cancelled() => return None,
    };
    match done {
        Ok((stream, facts)) => Some(Connection { stream, peer, local, tls: Some(facts) }),
        Err(error) => {
            metrics::counter!("restante_tls_handshakes_failed_total", "listener" => name).increment(1);
            debug!(listener = name, %peer, %error, "TLS handshake failed");
            None
        }
    }
}

/// Writes `line` and waits for the client to close: closing with its octets unread would make the kernel send a reset,
/// and the reset can overtake the line.
async fn farewell(mut socket: TcpStream, line: &[u8]) -> io::Result<()> {
    socket.write_all(line).await?;
    socket.shutdown().await?;
    tokio::io::copy(&mut socket.take(FAREWELL_READS), &mut tokio::io::sink()).await?;
    Ok(())
}

struct Metrics {
    name: &'static str,
    accepted: metrics::Counter,
    errors: metrics::Counter,
    open: metrics::Gauge,
}

impl Metrics {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            accepted: metrics::counter!("restante_connections_accepted_total", "listener" => name),
            errors: metrics::counter!("restante_accept_errors_total", "listener" => name),
            open: metrics::gauge!("restante_connections_open", "listener" => name),
        }
    }

    fn open(&self) -> Open {
        self.accepted.increment(1);
        self.open.increment(1.0);
        Open(self.open.clone())
    }

    fn refused(&self, cause: Cause) {
        metrics::counter!("restante_connections_refused_total", "listener" => self.name, "cause" => cause.as_str())
            .increment(1);
    }
}

/// One in the gauge of open connections.
struct Open(metrics::Gauge);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}
