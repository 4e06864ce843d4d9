//! The command line as types.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::client;
use super::completions::Completions;
use crate::http::OpenapiVersion;

/// A programmable test inbox: mail in over SMTP, called for over REST, nothing lost.
#[derive(Debug, Parser)]
#[command(name = "restante", version, args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// `restante` alone is `restante serve`.
    #[command(flatten)]
    pub(super) serve: Serve,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Takes mail and serves the API; the same as no command at all.
    Serve(Serve),
    /// Asks a running server whether it is ready: exit code 0 if so, else 1.
    Health(Health),
    /// Prints the settings in force as TOML, each with where it came from; secrets are hidden.
    Config(Place),
    /// Prints the API's OpenAPI description.
    Openapi(Openapi),
    /// Prints the version.
    Version,
    /// Prints the script by which a shell completes the arguments.
    Completions(Completions),
    #[command(flatten)]
    Client(client::Command),
}

/// Where the settings come from.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Place {
    /// Folder of the database, the certificate and the keys [default: the user's data folder].
    #[arg(long, value_name = "DIR", conflicts_with = "ephemeral")]
    pub(super) data: Option<PathBuf>,
    /// Uses a temporary data folder and removes it at exit.
    #[arg(long)]
    pub(super) ephemeral: bool,
    /// Reads settings from this file [default: restante.toml in the data folder, where there is one].
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Sets one setting, as often as needed: --set smtp.listen=127.0.0.1:2525.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// Serves the API without a key, even where other machines can reach it.
    #[arg(long)]
    pub(super) allow_open: bool,
}

#[derive(Debug, Default, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    pub(super) place: Place,
    /// Prints one line of JSON with every address on standard output once all is ready.
    #[arg(long)]
    pub(super) ready_json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Health {
    #[command(flatten)]
    pub(super) place: Place,
    /// Address of the server, http://127.0.0.1:8025 [default: the first http.listen of the settings].
    #[arg(long)]
    pub(super) url: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Openapi {
    /// Version of OpenAPI: 3.0 is for generators of clients that read nothing newer.
    #[arg(long, value_name = "VERSION", default_value = OpenapiVersion::default().as_str(), value_parser = openapi_version)]
    pub(super) version: OpenapiVersion,
}

fn openapi_version(text: &str) -> Result<OpenapiVersion, &'static str> {
    OpenapiVersion::ALL.into_iter().find(|version| version.as_str() == text).ok_or("there are 3.1 and 3.0")
}
