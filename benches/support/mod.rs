//! What the benchmarks share: the program as a user has it, senders, clients that cost little, and figures.

#[path = "../../tests/it/support/cluster.rs"]
pub mod cluster;
#[path = "../../tests/it/support/process.rs"]
pub mod process;

pub mod api;
pub mod figures;
pub mod sender;
pub mod tools;

/// The size of a mail, as in the table of `docs/performance.md`.
pub const MAIL_BYTES: usize = 5_000;
/// Connections that send.
pub const CONNECTIONS: u32 = 32;

/// Whether a short run was asked for, by `--quick` or `RESTANTE_BENCH_QUICK`: it shows that the program works.
pub fn is_quick() -> bool {
    std::env::args().any(|argument| argument == "--quick") || std::env::var_os("RESTANTE_BENCH_QUICK").is_some()
}

/// One of two numbers, by what was asked for.
pub fn sized<T>(whole: T, quick: T) -> T {
    if is_quick() { quick } else { whole }
}
