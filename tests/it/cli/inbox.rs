//! `restante inbox`.

use super::Shell;

#[test]
fn inbox_is_created_shown_listed_emptied_and_removed() {
    let shell = Shell::start();
    let made = shell.value(&["inbox", "create", "--prefix", "signup", "--ttl", "1h", "--tag", "checkout"]);
    assert!(made.starts_with("signup-") && made.contains('@'), "{made}");
    assert_eq!(shell.value(&["inbox", "create", "b@t.test"]), "b@t.test");

    let shown = shell.json(&["inbox", "show", &made, "--json"]);
    assert_eq!((&shown["address"], &shown["tags"][0]), (&made.as_str().into(), &"checkout".into()));
    let told = shell.value(&["inbox", "show", &made]);
    assert!(told.starts_with(&format!("Address:   {made}\nId:        inb_")), "{told}");
    assert_eq!(shell.value(&["inbox", "cursor", &made]), shown["cursor"].as_str().unwrap());

    let list = shell.value(&["inbox", "list"]);
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines.len(), 3, "{list}");
    let column = lines[0].find("MESSAGES").unwrap();
    assert!(lines[0].starts_with("ADDRESS") && lines[1..].iter().all(|line| &line[column..=column] == "0"), "{list}");
    assert_eq!(shell.json(&["inbox", "list", "--tag", "checkout", "--json"])["items"].as_array().unwrap().len(), 1);

    shell.value(&["send", "--to", &made, "--subject", "one"]);
    assert_eq!(shell.value(&["inbox", "empty", &made]), "1 removed");
    assert_eq!(shell.value(&["inbox", "rm", &made, "b@t.test"]), "");
    let gone = shell.run(&["inbox", "show", &made]);
    assert!(gone.code == Some(1) && gone.out.is_empty() && gone.err.starts_with("restante: "), "{gone:?}");
}

#[test]
fn json_is_the_apis_own() {
    let shell = Shell::start();
    let made = shell.json(&["inbox", "create", "--json"]);
    for member in ["id", "address", "cursor", "state", "counts", "smtp", "created_at"] {
        assert!(made.get(member).is_some(), "no {member} in {made}");
    }
    assert!(made["smtp"]["password"].is_string(), "{made}");
}
