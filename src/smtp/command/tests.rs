//! Tables of lines and what they come to; the traps of the parser beneath.

use smtp_proto::Request;

use super::line::Command;
use super::parameters::{decimal, mail_parameters, rcpt_parameters, xtext};
use super::path::Path;
use super::*;
use crate::model::Address;
use crate::model::envelope::BodyKind;

fn parse(line: &str) -> Result<Command<'_>, u16> {
    Command::parse(line.as_bytes()).map_err(|reply| reply.code)
}

fn address(text: &str) -> Path {
    Path::Address(Address::parse(text).unwrap())
}

#[test]
fn paths_of_every_habit_are_read() {
    let cases = [
        ("MAIL FROM:<>\r\n", Path::Null, false, ""),
        ("mail from:<a@b.test>\r\n", address("a@b.test"), false, ""),
        ("MAIL FROM:<a@b.test> SIZE=5 BODY=8BITMIME\r\n", address("a@b.test"), false, " SIZE=5 BODY=8BITMIME"),
        ("MAIL FROM: <a@b.test>\r\n", address("a@b.test"), true, ""),
        ("MAIL FROM:< a@b.test >\r\n", address("a@b.test"), true, ""),
        ("MAIL FROM:a@b.test SIZE=5\r\n", address("a@b.test"), true, "SIZE=5"),
        ("MAIL  FROM :<a@b.test>\r\n", address("a@b.test"), false, ""),
        ("RCPT TO:<\"a b\"@b.test>\r\n", address("\"a b\"@b.test"), false, ""),
        ("RCPT TO:<\"a>\\\"b\"@b.test> NOTIFY=NEVER\r\n", address("\"a>\\\"b\"@b.test"), false, " NOTIFY=NEVER"),
        ("RCPT TO:<jörg@bücher.test>\r\n", address("jörg@bücher.test"), false, ""),
        ("RCPT TO:<a@[IPv6:::1]>\r\n", address("a@[IPv6:::1]"), false, ""),
        ("RCPT TO:<@x.test,@[IPv6:::1]:a@b.test>\r\n", address("a@b.test"), false, ""),
        ("RCPT TO:<PostMaster>\r\n", Path::Postmaster, false, ""),
        ("RCPT TO:<postmaster@b.test>\r\n", address("postmaster@b.test"), false, ""),
    ];
    for (line, path, sloppy, rest) in cases {
        match parse(line).unwrap_or_else(|code| panic!("{line:?} was refused with {code}")) {
            Command::Mail(found) | Command::Rcpt(found) => {
                assert_eq!((found.path, found.sloppy, found.rest), (path, sloppy, rest), "{line:?}");
            }
            other => panic!("{line:?} came to {other:?}"),
        }
    }
}

#[test]
fn what_is_no_command_is_refused_with_its_code() {
    let cases = [
        ("\r\n", 500),
        ("FOO\r\n", 500),
        ("EHLO\r\n", 501),
        ("EHLO \r\n", 501),
        ("HELO\r\n", 501),
        ("EHLO a\rMAIL FROM:<a@b>\r\n", 500),
        ("EHLO a\0b\r\n", 501),
        ("EHLO a\u{85}b\r\n", 501),
        ("DATA x\r\n", 501),
        ("STARTTLS now\r\n", 501),
        ("MAIL\r\n", 501),
        ("MAIL FROM\r\n", 501),
        ("MAIL FROM:\r\n", 501),
        ("MAIL FROM:<a>\r\n", 501),
        ("MAIL FROM:<a@b\r\n", 501),
        ("MAIL FROM:<a@b>x\r\n", 501),
        ("MAIL FROM:<postmaster>\r\n", 501),
        ("MAIL TO:<a@b>\r\n", 501),
        ("RCPT TO:<>\r\n", 501),
        ("RCPT TO:<a b@c>\r\n", 501),
        ("RCPT TO:<\"a@b>\r\n", 501),
        ("BDAT\r\n", 501),
        ("BDAT x\r\n", 501),
        ("BDAT -1\r\n", 501),
        ("BDAT 5 FIRST\r\n", 501),
        ("BDAT 5 LAST 6\r\n", 501),
        ("AUTH\r\n", 501),
        ("ETRN x\r\n", 502),
        ("XCLIENT\r\n", 501),
    ];
    for (line, code) in cases {
        assert_eq!(parse(line), Err(code), "{line:?}");
    }
    assert_eq!(Command::parse(b"NOOP \xff\r\n").map_err(|reply| reply.code), Err(501));
}

#[test]
fn the_simple_ones_are_read() {
    assert_eq!(parse("ehlo  x.test \r\n"), Ok(Command::Greet(Greeting::Ehlo, "x.test")));
    assert_eq!(parse("HELO [127.0.0.1]\n"), Ok(Command::Greet(Greeting::Helo, "[127.0.0.1]")));
    assert_eq!(parse("NOOP something else\r\n"), Ok(Command::Noop));
    assert_eq!(parse("RSET \r\n"), Ok(Command::Rset));
    assert_eq!(parse("HELP\r\n"), Ok(Command::Help));
    assert_eq!(parse("GET / HTTP/1.1\r\n"), Ok(Command::Foreign));
    assert_eq!(parse("BDAT 12 last\r\n"), Ok(Command::Bdat { size: 12, last: true }));
    assert_eq!(parse("BDAT 0\r\n"), Ok(Command::Bdat { size: 0, last: false }));
    let plain = Command::Auth { mechanism: Some(Mechanism::Plain), initial: Some("=") };
    assert_eq!(parse("AUTH plain =\r\n"), Ok(plain));
    assert_eq!(parse("AUTH X@Y\r\n"), Ok(Command::Auth { mechanism: None, initial: None }));
    for mechanism in Mechanism::ALL {
        let line = format!("AUTH {}\r\n", mechanism.name());
        assert_eq!(parse(&line), Ok(Command::Auth { mechanism: Some(mechanism), initial: None }));
    }
}

#[test]
fn parameters_are_read_strictly() {
    let text = " SIZE=99999999999999999999999 BODY=binarymime SMTPUTF8 RET=hdrs ENVID=a+2Bb AUTH=<> REQUIRETLS";
    let found = mail_parameters(text, true).unwrap();
    assert_eq!(found.declared_size, Some(u64::MAX));
    assert_eq!(found.body, BodyKind::BinaryMime);
    assert!(found.smtputf8 && found.requiretls);
    assert_eq!(
        (found.ret.as_deref(), found.envid.as_deref(), found.auth.as_deref()),
        (Some("HDRS"), Some("a+b"), Some("<>"))
    );
    let found = rcpt_parameters("NOTIFY=success,Delay ORCPT=utf-8;j+C3+B6rg@x.test").unwrap();
    assert_eq!(found.notify.as_deref(), Some("SUCCESS,DELAY"));
    assert_eq!(found.original.as_deref(), Some("utf-8;jörg@x.test"));

    assert!(mail_parameters(" size=99 SMTPUTF8 BODY=8BITMIME SMTPUTF8 BODY=8BITMIME", false).is_ok());

    let mail = |text: &str| mail_parameters(text, false).map_err(|reply| reply.code);
    for (text, code) in [
        ("SIZE", 501),
        ("SIZE=", 501),
        ("SIZE=-1", 501),
        ("SIZE=5 size=6", 501),
        ("BODY=9BIT", 501),
        ("SMTPUTF8=yes", 501),
        ("RET=ALL", 501),
        ("ENVID=a+0D+0Ab", 501),
        ("AUTH=a+2", 501),
        ("-X", 501),
        ("=5", 501),
        ("REQUIRETLS", 555),
        ("FOO=BAR", 555),
    ] {
        assert_eq!(mail(text), Err(code), "{text}");
    }
    for text in ["NOTIFY=NEVER,DELAY", "NOTIFY=", "NOTIFY=SUCCESS,", "ORCPT=a", "ORCPT=;a"] {
        assert_eq!(rcpt_parameters(text).map_err(|reply| reply.code), Err(501), "{text}");
    }
}

#[test]
fn xtext_and_numbers_hide_nothing() {
    assert_eq!(xtext("a+0D+0AX"), None);
    assert_eq!(xtext("a+F"), None);
    assert_eq!(xtext("a+FF"), None);
    assert_eq!(decimal("+5"), None);
    assert_eq!(decimal("007"), Some(7));
}

/// Not ours, but what we build around: if one of these changes, our own reading may go.
#[test]
fn the_parser_beneath_has_the_traps_that_we_avoid() {
    let request = |line: &'static str| Request::parse(&mut line.as_bytes().iter());
    let rcpt = |line| match request(line) {
        Ok(Request::Rcpt { to }) => to.address.into_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(rcpt("RCPT TO:<postmaster>\r\n"), rcpt("RCPT TO:<>\r\n"));
    assert_eq!(rcpt("RCPT TO:<\"a b\"@b.c>\r\n"), "a b@b.c");
    assert!(request("MAIL FROM:a@b.c\r\n").is_err());
    assert!(request("EHLO  x\r\n").is_err());
    assert!(request("DATA x\r\n").is_ok());
    assert!(request("RCPT TO:<a@b.c> ORCPT=utf-8;a@b.c\r\n").is_err());
    match request("BDAT 999999999999999999999\r\n") {
        Ok(Request::Bdat { chunk_size, .. }) => assert_eq!(chunk_size, 9),
        other => panic!("{other:?}"),
    }
}
