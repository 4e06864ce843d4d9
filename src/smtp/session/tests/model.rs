//! Random sessions against a model of a few lines, and against themselves cut elsewhere.

use proptest::prelude::*;

use super::harness::{Play, section};

/// What the model knows of a session.
#[derive(Default)]
struct Model {
    mail: bool,
    recipients: usize,
    attempts: usize,
    chunks: bool,
    stored: usize,
}

#[derive(Clone, Copy, Debug)]
enum Move {
    Helo,
    Mail,
    MailTooLarge,
    Rcpt,
    RcptUnknown,
    Data,
    Chunk,
    LastChunk,
    Rset,
    Nonsense,
}

impl Move {
    fn octets(self) -> &'static [u8] {
        match self {
            Self::Helo => b"HELO x\r\n",
            Self::Mail => b"MAIL FROM:<a@b.test>\r\n",
            Self::MailTooLarge => b"MAIL FROM:<a@b.test> SIZE=99999\r\n",
            Self::Rcpt => b"RCPT TO:<c@d.test>\r\n",
            Self::RcptUnknown => b"RCPT TO:<nobody@d.test>\r\n",
            Self::Data => b"DATA\r\n",
            Self::Chunk => b"BDAT 6\r\nDATA\r\n",
            Self::LastChunk => b"BDAT 6 LAST\r\nRSET\r\n",
            Self::Rset => b"RSET\r\n",
            Self::Nonsense => b"FOO\r\n",
        }
    }
}

impl Model {
    /// The code of the reply to `next`.
    fn expect(&mut self, next: Move) -> u16 {
        let begun = self.chunks;
        match next {
            Move::Nonsense => 500,
            Move::Helo | Move::Rset => {
                *self = Self { stored: self.stored, ..Self::default() };
                250
            }
            Move::Mail | Move::MailTooLarge if self.mail => 503,
            Move::MailTooLarge => 552,
            Move::Mail => {
                self.mail = true;
                250
            }
            Move::Rcpt | Move::RcptUnknown if !self.mail || begun => 503,
            Move::Rcpt | Move::RcptUnknown => {
                self.attempts += 1;
                if self.recipients >= 5 {
                    452
                } else if matches!(next, Move::Rcpt) {
                    self.recipients += 1;
                    250
                } else {
                    550
                }
            }
            Move::Data | Move::Chunk | Move::LastChunk if !self.mail => 503,
            Move::Data if begun => 503,
            Move::Data | Move::Chunk | Move::LastChunk if self.recipients == 0 => {
                let code = if self.attempts == 0 { 503 } else { 554 };
                if matches!(next, Move::LastChunk) {
                    *self = Self { stored: self.stored, ..Self::default() };
                }
                code
            }
            Move::Data => 354,
            Move::Chunk => {
                self.chunks = true;
                250
            }
            Move::LastChunk => {
                *self = Self { stored: self.stored + 1, ..Self::default() };
                250
            }
        }
    }
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        1 => Just(Move::Helo),
        4 => Just(Move::Mail),
        1 => Just(Move::MailTooLarge),
        5 => Just(Move::Rcpt),
        1 => Just(Move::RcptUnknown),
        4 => Just(Move::Data),
        1 => Just(Move::Chunk),
        2 => Just(Move::LastChunk),
        1 => Just(Move::Rset),
        1 => Just(Move::Nonsense),
    ];
    prop::collection::vec(one, 0..30)
}

proptest! {
    #[test]
    fn every_sequence_is_answered_as_the_model_says(moves in moves()) {
        let mut play = Play::new(section());
        play.send(b"");
        let mut model = Model::default();
        for next in moves {
            play.said.clear();
            let open = play.send(next.octets());
            let code = play.said.get(..3).and_then(|code| code.parse().ok()).unwrap_or(0_u16);
            if !open {
                prop_assert_eq!(code, 421);
                break;
            }
            prop_assert_eq!(code, model.expect(next), "{:?} was answered {}", next, play.said);
            if code == 354 {
                play.said.clear();
                play.send(b"QUIT\r\n.\r\n");
                prop_assert!(play.said.starts_with("250 2.0.0"));
                model = Model { stored: model.stored + 1, ..Model::default() };
            }
        }
        prop_assert_eq!(play.delivered.len(), model.stored);
    }

    #[test]
    fn cutting_the_input_elsewhere_changes_nothing(
        words in prop::collection::vec(
            prop_oneof![
                Just(&b"EHLO x\r\n"[..]), Just(&b"MAIL FROM:<a@b>\r\n"[..]), Just(&b"RCPT TO:<a@b>\n"[..]),
                Just(&b"DATA\r\n"[..]), Just(&b".\r\n"[..]), Just(&b"\r\n.\r\n"[..]), Just(&b"\n.\r\n"[..]),
                Just(&b"BDAT 5\r\n"[..]), Just(&b"BDAT 3 LAST\r\n"[..]), Just(&b"AUTH PLAIN AGEAYg==\r\n"[..]),
                Just(&b"AUTH LOGIN\r\n"[..]), Just(&b"*\r\n"[..]), Just(&b"\r"[..]), Just(&b"\0\xff"[..]),
                Just(&[b'x'; 2100][..]), Just(&b"NOOP\r\n"[..]), Just(&b"QUIT\r\n"[..]),
            ],
            0..40,
        ),
        cuts in prop::collection::vec(1_usize..50, 1..20),
    ) {
        let input = words.concat();
        let mut whole = Play::new(section());
        whole.send(&input);
        let mut cut = Play::new(section());
        let mut rest = &input[..];
        for length in cuts.iter().cycle() {
            let (part, after) = rest.split_at((*length).min(rest.len()));
            if !cut.send(part) || after.is_empty() {
                break;
            }
            rest = after;
        }
        prop_assert_eq!(&whole.said, &cut.said);
        let raws = |play: &Play| play.delivered.iter().map(|delivery| delivery.raw.clone()).collect::<Vec<_>>();
        prop_assert_eq!(raws(&whole), raws(&cut));
    }
}
