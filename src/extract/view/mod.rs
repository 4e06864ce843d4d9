//! What a reader sees of a message: lines of text, each character with its style.

mod canvas;
mod element;
mod fold;
mod html;
mod look;
mod plain;
mod read;
mod style;
mod text;

pub(super) use fold::fold;
use html::render;
pub(super) use html::{Anchor, Page};
use plain::{plain, subject};
pub(super) use read::{Message, Read};
pub(super) use style::Style;
pub(super) use text::{Line, View};
