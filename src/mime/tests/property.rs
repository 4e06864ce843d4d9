//! Messages put together at random out of what is likely to break a reader.

use proptest::prelude::*;

use super::{invariants, mime};

const PIECES: [&str; 48] = [
    "\r\n",
    "\r\n",
    "\n",
    "\r",
    "\0",
    " ",
    "\t",
    "--b",
    "--b\r\n",
    "--b--\r\n",
    "--bb\r\n",
    "--bb--\r\n",
    "Content-Type: multipart/mixed; boundary=b\r\n",
    "Content-Type: multipart/digest; boundary=\"bb\"\r\n",
    "Content-Type: multipart/alternative\r\n",
    "Content-Type: message/rfc822\r\n\r\n",
    "Content-Type: text/html; charset=shift_jis\r\n",
    "Content-Type: text/plain; charset=utf-7\r\n",
    "Content-Type: text/plain; charset=iso-2022-jp\r\n",
    "Content-Type: ",
    "Content-Disposition: attachment; filename*0*=utf-16''%00; filename*1=\"a",
    "Content-Transfer-Encoding: base64\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n",
    "Content-ID: <",
    "Content-Language: a,,b\r\n",
    "From: ",
    "To: ",
    "Subject: ",
    "Subject: =?iso-2022-jp?b?GyRC?=\r\n",
    "Date: ",
    "References: <",
    ";",
    ":",
    "\"",
    "\\",
    "(",
    ")",
    "<",
    ">",
    "@",
    "=",
    "=?utf-8?q?=00=0D=0A?=",
    "=?utf-16?b?AAo=?=",
    "=?utf-8?b?",
    "?=",
    "[fwd: ",
    "&#0;&#x2028;<style>",
    "é\u{2028}\u{202e}",
];

fn message() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
        1 => "[a-z]{1,6}".prop_map(String::into_bytes),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_what_always_holds_holds(raw in message()) {
        invariants::check(&raw);
    }

    #[test]
    fn every_header_value_is_one_line(raw in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = mime::header_text(&raw);
        prop_assert!(!text.chars().any(char::is_control), "{text:?}");
    }
}
