//! The integration tests, all in one binary: everything goes through sockets, to the real application.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; clippy sees only functions marked #[test] as tests"
)]

#[allow(dead_code, unreachable_pub, unused_imports, reason = "a box of tools, of which a test takes what it needs")]
mod support;

mod cli;
mod client;
mod command_line;
mod extract;
mod http;
mod postgres;
mod readme;
mod smtp;
mod start;
mod store;
mod story;
mod tidy;
