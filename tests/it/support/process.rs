//! The program itself, for what only a process shows: its exit code, its output, signals.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// A `restante` that runs until it is dropped.
pub struct Process {
    child: Child,
    output: BufReader<ChildStdout>,
    /// Standard error; a file, because nobody reads a pipe while the test goes on.
    errors: File,
    /// What `--ready-json` said.
    pub ready: Value,
}

/// The program with these arguments, in an environment without settings.
pub fn restante(arguments: &[&str]) -> Command {
    let mut command = without_settings(env!("CARGO_BIN_EXE_restante"));
    command.args(arguments);
    command
}

/// `restante serve` on free ports, which says on standard output when it is ready.
pub fn serve(data: &Path, arguments: &[&str]) -> Command {
    let mut command = restante(&["serve", "--ready-json", "--data"]);
    command.arg(data);
    for listener in ["smtp.listen", "smtp.listen_tls", "http.listen"] {
        command.arg("--set").arg(format!("{listener}=127.0.0.1:0"));
    }
    command.args(arguments);
    command
}

/// Any program, in an environment without settings of ours.
pub fn without_settings(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("RESTANTE_")) {
        command.env_remove(name);
    }
    command
}

/// Runs a script as a reader of the README would, with the program in the path; after half a minute it is ended.
pub fn bash(script: &str) -> Output {
    let folder = Path::new(env!("CARGO_BIN_EXE_restante")).parent().expect("a folder");
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let mut command = without_settings("timeout");
    command.args(["30", "bash", "-euo", "pipefail", "-c", script]).env("PATH", path);
    command.output().expect("bash starts")
}

/// Whether a program that a test needs is installed; where it is not and `CI` is set, this fails.
pub fn is_installed(tool: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {tool}")]).stdout(Stdio::null()).status();
    let found = found.expect("sh starts").success();
    assert!(found || std::env::var_os("CI").is_none(), "{tool} is not installed, and CI runs every test");
    if !found {
        eprintln!("not run: {tool} is not installed (./test installs it)");
    }
    found
}

/// Runs the program to its end.
pub fn output(arguments: &[&str]) -> Output {
    restante(arguments).output().expect("the program starts")
}

impl Process {
    /// Starts `restante serve` on free ports and waits until it is ready.
    pub fn serve(data: &Path, arguments: &[&str]) -> Self {
        Self::start(&mut serve(data, arguments))
    }

    /// Starts a command that prints one line of JSON when it is ready.
    pub fn start(command: &mut Command) -> Self {
        let mut errors = tempfile::tempfile().expect("a temporary file");
        let to_errors = errors.try_clone().expect("a second handle");
        let mut child = command.stdout(Stdio::piped()).stderr(to_errors).spawn().expect("the program starts");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        output.read_line(&mut line).expect("a line of text");
        match serde_json::from_str(&line) {
            Ok(ready) => Self { child, output, errors, ready },
            Err(_) => panic!("not ready: {:?}: {}", child.wait(), whole(&mut errors)),
        }
    }

    /// The first address of `smtp`, `smtp_tls` or `http`.
    pub fn at(&self, listener: &str) -> SocketAddr {
        self.ready[listener][0].as_str().expect("a listener").parse().expect("an address")
    }

    /// What it holds in memory now, in octets.
    pub fn resident(&self) -> u64 {
        self.memory("VmRSS:")
    }

    /// The most that it ever held in memory, in octets.
    pub fn resident_peak(&self) -> u64 {
        self.memory("VmHWM:")
    }

    fn memory(&self, field: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it still runs");
        let line = status.lines().find_map(|line| line.strip_prefix(field)).expect("a living process");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
    }

    /// Sends `Signal::TERM`, `Signal::INT` or `Signal::KILL`.
    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(pid, signal).expect("it still runs");
    }

    /// Waits for the end; gives the exit code, `None` after a signal, and what was said on standard error.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let status = self.child.wait().expect("the child of this process");
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).expect("text");
        assert_eq!(rest, "", "standard output carries one line only");
        (status.code(), whole(&mut self.errors))
    }
}

fn whole(file: &mut File) -> String {
    let mut text = String::new();
    file.rewind().and_then(|()| file.read_to_string(&mut text)).expect("text");
    text
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already, which is just as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
