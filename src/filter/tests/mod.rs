//! Every field with every op, and every hint.

mod fields;
mod hints;
mod refused;
pub(super) mod sample;
