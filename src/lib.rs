//! Restante: mail in over SMTP, called for over REST, nothing lost.

pub mod app;
pub mod auth;
pub mod checks;
pub mod cli;
pub mod config;
pub mod events;
pub mod extract;
pub mod filter;
pub mod http;
pub mod inboxes;
pub mod mime;
pub mod model;
pub mod net;
pub mod retention;
pub mod smtp;
pub mod store;
