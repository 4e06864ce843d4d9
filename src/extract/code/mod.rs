//! One-time codes: what may be one, and how likely it is.

mod candidate;
mod context;
mod find;
mod groups;
mod keyword;
mod mask;
mod other;
mod place;
mod random;
mod score;
mod shape;
mod special;

pub(super) use find::codes;
