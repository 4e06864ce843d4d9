//! Why the settings cannot be used: what, where, and what to do.

use std::path::PathBuf;

use super::Origin;

/// The start stops at the first of these.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A key that the manual does not have.
    #[error("{origin}: there is no setting {key}{}", meant(nearest.as_deref()))]
    UnknownKey {
        /// The key as written, with its section.
        key: String,
        /// Where it stands.
        origin: Origin,
        /// The known key that is most like it.
        nearest: Option<String>,
    },
    /// A variable of the environment that begins like ours and is none.
    #[error("the environment has {name}, which is no setting{}", meant(nearest.as_deref()))]
    UnknownVariable {
        /// Its name.
        name: String,
        /// The known variable that is most like it.
        nearest: Option<String>,
    },
    /// A variable whose value is not text.
    #[error("the value of {name} in the environment is not UTF-8")]
    NotText {
        /// Its name.
        name: String,
    },
    /// `--set` without an equals sign.
    #[error("--set {given}: write it as --set section.key=value")]
    NotAPair {
        /// What was written.
        given: String,
    },
    /// A file that is not TOML.
    #[error("{}, line {line}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// A value of the wrong kind or outside its range.
    #[error("{key} = {found} ({origin}): allowed is {allowed}")]
    Invalid {
        /// The setting.
        key: String,
        /// What was written; `***` for a secret.
        found: String,
        /// Where it was written.
        origin: Origin,
        /// What may be written.
        allowed: String,
    },
    /// The API would be open to other machines.
    #[error(
        "the API would be open to everyone who can reach {listen}: set a key with RESTANTE_ROOT_KEY (http.root_key), \
         or allow it with --allow-open"
    )]
    OpenToOthers {
        /// The listener that is not on loopback.
        listen: String,
    },
    /// Nobody could call the API.
    #[error(
        "the API needs a key and none is set: give one with RESTANTE_ROOT_KEY (http.root_key), 16 characters or more, \
         or take http.auth = \"open\" (RESTANTE_AUTH=open, with http.allow_open when other machines can reach it)"
    )]
    NoKey,
    /// A certificate without its key, or a key without its certificate.
    #[error("tls.cert and tls.key belong together: only {set} is set")]
    HalfCertificate {
        /// The one that is set.
        set: &'static str,
    },
    /// The manual and the code disagree; a test keeps this from being released.
    #[error("restante.default.toml and the code disagree about {key}")]
    Manual {
        /// The setting.
        key: String,
    },
}

fn meant(nearest: Option<&str>) -> String {
    match nearest {
        Some(name) => format!("; did you mean {name}?"),
        None => "; `restante config` lists them all".to_owned(),
    }
}
