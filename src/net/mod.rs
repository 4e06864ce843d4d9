//! Sockets: listeners, the accept loop with its limits, TLS, and patience with slow peers.

mod accept;
mod backoff;
mod descriptors;
mod gate;
mod listener;
mod patience;
mod stream;
pub mod tls;

pub use accept::{Door, accept};
pub use descriptors::raise_descriptor_limit;
pub use gate::{Cause, Gate, Limits};
pub use listener::{BindError, Listener};
pub use patience::{MIN_RATE, Patience};
pub use stream::{Connection, Stream};
pub use tls::{Certificate, TlsError, TlsServer};

#[cfg(test)]
mod tests;
