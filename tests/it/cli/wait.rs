//! `restante wait`.

use super::Shell;

#[test]
fn id_goes_to_standard_output_and_a_miss_is_explained_beside_it() {
    let shell = Shell::start();
    let inbox = shell.value(&["inbox", "create"]);
    let first = shell.value(&["send", "--to", &inbox, "--subject", "Reset"]);
    let since = shell.value(&["inbox", "cursor", &inbox]);
    let second = shell.value(&["send", "--to", &inbox, "--subject", "Reset"]);
    assert_eq!(shell.value(&["wait", &inbox, "--subject", "reset"]), first);
    assert_eq!(shell.value(&["wait", &inbox, "--subject", "reset", "--since", &since]), second);
    assert_eq!(shell.json(&["wait", &inbox, "--json"])["messages"][0]["id"], first.as_str());

    let missed = shell.run(&["wait", &inbox, "--subject", "verify", "--timeout", "100ms"]);
    assert_eq!((missed.code, missed.out.as_str()), (Some(4), ""), "{missed:?}");
    assert!(missed.err.starts_with("restante: 2 messages arrived") && missed.err.contains("\nSMTP  "), "{missed:?}");
    let missed = shell.run(&["wait", &inbox, "--subject", "verify", "--timeout", "100ms", "--json"]);
    assert_eq!(missed.code, Some(4));
    assert!(missed.out.contains("\"outcome\": \"timeout\""), "{missed:?}");
}
