//! Any octets are a message that can be read, and what always holds of a content holds of it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use restante::mime;
use restante::model::content::{Content, Part, PartKind};

#[path = "../../src/mime/tests/invariants.rs"]
mod invariants;

fuzz_target!(|raw: &[u8]| invariants::check(raw));
