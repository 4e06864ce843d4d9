//! `restante link`: the newest link for a purpose, and nothing else, on standard output.

use std::time::Duration;

use clap::Args;
use restante_client::{Cursor, Purpose};

use super::args::Server;
use super::duration::parse_duration;
use super::table::tame;
use crate::cli::exit::Exit;
use crate::cli::run::{print, print_json};

#[derive(Debug, Args)]
pub(in crate::cli) struct Link {
    /// Its address or id.
    inbox: String,
    /// What it is for: reset, verify, magic_login, confirm, unsubscribe.
    #[arg(long)]
    purpose: Option<Purpose>,
    /// How long to wait for one; without it only what is there counts.
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    wait: Option<Duration>,
    /// Only in mail behind this cursor.
    #[arg(long, value_name = "CURSOR")]
    since: Option<String>,
    #[command(flatten)]
    server: Server,
}

impl Link {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let mut link = self.server.client()?.inbox(self.inbox).link(self.purpose);
        if let Some(wait) = self.wait {
            link = link.wait(wait);
        }
        if let Some(since) = self.since {
            link = link.since(Cursor::new(since));
        }
        let link = link.await?;
        match self.server.json {
            true => print_json(&link),
            false => print(&format!("{}\n", tame(&link.url))),
        }
    }
}
