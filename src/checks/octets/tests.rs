//! Each lint with its place, in every segmentation.

use super::*;

fn lints(message: &[u8], chunk: usize) -> Vec<Lint> {
    let mut octets = Octets::default();
    for part in message.chunks(chunk) {
        octets.push(part);
    }
    octets.finish(BodyKind::SevenBit)
}

#[test]
fn each_lint_has_its_place_in_every_segmentation() {
    let long = format!("a\r\n{}\r\n{}\r\n", "x".repeat(999), "y".repeat(1200));
    let just_long_enough = format!("{}\r\n", "x".repeat(998));
    let cases: Vec<(&[u8], Vec<Lint>)> = vec![
        (b"", vec![]),
        (b"a\r\nb\r\n\r\n..\r\n", vec![]),
        (just_long_enough.as_bytes(), vec![]),
        (b"a\nb\n", vec![Lint::BareLf { offset: 1, count: 2 }]),
        (b"a\rb\r\r\n", vec![Lint::BareCr { offset: 1, count: 2 }]),
        (b"a\r", vec![Lint::BareCr { offset: 1, count: 1 }]),
        (b"\n\r", vec![Lint::BareLf { offset: 0, count: 1 }, Lint::BareCr { offset: 1, count: 1 }]),
        (long.as_bytes(), vec![Lint::LongLine { offset: 3, count: 2, longest: 1200 }]),
        (b"abc\xe4\xf6", vec![Lint::EightBit { offset: 3 }]),
        (b"a\0b\0", vec![Lint::Nul { offset: 1, count: 2 }]),
        (b"a\n.\r\nb", vec![Lint::BareLf { offset: 1, count: 1 }, Lint::Smuggling { offset: 2 }]),
        (b"a\r.\r\nb", vec![Lint::BareCr { offset: 1, count: 1 }, Lint::Smuggling { offset: 2 }]),
        (b".\nb", vec![Lint::BareLf { offset: 1, count: 1 }, Lint::Smuggling { offset: 0 }]),
        (b"a\n..\nb", vec![Lint::BareLf { offset: 1, count: 2 }]),
    ];
    for (message, expected) in cases {
        for chunk in [1, 2, 3, 7, 4096] {
            assert_eq!(
                lints(message, chunk),
                expected,
                "{:?} in chunks of {chunk}",
                message.escape_ascii().to_string()
            );
        }
    }
}

#[test]
fn a_line_without_an_end_is_measured_too() {
    let line = vec![b'x'; 5000];
    assert_eq!(lints(&line, 700), [Lint::LongLine { offset: 0, count: 1, longest: 5000 }]);
}

#[test]
fn eight_bit_is_no_lint_when_it_was_announced() {
    let mut octets = Octets::default();
    octets.push("grüß".as_bytes());
    assert_eq!(octets.finish(BodyKind::EightBitMime), []);
}

#[test]
fn a_dot_that_was_taken_out_still_counts() {
    let mut octets = Octets::default();
    octets.push(b"a\r\n");
    octets.unstuffed_dot();
    octets.push(b"\nb");
    let expected = [Lint::BareLf { offset: 3, count: 1 }, Lint::Smuggling { offset: 2 }];
    assert_eq!(octets.finish(BodyKind::SevenBit), expected);
}
