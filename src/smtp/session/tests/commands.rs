//! Commands, their order, and their replies.

use super::harness::{Play, dialogue, section, tls};
use crate::config::AuthPolicy;
use crate::inboxes::Error;
use crate::model::receipt::Stage;
use crate::smtp::session::Protocol;

/// RFC 5321 appendix D.1, with our words.
#[test]
fn the_typical_transaction_of_the_rfc() {
    let play = dialogue(
        &section(),
        "S: 220 mx.test ESMTP Restante
         C: EHLO bar.com
         S: 250-mx.test greets bar.com
         S: 250-PIPELINING
         S: 250-SIZE 2000
         S: 250-8BITMIME
         S: 250-SMTPUTF8
         S: 250-CHUNKING
         S: 250-BINARYMIME
         S: 250-DSN
         S: 250-ENHANCEDSTATUSCODES
         S: 250-LIMITS RCPTMAX=5
         S: 250-STARTTLS
         S: 250-AUTH CRAM-MD5 PLAIN LOGIN OAUTHBEARER XOAUTH2
         S: 250 HELP
         C: MAIL FROM:<Smith@bar.com>
         S: 250 2.1.0 …
         C: RCPT TO:<Jones@foo.com>
         S: 250 2.1.5 …
         C: RCPT TO:<nobody@foo.com>
         S: 550 5.1.1 …
         C: RCPT TO:<Brown@foo.com>
         S: 250 2.1.5 …
         C: DATA
         S: 354 …
         C: Blah blah blah...
         C: ...etc. etc. etc.
         C: .
         S: 250 2.0.0 2 messages stored, the first is msg_…
         C: QUIT
         S: 221 2.0.0 bye
         S: [closed]",
    );
    assert_eq!(play.delivered.len(), 1);
    assert_eq!(&play.delivered[0].raw[..], b"Blah blah blah...\r\n..etc. etc. etc.\r\n");
    assert_eq!(play.delivered[0].routes.len(), 2);
}

#[test]
fn greetings_of_the_other_protocol_are_refused() {
    dialogue(&section(), "S: 220 …\nC: LHLO a\nS: 500 5.5.1 …\nC: HELO a\nS: 250 mx.test greets a");
    Play::over(section(), Protocol::Lmtp, None).dialogue(
        "S: 220 mx.test LMTP …
         C: EHLO a
         S: 500 5.5.1 …
         C: HELO a
         S: 500 5.5.1 …",
    );
}

#[test]
fn order_is_kept_and_every_error_is_followed_by_a_good_transaction() {
    let bad = [
        ("RCPT TO:<a@b.test>", "503 5.5.1 …"),
        ("DATA", "503 5.5.1 …"),
        ("MAIL", "501 5.1.7 …"),
        ("MAIL FROM:<a", "501 5.1.7 …"),
        ("MAIL FROM:<a@b.test> FOO=BAR", "555 5.5.4 …FOO…"),
        ("MAIL FROM:<a@b.test> SIZE=5 SIZE=6", "501 5.5.4 …twice…"),
        ("MAIL FROM:<a@b.test> SIZE=2001", "552 5.3.4 …2000…"),
        ("MAIL FROM:<a@b.test> REQUIRETLS", "555 5.5.4 …"),
        ("NONSENSE", "500 5.5.1 …"),
        ("EXPN list", "502 5.5.1 …"),
        ("ETRN x", "502 5.5.1 …"),
        ("XCLIENT ADDR=192.0.2.9", "502 5.5.1 …"),
        ("EHLO", "501 5.5.4 …"),
        ("EHLO a\rb", "500 5.5.2 …"),
        ("EHLO a\u{1}b", "501 5.5.2 …"),
        ("AUTH FOO", "504 5.5.4 …"),
        ("AUTH PLAIN !", "501 5.5.2 …"),
        ("BDAT x", "501 5.5.4 …"),
        ("BDAT 0 LAST", "503 5.5.1 …"),
        ("MAIL FROM:<a@b.test>⏎MAIL FROM:<a@b.test>⏎RSET", "250 2.1.0 …\nS: 503 5.5.1 …\nS: 250 2.0.0 …"),
        ("MAIL FROM:<a@b.test>⏎DATA⏎RSET", "250 2.1.0 …\nS: 503 5.5.1 …\nS: 250 2.0.0 …"),
        ("MAIL FROM:<a@b.test>⏎RCPT TO:<nobody@b>⏎DATA⏎RSET", "250 …\nS: 550 5.1.1 …\nS: 554 5.5.1 …\nS: 250 …"),
        ("MAIL FROM:<a@b.test>⏎RCPT TO:<>⏎RSET", "250 …\nS: 501 5.1.3 …\nS: 250 …"),
        ("MAIL FROM:<a@b.test>⏎RCPT TO:<a@b> NOTIFY=X⏎RSET", "250 …\nS: 501 5.5.4 …\nS: 250 …"),
        ("MAIL FROM:<a@b.test>⏎RCPT TO:<a@b> FOO⏎RSET", "250 …\nS: 555 5.5.4 …\nS: 250 …"),
        ("MAIL FROM:<a@b.test>⏎STARTTLS⏎RSET", "250 …\nS: 503 5.5.1 …\nS: 250 …"),
        ("MAIL FROM:<a@b.test>⏎AUTH LOGIN⏎RSET", "250 …\nS: 503 5.5.1 …\nS: 250 …"),
    ];
    for (command, reply) in bad {
        let script = format!(
            "S: 220 …\nC: HELO x\nS: 250 …\nC: {command}\nS: {reply}\nC: MAIL FROM:<a@b.test>\nS: 250 …\nC: RCPT TO:<c@d.test>\n\
             S: 250 …\nC: DATA\nS: 354 …\nC: hello\nC: .\nS: 250 2.0.0 msg_…stored"
        );
        let mut play = Play::new(section());
        play.dialogue(&script);
        assert_eq!(play.delivered.len(), 1, "{command}");
    }
}

#[test]
fn paths_of_all_kinds_reach_the_envelope() {
    let play = dialogue(
        &section(),
        "S: 220 …
         C: MAIL FROM:<> BODY=8BITMIME SIZE=12 RET=HDRS ENVID=q+2B1
         S: 250 2.1.0 …
         C: RCPT TO:<PostMaster> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a+2Bb@c.test
         S: 250 2.1.5 …
         C: RCPT TO: <\"a b\"@c.test>
         S: 250 2.1.5 …
         C: RCPT TO:<@x.test:jörg@bücher.test>
         S: 250 2.1.5 …
         C: DATA
         S: 354 …
         C: .
         S: 250 2.0.0 …",
    );
    let receipt = &play.delivered[0].receipt;
    assert_eq!(receipt.envelope.reverse_path.to_string(), "");
    let recipients: Vec<_> = receipt.envelope.recipients.iter().map(|recipient| recipient.path.to_string()).collect();
    assert_eq!(recipients, ["postmaster@mx.test", "\"a b\"@c.test", "jörg@bücher.test"]);
    assert_eq!(receipt.envelope.recipients[0].notify.as_deref(), Some("SUCCESS,FAILURE"));
    assert_eq!(receipt.envelope.recipients[0].original.as_deref(), Some("rfc822;a+b@c.test"));
    assert_eq!(receipt.envelope.mail.envid.as_deref(), Some("q+1"));
    use crate::model::receipt::Lint::{NoGreeting, SloppyPath, Utf8WithoutSmtputf8};
    assert_eq!(receipt.lints, [NoGreeting, SloppyPath, Utf8WithoutSmtputf8]);
    assert!(play.delivered[0].raw.is_empty());
}

#[test]
fn refused_recipients_are_answered_by_the_table_and_noted() {
    let mut play = Play::new(section());
    play.dialogue(
        "S: 220 …
         C: EHLO x
         S: 250-…\nS: 250-…\nS: 250-…\nS: 250-…\nS: 250-…\nS: 250-…\nS: 250-…\nS: 250-…\nS: 250-…\nS: 250-…\nS: 250-…\nS: 250-…
         S: 250 …
         C: MAIL FROM:<a@b.test>
         S: 250 …
         C: RCPT TO:<nobody@x.test>
         S: 550 5.1.1 …
         C: RCPT TO:<old@x.test>
         S: 550 5.1.1 …
         C: RCPT TO:<ice@x.test>
         S: 550 5.2.1 …
         C: RCPT TO:<full@x.test>
         S: 452 4.2.2 …
         C: RCPT TO:<later@x.test>
         S: 451 4.0.0 try later
         C: RCPT TO:<broken@x.test>
         S: 451 4.3.0 …
         C: RCPT TO:<hangup@x.test>
         S: 421 4.0.0 go away
         S: [closed]",
    );
    let noted: Vec<_> = play.rejected.iter().map(|rejection| (rejection.cause, rejection.stage)).collect();
    let causes = ["unknown_inbox", "expired", "frozen", "quota", "scripted", "store", "scripted"];
    assert_eq!(noted, causes.map(|cause| (cause, Stage::Rcpt)));
    let first = &play.rejected[0];
    assert!(first.reply.starts_with("550 5.1.1 "), "{}", first.reply);
    assert_eq!(
        (first.envelope_from.as_deref(), first.envelope_to.as_deref()),
        (Some("a@b.test"), Some("nobody@x.test"))
    );
    assert_eq!((first.helo.as_deref(), first.peer.to_string().as_str()), (Some("x"), "192.0.2.7:4711"));
}

#[test]
fn ehlo_and_rset_end_a_transaction() {
    for reset in ["RSET\nS: 250 2.0.0 …", "HELO x\nS: 250 …"] {
        let script =
            format!("S: 220 …\nC: MAIL FROM:<a@b.test>\nS: 250 …\nC: {reset}\nC: RCPT TO:<a@b.test>\nS: 503 5.5.1 …");
        dialogue(&section(), &script);
    }
}

#[test]
fn the_small_commands_answer() {
    dialogue(
        &section(),
        "S: 220 …
         C: NOOP with text
         S: 250 2.0.0 …
         C: VRFY someone
         S: 252 2.0.0 …
         C: HELP
         S: 214 2.0.0 …
         C: RSET
         S: 250 2.0.0 …
         C: quit
         S: 221 2.0.0 …
         S: [closed]",
    );
}

#[test]
fn other_protocols_are_sent_away() {
    dialogue(&section(), "S: 220 …\nC: GET / HTTP/1.1\nS: 554 5.5.1 …\nS: [closed]");
    let mut play = Play::new(section());
    assert!(!play.send(b"\x16\x03\x01\x02\x00\x01"));
    assert!(play.said.contains("\n554 5.5.1 this looks like a TLS handshake"));
    let mut play = Play::new(section());
    play.session.spoke_first(play.now);
    play.dialogue("S: 554 5.5.1 …");
}

#[test]
fn starttls_forgets_everything_and_drops_what_came_too_early() {
    let mut play = Play::new(section());
    play.send(b"EHLO before\r\n");
    play.said.clear();
    play.send(b"STARTTLS\r\nMAIL FROM:<evil@x.test>\r\nRCPT TO:<a@b.test>\r\n");
    play.dialogue("S: 220 2.0.0 …\nS: [tls]");
    play.dialogue("C: RCPT TO:<a@b.test>\nS: 503 5.5.1 …");
    play.dialogue("C: AUTH PLAIN AGEAYg==\nS: 503 5.5.1 …");
    play.send(b"EHLO after\r\n");
    assert!(!play.said.contains("STARTTLS") && play.said.contains("250-REQUIRETLS\n"));
    play.said.clear();
    play.dialogue("C: STARTTLS\nS: 503 5.5.1 …");
    play.dialogue("C: MAIL FROM:<a@b.test> REQUIRETLS\nS: 250 …\nC: RCPT TO:<a@b.test>\nS: 250 …");
    play.dialogue("C: DATA\nS: 354 …\nC: hi\nC: .\nS: 250 …");
    let session = play.delivered[0].receipt.session.as_ref().unwrap();
    assert_eq!((session.helo.as_deref(), session.tls.as_ref()), (Some("after"), Some(&tls())));
}

#[test]
fn starttls_is_refused_when_authenticated_or_with_an_argument() {
    let mut play = Play::new(section());
    play.send(b"EHLO x\r\nAUTH PLAIN AGEAYg==\r\n");
    play.said.clear();
    play.dialogue("C: STARTTLS\nS: 503 5.5.1 …\nC: STARTTLS now\nS: 501 5.5.4 …");
}

#[test]
fn mail_waits_for_what_the_server_needs() {
    let mut play = Play::new(section());
    play.unavailable = Some(|| Error::DiskFull);
    play.dialogue("S: 220 …\nC: MAIL FROM:<a@b.test>\nS: 452 4.3.1 …");
    play.unavailable = Some(|| Error::StoreClosed);
    play.dialogue("C: MAIL FROM:<a@b.test>\nS: 421 4.3.0 …\nS: [closed]");
    assert_eq!(play.rejected.len(), 2);

    let required = crate::config::SmtpSection { auth: AuthPolicy::Required, ..section() };
    let mut play = dialogue(&required, "S: 220 …\nC: MAIL FROM:<a@b.test>\nS: 530 5.7.0 …");
    assert_eq!(play.rejected.remove(0).cause, "auth");
}

#[test]
fn xclient_speaks_for_another() {
    let trusted = crate::config::SmtpSection { xclient_networks: vec!["192.0.2.0/24".parse().unwrap()], ..section() };
    let mut play = dialogue(
        &trusted,
        "S: 220 …
         C: XCLIENT ADDR=IPV6:2001:db8::1 PORT=99 HELO=far.test LOGIN=anna NAME=[UNAVAILABLE]
         S: 220 mx.test ESMTP Restante
         C: XCLIENT ADDR=nonsense
         S: 501 5.5.4 …
         C: MAIL FROM:<a@b.test>
         S: 250 …
         C: RCPT TO:<a@b.test>
         S: 250 …
         C: DATA
         S: 354 …
         C: .
         S: 250 …",
    );
    let session = play.delivered.remove(0).receipt.session.unwrap();
    assert_eq!(session.peer.to_string(), "[2001:db8::1]:99");
    assert_eq!(session.helo.as_deref(), Some("far.test"));
    assert_eq!(session.auth.unwrap().identity, "anna");
}

#[test]
fn shutting_down_lets_a_transaction_end_and_nothing_begin() {
    let mut idle = Play::new(section());
    idle.session.stop(idle.now);
    idle.dialogue("S: 220 …\nS: 421 4.3.2 …");

    let mut busy = Play::new(section());
    busy.dialogue("S: 220 …\nC: MAIL FROM:<a@b.test>\nS: 250 …\nC: RCPT TO:<a@b.test>\nS: 250 …\nC: DATA\nS: 354 …");
    busy.session.stop(busy.now);
    busy.dialogue("C: hello\nC: .\nS: 250 2.0.0 …\nS: 421 4.3.2 …\nS: [closed]");
    assert_eq!(busy.delivered.len(), 1);
}
