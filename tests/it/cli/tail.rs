//! `restante tail`.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Shell;

#[test]
fn message_is_printed_when_it_arrives() {
    let shell = Shell::start();
    let inbox = shell.value(&["inbox", "create", "a@t.test"]);
    for arguments in [["tail"].as_slice(), &["tail", "--inbox", "a@t.test"]] {
        let mut child = shell.command(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let (output, printed) = (child.stdout.take().unwrap(), AtomicBool::new(false));
        let line = std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                let line = BufReader::new(output).lines().next();
                printed.store(true, Ordering::Relaxed);
                line
            });
            // Nothing tells when it has begun: mail is sent until it shows.
            while !printed.load(Ordering::Relaxed) {
                shell.value(&["send", "--to", &inbox, "--subject", "Look"]);
            }
            reader.join().unwrap()
        });
        child.kill().unwrap();
        child.wait().unwrap();
        let line = line.unwrap().unwrap();
        assert!(line.ends_with("  sender@example.com > a@t.test  Look") && line.contains("  msg_"), "{line}");
    }
}
