//! Files and standard input, up to a limit.

use std::io::Read;

use anyhow::{Context, ensure};

/// Above what any server takes as one message.
const INPUT_MAX: u64 = 256 << 20;

/// The octets of the file; `-` is standard input.
pub(super) fn read(name: &str) -> anyhow::Result<Vec<u8>> {
    let mut octets = Vec::new();
    let limit = INPUT_MAX + 1;
    let read = match name {
        "-" => std::io::stdin().lock().take(limit).read_to_end(&mut octets),
        _ => std::fs::File::open(name).and_then(|file| file.take(limit).read_to_end(&mut octets)),
    };
    let read = read.with_context(|| format!("cannot read {name}"))?;
    ensure!((read as u64) < limit, "{name} is larger than {INPUT_MAX} octets");
    Ok(octets)
}
