//! `restante show`: one message, for people or as it was sent.

use std::io::IsTerminal;

use clap::Args;
use restante_client::{Address, Message};

use super::args::Server;
use super::table::{facts, tame_lines};
use crate::cli::exit::Exit;
use crate::cli::run::{print, print_json, print_octets};

#[derive(Debug, Args)]
pub(in crate::cli) struct Show {
    /// Its id.
    message: String,
    /// Its exact octets.
    #[arg(long, group = "part", conflicts_with = "json")]
    raw: bool,
    /// Its text, or its HTML as text.
    #[arg(long, group = "part", conflicts_with = "json")]
    text: bool,
    /// Its HTML.
    #[arg(long, group = "part", conflicts_with = "json")]
    html: bool,
    /// Its header: every field in order.
    #[arg(long, group = "part", conflicts_with = "json")]
    headers: bool,
    #[command(flatten)]
    server: Server,
}

impl Show {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let message = self.server.client()?.message(&self.message);
        if self.raw {
            print_octets(&message.raw().await?)?;
            return Ok(Exit::Ok);
        }
        if self.text || self.html {
            let part = if self.text { message.text().await? } else { message.html().await? };
            // A program gets it as it is.
            return print(&if std::io::stdout().is_terminal() { tame_lines(&part) } else { part });
        }
        if self.headers {
            let fields = message.headers().await?;
            let lines: String = fields.iter().map(|field| format!("{}: {}\n", field.name, field.value)).collect();
            return print(&tame_lines(&lines));
        }
        let message = message.get().await?;
        match self.server.json {
            true => print_json(&message),
            false => print(&for_people(&message)),
        }
    }
}

fn for_people(message: &Message) -> String {
    let addresses = |list: &[Address]| list.iter().map(Address::to_string).collect::<Vec<_>>().join(", ");
    let files = message.attachments.iter().map(|file| format!("{} ({} octets)", file.filename, file.size));
    let told = |text: String| Some(text).filter(|text| !text.is_empty());
    let head = facts(&[
        ("From", message.from.as_ref().map(Address::to_string)),
        ("To", told(addresses(&message.to))),
        ("Subject", told(message.subject.clone())),
        ("Received", told(message.received_at.clone())),
        ("Files", told(files.collect::<Vec<_>>().join(", "))),
        ("Code", message.code().ok().map(ToString::to_string)),
        ("Id", Some(message.id.clone())),
    ]);
    format!("{head}\n{}", tame_lines(message.text.as_deref().unwrap_or_default()))
}
