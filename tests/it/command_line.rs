//! The program as a user starts it: exit codes, messages, signals, the data folder.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Stdio};

use rustix::process::Signal;

use crate::support::process::{Process, bash, is_installed, output, restante, without_settings};

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn version_and_help_succeed_and_nonsense_is_a_usage_error() {
    assert_eq!(text(&output(&["version"]).stdout), format!("restante {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(output(&["--help"]).status.code(), Some(0));
    assert_eq!(output(&["nonsense"]).status.code(), Some(2));
    assert_eq!(output(&["--ephemeral", "--data", "x"]).status.code(), Some(2));
}

#[test]
fn unknown_setting_stops_the_start_and_names_its_neighbour() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("restante.toml"), "[smtp]\nlistn = []\n").unwrap();
    let ended = output(&["--data", folder.path().to_str().unwrap()]);
    let said = text(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1));
    assert!(
        said.contains("restante.toml, line 2: there is no setting smtp.listn; did you mean smtp.listen?"),
        "{said}"
    );
}

#[test]
fn config_prints_what_is_in_force_and_from_where_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("restante.toml"), "[smtp]\nmax_recipients = 7\n").unwrap();
    let mut command = restante(&["config", "--data", folder.path().to_str().unwrap(), "--set", "log.json=true"]);
    let printed = command.env("RESTANTE_ROOT_KEY", "sesame-sesame-sesame").output().unwrap();
    let printed = text(&printed.stdout);
    assert!(printed.contains("max_recipients = 7  # ") && printed.contains("restante.toml, line 2\n"), "{printed}");
    assert!(printed.contains("root_key = \"***\"  # RESTANTE_ROOT_KEY\n"), "{printed}");
    assert!(printed.contains("json = true  # --set log.json\n"), "{printed}");
    assert!(!printed.contains("sesame"), "{printed}");
}

#[test]
fn file_in_the_data_folder_cannot_name_another_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("restante.toml"), "[store]\ndata = '/elsewhere'\n").unwrap();
    let mut command = restante(&["config"]);
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("restante")).unwrap();
    std::fs::copy(folder.path().join("restante.toml"), home.path().join("restante/restante.toml")).unwrap();
    let ended = command.env("XDG_DATA_HOME", home.path()).output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(text(&ended.stderr).contains("cannot name another"), "{}", text(&ended.stderr));
}

#[test]
fn server_makes_its_folder_for_its_owner_alone_and_stops_in_order_on_sigterm() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("a/b");
    let server = Process::serve(&data, &[]);
    assert_eq!(std::fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    let url = format!("http://{}", server.at("http"));
    assert_eq!(output(&["health", "--url", &url]).status.code(), Some(0));
    server.signal(Signal::TERM);
    let (code, said) = server.ended();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(output(&["health", "--url", &url]).status.code(), Some(1));
}

#[test]
fn ephemeral_folder_is_removed_at_exit() {
    let mut command = restante(&["--ephemeral", "--ready-json"]);
    for listener in ["smtp.listen", "smtp.listen_tls", "http.listen"] {
        command.args(["--set", &format!("{listener}=127.0.0.1:0")]);
    }
    let server = Process::start(&mut command);
    let data = std::path::PathBuf::from(server.ready["data"].as_str().unwrap());
    assert!(data.is_dir());
    server.signal(Signal::INT);
    assert_eq!(server.ended().0, Some(0));
    assert!(!data.exists());
}

#[test]
fn port_in_use_names_the_setting() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    for listener in ["smtp.listen", "smtp.listen_tls", "http.listen"] {
        let mut command = restante(&["--data", data]);
        for other in ["smtp.listen", "smtp.listen_tls", "http.listen"] {
            let at = if other == listener { taken.local_addr().unwrap().to_string() } else { "127.0.0.1:0".to_owned() };
            command.args(["--set", &format!("{other}={at}")]);
        }
        let ended = command.output().unwrap();
        assert_eq!(ended.status.code(), Some(1));
        assert!(text(&ended.stderr).contains(listener), "{}", text(&ended.stderr));
    }
}

#[test]
fn api_that_others_can_reach_needs_a_key_or_consent() {
    let folder = tempfile::tempdir().unwrap();
    let ended = output(&["--data", folder.path().to_str().unwrap(), "--set", "http.listen=0.0.0.0:0"]);
    assert_eq!(ended.status.code(), Some(1));
    assert!(text(&ended.stderr).contains("RESTANTE_ROOT_KEY"), "{}", text(&ended.stderr));
}

#[test]
fn certificate_is_read_again_on_sighup() {
    let folder = tempfile::tempdir().unwrap();
    // Two servers make a certificate each; both then serve as files of a third.
    let made: Vec<(Vec<u8>, String)> = ["one", "two"]
        .map(|name| {
            let data = folder.path().join(name);
            let server = Process::serve(&data, &[]);
            (std::fs::read(data.join("tls/server.pem")).unwrap(), fingerprint(&server))
        })
        .into();
    let file = folder.path().join("pair.pem");
    let setting = |name: &str| format!("tls.{name}={}", file.display());
    std::fs::write(&file, &made[0].0).unwrap();
    let server = Process::serve(&folder.path().join("three"), &["--set", &setting("cert"), "--set", &setting("key")]);
    assert_eq!(fingerprint(&server), made[0].1);
    std::fs::write(folder.path().join("pair.new"), &made[1].0).unwrap();
    std::fs::rename(folder.path().join("pair.new"), &file).unwrap();
    let ends = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while fingerprint(&server) != made[1].1 {
        assert!(std::time::Instant::now() < ends, "the new certificate is not served");
        server.signal(Signal::HUP);
    }
    server.signal(Signal::TERM);
    assert_eq!(server.ended().0, Some(0));
}

/// What `/v1/meta` says of the certificate.
fn fingerprint(server: &Process) -> String {
    let meta = bash(&format!("curl -sf http://{}/v1/meta", server.at("http")));
    let meta: serde_json::Value = serde_json::from_slice(&meta.stdout).unwrap();
    meta["tls_fingerprint"].as_str().unwrap().to_owned()
}

/// A terminal that a failed test leaves behind hangs up, which ends what runs on it.
struct EndedOnDrop(Child);

impl Drop for EndedOnDrop {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `script` (Debian: bsdutils, always there) gives the program a terminal.
#[test]
fn on_a_terminal_the_start_says_where_to_send_and_how_to_try_it_and_that_works() {
    if !is_installed("script") || !is_installed("curl") {
        return;
    }
    let listeners = "--set smtp.listen=127.0.0.1:0 --set smtp.listen_tls=127.0.0.1:0 --set http.listen=127.0.0.1:0";
    // `exec`: a shell that stayed between would report Ctrl-C as its own end, as Debian's does.
    let program = format!("exec {} --ephemeral {listeners}", env!("CARGO_BIN_EXE_restante"));
    let mut terminal = without_settings("script");
    let terminal = terminal.args(["-qec", &program, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut terminal = EndedOnDrop(terminal.stderr(Stdio::null()).spawn().unwrap());
    let mut screen = BufReader::new(terminal.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut shown = Vec::new();
    while !shown.last().is_some_and(|line: &String| line.contains("/wait ")) {
        shown.push(screen.next().unwrap_or_else(|| panic!("{shown:?}")).trim().to_owned());
    }
    for name in ["SMTP", "API", "data"] {
        assert!(shown.iter().any(|line| line.starts_with(name)), "no {name} in {shown:?}");
    }
    for command in &shown[shown.len() - 2..] {
        let done = bash(command);
        assert!(done.status.success(), "{command}: {done:?}");
        let answer = text(&done.stdout);
        assert!(command.starts_with("printf ") || answer.contains("\"matched\""), "{answer}");
    }
    // Ctrl-C.
    terminal.0.stdin.take().unwrap().write_all(b"\x03").unwrap();
    screen.for_each(drop);
    assert!(terminal.0.wait().unwrap().success());
}
