//! The commands that call a server: one file each, over the client of `sdk/rust`.

mod args;
mod connect;
mod duration;
mod extract;
mod failure;
mod inbox;
mod input;
mod link;
mod otp;
mod run;
mod search;
mod send;
mod show;
mod table;
mod tail;
mod wait;

#[cfg(test)]
mod tests;

pub(super) use args::Command;
pub(super) use run::run;
