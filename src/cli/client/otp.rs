//! `restante otp`: the newest one-time code, and nothing else, on standard output.

use std::time::Duration;

use clap::{Args, ValueEnum};
use restante_client::Cursor;

use super::args::Server;
use super::duration::parse_duration;
use super::table::tame;
use crate::cli::exit::Exit;
use crate::cli::run::{print, print_json};

#[derive(Debug, Args)]
pub(in crate::cli) struct Otp {
    /// Its address or id.
    inbox: String,
    /// How long to wait for one; without it only what is there counts.
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    wait: Option<Duration>,
    /// Only in mail behind this cursor.
    #[arg(long, value_name = "CURSOR")]
    since: Option<String>,
    /// How sure it must be at least, 0 to 1.
    #[arg(long, value_name = "NUMBER")]
    min_confidence: Option<f64>,
    /// Which one of several that are equally likely; without it they are refused.
    #[arg(long, value_enum)]
    pick: Option<Pick>,
    #[command(flatten)]
    server: Server,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Pick {
    /// The likeliest one.
    Best,
}

impl Otp {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let mut otp = self.server.client()?.inbox(self.inbox).otp();
        if let Some(wait) = self.wait {
            otp = otp.wait(wait);
        }
        if let Some(since) = self.since {
            otp = otp.since(Cursor::new(since));
        }
        if let Some(confidence) = self.min_confidence {
            otp = otp.min_confidence(confidence);
        }
        if let Some(Pick::Best) = self.pick {
            otp = otp.pick_best();
        }
        let code = otp.await?;
        match self.server.json {
            true => print_json(&code),
            false => print(&format!("{}\n", tame(&code.value))),
        }
    }
}
