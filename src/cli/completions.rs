//! `restante completions`: what a shell needs to complete the arguments.

use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::generate;
use clap_complete::shells::{Bash, Fish, Zsh};

use super::args::Arguments;
use super::exit::Exit;
use super::run::print_octets;

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell.
    shell: Shell,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

pub(super) fn run(completions: &Completions) -> anyhow::Result<Exit> {
    let (mut command, mut script) = (Arguments::command(), Vec::new());
    match completions.shell {
        Shell::Bash => generate(Bash, &mut command, "restante", &mut script),
        Shell::Zsh => generate(Zsh, &mut command, "restante", &mut script),
        Shell::Fish => generate(Fish, &mut command, "restante", &mut script),
    }
    print_octets(&script)?;
    Ok(Exit::Ok)
}
