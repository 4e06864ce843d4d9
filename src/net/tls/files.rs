//! The files of a certificate that is made here: read whole, written whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

use super::error::TlsError;

/// The file's octets; `None` if it does not exist.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, TlsError> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(TlsError::Read { path: path.to_owned(), source }),
    }
}

/// Makes the folder, readable by its owner alone, where it does not exist.
pub(super) fn make_folder(path: &Path) -> Result<(), TlsError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| TlsError::Write { path: path.to_owned(), source })
}

/// Writes a file that only its owner may read, synced, under its name only when it is complete.
pub(super) fn write(path: &Path, content: &str) -> Result<(), TlsError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = (|| {
        let mut file = NamedTempFile::new_in(folder)?; // Mode 0600.
        file.write_all(content.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    })();
    written.map_err(|source| TlsError::Write { path: path.to_owned(), source })
}
