//! The bus: it tells who waits that something changed, and never what; everyone re-reads from the store.

mod bus;
#[cfg(test)]
mod tests;

pub use bus::{Bus, Closed, Hints};
