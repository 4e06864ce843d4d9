//! Command lines as values.

mod line;
mod parameters;
mod path;

#[cfg(test)]
mod tests;

pub(crate) use line::{Command, Greeting, Mechanism, XclientAttribute, without_end};
pub(crate) use parameters::{RcptParameters, mail_parameters, rcpt_parameters};
pub(crate) use path::{Found, Path};
