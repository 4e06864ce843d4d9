//! What a wait, a list, a search looks for: conditions on fields, how text is made comparable, and what a miss is told.

mod address;
mod compile;

mod condition;
mod explain;
mod facts;
mod field;
mod fold;
mod glob;
mod hint;
mod keys;
mod likeness;
mod list;
mod needles;
mod op;
mod read;
pub mod search_box;
mod signature;
mod test;
mod written;

pub use explain::{Checked, Explanation};
pub use facts::{Facts, Found, HeaderText, Octets, Text};
pub use field::Field;
pub use fold::{fold, normal};
pub use hint::Hint;
pub use keys::{Keys, keys};
pub use list::{Filter, Needs, Reads};
pub use needles::Needles;
pub use op::Op;
pub use signature::{Probe, Signature};
pub use written::{FilterError, Shorthands, Value, Written, WrittenCondition};

#[cfg(test)]
mod tests;
