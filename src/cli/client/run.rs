//! Runs a client command: one thread, one answer, one exit code.

use anyhow::Context;

use super::Command;
use super::failure::failed;
use crate::cli::exit::Exit;

pub(in crate::cli) fn run(command: Command) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("cannot start the client")?;
    let done = runtime.block_on(command.run());
    // Looking up a name cannot be ended; nobody waits for it.
    runtime.shutdown_background();
    Ok(done.unwrap_or_else(|failure| failed(&failure)))
}

impl Command {
    async fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Inbox(inbox) => inbox.run().await,
            Self::Wait(wait) => wait.run().await,
            Self::Otp(otp) => otp.run().await,
            Self::Link(link) => link.run().await,
            Self::Send(send) => send.run().await,
            Self::Show(show) => show.run().await,
            Self::Search(search) => search.run().await,
            Self::Tail(tail) => tail.run().await,
            Self::Extract(extract) => extract.run().await,
        }
    }
}
