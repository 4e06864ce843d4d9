//! The settings: one section for each module; `restante.default.toml` is their manual and is compiled in.

mod sections;

mod access;
mod build;
mod environment;
mod error;
mod file;
mod nearest;
mod origin;
mod print;
mod reader;
mod settings;
mod size;
#[cfg(test)]
mod tests;
mod value;

pub use crate::model::project::UnknownRecipient;
pub use error::Error;
pub use origin::Origin;
pub use sections::{
    AuthMode, AuthPolicy, Config, HttpSection, InboxesSection, LogSection, SmtpSection, StoreSection, TlsSection,
};
pub use settings::{MANUAL, Settings};
