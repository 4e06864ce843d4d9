//! The commands that call a server, through the real program.

mod exit_codes;
mod inbox;
mod messages;
mod tail;
mod wait;

use std::io::Write;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::support::process::{Process, restante};

/// A server, and a shell whose environment names it.
struct Shell {
    server: Process,
    _folder: TempDir,
}

/// What a command said, and its exit code.
#[derive(Debug)]
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Shell {
    fn start() -> Self {
        Self::with(&[])
    }

    fn with(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { server: Process::serve(&folder.path().join("data"), arguments), _folder: folder }
    }

    fn url(&self) -> String {
        format!("http://{}", self.server.at("http"))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = restante(arguments);
        command.env("RESTANTE_URL", self.url()).env_remove("GITHUB_RUN_ID").env_remove("CI_PIPELINE_ID");
        command
    }

    fn run(&self, arguments: &[&str]) -> Said {
        said(&mut self.command(arguments))
    }

    /// The same, with something on standard input.
    fn run_with(&self, arguments: &[&str], input: &[u8]) -> Said {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        Said::from(child.wait_with_output().unwrap())
    }

    /// What a command that succeeds prints, without the end of the line.
    #[track_caller]
    fn value(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert!(said.code == Some(0) && said.err.is_empty(), "{arguments:?}: {said:?}");
        said.out.trim_end().to_owned()
    }

    /// The same as JSON.
    #[track_caller]
    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let value = self.value(arguments);
        serde_json::from_str(&value).unwrap_or_else(|error| panic!("{error}: {value}"))
    }
}

fn said(command: &mut Command) -> Said {
    Said::from(command.stdin(Stdio::null()).output().unwrap())
}

impl From<std::process::Output> for Said {
    fn from(output: std::process::Output) -> Self {
        let text = |octets| String::from_utf8(octets).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}
