//! The command line: arguments, where the settings come from, what is said at start, exit codes; nothing else.

mod args;
mod client;
mod completions;
mod data;
mod exit;
mod health;
mod logging;
mod run;
mod serve;
mod settings;
mod welcome;

#[cfg(test)]
mod tests;

pub use run::main;
