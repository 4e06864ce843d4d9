//! AUTH in a session: policies, masks, pauses, the throttle.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::harness::{PASSWORD, Play, section, tls};
use crate::config::{AuthPolicy, SmtpSection};
use crate::smtp::session::Protocol;

fn greeted(policy: AuthPolicy, in_tls: bool) -> Play {
    let section = SmtpSection { auth: policy, auth_without_tls: policy == AuthPolicy::Any, ..section() };
    let mut play = Play::over(section, Protocol::Smtp, in_tls.then(tls));
    play.send(b"EHLO x\r\n");
    play
}

fn mechanisms(policy: AuthPolicy, in_tls: bool) -> String {
    let said = greeted(policy, in_tls).said;
    said.lines().find_map(|line| line.strip_prefix("250-AUTH ")).unwrap_or_default().to_owned()
}

#[test]
fn what_is_on_offer_follows_from_policy_and_tls() {
    let all = "SCRAM-SHA-256 CRAM-MD5 PLAIN LOGIN OAUTHBEARER XOAUTH2";
    let any = "CRAM-MD5 PLAIN LOGIN OAUTHBEARER XOAUTH2";
    for policy in [AuthPolicy::Optional, AuthPolicy::Required] {
        assert_eq!(mechanisms(policy, true), all);
        assert_eq!(mechanisms(policy, false), "SCRAM-SHA-256 CRAM-MD5");
    }
    assert_eq!(
        (mechanisms(AuthPolicy::Any, true), mechanisms(AuthPolicy::Any, false)),
        (any.to_owned(), any.to_owned())
    );
    let mut play = greeted(AuthPolicy::Required, false);
    play.said.clear();
    play.dialogue("C: AUTH PLAIN AGEAYg==\nS: 538 5.7.11 …");
}

#[test]
fn any_takes_everyone_and_says_so() {
    let mut play = greeted(AuthPolicy::Any, false);
    play.said.clear();
    play.dialogue("C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dQ==\nS: 334 UGFzc3dvcmQ6\nC: cA==\nS: 235 2.7.0 …\nC: AUTH LOGIN\nS: 503 5.5.1 …");
    play.dialogue(
        "C: MAIL FROM:<a@b.test>\nS: 250 …\nC: RCPT TO:<a@b.test>\nS: 250 …\nC: DATA\nS: 354 …\nC: .\nS: 250 …",
    );
    let auth = play.delivered[0].receipt.session.as_ref().unwrap().auth.clone().unwrap();
    assert_eq!((auth.mechanism.as_str(), auth.identity.as_str(), auth.verified), ("LOGIN", "u", false));
}

#[test]
fn secrets_are_nowhere_in_the_transcript() {
    let mut play = greeted(AuthPolicy::Optional, true);
    let secret = BASE64.encode(format!("\0anna@x.test\0{PASSWORD}"));
    play.send(
        format!("AUTH PLAIN {secret}x\r\nAUTH {secret} {secret}\r\nAUTH LOGIN\r\n{secret}\r\n{secret}\r\n").as_bytes(),
    );
    play.send(format!("AUTH PLAIN {secret}\r\n").as_bytes());
    assert!(play.said.contains("235 2.7.0"));
    play.send(b"MAIL FROM:<a@b.test>\r\nRCPT TO:<a@b.test>\r\nDATA\r\n.\r\n");
    let receipt = &play.delivered[0].receipt;
    let text: String = receipt.transcript.iter().map(|line| format!("{}\n", line.text)).collect();
    assert!(text.contains("AUTH PLAIN ***\n235") && !format!("{receipt:?}").contains(PASSWORD), "{text}");
    assert!(!text.contains(&secret), "{text}");
    assert!(receipt.session.as_ref().unwrap().auth.as_ref().unwrap().verified);
}

#[test]
fn a_wrong_password_and_an_unknown_name_sound_the_same() {
    let mut said = Vec::new();
    for name in ["anna@x.test", "stranger@x.test"] {
        let mut play = greeted(AuthPolicy::Required, true);
        play.said.clear();
        let response = BASE64.encode(format!("\0{name}\0wrong"));
        assert!(play.send(format!("AUTH PLAIN {response}\r\n").as_bytes()));
        assert!(play.send(format!("AUTH PLAIN {response}\r\n").as_bytes()));
        assert!(!play.send(format!("AUTH PLAIN {response}\r\n").as_bytes()));
        assert_eq!(play.rejected.len(), 3);
        assert_eq!((play.rejected[0].cause, play.rejected[0].envelope_from.as_deref()), ("auth", Some(name)));
        said.push(play.said);
    }
    assert_eq!(said[0], said[1]);
    let failed = "535 5.7.8 wrong user name or password\n";
    let closing = "421 4.7.0 too many failures to authenticate; closing\n";
    assert_eq!(said[0], format!("{failed}[pause 1]\n{failed}[pause 2]\n{failed}{closing}[pause 4]\n[closed]\n"));
}

#[test]
fn an_exchange_can_be_cancelled_or_spoilt() {
    let mut play = greeted(AuthPolicy::Any, false);
    play.said.clear();
    play.dialogue(
        "C: AUTH LOGIN\nS: 334 …\nC: *\nS: 501 5.7.0 …\nC: AUTH LOGIN\nS: 334 …\nC: not base64\nS: 501 5.5.2 …",
    );
    play.dialogue("C: AUTH CRAM-MD5 AGEAYg==\nS: 501 5.5.2 …\nC: AUTH PLAIN =\nS: 501 5.5.2 …\nC: AUTH LOGIN\nS: 334 …\nC:\nS: 501 5.5.2 …");
    play.dialogue("C: AUTH PLAIN\nS: 334 \nC: AGEAYg\nS: 235 2.7.0 …");
}

#[test]
fn a_check_that_fails_here_is_not_the_clients_fault() {
    let mut play = greeted(AuthPolicy::Optional, true);
    play.said.clear();
    let response = BASE64.encode("\0broken\0x");
    play.dialogue(&format!("C: AUTH PLAIN {response}\nS: 454 4.7.0 …\nC: NOOP\nS: 250 …"));
}

#[test]
fn cram_and_scram_ask_for_the_secret() {
    let mut play = greeted(AuthPolicy::Required, false);
    play.said.clear();
    let challenge = BASE64.encode("<nonce@mx.test>");
    let wrong = BASE64.encode("anna@x.test 00000000000000000000000000000000");
    play.dialogue(&format!("C: AUTH CRAM-MD5\nS: 334 {challenge}\nC: {wrong}\nS: 535 5.7.8 …\nS: [pause 1]"));
    let first = BASE64.encode("n,,n=anna@x.test,r=client");
    play.dialogue(&format!("C: AUTH SCRAM-SHA-256 {first}\nS: 334 …\nC: *\nS: 501 5.7.0 …"));
    // HMAC-MD5 of the challenge with the password, made by Python's hmac.
    let right = BASE64.encode("anna@x.test 147e0b7797151aa253925b27f63f3cb3");
    play.dialogue(&format!("C: AUTH CRAM-MD5\nS: 334 {challenge}\nC: {right}\nS: 235 2.7.0 …"));

    let mut play = greeted(AuthPolicy::Any, false);
    play.said.clear();
    let first = BASE64.encode("n,,n=stranger,r=client");
    play.dialogue(&format!("C: AUTH SCRAM-SHA-256 {first}\nS: 535 5.7.8 …PLAIN…\nS: [pause 1]"));
}

#[test]
fn failures_are_counted_over_all_sessions() {
    let section = SmtpSection { auth: AuthPolicy::Optional, auth_without_tls: true, ..section() };
    let mut play = Play::new(section);
    let wrong = format!("AUTH PLAIN {}\r\n", BASE64.encode("\0anna@x.test\0wrong"));
    for _ in 0..10 {
        play.session.rules.throttle.failed(None, "anna@x.test", play.now);
    }
    play.send(b"EHLO x\r\n");
    play.said.clear();
    play.send(wrong.as_bytes());
    play.dialogue("S: 454 4.7.0 …\nS: [pause 1]");
    play.now = play.now.plus_seconds(60);
    let right = BASE64.encode(format!("\0anna@x.test\0{PASSWORD}"));
    play.dialogue(&format!("C: AUTH PLAIN {right}\nS: 235 2.7.0 …"));
}

#[test]
fn secrets_are_masked_however_the_line_begins() {
    for line in
        [" AUTH PLAIN AGEAc2VjcmV0", "AUTH\tPLAIN AGEAc2VjcmV0", "  auth plain AGEAc2VjcmV0", "AUTHX AGEAc2VjcmV0"]
    {
        let mut play = greeted(AuthPolicy::Any, true);
        play.send(format!("{line}\r\n").as_bytes());
        play.send(b"MAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\nx\r\n.\r\n");
        let transcript = format!("{:?}", play.delivered);
        assert!(
            transcript.contains("AUTH ***")
                || transcript.contains("auth plain ***")
                || transcript.contains("AUTH PLAIN ***"),
            "{transcript}"
        );
        assert!(!transcript.contains("AGEAc2VjcmV0"), "{line}: {transcript}");
    }
}

#[test]
fn a_wrong_token_counts_whether_or_not_its_refusal_is_acknowledged() {
    let section = SmtpSection { auth: AuthPolicy::Optional, auth_without_tls: true, ..section() };
    let mut play = Play::new(section);
    play.send(b"EHLO x\r\n");
    play.said.clear();
    let wrong = BASE64.encode("n,a=anna@x.test,\u{1}auth=Bearer wrong\u{1}\u{1}");
    for _ in 0..9 {
        play.dialogue(&format!("C: AUTH OAUTHBEARER {wrong}\nS: 334 …\nC: *\nS: 501 5.7.0 …"));
    }
    play.dialogue(&format!("C: AUTH OAUTHBEARER {wrong}\nS: 334 …\nC: AQ==\nS: 535 5.7.8 …\nS: [pause 1]"));
    play.dialogue(&format!("C: AUTH OAUTHBEARER {wrong}\nS: 454 4.7.0 …\nS: [pause 2]"));
}

#[test]
fn what_follows_an_auth_line_that_is_too_long_is_masked() {
    let mut play = greeted(AuthPolicy::Any, true);
    let secret = BASE64.encode("\0anna\0secret");
    play.send(b"AUTH LOGIN\r\n");
    play.send(format!("{}\r\n{secret}\r\n", "A".repeat(20_000)).as_bytes());
    play.send(b"MAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\nx\r\n.\r\n");
    let transcript = format!("{:?}", play.delivered[0].receipt.transcript);
    assert!(transcript.contains("<a line that is too long>") && !transcript.contains(&secret), "{transcript}");
}
