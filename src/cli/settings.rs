//! The settings of this run: from the manual, a file, the environment and the flags.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::args::Place;
use super::data;
use crate::config::{Origin, Settings};

/// Looked for in the data folder.
const FILE_NAME: &str = "restante.toml";

/// The settings, and the data folder that they lie in or name.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) settings: Settings,
    /// `None` is a temporary one.
    pub(super) data: Option<PathBuf>,
}

/// Lays all layers on top of each other. Nothing is created.
pub(super) fn load(place: &Place) -> anyhow::Result<Loaded> {
    let mut settings = Settings::defaults()?;
    settings.apply_environment(std::env::vars_os())?;
    apply_flags(&mut settings, place)?;
    if let Some(file) = &place.config {
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        settings.apply_file(file, &text)?;
    }
    if place.ephemeral {
        return Ok(Loaded { settings, data: None });
    }
    let data = match settings.text("store.data") {
        Some(named) => PathBuf::from(named),
        None => data::user_folder()?,
    };
    if place.config.is_none() {
        apply_file_of(&data, &mut settings)?;
    }
    Ok(Loaded { settings, data: Some(data) })
}

fn apply_flags(settings: &mut Settings, place: &Place) -> anyhow::Result<()> {
    for given in &place.set {
        settings.apply_set(given)?;
    }
    if let Some(data) = &place.data {
        let text = data.to_str().with_context(|| format!("--data {}: the name is not UTF-8", data.display()))?;
        settings.apply_flag("--data", "store.data", text)?;
    }
    if place.allow_open {
        settings.apply_flag("--allow-open", "http.allow_open", "true")?;
        settings.apply_flag("--allow-open", "http.auth", "open")?;
    }
    Ok(())
}

fn apply_file_of(data: &Path, settings: &mut Settings) -> anyhow::Result<()> {
    let path = data.join(FILE_NAME);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    settings.apply_file(&path, &text)?;
    if let Some(origin @ Origin::File { .. }) = settings.origin("store.data") {
        bail!("{origin}: this file lies in the data folder and cannot name another: use --data DIR, or --config FILE");
    }
    Ok(())
}
