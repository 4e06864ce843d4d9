//! The labelled mails: a folder for each sender, with `labels.jsonl` beside the messages.

use std::path::{Path, PathBuf};

use restante::extract::{Extraction, Mail, Options, Purpose, extract};
use restante::mime;
use serde::Deserialize;

/// What a person says of a mail.
#[derive(Debug, Deserialize)]
pub(super) struct Label {
    pub(super) file: String,
    pub(super) language: String,
    pub(super) shape: String,
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) also: Option<Vec<String>>,
    pub(super) link: Option<LinkLabel>,
}

/// The link that the mail is about.
#[derive(Debug, Deserialize)]
pub(super) struct LinkLabel {
    pub(super) purpose: String,
    pub(super) url: String,
}

impl LinkLabel {
    pub(super) fn purpose(&self) -> Option<Purpose> {
        match self.purpose.as_str() {
            "reset" => Some(Purpose::Reset),
            "verify" => Some(Purpose::Verify),
            "magic_login" => Some(Purpose::MagicLogin),
            "invite_or_confirm" => Some(Purpose::Confirm),
            _ => None,
        }
    }
}

/// A mail with its label and what is found in it.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) path: PathBuf,
    pub(super) label: Label,
    pub(super) found: Extraction,
}

/// A set of the corpus.
pub(super) fn set(name: &str) -> Vec<Case> {
    cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/data/extract").join(name))
}

/// All mails below a folder that holds a folder for each sender.
pub(super) fn cases(root: &Path) -> Vec<Case> {
    let mut senders: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    senders.sort();
    senders.iter().flat_map(|sender| of_sender(sender)).collect()
}

fn of_sender(folder: &Path) -> Vec<Case> {
    let Ok(labels) = std::fs::read_to_string(folder.join("labels.jsonl")) else { return Vec::new() };
    let read = |line: &str| {
        let label: Label = serde_json::from_str(line).unwrap_or_else(|error| panic!("{folder:?}: {error}: {line}"));
        let path = folder.join(&label.file);
        let raw = std::fs::read(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        Case { found: found(&raw), path, label }
    };
    labels.lines().filter(|line| !line.trim().is_empty()).map(read).collect()
}

/// What the server would find in these octets.
fn found(raw: &[u8]) -> Extraction {
    const ALL: usize = 4 * 1024 * 1024;
    let content = mime::parse(raw);
    let has = |kind: &str| content.parts.iter().any(|part| part.content_type == kind && !part.is_attachment);
    let text = mime::text(&content, raw, ALL).filter(|_| has("text/plain"));
    let html = mime::html(&content, raw, ALL);
    let domain = content.from.first().and_then(|from| from.address.rsplit_once('@')).map(|(_, domain)| domain);
    let mail = Mail {
        subject: content.subject.as_deref().unwrap_or_default(),
        text: text.as_deref(),
        html: html.as_deref(),
        from_domain: domain,
        language: None,
    };
    extract(&mail, &Options::default())
}
