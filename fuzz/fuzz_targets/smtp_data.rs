//! End of data: whatever comes, cut anywhere, is read the same; and what a sender stuffs comes out as it was.

#![no_main]

use libfuzzer_sys::fuzz_target;
use restante::smtp::data::{Body, EndOfData, Progress};
use restante::smtp::in_flight::Share;

const LIMIT: u64 = 1 << 20;

/// What was read of `wire` up to its end, and the octets behind it; `None` if there is no end.
fn read(wire: &[u8], cut: usize) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut reader = EndOfData::new(Body::new(LIMIT, None, Share::endless()));
    let mut done = 0;
    for piece in wire.chunks(cut) {
        match reader.push(piece) {
            Progress::More => done += piece.len(),
            Progress::End(used) => {
                let content = reader.finish().ok()?;
                content.octets.finish(Default::default());
                return Some((content.raw, wire[done + used..].to_vec()));
            }
        }
    }
    None
}

/// Puts a dot before each line that begins with one, and the end behind the last.
fn stuff(message: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    let mut line_begins = true;
    let mut last = 0;
    for &octet in message {
        if line_begins && octet == b'.' {
            wire.push(b'.');
        }
        wire.push(octet);
        line_begins = last == b'\r' && octet == b'\n';
        last = octet;
    }
    if !line_begins {
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(b".\r\n");
    wire
}

fuzz_target!(|octets: &[u8]| {
    let [cut, octets @ ..] = octets else { return };
    let cut = usize::from(*cut).max(1);
    assert_eq!(read(octets, octets.len().max(1)), read(octets, cut));

    let Some((mut message, rest)) = read(&stuff(octets), cut) else { panic!("the end was missed") };
    assert!(rest.is_empty());
    if message.len() != octets.len() {
        message.truncate(message.len() - 2);
    }
    assert_eq!(message, octets);
});
