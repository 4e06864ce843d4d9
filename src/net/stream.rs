//! A connection, in the clear or in TLS.

use std::io::{self, IoSlice};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::server::TlsStream;

use super::tls::TlsServer;
use crate::model::receipt::TlsFacts;

/// One accepted connection.
#[derive(Debug)]
pub struct Connection {
    /// What to read from and write to.
    pub stream: Stream,
    /// The client's address; IPv4 ones are shown as such, also on an IPv6 listener.
    pub peer: SocketAddr,
    /// The server's address that it connected to.
    pub local: SocketAddr,
    /// TLS, where the listener began with it.
    pub tls: Option<TlsFacts>,
}

/// The octets of a connection. Nothing is buffered here.
#[derive(Debug)]
pub enum Stream {
    /// In the clear.
    Plain(TcpStream),
    /// Inside TLS.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// Makes the TLS handshake as the server. What the client sent in the clear has to be dropped by the caller, who
    /// alone knows his buffer; nothing beyond the client's TLS records is read here.
    ///
    /// Spec: RFC 3207 §4.
    ///
    /// # Errors
    /// `TimedOut` at `deadline`; `InvalidInput` inside TLS already; else what went wrong with the handshake. The
    /// connection is of no use then, and is closed.
    pub async fn start_tls(self, server: &TlsServer, deadline: Instant) -> io::Result<(Self, TlsFacts)> {
        let Self::Plain(socket) = self else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "TLS inside TLS"));
        };
        let stream = timeout_at(deadline, server.accept(socket))
            .await
            .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "the TLS handshake took too long"))??;
        let facts = facts(&stream);
        Ok((Self::Tls(Box::new(stream)), facts))
    }
}

/// An address as people write it: `127.0.0.1`, where an IPv6 listener says `::ffff:127.0.0.1`.
pub(super) fn canonical(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        v4 @ IpAddr::V4(_) => SocketAddr::new(v4, address.port()),
        IpAddr::V6(_) => address,
    }
}

fn facts(stream: &TlsStream<TcpStream>) -> TlsFacts {
    let (_, session) = stream.get_ref();
    let version = session.protocol_version().and_then(|version| version.as_str()).unwrap_or_default();
    let cipher = session.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str()).unwrap_or_default();
    TlsFacts {
        version: version.replace('_', "."),
        cipher: cipher.to_owned(),
        server_name: session.server_name().map(str::to_owned),
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
