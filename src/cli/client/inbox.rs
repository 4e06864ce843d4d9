//! `restante inbox`: inboxes from the shell.

use std::time::Duration;

use clap::{Args, Subcommand};
use restante_client::{Client, Cursor, InboxInfo};

use super::args::Server;
use super::duration::parse_duration;
use super::table::{facts, table};
use crate::cli::exit::Exit;
use crate::cli::run::{print, print_json};

#[derive(Debug, Args)]
pub(in crate::cli) struct Inbox {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Creates an inbox and prints its address.
    Create(Create),
    /// Lists inboxes, newest first.
    List(List),
    /// Prints what is known of an inbox.
    Show(One),
    /// Prints where an inbox stands: give it to `wait --since` after the action that sends mail.
    Cursor(One),
    /// Removes the messages of an inbox.
    Empty(Empty),
    /// Removes inboxes with all their mail.
    Rm(Rm),
}

#[derive(Debug, Args)]
struct Create {
    /// Its address; made up when it is missing.
    #[arg(conflicts_with = "prefix")]
    address: Option<String>,
    /// Begins a made-up address.
    #[arg(long)]
    prefix: Option<String>,
    /// How long its mail is kept: 1h, 7d; 0 is for ever.
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    ttl: Option<Duration>,
    /// One of your words on it, as often as needed.
    #[arg(long)]
    tag: Vec<String>,
    /// Your own name for it: creating again with the same name gives the same inbox.
    #[arg(long, value_name = "NAME")]
    client_ref: Option<String>,
    #[command(flatten)]
    server: Server,
}

#[derive(Debug, Args)]
struct List {
    /// Only with this tag; several must all be there.
    #[arg(long)]
    tag: Vec<String>,
    /// Only of this CI run.
    #[arg(long, value_name = "ID")]
    run: Option<String>,
    /// Only with this text in the address.
    #[arg(long)]
    text: Option<String>,
    /// How many at most, 1 to 200.
    #[arg(long, default_value_t = 50)]
    limit: u16,
    #[command(flatten)]
    server: Server,
}

#[derive(Debug, Args)]
struct One {
    /// Its address or id.
    inbox: String,
    #[command(flatten)]
    server: Server,
}

#[derive(Debug, Args)]
struct Empty {
    /// Its address or id.
    inbox: String,
    /// Only what came before this cursor.
    #[arg(long, value_name = "CURSOR")]
    before: Option<String>,
    #[command(flatten)]
    server: Server,
}

#[derive(Debug, Args)]
struct Rm {
    /// Their addresses or ids.
    #[arg(required = true)]
    inboxes: Vec<String>,
    #[command(flatten)]
    server: Server,
}

impl Inbox {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        match self.action {
            Action::Create(create) => create.run().await,
            Action::List(list) => list.run().await,
            Action::Show(one) => one.show().await,
            Action::Cursor(one) => one.cursor().await,
            Action::Empty(empty) => empty.run().await,
            Action::Rm(rm) => rm.run(&rm.server.client()?).await,
        }
    }
}

impl Create {
    async fn run(self) -> anyhow::Result<Exit> {
        let mut create = self.server.client()?.inboxes().create();
        if let Some(address) = &self.address {
            create = create.address(address);
        }
        if let Some(prefix) = self.prefix {
            create = create.prefix(prefix);
        }
        if let Some(ttl) = self.ttl {
            create = create.ttl(ttl);
        }
        if let Some(client_ref) = self.client_ref {
            create = create.client_ref(client_ref);
        }
        let made = self.tag.into_iter().fold(create, |create, tag| create.tag(tag)).await?;
        match self.server.json {
            true => print_json(&made.info),
            false => print(&format!("{}\n", made.address)),
        }
    }
}

impl List {
    async fn run(self) -> anyhow::Result<Exit> {
        let mut list = self.server.client()?.inboxes().list().limit(self.limit);
        list = self.tag.into_iter().fold(list, |list, tag| list.tag(tag));
        if let Some(run) = self.run {
            list = list.run_id(run);
        }
        if let Some(text) = self.text {
            list = list.text(text);
        }
        let page = list.page().await?;
        if self.server.json {
            return print_json(&page);
        }
        let row = |inbox: &InboxInfo| {
            let expires = inbox.expires_at.clone().unwrap_or_else(|| "never".to_owned());
            vec![inbox.address.clone(), count(inbox, "messages"), count(inbox, "unseen"), expires, inbox.id.clone()]
        };
        let rows: Vec<_> = page.items.iter().map(row).collect();
        if page.has_more {
            eprintln!("restante: there are more than {}", self.limit);
        }
        print(&table(&["ADDRESS", "MESSAGES", "UNSEEN", "EXPIRES", "ID"], &rows))
    }
}

impl One {
    async fn show(self) -> anyhow::Result<Exit> {
        let inbox = self.server.client()?.inbox(self.inbox).get().await?.info;
        if self.server.json {
            return print_json(&inbox);
        }
        print(&facts(&[
            ("Address", Some(inbox.address.clone())),
            ("Id", Some(inbox.id.clone())),
            ("State", Some(inbox.state.clone())),
            ("Messages", Some(format!("{}, {} unseen", count(&inbox, "messages"), count(&inbox, "unseen")))),
            ("Created", Some(inbox.created_at.clone())),
            ("Expires", Some(inbox.expires_at.clone().unwrap_or_else(|| "never".to_owned()))),
            ("Cursor", Some(inbox.cursor.to_string())),
        ]))
    }

    async fn cursor(self) -> anyhow::Result<Exit> {
        let inbox = self.server.client()?.inbox(self.inbox).get().await?.info;
        match self.server.json {
            true => print_json(&inbox),
            false => print(&format!("{}\n", inbox.cursor)),
        }
    }
}

impl Empty {
    async fn run(self) -> anyhow::Result<Exit> {
        let before = self.before.map(Cursor::new);
        let emptied = self.server.client()?.inbox(self.inbox).empty(before.as_ref()).await?;
        match self.server.json {
            true => print_json(&emptied),
            false => print(&format!("{} removed\n", emptied.deleted)),
        }
    }
}

impl Rm {
    async fn run(&self, client: &Client) -> anyhow::Result<Exit> {
        for inbox in &self.inboxes {
            client.inbox(inbox).delete().await?;
        }
        Ok(Exit::Ok)
    }
}

fn count(inbox: &InboxInfo, of: &str) -> String {
    inbox.counts.get(of).map_or_else(String::new, ToString::to_string)
}
