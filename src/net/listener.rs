//! Listening sockets, and why one could not be opened.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

/// Connections that the kernel holds until they are accepted. std's 128 is less than a test suite opens at once;
/// the kernel lowers it to its own limit.
const BACKLOG: u32 = 1024;

/// A listening TCP socket.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    local: SocketAddr,
}

/// Why an address could not be listened on. Which setting to change is for the caller to say.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Something else listens there.
    #[error("{0} is in use by another program")]
    InUse(SocketAddr),
    /// Ports below 1024 need a privilege.
    #[error("not allowed to listen on {0}")]
    NotAllowed(SocketAddr),
    /// The address is not one of this machine's.
    #[error("{0} is not an address of this machine")]
    NotOurs(SocketAddr),
    /// Anything else.
    #[error("cannot listen on {address}: {source}")]
    Other {
        /// Where to.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

impl Listener {
    /// Listens on `address`; port 0 takes a free one. Call it inside the runtime.
    ///
    /// # Errors
    /// [`BindError`] with the address.
    pub fn bind(address: SocketAddr) -> Result<Self, BindError> {
        Self::open(address).map_err(|error| BindError::new(address, error))
    }

    /// Where it listens, with the real port.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// The next connection. Cancel-safe.
    pub(super) async fn accept(&self) -> io::Result<(tokio::net::TcpStream, SocketAddr)> {
        self.socket.accept().await
    }

    fn open(address: SocketAddr) -> io::Result<Self> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // A restart must not wait until the connections of the last run have left TIME_WAIT. On Windows the same
        // option would let two programs share the port.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let socket = socket.listen(BACKLOG)?;
        let local = socket.local_addr()?;
        Ok(Self { socket, local })
    }
}

impl BindError {
    /// The address that was asked for.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        match self {
            Self::InUse(address) | Self::NotAllowed(address) | Self::NotOurs(address) => *address,
            Self::Other { address, .. } => *address,
        }
    }

    fn new(address: SocketAddr, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::AddrInUse => Self::InUse(address),
            io::ErrorKind::PermissionDenied => Self::NotAllowed(address),
            io::ErrorKind::AddrNotAvailable => Self::NotOurs(address),
            _ => Self::Other { address, source },
        }
    }
}
