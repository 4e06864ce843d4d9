//! Why a wait was in vain, as far as it can be told, and never about mail of another project.

mod candidates;
mod collect;
mod elsewhere;
mod excluded;
mod refused;
mod similar;
mod summary;
#[cfg(test)]
mod tests;
mod told;

pub use told::{Candidate, ConditionTold, Diagnostics, Excluded, Misdirected, Refused};

pub(super) use collect::Miss;
