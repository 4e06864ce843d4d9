//! Each exit code, once.

use std::net::TcpListener;

use super::{Shell, said};
use crate::support::process::{output, restante};

const KEY: &str = "a key of at least sixteen";

#[test]
fn each_outcome_has_its_code() {
    let shell = Shell::start();
    let inbox = shell.value(&["inbox", "create"]);
    let codes: [(&[&str], i32); 7] = [
        (&["inbox", "show", &inbox], 0),
        (&["inbox", "show", "nobody@t.test"], 1),
        (&["show", "msg_00000000000000000000000000"], 1),
        (&["wait"], 2),
        (&["wait", &inbox, "--timeout", "soon"], 2),
        (&["inbox", "list", "--url", "localhost"], 2),
        (&["wait", &inbox, "--timeout", "50ms"], 4),
    ];
    for (arguments, code) in codes {
        assert_eq!(shell.run(arguments).code, Some(code), "{arguments:?}");
    }
}

#[test]
fn nobody_there_is_3() {
    let at = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = said(restante(&["inbox", "list"]).env("RESTANTE_URL", format!("http://{at}")));
    assert_eq!(said.code, Some(3));
    assert!(said.err.starts_with(&format!("restante: cannot reach http://{at}: ")), "{said:?}");
}

#[test]
fn wrong_key_is_6() {
    let shell = Shell::with(&["--set", "http.auth=key", "--set", &format!("http.root_key={KEY}")]);
    assert_eq!(shell.run(&["inbox", "list"]).code, Some(6));
    assert_eq!(shell.run(&["inbox", "list", "--key", "another key of some length"]).code, Some(6));
    assert_eq!(shell.run(&["inbox", "list", "--key", KEY]).code, Some(0));
    assert_eq!(said(shell.command(&["inbox", "list"]).env("RESTANTE_KEY", KEY)).code, Some(0));
}

#[test]
fn completions_are_printed_for_three_shells() {
    for shell in ["bash", "zsh", "fish"] {
        let printed = output(&["completions", shell]);
        assert_eq!(printed.status.code(), Some(0));
        let script = String::from_utf8(printed.stdout).unwrap();
        assert!(script.contains("restante") && script.contains("otp"), "{shell}");
    }
    assert_eq!(output(&["completions", "csh"]).status.code(), Some(2));
}

#[test]
fn code_alone_is_printed_and_none_or_several_are_5() {
    let shell = Shell::start();
    let inbox = shell.value(&["inbox", "create"]);
    let refused = shell.run(&["otp", &inbox]);
    assert_eq!(
        (refused.code, refused.err.as_str()),
        (Some(5), "restante: no message has arrived; wait=30 would wait for one\n")
    );
    let refused = shell.run(&["otp", &inbox, "--wait", "1s"]);
    assert_eq!(refused.code, Some(5));
    assert!(refused.err.starts_with("restante: No message arrived") && refused.err.contains("\nSMTP  "), "{refused:?}");
    shell.value(&["send", "--to", &inbox, "--subject", "Verify", "--text", "Your code is 482913."]);
    assert_eq!(shell.value(&["otp", &inbox, "--wait", "10s"]), "482913");
    assert_eq!(shell.json(&["otp", &inbox, "--json"])["value"], "482913");
    let refused = shell.run(&["link", &inbox, "--purpose", "reset"]);
    assert_eq!((refused.code, refused.err.as_str()), (Some(5), "restante: the one message has no link\n"));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "Subject: Verify\r\n\r\nYour code is 482913.\r\n").unwrap();
    let found = shell.value(&["extract", file.path().to_str().unwrap()]);
    assert!(found.lines().nth(1).is_some_and(|line| line.starts_with("code ") && line.ends_with("482913")), "{found}");

    let other = shell.value(&["inbox", "create"]);
    shell.value(&[
        "send",
        "--to",
        &other,
        "--subject",
        "Verify",
        "--text",
        "Your code is 482913.\n\nYour code is 771204.",
    ]);
    let refused = shell.run(&["otp", &other]);
    assert!(refused.code == Some(5) && refused.out.is_empty() && refused.err.contains("771204"), "{refused:?}");
    assert_eq!(shell.run(&["otp", &other, "--pick", "best"]).code, Some(0));
}
