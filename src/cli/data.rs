//! The data folder: which one it is, that it exists, and that only its owner can read it.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use etcetera::BaseStrategy;
use tempfile::TempDir;

/// Only the owner may look at mail, keys and the certificate's private key.
const OWNER_ONLY: u32 = 0o700;

/// The data folder of one run.
#[derive(Debug)]
pub(super) enum DataFolder {
    /// It stays.
    Kept(PathBuf),
    /// It is removed when this is dropped.
    Ephemeral(TempDir),
}

impl DataFolder {
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Ephemeral(folder) => folder.path(),
        }
    }

    /// A new empty folder; `tempfile` makes it for the owner alone.
    pub(super) fn ephemeral() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("restante-").tempdir();
        folder.map(Self::Ephemeral).context("cannot make a temporary data folder")
    }
}

/// `$XDG_DATA_HOME/restante`, which is `~/.local/share/restante` unless it was moved.
pub(super) fn user_folder() -> anyhow::Result<PathBuf> {
    let strategy = etcetera::choose_base_strategy()
        .map_err(|_| anyhow!("there is no home directory to keep the data in: name a folder with --data DIR"))?;
    Ok(strategy.data_dir().join("restante"))
}

/// Makes the folder and its parents where they are missing. The mode of one that exists is its owner's business.
pub(super) fn make(path: &Path) -> anyhow::Result<()> {
    let made = DirBuilder::new().recursive(true).mode(OWNER_ONLY).create(path);
    made.with_context(|| format!("cannot make the data folder {}: name another with --data DIR", path.display()))
}
