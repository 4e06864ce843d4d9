//! SASL, free of I/O: one file per mechanism, and the throttle over all of them.

mod bearer;
mod cram_md5;
mod exchange;
mod login;
mod plain;
pub mod scram;
mod throttle;

#[cfg(test)]
mod tests;

pub(crate) use cram_md5::CramMd5;
pub(crate) use exchange::{Checks, Exchange, Step};
pub(crate) use scram::Scram;
pub use throttle::Throttle;
