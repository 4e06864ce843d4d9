//! What the IMAP server sends as it is: ENVELOPE, BODY and BODYSTRUCTURE. Spec: RFC 9051 §7.5.2, §9.

mod envelope;
mod string;
mod structure;

pub(super) use envelope::envelope;
pub(super) use structure::{Form, structure};

#[cfg(test)]
mod tests;
