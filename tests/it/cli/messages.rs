//! `restante send`, `show` and `search`.

use super::Shell;
use crate::support::mail;

#[test]
fn sent_message_is_shown_in_every_form() {
    let shell = Shell::start();
    let inbox = shell.value(&["inbox", "create", "a@t.test"]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.pdf");
    std::fs::write(&file, "not really").unwrap();
    let arguments =
        ["send", "--to", &inbox, "--from", "App <app@example.com>", "--subject", "Hi there", "--html", "<p>rich</p>"];
    let attached = ["--text", "-", "--attach", file.to_str().unwrap()];
    let sent = shell.run_with(&[arguments.as_slice(), &attached].concat(), b"plain");
    let id = sent.out.trim();
    assert!(sent.code == Some(0) && id.starts_with("msg_"), "{sent:?}");

    let shown = shell.value(&["show", id]);
    for line in
        ["From:      App <app@example.com>", "To:        a@t.test", "Files:     report.pdf (10 octets)", "plain"]
    {
        assert!(shown.lines().any(|shown| shown == line), "no {line:?} in {shown}");
    }
    assert_eq!(shell.value(&["show", id, "--text"]), "plain");
    assert_eq!(shell.value(&["show", id, "--html"]), "<p>rich</p>");
    assert!(shell.value(&["show", id, "--headers"]).contains("From: "));
    let json = shell.json(&["show", id, "--json"]);
    assert_eq!((&json["id"], &json["attachments"][0]["content_type"]), (&id.into(), &"application/pdf".into()));
}

#[test]
fn raw_message_comes_back_exactly() {
    let shell = Shell::start();
    let inbox = shell.value(&["inbox", "create"]);
    let octets = mail().to("x@t.test").body("exactly\r\n\r\n").octets();
    let sent = shell.run_with(&["send", "--to", &inbox, "--raw", "-"], &octets);
    let shown = shell.command(&["show", sent.out.trim(), "--raw"]).output().unwrap();
    assert_eq!(shown.stdout, octets);
}

#[test]
fn search_lists_what_it_finds_in_columns() {
    let shell = Shell::start();
    for inbox in ["a@t.test", "b@t.test"] {
        shell.value(&["inbox", "create", inbox]);
        shell.value(&["send", "--to", inbox, "--subject", "Reset your password"]);
    }
    let found = shell.value(&["search", "--inbox", "a@t.test"]);
    let lines: Vec<&str> = found.lines().collect();
    assert!(lines[0].starts_with("ID ") && lines[0].ends_with("  SUBJECT"), "{found}");
    let column = lines[0].find("SUBJECT").unwrap();
    assert_eq!((lines.len(), &lines[1][column..]), (2, "Reset your password"));
    assert_eq!(shell.json(&["search", "--json"])["items"].as_array().unwrap().len(), 2);
    let one = shell.run(&["search", "--limit", "1"]);
    assert!(one.out.lines().count() == 2 && one.err.contains("more than 1"), "{one:?}");
}
