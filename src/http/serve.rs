//! The HTTP accept loop. `axum::serve` is not used: it has no deadline for a header, none for a slow reader, and no
//! limit of connections.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service as _;
use tracing::debug;

use super::body::PacedBody;
use super::paced::Paced;
use crate::config::HttpSection;
use crate::net::{Connection, Door, Gate, Listener, Patience, accept};

/// Of a request's header, and of what is buffered in each direction besides the frame in hand. hyper takes 100 fields
/// and answers 431 to more.
const MAX_HEADER: usize = 64 * 1024;

/// How long we wait for a client that should send its body, or take its answer; `MIN_RATE` extends it.
const PATIENCE: Duration = Duration::from_secs(30);

/// What requests in flight have to end at shutdown; the whole process has 10 s.
const DRAIN: Duration = Duration::from_secs(8);

/// What a client above the limit reads. Ready-made, since nothing may be allocated for it.
pub(super) const BUSY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    Content-Type: application/problem+json\r\n\
    Content-Length: 193\r\n\
    Retry-After: 1\r\n\
    Connection: close\r\n\
    \r\n\
    {\"type\":\"urn:restante:problem:too_many_connections\",\"title\":\"Too many connections\",\"status\":503,\
    \"detail\":\"http.max_connections or a limit per address is reached.\",\"code\":\"too_many_connections\"}";

/// Answers requests on `listener` with `router` until `shutdown`; returns when the listener is closed. Connections live
/// in tasks of `tracker`: requests in flight have 8 s from then on, others end at once.
///
/// HTTP/1.1 only. A browser speaks HTTP/2 only inside TLS, which this server leaves to a proxy; and without it there
/// are no streams to reset, no CONTINUATION frames and no window to starve.
pub async fn serve(
    listener: Listener,
    gate: Gate,
    router: Router,
    section: &HttpSection,
    tracker: TaskTracker,
    shutdown: CancellationToken,
) {
    let header_timeout = Duration::from_secs(section.header_timeout_s.max(1));
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_header_size(MAX_HEADER)
        .max_buf_size(MAX_HEADER) // Holds for a header that does not end; the line above, for one that does.
        .keep_alive(true)
        .half_close(false);
    let server =
        Arc::new(Server { builder, router, keep_alive: keep_alive(header_timeout), shutdown: shutdown.clone() });
    let door = Door { name: "http", listener, gate, tls: None, busy: BUSY };
    accept(door, tracker, shutdown, move |connection| {
        let server = Arc::clone(&server);
        async move { server.converse(connection).await }
    })
    .await;
}

struct Server {
    builder: http1::Builder,
    router: Router,
    keep_alive: Option<HeaderValue>,
    shutdown: CancellationToken,
}

impl Server {
    async fn converse(&self, connection: Connection) {
        let Connection { stream, peer, .. } = connection;
        let io = TokioIo::new(Paced::new(stream, Patience::new(PATIENCE)));
        let begun = AtomicBool::new(false);
        let service = service_fn(|request| {
            begun.store(true, Ordering::Relaxed);
            self.answer(request, peer)
        });
        let mut conversation = pin!(self.builder.serve_connection(io, service));
        let ended = tokio::select! {
            ended = conversation.as_mut() => ended,
            () = self.shutdown.cancelled() => {
                if !begun.load(Ordering::Relaxed) {
                    return; // hyper would wait for a first request here, up to the header's deadline.
                }
                conversation.as_mut().graceful_shutdown();
                match timeout(DRAIN, conversation).await {
                    Ok(ended) => ended,
                    Err(_) => return debug!(%peer, "a request was cut off by the shutdown"),
                }
            }
        };
        if let Err(error) = ended {
            debug!(%peer, %error, "an HTTP connection ended early");
        }
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> Result<axum::response::Response, std::convert::Infallible> {
        let mut request = request.map(|body| Body::new(PacedBody::new(body, Patience::new(PATIENCE))));
        request.extensions_mut().insert(ConnectInfo(peer));
        let mut response = self.router.clone().call(request).await?;
        if let Some(keep_alive) = &self.keep_alive
            && !self.shutdown.is_cancelled()
        {
            response.headers_mut().insert(header::HeaderName::from_static("keep-alive"), keep_alive.clone());
        }
        Ok(response)
    }
}

/// Tells clients how long an idle connection is kept, which is as long as a header may take. Clients that heed it, such
/// as Node's, do not send a request just when we close.
fn keep_alive(idle: Duration) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("timeout={}", idle.as_secs())).ok()
}
