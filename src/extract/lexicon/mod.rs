//! The words that tell a code and a link from others, in all languages at once.

mod classes;
mod find;
mod files;
mod parse;

pub(super) use classes::Class;
pub(super) use find::{Word, labels, of_class, words};
