//! `restante send`: a message into inboxes, over the API.

use std::path::Path;

use anyhow::Context;
use clap::Args;
use restante_client::Draft;

use super::args::Server;
use super::input::read;
use crate::cli::exit::Exit;
use crate::cli::run::{print, print_json};

#[derive(Debug, Args)]
pub(in crate::cli) struct Send {
    /// The inbox's address or id, as often as needed.
    #[arg(long, required = true, value_name = "INBOX")]
    to: Vec<String>,
    /// Who sends it: a@b.test or "Name <a@b.test>".
    #[arg(long, default_value = "sender@example.com")]
    from: String,
    /// The Subject field.
    #[arg(long, default_value = "")]
    subject: String,
    /// The text; - reads it from standard input.
    #[arg(long)]
    text: Option<String>,
    /// The HTML; - reads it from standard input.
    #[arg(long)]
    html: Option<String>,
    /// A file to go with it, as often as needed.
    #[arg(long, value_name = "FILE")]
    attach: Vec<String>,
    /// The whole message as it stands in this file; - reads it from standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "subject", "text", "html", "attach"])]
    raw: Option<String>,
    #[command(flatten)]
    server: Server,
}

impl Send {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let client = self.server.client()?;
        let raw = self.raw.as_deref().map(read).transpose()?;
        let draft = self.draft()?;
        for inbox in &self.to {
            let inbox = client.inbox(inbox);
            let message = match &raw {
                Some(octets) => inbox.send_raw(octets.clone()).await?,
                None => inbox.send(&draft).await?,
            };
            match self.server.json {
                true => print_json(&message)?,
                false => print(&format!("{}\n", message.id))?,
            };
        }
        Ok(Exit::Ok)
    }

    fn draft(&self) -> anyhow::Result<Draft> {
        let mut draft = Draft::from(&self.from).subject(&self.subject);
        // An id is no address; the server then writes the inbox's own.
        draft = self.to.iter().filter(|to| to.contains('@')).fold(draft, |draft, to| draft.to(to));
        if let Some(html) = &self.html {
            draft = draft.html(text_or_input(html)?);
        }
        if let Some(text) = &self.text {
            draft = draft.text(text_or_input(text)?);
        }
        for file in &self.attach {
            let octets = read(file)?;
            let name = Path::new(file).file_name().map_or(file.as_str().into(), |name| name.to_string_lossy());
            draft = draft.attach(name, content_type(file), &octets);
        }
        Ok(draft)
    }
}

fn text_or_input(text: &str) -> anyhow::Result<String> {
    if text != "-" {
        return Ok(text.to_owned());
    }
    String::from_utf8(read("-")?).context("standard input is not UTF-8: send it with --raw")
}

/// By the name alone, for what tests usually attach.
fn content_type(file: &str) -> &'static str {
    let extension = Path::new(file).extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("txt" | "log") => "text/plain",
        Some("html" | "htm") => "text/html",
        Some("csv") => "text/csv",
        Some("ics") => "text/calendar",
        Some("pdf") => "application/pdf",
        Some("json") => "application/json",
        Some("zip") => "application/zip",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
