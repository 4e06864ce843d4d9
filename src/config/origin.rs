//! Where a value came from; a later origin wins over an earlier one.

use std::fmt;
use std::path::PathBuf;

/// The layer that gave a setting its value, with the place in it. Ascending in order of precedence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// `restante.default.toml`.
    Default,
    /// A line of a file; lines count from 1.
    File {
        /// The file.
        path: PathBuf,
        /// The line on which the key stands.
        line: usize,
    },
    /// This variable of the environment.
    Environment(String),
    /// This flag of the command line.
    Flag(String),
}

impl Origin {
    /// Which layer it is, whatever the place in it.
    pub(super) const fn layer(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::File { .. } => 1,
            Self::Environment(_) => 2,
            Self::Flag(_) => 3,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}, line {line}", path.display()),
            Self::Environment(name) => f.write_str(name),
            Self::Flag(flag) => f.write_str(flag),
        }
    }
}
