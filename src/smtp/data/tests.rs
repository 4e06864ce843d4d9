//! The twenty end-of-data rows and the limits, in five segmentations.

use super::*;
use crate::model::envelope::BodyKind;
use crate::model::receipt::Lint;

/// What followed the false end in the attack: must stay content.
const SMUGGLED: &[u8] =
    b"MAIL FROM:<evil@x.test>\r\nRCPT TO:<victim@x.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nevil\r\n";
const NEXT: &[u8] = b"MAIL FROM:<next@x.test>\r\n";

/// (Row, what stands in the body, the same as stored, whether a careless server could be split with it.)
const FALSE_ENDS: [(&str, &[u8], &[u8], bool); 21] = [
    ("S1", b"\n.\n", b"\n.\n", true),
    ("S2", b"\n.\r\n", b"\n.\r\n", true),
    ("S3", b"\r\n.\n", b"\r\n\n", true),
    ("S4", b"\n.\r", b"\n.\r", true),
    ("S5", b"\r\n.\r", b"\r\n\r", true),
    ("S6", b"\r.\r", b"\r.\r", true),
    ("S7", b"\r.\n", b"\r.\n", true),
    ("S8", b"\r.\r\n", b"\r.\r\n", true),
    ("S9", b"\r\n.\r\r\n", b"\r\n\r\r\n", true),
    ("S10", b"\r\r\n.\r\r\n", b"\r\r\n\r\r\n", true),
    ("S11", b"\r\n\0.\r\n", b"\r\n\0.\r\n", false),
    ("S12", b"\r\n.\0\r\n", b"\r\n\0\r\n", false),
    ("S13, space behind", b"\r\n. \r\n", b"\r\n \r\n", false),
    ("S13, space before", b"\r\n .\r\n", b"\r\n .\r\n", false),
    ("S13, tab", b"\r\n.\t\r\n", b"\r\n\t\r\n", false),
    ("S14, stuffed", b"\r\n..\r\n", b"\r\n.\r\n", false),
    ("S14, LF", b"\n..\n", b"\n..\n", false),
    ("three dots", b"\r\n...\r\n", b"\r\n..\r\n", false),
    ("CR CR LF dot", b"\r\r\n..\r\n", b"\r\r\n.\r\n", false),
    ("dot CR dot", b"\r\n.\r.\r\n", b"\r\n\r.\r\n", true),
    ("empty lines", b"\r\n\r\n", b"\r\n\r\n", false),
];

/// Reads `wire` in pieces that end at each of `cuts`; gives the content, and how many octets belonged to it.
fn read(wire: &[u8], cuts: &[usize], limit: u64) -> (Result<Content, NotKept>, usize) {
    let mut reader = EndOfData::new(Body::new(limit, None, Share::endless()));
    let mut done = 0;
    for end in cuts.iter().copied().chain([wire.len()]) {
        match reader.push(&wire[done..end]) {
            Progress::More => done = end,
            Progress::End(length) => return (reader.finish(), done + length),
        }
    }
    panic!("no end in {:?}", wire.escape_ascii().to_string());
}

/// Whole, byte by byte, cut before and behind each dot, between each CR and LF, and in threes.
fn segmentations(wire: &[u8]) -> Vec<Vec<usize>> {
    let places = |pick: &dyn Fn(usize) -> bool| (1..wire.len()).filter(|at| pick(*at)).collect::<Vec<_>>();
    vec![
        vec![],
        places(&|_| true),
        places(&|at| wire[at] == b'.' || wire[at - 1] == b'.'),
        places(&|at| wire[at - 1] == b'\r'),
        places(&|at| at % 3 == 0),
    ]
}

#[test]
fn a_false_end_stays_content_in_every_segmentation() {
    for (row, sent, stored, splits) in FALSE_ENDS {
        let message = [b"Subject: x\r\n\r\nbefore", stored, SMUGGLED].concat();
        let wire = [b"Subject: x\r\n\r\nbefore", sent, SMUGGLED, b".\r\n", NEXT].concat();
        for cuts in segmentations(&wire) {
            let (content, used) = read(&wire, &cuts, 10_000);
            let content = content.unwrap();
            assert_eq!(content.raw.escape_ascii().to_string(), message.escape_ascii().to_string(), "{row}");
            assert_eq!(&wire[used..], NEXT, "{row}: what follows the true end is not of the message");
            let lints = content.octets.finish(BodyKind::SevenBit);
            let found = lints.iter().any(|lint| matches!(lint, Lint::Smuggling { .. }));
            assert_eq!(found, splits, "{row}: {lints:?}");
        }
    }
}

#[test]
fn the_true_end_is_found_at_every_cut() {
    let wire = b"a\r\n.\r\nQUIT\r\n";
    for cut in 0..6 {
        let (content, used) = read(wire, &[cut], 100);
        assert_eq!((content.unwrap().raw, used), (b"a\r\n".to_vec(), 6));
    }
}

#[test]
fn an_empty_message_ends_with_its_first_line() {
    for cuts in [vec![], vec![1], vec![2], vec![1, 2]] {
        let (content, used) = read(b".\r\nNOOP\r\n", &cuts, 100);
        assert_eq!((content.unwrap().raw, used), (vec![], 3));
    }
}

#[test]
fn dots_of_the_first_line_are_unstuffed() {
    let (content, _) = read(b"..\r\n..a\r\n.\r\n", &[], 100);
    assert_eq!(content.unwrap().raw, b".\r\n.a\r\n");
}

#[test]
fn the_limit_counts_stored_octets_and_keeps_none_beyond() {
    let (content, _) = read(b"..23\r\n.\r\n", &[], 5);
    assert_eq!(content.unwrap().raw, b".23\r\n");
    let (content, used) = read(b"..234\r\n.\r\nNOOP\r\n", &[], 5);
    assert_eq!((content.unwrap_err(), used), (NotKept::TooLarge, 10));
}

#[test]
fn what_is_too_large_is_let_go_while_it_comes() {
    let mut reader = EndOfData::new(Body::new(1000, Some(u64::MAX), Share::endless()));
    for _ in 0..1000 {
        assert_eq!(reader.push(&[b'x'; 1000]), Progress::More);
        assert!(reader.body.raw.capacity() <= 2000);
    }
    assert_eq!(reader.received(), 1_000_000);
    assert_eq!(reader.push(b"\r\n.\r\n"), Progress::End(5));
    assert_eq!(reader.finish().unwrap_err(), NotKept::TooLarge);
}

mod any_octets {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What a sender stuffs comes out as it went in, whatever it is and however it is cut.
        #[test]
        fn stuffing_and_reading_are_inverses(
            lines in prop::collection::vec("[.\r\n\0 a]{0,6}", 0..8),
            cuts in prop::collection::btree_set(0_usize..80, 0..8),
        ) {
            let mut message = lines.join("\r\n");
            message.push_str("\r\n");
            let message = if message == "\r\n" { String::new() } else { message };
            let mut wire = String::new();
            for line in message.split_inclusive("\r\n") {
                if line.starts_with('.') {
                    wire.push('.');
                }
                wire.push_str(line);
            }
            wire.push_str(".\r\nQUIT");
            let cuts: Vec<_> = cuts.into_iter().filter(|cut| *cut < wire.len()).collect();
            let (content, used) = read(wire.as_bytes(), &cuts, 10_000);
            prop_assert_eq!(content.unwrap().raw, message.as_bytes());
            prop_assert_eq!(&wire[used..], "QUIT");
        }
    }
}
