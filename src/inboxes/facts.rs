//! What a filter looks at, loaded and read.

use super::service::Inboxes;
use super::{Error, extraction};
use crate::filter::{Facts, Found, HeaderText, Needs, Octets, Reads, Text};
use crate::mime;
use crate::model::Content;
use crate::model::content::HeaderField;
use crate::store::StoredMessage;

/// Longest text that a condition looks through, in octets.
const MAX_TEXT: usize = 4 << 20;
/// Larger messages are looked at on a thread of their own, so that others need not wait.
const LARGE: u64 = 256 << 10;

/// What was loaded of a message besides its row.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    raw: Option<Vec<u8>>,
    envelope_from: Option<String>,
    found: Option<Found>,
}

impl Inboxes {
    /// Loads what is needed. What was removed meanwhile stays missing.
    pub(super) async fn load(&self, found: &StoredMessage, needs: Needs) -> Result<Loaded, Error> {
        let mut loaded = Loaded::default();
        if needs.octets || needs.extract {
            loaded.raw = self.0.store.raw(found).await?;
        }
        if let Some(raw) = loaded.raw.as_deref().filter(|_| needs.extract) {
            loaded.found = Some(extraction::sure(&*self.extraction_of(found, raw).await?));
        }
        if needs.receipt {
            let receipt = self.0.store.receipt(found.message.receipt).await?;
            loaded.envelope_from = receipt.map(|receipt| receipt.envelope.reverse_path.to_string());
        }
        Ok(loaded)
    }
}

impl Loaded {
    /// The facts of the row alone.
    pub(super) fn facts<'a>(&'a self, found: &'a StoredMessage) -> Facts<'a> {
        let message = &found.message;
        Facts {
            content: &found.content,
            delivered_to: &message.delivered_to,
            tags: &message.tags,
            run: found.run.as_deref(),
            folder: &message.folder,
            flags: message.flags,
            received_at: message.received_at,
            size: message.size,
            octets: None,
            envelope_from: self.envelope_from.as_deref(),
            found: self.found.as_ref(),
        }
    }

    /// Shows all that was loaded to `look`.
    pub(super) async fn look<T: Send + 'static>(
        self,
        found: &StoredMessage,
        reads: Reads,
        look: impl FnOnce(&Facts<'_>) -> T + Send + 'static,
    ) -> Result<T, Error> {
        // Extraction takes some milliseconds of any message.
        let is_large = self.raw.is_some() && (found.message.size > LARGE || reads.found);
        if !is_large {
            return Ok(self.show(found, reads, look));
        }
        let found = found.clone();
        let shown = tokio::task::spawn_blocking(move || self.show(&found, reads, look)).await;
        shown.map_err(|_| Error::StoreClosed)
    }

    pub(super) fn show<T>(&self, found: &StoredMessage, reads: Reads, look: impl FnOnce(&Facts<'_>) -> T) -> T {
        let octets = self.raw.as_deref().map(|raw| read(&found.content, raw, reads));
        look(&Facts { octets: octets.as_ref(), ..self.facts(found) })
    }
}

/// With these octets and nothing else.
impl From<Vec<u8>> for Loaded {
    fn from(raw: Vec<u8>) -> Self {
        Self { raw: Some(raw), ..Self::default() }
    }
}

/// What only the octets say, as much of it as is wanted.
fn read(content: &Content, raw: &[u8], reads: Reads) -> Octets {
    let mut octets = Octets::default();
    if reads.headers {
        octets.headers = content.headers.iter().map(|field| header(raw, field)).collect();
    }
    if reads.text {
        octets.text = mime::text(content, raw, MAX_TEXT).map(Text::from);
    }
    if reads.html {
        let html = mime::html(content, raw, MAX_TEXT);
        octets.rendered = html.as_deref().map(|html| Text::from(mime::rendered(html, MAX_TEXT)));
        octets.html = html.map(Text::from);
    }
    if reads.digests {
        octets.digests = content.attachments().map(|part| digest(&mime::part_bytes(part, raw))).collect();
    }
    octets
}

fn header(raw: &[u8], field: &HeaderField) -> HeaderText {
    let (name, value) = mime::header_value(raw, field);
    let sent = mime::field_bytes(raw, field);
    let sent = sent.iter().position(|byte| *byte == b':').and_then(|colon| sent.get(colon + 1..)).unwrap_or_default();
    HeaderText { name: name.to_owned(), value, raw: String::from_utf8_lossy(sent).trim().to_owned() }
}

fn digest(octets: &[u8]) -> String {
    use std::fmt::Write as _;
    let digest = ring::digest::digest(&ring::digest::SHA256, octets);
    digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
