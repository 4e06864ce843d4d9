//! What a wait or a list looks for: the conditions, and how text is folded before it is compared.

mod fold;
mod keys;
mod pattern;
mod shorthand;

pub use fold::fold;
pub use keys::{Keys, keys};
pub use pattern::AddressPattern;
pub use shorthand::{Filter, Shorthands};
