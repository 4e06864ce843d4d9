//! What people write and what they are shown.

use std::time::Duration;

use restante_client::Error;

use super::duration::parse_duration;
use super::failure::exit_of;
use super::table::{facts, table, tame_lines};

#[test]
fn durations_are_read_with_their_units() {
    for (text, millis) in [("500ms", 500), ("60s", 60_000), ("30", 30_000), ("2m", 120_000), ("1h", 3_600_000)] {
        assert_eq!(parse_duration(text), Ok(Duration::from_millis(millis)), "{text}");
    }
    for text in ["", "s", "1w", "-1s", "1.5s", "99999999999999999999s", "9999999999999999999d"] {
        assert!(parse_duration(text).is_err(), "{text}");
    }
}

#[test]
fn columns_are_aligned_and_nothing_steers_the_terminal() {
    let rows = [vec!["ä".to_owned(), "one".to_owned()], vec!["longer".to_owned(), "\u{1b}[2J\n".to_owned()]];
    assert_eq!(table(&["A", "B"], &rows), "A       B\nä       one\nlonger  \\u{1b}[2J\\n\n");
    assert_eq!(
        facts(&[("A", Some("1".to_owned())), ("B", None), ("Long", Some("2".to_owned()))]),
        "A:     1\nLong:  2\n"
    );
    assert_eq!(tame_lines("a\r\n\tb\u{7}"), "a\n\tb\\u{7}\n");
}

#[test]
fn each_failure_has_its_code() {
    let url = || "http://a.test".to_owned();
    let codes = [
        (Error::InboxDeleted, 1),
        (Error::Unfit { url: url(), reason: String::new() }, 1),
        (Error::Config(String::new()), 2),
        (Error::Unreachable { url: url(), reason: String::new(), connected: false }, 3),
        (Error::Unavailable(Box::default()), 3),
        (Error::WaitTimeout(Box::default()), 4),
        (Error::NoCode(Box::default()), 5),
        (Error::NoLink(Box::default()), 5),
        (Error::AmbiguousCode { candidates: Vec::new() }, 5),
        (Error::Auth(Box::default()), 6),
    ];
    for (error, code) in codes {
        assert_eq!(exit_of(&error) as u8, code, "{error:?}");
    }
}
