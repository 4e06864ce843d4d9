//! Tools written in Python. `./test` installs them beside the build, at the versions of tests/requirements.txt.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The tool, ready to be given arguments; `None` where it is not installed. Where `CI` is set, that fails.
pub fn python_tool(name: &str) -> Option<Command> {
    let path = folder().join("bin").join(name);
    if path.exists() {
        return Some(super::process::without_settings(path.to_str().expect("a path of text")));
    }
    assert!(std::env::var_os("CI").is_none(), "{} is not there, and CI runs every test", path.display());
    eprintln!("not run: {} is not there (./test installs it)", path.display());
    None
}

/// `python` in the build's folder, as `./test` has it.
fn folder() -> PathBuf {
    let build = Path::new(env!("CARGO_BIN_EXE_restante")).parent().and_then(Path::parent).expect("a build's folder");
    build.join("python")
}
