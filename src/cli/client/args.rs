//! The client commands; the arguments of each stand in its own file.

use clap::{Args, Subcommand};

use super::{extract, inbox, link, otp, search, send, show, tail, wait};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Creates, lists, shows, empties and removes inboxes.
    Inbox(inbox::Inbox),
    /// Waits for a message and prints its id; what came close is told on standard error.
    Wait(wait::Wait),
    /// Prints the newest one-time code of an inbox.
    Otp(otp::Otp),
    /// Prints the newest link of an inbox.
    Link(link::Link),
    /// Puts a message into inboxes, and prints its id in each.
    Send(send::Send),
    /// Prints a message.
    Show(show::Show),
    /// Lists messages that a query finds: from:a@b.test subject:"reset code" -tag:x.
    Search(search::Search),
    /// Prints each message as it arrives, until it is stopped.
    Tail(tail::Tail),
    /// Prints the codes and links of a message in a file; nothing is stored.
    Extract(extract::Extract),
}

/// Which server, with which key, and in which form the answer is printed.
#[derive(Debug, Args)]
pub(super) struct Server {
    /// Where the API is [default: the variable RESTANTE_URL, else http://localhost:8025].
    #[arg(long)]
    pub(super) url: Option<String>,
    /// The key [default: the variable RESTANTE_KEY, which other users of the machine cannot see].
    #[arg(long)]
    pub(super) key: Option<String>,
    /// Prints the API's JSON.
    #[arg(long)]
    pub(super) json: bool,
}
