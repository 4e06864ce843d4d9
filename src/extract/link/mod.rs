//! Links: what each is for, and which one the message is about.

mod collect;
mod find;
mod purpose;
mod score;
mod target;
mod wrapper;

pub(super) use find::links;
