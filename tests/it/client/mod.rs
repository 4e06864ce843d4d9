//! The Rust client against the real server.

mod errors;
pub(crate) mod extraction;
mod inboxes;
mod restart;
mod waits;

use restante_client::Client;

use crate::support::Server;

/// A client of this server without a key.
fn client(server: &Server) -> Client {
    Client::new(server.http().base(), None).expect("an address")
}
