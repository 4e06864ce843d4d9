//! Builds the library that stands between the program and the disk, and fails or forgets what is synced.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles it into this folder. The linker of Rust is a C compiler, so there is one.
pub(super) fn build(folder: &Path) -> PathBuf {
    let library = folder.join("sync_shim.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/story/sync_shim.c");
    let mut compiler = Command::new("cc");
    compiler.args(["-Wall", "-Werror", "-O1", "-fPIC", "-shared", "-o"]).arg(&library).arg(source);
    assert!(compiler.status().expect("cc starts").success(), "cc could not build {source}");
    library
}
