//! `restante search`: messages that a query finds, newest first.

use clap::Args;
use restante_client::Summary;

use super::args::Server;
use super::table::table;
use crate::cli::exit::Exit;
use crate::cli::run::{print, print_json};

#[derive(Debug, Args)]
pub(in crate::cli) struct Search {
    /// What to look for, as in the search box; nothing is everything.
    #[arg(default_value = "")]
    query: String,
    /// Only in this inbox, by address or id.
    #[arg(long)]
    inbox: Option<String>,
    /// How many at most, 1 to 200.
    #[arg(long, default_value_t = 50)]
    limit: u16,
    #[command(flatten)]
    server: Server,
}

impl Search {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let client = self.server.client()?;
        let list = self.inbox.map_or_else(|| client.messages(), |inbox| client.inbox(inbox).messages());
        let list = if self.query.is_empty() { list } else { list.query(self.query) };
        let page = list.limit(self.limit).page().await?;
        if self.server.json {
            return print_json(&page);
        }
        let row = |message: &Summary| {
            let from = message.from.as_ref().map_or_else(String::new, |from| from.address.clone());
            vec![message.id.clone(), message.received_at.clone(), from, message.subject.clone()]
        };
        let rows: Vec<_> = page.items.iter().map(row).collect();
        if page.has_more {
            eprintln!("restante: there are more than {}", self.limit);
        }
        print(&table(&["ID", "RECEIVED", "FROM", "SUBJECT"], &rows))
    }
}
