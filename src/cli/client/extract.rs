//! `restante extract`: what is found in a message that lies in a file.

use clap::Args;
use restante_client::{Code, Link};

use super::args::Server;
use super::input::read;
use super::table::table;
use crate::cli::exit::Exit;
use crate::cli::run::{print, print_json};

#[derive(Debug, Args)]
pub(in crate::cli) struct Extract {
    /// A message as it was sent, .eml; - reads it from standard input.
    file: String,
    #[command(flatten)]
    server: Server,
}

impl Extract {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let found = self.server.client()?.extract(read(&self.file)?).await?;
        if self.server.json {
            return print_json(&found);
        }
        let code = |code: &Code| vec!["code".to_owned(), format!("{:.2}", code.confidence), code.value.clone()];
        let link = |link: &Link| vec![link.purpose.clone(), format!("{:.2}", link.confidence), link.url.clone()];
        let rows: Vec<_> = found.codes.iter().map(code).chain(found.links.iter().map(link)).collect();
        print(&table(&["KIND", "CONFIDENCE", "VALUE"], &rows))
    }
}
