//! The way of a message: views, words, codes, links.

use super::found::{EXTRACTOR_VERSION, Extraction};
use super::options::{Mail, Options};
use super::pick::TOO_CLOSE;
use super::view::Message;
use super::{code, link};

/// Finds the one-time codes and the action links of `mail`.
///
/// The same input gives the same result, whatever was read before. Takes time in proportion to what is read: at most
/// 1 MiB of HTML and 256 Ki characters of each part's text.
#[must_use]
pub fn extract(mail: &Mail<'_>, options: &Options) -> Extraction {
    let message = Message::read(mail, options.hints.locale.as_deref());
    let codes = code::codes(&message, options);
    let links = link::links(&message, mail, options);
    let ambiguous = match codes.as_slice() {
        [best, second, ..] => best.value != second.value && best.confidence - second.confidence < TOO_CLOSE,
        _ => false,
    };
    Extraction { codes, links, ambiguous, extractor_version: EXTRACTOR_VERSION.to_owned() }
}
