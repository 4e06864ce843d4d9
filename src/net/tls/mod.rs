//! TLS as a server: the certificate, from files or made here, and one session memory for each listener.

mod certified;
mod error;
mod files;
mod made;
mod server;

pub use error::TlsError;
pub use server::{Certificate, TlsServer};
