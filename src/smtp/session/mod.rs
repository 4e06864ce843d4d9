//! One SMTP or LMTP session, free of I/O: octets and answers in, replies and questions out.
//!
//! The driver feeds what it read, sends what [`Session::take_output`] gives, and puts each [`Question`] to the
//! services. Cutting the input elsewhere changes nothing in what is replied.

mod core;
mod next;
mod state;

mod auth;
mod bdat;
mod data;
mod greeting;
mod mail;
mod rcpt;
mod simple;
mod starttls;
mod xclient;

mod budget;
mod receipt;
mod transcript;

#[cfg(test)]
mod tests;

pub use self::core::{Link, Protocol, Session};
pub use next::{Answer, Next, Question};
