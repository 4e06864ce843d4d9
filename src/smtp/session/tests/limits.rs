//! What a client may do, and for how long.

use super::harness::{Play, section};

fn count(text: &str, start: &str) -> usize {
    text.lines().filter(|line| line.starts_with(start)).count()
}

#[test]
fn errors_are_slowed_down_and_then_ended() {
    let mut play = Play::new(section());
    assert!((0..19).all(|_| play.send(b"FOO\r\n")));
    assert_eq!((count(&play.said, "500 5.5.1"), count(&play.said, "[pause 1]")), (19, 9));
    assert!(!play.send(b"FOO\r\n"));
    assert!(play.said.ends_with("421 4.7.0 too many errors; closing\n[closed]\n"));
}

#[test]
fn a_message_gives_new_credit() {
    let mut play = Play::new(section());
    for _ in 0..4 {
        assert!((0..10).all(|_| play.send(b"FOO\r\n")));
        assert!(play.send(b"MAIL FROM:<a@b.test>\r\nRCPT TO:<a@b.test>\r\nDATA\r\n.\r\n"));
    }
    assert_eq!((play.delivered.len(), count(&play.said, "[pause")), (4, 0));
}

#[test]
fn commands_that_bring_no_mail_are_counted() {
    let mut play = Play::new(section());
    for command in ["NOOP\r\n", "RSET\r\n", "VRFY x\r\n", "HELO x\r\n"].iter().cycle().take(100) {
        assert!(play.send(command.as_bytes()));
    }
    assert!(!play.send(b"NOOP\r\n"));
    assert!(play.said.ends_with("421 4.7.0 too many commands without mail; closing\n[closed]\n"));
}

#[test]
fn a_long_line_is_read_over_and_the_third_ends_the_session() {
    let mut play = Play::new(section());
    let fits = format!("NOOP {}\r\n", "x".repeat(2048 - 7));
    let long = format!("NOOP {}\r\n", "x".repeat(2048 - 6));
    play.send(fits.as_bytes());
    play.dialogue("S: 220 …\nS: 250 2.0.0 …");
    play.send(long.as_bytes());
    play.dialogue("S: 500 5.5.2 …");
    for _ in 0..100 {
        assert!(play.send(&[b'x'; 100_000]));
    }
    play.send(b"\r\nNOOP\r\n");
    play.dialogue("S: 500 5.5.2 …\nS: 250 2.0.0 …");
    assert!(!play.send(long.as_bytes()));
    play.dialogue("S: 421 4.7.0 …\nS: [closed]");
}

#[test]
fn an_auth_line_may_be_longer() {
    let mut play = Play::new(section());
    play.send(b"HELO x\r\n");
    play.said.clear();
    play.send(format!("AUTH PLAIN {}\r\n", "A".repeat(12_000)).as_bytes());
    play.dialogue("S: 501 5.5.2 …");
    play.send(b"AUTH PLAIN\r\n");
    play.send(format!("{}\r\n", "A".repeat(13_000)).as_bytes());
    play.dialogue("S: 334 \nS: 500 5.5.6 …");
    play.dialogue("C: NOOP\nS: 250 2.0.0 …");
}

#[test]
fn recipients_are_limited_and_the_rest_goes_on() {
    let mut play = Play::new(section());
    play.send(b"MAIL FROM:<a@b.test>\r\n");
    play.said.clear();
    for at in 0..7 {
        play.send(format!("RCPT TO:<r{at}@b.test>\r\n").as_bytes());
    }
    assert_eq!((count(&play.said, "250 2.1.5"), count(&play.said, "452 4.5.3")), (5, 2));
    assert_eq!(play.rejected.len(), 2);
    assert_eq!(play.rejected[0].cause, "too_many_recipients");
    play.send(b"DATA\r\n.\r\n");
    assert_eq!(play.delivered[0].routes.len(), 5);
}

#[test]
fn a_client_that_never_stops_with_recipients_is_ended() {
    for name in ["good", "nobody"] {
        let mut play = Play::new(section());
        play.send(b"MAIL FROM:<a@b.test>\r\n");
        let mut sent = 0;
        while play.send(format!("RCPT TO:<{name}@b.test>\r\n").as_bytes()) {
            sent += 1;
            assert!(sent < 100);
        }
        assert_eq!(sent, 2 * 5 + 19);
    }
}
