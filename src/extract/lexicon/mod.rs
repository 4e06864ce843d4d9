//! The words that tell a code and a link from others, in all languages at once.

mod classes;
mod files;
mod find;
mod parse;

pub(super) use classes::Class;
pub(super) use find::{Word, labels, of_class, prefer, words};
