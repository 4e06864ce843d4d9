//! `restante wait`: waits for a message, and says why it did not come.

use std::time::Duration;

use clap::Args;
use restante_client::{Cursor, Error, Outcome};

use super::args::Server;
use super::duration::parse_duration;
use crate::cli::exit::Exit;
use crate::cli::run::{print, print_json};

#[derive(Debug, Args)]
pub(in crate::cli) struct Wait {
    /// Its address or id.
    inbox: String,
    /// Only with this text in the subject.
    #[arg(long)]
    subject: Option<String>,
    /// Only from this address, part of a name, or pattern with *.
    #[arg(long)]
    from: Option<String>,
    /// Only to this address, part of a name, or pattern with *.
    #[arg(long)]
    to: Option<String>,
    /// Only with this text in the text or HTML.
    #[arg(long)]
    body: Option<String>,
    /// Only behind this cursor, which `inbox cursor` gave; without it all mail of the inbox counts.
    #[arg(long, value_name = "CURSOR")]
    since: Option<String>,
    /// The deadline.
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = parse_duration)]
    timeout: Duration,
    #[command(flatten)]
    server: Server,
}

impl Wait {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let mut wait = self.server.client()?.inbox(self.inbox).wait().timeout(self.timeout);
        if let Some(subject) = self.subject {
            wait = wait.subject(subject);
        }
        if let Some(from) = self.from {
            wait = wait.from(from);
        }
        if let Some(to) = self.to {
            wait = wait.to(to);
        }
        if let Some(body) = self.body {
            wait = wait.body(body);
        }
        if let Some(since) = self.since {
            wait = wait.since(Cursor::new(since));
        }
        let answer = wait.answer().await?;
        if self.server.json {
            print_json(&answer)?;
        }
        match answer.outcome {
            Outcome::Matched if self.server.json => Ok(Exit::Ok),
            Outcome::Matched => {
                let ids: String = answer.messages.iter().map(|message| format!("{}\n", message.id)).collect();
                print(&ids)
            }
            Outcome::InboxDeleted => Err(Error::InboxDeleted.into()),
            _ => Err(Error::WaitTimeout(Box::new(answer.diagnostics.unwrap_or_default())).into()),
        }
    }
}
