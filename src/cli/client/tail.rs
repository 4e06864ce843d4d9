//! `restante tail`: each message as it arrives. It waits behind a cursor, so that nothing is polled and nothing missed.

use clap::Args;
use restante_client::Message;

use super::args::Server;
use super::table::tame;
use crate::cli::exit::Exit;
use crate::cli::run::print_octets;

#[derive(Debug, Args)]
pub(in crate::cli) struct Tail {
    /// Only in this inbox, by address or id.
    #[arg(long)]
    inbox: Option<String>,
    #[command(flatten)]
    server: Server,
}

impl Tail {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let client = self.server.client()?;
        let mut tail = match self.inbox.map(|inbox| client.inbox(inbox)) {
            Some(inbox) => inbox.tail(inbox.mark().await?),
            None => client.tail(client.mark().await?),
        };
        loop {
            let message = tail.next().await?;
            let line = if self.server.json { serde_json::to_string(&message)? } else { line(&message) };
            if !print_octets(format!("{line}\n").as_bytes())? {
                return Ok(Exit::Ok);
            }
        }
    }
}

fn line(message: &Message) -> String {
    let from = message.from.as_ref().map_or("", |from| &from.address);
    let to = message.envelope_to.join(", ");
    format!("{}  {}  {} > {}  {}", message.received_at, message.id, tame(from), tame(&to), tame(&message.subject))
}
