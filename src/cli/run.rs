//! Which command runs, and how its failure is told.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use super::args::{Arguments, Command};
use super::exit::Exit;
use super::{args, client, completions, health, serve, settings};
use crate::http;

/// Runs the program with the arguments and the environment of the process.
#[must_use]
pub fn main() -> ExitCode {
    // Before anything touches TLS: with two providers in a build, rustls would rather panic than choose.
    // It fails only where one is installed already, which a program's first line rules out.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let exit = match Arguments::try_parse() {
        Ok(arguments) => run(arguments),
        Err(error) => usage(&error),
    };
    exit.into()
}

fn run(arguments: Arguments) -> Exit {
    let done = match arguments.command.unwrap_or(Command::Serve(arguments.serve)) {
        Command::Serve(serve) => serve::run(&serve),
        Command::Health(health) => health::run(&health),
        Command::Config(place) => show(&place),
        Command::Openapi(openapi) => print(&http::openapi_text(&http::description(), openapi.version)),
        Command::Completions(wanted) => completions::run(&wanted),
        Command::Client(command) => client::run(command),
        Command::Version => print(concat!("restante ", env!("CARGO_PKG_VERSION"), "\n")),
    };
    done.unwrap_or_else(|error| {
        // The chain of causes on one line: what could not be done, and why.
        eprintln!("restante: {error:#}");
        Exit::Error
    })
}

fn show(place: &args::Place) -> anyhow::Result<Exit> {
    let settings = settings::load(place)?;
    settings.settings.config()?;
    print(&settings.settings.to_toml())
}

/// `println!` panics when a pipe is closed, as `restante config | head` does; here that is an ordinary end.
pub(super) fn print(text: &str) -> anyhow::Result<Exit> {
    print_octets(text.as_bytes()).map(|_| Exit::Ok)
}

/// The same for any octets; gives whether somebody still reads.
pub(super) fn print_octets(octets: &[u8]) -> anyhow::Result<bool> {
    let mut out = std::io::stdout().lock();
    match out.write_all(octets).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        written => Ok(written.map(|()| true)?),
    }
}

/// The value as JSON, indented.
pub(super) fn print_json(value: &impl serde::Serialize) -> anyhow::Result<Exit> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    print(&text)
}

fn usage(error: &clap::Error) -> Exit {
    // Nothing can be done when even this cannot be printed.
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Ok,
        _ => Exit::Usage,
    }
}
