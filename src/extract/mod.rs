//! One-time codes and action links of a message, each with how sure we are and why.
//!
//! Pure and deterministic: nothing is fetched, nothing is learnt. What is looked at has a limit, and the time grows
//! with its length. `docs/extraction.md` tells the method and its figures.

mod code;
mod expiry;
mod found;
mod lexicon;
mod limits;
mod link;
mod options;
mod pick;
mod run;
mod view;

pub use found::{Code, CodeKind, EXTRACTOR_VERSION, Extraction, Feature, Link, PartName, Purpose, Source};
pub use options::{Charset, CodeConstraint, Hints, LinkConstraint, Mail, Options, Pattern, PatternError};
pub use pick::{Pick, SURE};
pub use run::extract;

#[cfg(test)]
mod tests;
