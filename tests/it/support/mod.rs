//! What the tests share: the real application on free ports, a PostgreSQL of their own, and clients.

pub mod bare_store;
pub mod cluster;
pub mod cutting_proxy;
pub mod database;
pub mod dialogue;
pub mod http;
pub mod keys;
pub mod mail;
pub mod process;
pub mod python;
pub mod raw;
pub mod routes;
pub mod server;
pub mod smtp;

pub use bare_store::BareStore;
pub use database::Database;
pub use http::Http;
pub use mail::mail;
pub use server::Server;
pub use smtp::Smtp;

/// Longest wait for anything that ought to happen at once; reached only by a test that fails.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);
