//! The accept loop, its limits and TLS, through real sockets.

mod accept;
mod gate;
mod tls;
