//! Restante: mail in over SMTP, called for over REST, nothing lost.

pub mod config;
pub mod mime;
pub mod model;
