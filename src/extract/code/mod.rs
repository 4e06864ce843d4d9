//! One-time codes: what may be one, and how likely it is.

mod candidate;
mod context;
mod find;
mod groups;
mod mask;
mod random;
mod score;
mod special;

pub(super) use find::codes;
