//! The exit codes, which scripts rely on.

use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// All went well.
    Ok = 0,
    /// Something failed, and standard error says what.
    Error = 1,
    /// The command line was not understood.
    Usage = 2,
    /// Nobody answers there, or the server cannot answer now.
    Unreachable = 3,
    /// A wait was in vain.
    Timeout = 4,
    /// There is no code or link, or no telling which.
    NoCode = 5,
    /// The key is missing, wrong, or not for this.
    Auth = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
