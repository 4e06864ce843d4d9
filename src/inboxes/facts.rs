//! What a filter looks at, loaded and read.

use super::Error;
use super::service::Inboxes;
use crate::filter::{Facts, Found, HeaderText, Needs, Octets, Text};
use crate::mime;
use crate::model::Content;
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
}

impl Inboxes {
    /// Loads what is needed. What was removed meanwhile stays missing.
    pub(super) async fn load(&self, found: &StoredMessage, needs: Needs) -> Result<Loaded, Error> {
        let mut loaded = Loaded::default();
        if needs.octets || needs.extract {
            loaded.raw = self.0.store.raw(found).await?;
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
            found: None,
        }
    }

    /// Shows all that was loaded to `look`.
    pub(super) async fn look<T: Send + 'static>(
        self,
        found: &StoredMessage,
        digests: bool,
        look: impl FnOnce(&Facts<'_>) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let is_large = found.message.size > LARGE && self.raw.is_some();
        if !is_large {
            return Ok(self.show(found, digests, look));
        }
        let found = found.clone();
        let shown = tokio::task::spawn_blocking(move || self.show(&found, digests, look)).await;
        shown.map_err(|_| Error::StoreClosed)
    }

    fn show<T>(&self, found: &StoredMessage, digests: bool, look: impl FnOnce(&Facts<'_>) -> T) -> T {
        let octets = self.raw.as_deref().map(|raw| read(&found.content, raw, digests));
        let extracted = self.raw.as_deref().and_then(|raw| extracted(&found.content, raw));
        look(&Facts { octets: octets.as_ref(), found: extracted.as_ref(), ..self.facts(found) })
    }
}

/// What only the octets say.
fn read(content: &Content, raw: &[u8], digests: bool) -> Octets {
    let header = |field| {
        let (name, value) = mime::header_value(raw, field);
        let sent = mime::field_bytes(raw, field).split(|byte| *byte == b':').skip(1).collect::<Vec<_>>().join(&b':');
        HeaderText { name: name.to_owned(), value, raw: String::from_utf8_lossy(&sent).trim().to_owned() }
    };
    let html = mime::html(content, raw, MAX_TEXT);
    Octets {
        headers: content.headers.iter().map(header).collect(),
        text: mime::text(content, raw, MAX_TEXT).map(Text::from),
        rendered: html.as_deref().map(|html| Text::from(mime::rendered(html, MAX_TEXT))),
        html: html.map(Text::from),
        digests: if digests {
            content.attachments().map(|part| digest(&mime::part_bytes(part, raw))).collect()
        } else {
            Vec::new()
        },
    }
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

/// What extraction finds; `None` as long as nothing here extracts.
const fn extracted(_content: &Content, _raw: &[u8]) -> Option<Found> {
    None
}
