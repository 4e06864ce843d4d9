//! DATA and BDAT, what is stored, what is noted.

use std::sync::Arc;

use super::harness::{Play, dialogue, section};
use crate::config::SmtpSection;
use crate::inboxes::Error;
use crate::model::envelope::BodyKind;
use crate::model::receipt::{Lint, Side, Stage, Via};
use crate::smtp::session::Protocol;

const ENVELOPE: &str = "S: 220 …\nC: MAIL FROM:<a@b.test>\nS: 250 …\nC: RCPT TO:<a@b.test>\nS: 250 …\n";

fn open(section: SmtpSection) -> Play {
    let mut play = Play::new(section);
    play.dialogue(ENVELOPE);
    play
}

#[test]
fn a_message_too_large_is_read_over_and_the_session_goes_on() {
    let mut play = open(section());
    play.send(b"DATA\r\n");
    for _ in 0..100 {
        assert!(play.send(&[b'x'; 1000]));
    }
    play.send(b"\r\n.\r\n");
    play.dialogue("S: 354 …\nS: 552 5.3.4 …2000…");
    assert_eq!((play.rejected[0].cause, play.rejected[0].stage), ("size", Stage::DataEnd));
    play.dialogue(
        "C: MAIL FROM:<a@b.test>\nS: 250 …\nC: RCPT TO:<a@b.test>\nS: 250 …\nC: DATA\nS: 354 …\nC: hi\nC: .\nS: 250 …",
    );
    assert_eq!(play.delivered.len(), 1);
}

#[test]
fn strict_line_ends_refuse_at_the_true_end() {
    let strict = SmtpSection { strict_line_ends: true, ..section() };
    let mut play = open(strict);
    play.send(b"DATA\r\na\n.\nMAIL FROM:<evil@x.test>\r\n.\r\nNOOP\r\n");
    play.dialogue("S: 354 …\nS: 550 5.5.2 …\nS: 250 2.0.0 …");
    assert_eq!(play.rejected[0].cause, "line_ends");
    assert!(play.delivered.is_empty());
}

#[test]
fn chunks_are_pure_content() {
    let mut play = open(section());
    play.send(b"BDAT 7\r\na\r\n.\r\nbBDAT 0\r\nBDAT 3 LAST\r\n.\r\n");
    play.dialogue("S: 250 2.0.0 …\nS: 250 2.0.0 …\nS: 250 2.0.0 msg_…");
    assert_eq!(&play.delivered[0].raw[..], b"a\r\n.\r\nb.\r\n");
    play.dialogue("C: BDAT 0 LAST\nS: 503 5.5.1 …");
}

#[test]
fn binary_content_needs_chunks() {
    let mut play = Play::new(section());
    play.dialogue(
        "S: 220 …\nC: MAIL FROM:<> BODY=BINARYMIME\nS: 250 …\nC: RCPT TO:<a@b.test>\nS: 250 …\nC: DATA\nS: 503 5.5.1 …",
    );
    play.send(b"BDAT 4 LAST\r\n\0\n\xff\r");
    play.dialogue("S: 250 2.0.0 …");
    assert_eq!(&play.delivered[0].raw[..], b"\0\n\xff\r");
    assert_eq!(play.delivered[0].receipt.envelope.mail.body, BodyKind::BinaryMime);
}

#[test]
fn data_and_chunks_do_not_mix() {
    let mut play = open(section());
    play.send(b"BDAT 1\r\nx");
    play.dialogue("S: 250 …\nC: DATA\nS: 503 5.5.1 …\nC: RCPT TO:<c@b.test>\nS: 503 5.5.1 …\nC: RSET\nS: 250 …");
}

#[test]
fn a_refused_chunk_is_read_over() {
    let mut play = Play::new(section());
    play.send(b"BDAT 6 LAST\r\nNOOP\r\nNOOP\r\n");
    play.dialogue("S: 220 …\nS: 503 5.5.1 …\nS: 250 2.0.0 …");

    let mut play = open(section());
    play.send(b"BDAT 1500\r\n");
    play.send(&[b'x'; 1500]);
    play.send(b"BDAT 1500\r\n");
    play.send(&[b'x'; 1500]);
    play.send(b"BDAT 3 LAST\r\nabc");
    play.dialogue("S: 250 …\nS: 552 5.3.4 …\nS: 503 5.5.1 …");
    assert!(play.delivered.is_empty());
    assert_eq!(play.rejected[0].cause, "size");
    play.dialogue("C: MAIL FROM:<a@b.test>\nS: 250 …");
}

#[test]
fn a_chunk_that_nobody_can_read_over_ends_the_session() {
    for size in ["9223372036854775808", "18446744073709551616", "999999999999999999999"] {
        let mut play = open(section());
        play.dialogue(&format!("C: BDAT {size} LAST\nS: 552 5.3.4 …\nS: [closed]"));
    }
}

#[test]
fn tiny_chunks_are_capped() {
    let mut play = open(section());
    for _ in 0..1000 {
        play.send(b"BDAT 1\r\nx");
    }
    play.said.clear();
    play.send(b"BDAT 1\r\nx");
    play.dialogue("S: 552 5.3.4 …chunks…");
}

#[test]
fn what_finds_no_room_is_told_to_come_again_and_room_comes_back() {
    let section = SmtpSection { max_message_bytes: 200_000, max_in_flight_bytes: 1, ..section() };
    let mut first = open(section.clone());
    let mut second = open(section);
    second.session.rules = Arc::clone(&first.session.rules);
    let most = format!("{}\r\n", "x".repeat(998)).repeat(195);
    for play in [&mut first, &mut second] {
        play.send(b"DATA\r\n");
        play.send(most.as_bytes());
        play.said.clear();
    }
    second.send(b".\r\n");
    second.dialogue("S: 452 4.3.1 …");
    assert_eq!((second.delivered.len(), second.rejected[0].cause), (0, "load"));
    first.send(b".\r\n");
    first.dialogue("S: 250 …");
    second.dialogue("C: MAIL FROM:<a@b.test>\nS: 250 …\nC: RCPT TO:<a@b.test>\nS: 250 …\nC: DATA\nS: 354 …");
    second.send(format!("{most}.\r\n").as_bytes());
    second.dialogue("S: 250 …");
}

#[test]
fn lmtp_answers_for_each_recipient() {
    let mut play = Play::over(section(), Protocol::Lmtp, None);
    let envelope = "C: MAIL FROM:<a@b.test>\nS: 250 …\nC: RCPT TO:<a@b.test>\nS: 250 …\nC: RCPT TO:<nobody@b.test>\nS: 550 …\nC: RCPT TO:<c@b.test>\nS: 250 …\n";
    play.send(b"LHLO x\r\n");
    play.said.clear();
    play.dialogue(&format!("{envelope}C: DATA\nS: 354 …\nC: hi\nC: .\nS: 250 2.0.0 …\nS: 250 2.0.0 …"));
    assert_eq!(play.delivered[0].receipt.via, Via::Lmtp);
    play.failing = Some(|| Error::OverQuota { limit: 5, unit: "messages" });
    play.dialogue(&format!("{envelope}C: DATA\nS: 354 …\nC: hi\nC: .\nS: 452 4.2.2 …\nS: 452 4.2.2 …"));
}

#[test]
fn lmtp_answers_for_each_recipient_of_chunks_that_failed_too() {
    // 2,000 octets are taken (see the harness): the second chunk is one too many, and so is all that follows.
    let mut play = Play::over(section(), Protocol::Lmtp, None);
    play.send(b"LHLO x\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<a@b.test>\r\nRCPT TO:<c@b.test>\r\n");
    play.send(format!("BDAT 1500\r\n{}", "x".repeat(1500)).as_bytes());
    play.said.clear();
    play.send(format!("BDAT 1500\r\n{}", "x".repeat(1500)).as_bytes());
    play.dialogue("S: 552 5.3.4 …");
    play.send(b"BDAT 1 LAST\r\nx");
    play.dialogue("S: 503 5.5.1 …\nS: 503 5.5.1 …");
    assert!(play.delivered.is_empty());
}

#[test]
fn what_the_store_says_is_what_the_client_hears() {
    type Failure = fn() -> Error;
    let cases: [(Failure, &str); 4] = [
        (|| Error::DiskFull, "452 4.3.1 …"),
        (|| crate::store::Error::Unavailable.into(), "451 4.3.0 …"),
        (|| Error::Frozen, "550 5.2.1 …"),
        (|| Error::StoreClosed, "421 4.3.0 …\nS: [closed]"),
    ];
    for (error, reply) in cases {
        let mut play = open(section());
        play.failing = Some(error);
        play.dialogue(&format!("C: DATA\nS: 354 …\nC: hi\nC: .\nS: {reply}"));
        assert_eq!((play.rejected.len(), play.rejected[0].envelope_to.as_deref()), (1, Some("a@b.test")));
    }
}

#[test]
fn the_receipt_tells_the_whole_story() {
    let mut play = dialogue(
        &section(),
        "S: 220 …
         C: HELO x.test
         S: 250 …
         C: MAIL FROM: <a@b.test>
         S: 250 …
         C: RCPT TO:<later@b.test>
         S: 451 …
         C: RCPT TO:<c@b.test>
         S: 250 …
         C: DATA
         S: 354 …
         C: grüße
         C: .
         S: 250 …
         C: MAIL FROM:<b@b.test>
         S: 250 …
         C: RCPT TO:<c@b.test>
         S: 250 …
         C: DATA
         S: 354 …
         C: .
         S: 250 …",
    );
    let second = play.delivered.remove(1).receipt;
    let first = play.delivered.remove(0).receipt;
    let lines = |receipt: &crate::model::Receipt| {
        let line = |line: &crate::model::receipt::Line| {
            format!("{}{}", if line.side == Side::Client { "> " } else { "" }, line.text)
        };
        receipt.transcript.iter().map(line).collect::<Vec<_>>()
    };
    let opening = ["220 mx.test ESMTP Restante", "> HELO x.test", "250 mx.test greets x.test"];
    let told = [
        "> MAIL FROM: <a@b.test>",
        "250 2.1.0 sender ok",
        "> RCPT TO:<later@b.test>",
        "451 4.0.0 try later",
        "> RCPT TO:<c@b.test>",
        "250 2.1.5 recipient ok",
        "> DATA",
        "354 go ahead; end with CRLF . CRLF",
        "> <9 octets>",
    ];
    assert_eq!(lines(&first), [&opening[..], &told[..]].concat());
    assert_eq!(lines(&second)[..5], [&opening[..], &["> MAIL FROM:<b@b.test>", "250 2.1.0 sender ok"]].concat());
    let stages: Vec<_> = first.stages.iter().map(|(stage, _)| *stage).collect();
    assert_eq!(stages, [Stage::Connect, Stage::Ehlo, Stage::Mail, Stage::Rcpt, Stage::Data, Stage::DataEnd]);
    assert_eq!(first.lints, [Lint::SloppyPath, Lint::EightBit { offset: 2 }]);
    let facts = first.session.unwrap();
    assert_eq!((facts.helo.as_deref(), facts.extended, facts.tls, facts.auth), (Some("x.test"), false, None, None));
}

#[test]
fn command_lines_may_end_in_lf_and_it_is_noted() {
    let mut play = Play::new(section());
    play.send(b"EHLO x\nMAIL FROM:<a@b.test>\nRCPT TO:<a@b.test>\r\nDATA\nhi\r\n.\r\n");
    assert_eq!(play.delivered[0].receipt.lints, [Lint::CommandBareLf { count: 3 }]);
}

#[test]
fn a_long_conversation_is_cut_not_kept() {
    let mut play = Play::new(section());
    play.send(b"EHLO x\r\n");
    for _ in 0..90 {
        play.send(format!("NOOP {}\r\n", "x".repeat(1900)).as_bytes());
    }
    play.send(b"MAIL FROM:<a@b.test>\r\nRCPT TO:<a@b.test>\r\n");
    for _ in 0..7 {
        play.send(format!("RCPT TO:<nobody@{}>\r\n", "x.".repeat(100)).as_bytes());
    }
    play.send(b"DATA\r\n.\r\n");
    let transcript = &play.delivered[0].receipt.transcript;
    let bytes: usize = transcript.iter().map(|line| line.text.len()).sum();
    assert!(bytes < 64 * 1024, "{bytes}");
    assert!(transcript.iter().any(|line| line.text == "<what follows is not kept>"));
    assert_eq!(transcript.last().unwrap().text, "<0 octets>");
}
