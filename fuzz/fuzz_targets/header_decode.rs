//! Any octets are a header value, of any field, and what is decoded of it stays in one line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use restante::mime;
use restante::model::content::{Content, Part, PartKind};

#[path = "../../src/mime/tests/invariants.rs"]
mod invariants;

const FIELDS: [&str; 8] =
    ["From", "To", "Subject", "Date", "References", "Content-Type", "Content-Disposition", "Content-ID"];

fuzz_target!(|value: &[u8]| {
    let text = mime::header_text(value);
    assert!(!text.contains(char::is_control), "{text:?}");
    for field in FIELDS {
        invariants::check(&[field.as_bytes(), b": ", value, b"\r\n\r\nbody\r\n"].concat());
    }
});
