//! The SMTP and LMTP server.

mod server;
mod wire;

pub mod rules;
pub mod session;

mod command;
pub mod data;
pub mod in_flight;
pub mod reply;

pub mod auth;

pub use server::{Server, serve};
pub use session::Protocol;
