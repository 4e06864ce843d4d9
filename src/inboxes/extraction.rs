//! Codes and links of stored messages: found when they are first asked for, and remembered for a while.

use std::sync::Arc;

use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::Error;
use super::service::Inboxes;
use crate::extract::{self, Extraction, Mail, Options, SURE};
use crate::filter::Found;
use crate::mime;
use crate::model::Content;
use crate::store::StoredMessage;

/// Octets of results that are remembered.
const REMEMBERED_BYTES: u64 = 8 << 20;
/// Results that there is room for at first.
const REMEMBERED: usize = 4_000;
/// Longest text and longest HTML that are handed over; what is looked at is cut again by `extract` itself.
const MAX_TEXT: usize = 1 << 20;
/// Above this many octets, looking leaves the thread that serves connections.
const ON_OTHER_THREAD: u64 = 64 << 10;
/// Larger messages show no code in lists: a page would take as long as all of them together.
const LISTED_BYTES: u64 = 128 << 10;

/// Results by the digest of the octets, for nothing else goes into them.
pub(super) struct Extractions(Cache<[u8; 32], Arc<Extraction>, Weight>);

/// About as many octets as a result takes.
#[derive(Clone)]
struct Weight;

impl Weighter<[u8; 32], Arc<Extraction>> for Weight {
    fn weight(&self, _digest: &[u8; 32], extraction: &Arc<Extraction>) -> u64 {
        let codes: usize = extraction.codes.iter().map(|code| 200 + code.source.context.len()).sum();
        let links: usize = extraction.links.iter().map(|link| 200 + link.url.len() + link.text.len()).sum();
        (200 + codes + links) as u64
    }
}

impl Extractions {
    pub(super) fn new() -> Self {
        Self(Cache::with_weighter(REMEMBERED, REMEMBERED_BYTES, Weight))
    }
}

impl Inboxes {
    /// The codes and links of a message.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is gone.
    pub async fn extraction(&self, stored: &StoredMessage) -> Result<Arc<Extraction>, Error> {
        let digest = stored.message.digest;
        if let Some(known) = self.0.extractions.0.get(&digest) {
            return Ok(known);
        }
        let raw = self.raw(stored).await?;
        self.extraction_of(stored, &raw).await
    }

    /// The same for a message whose octets are at hand.
    pub(super) async fn extraction_of(&self, stored: &StoredMessage, raw: &[u8]) -> Result<Arc<Extraction>, Error> {
        let digest = stored.message.digest;
        if let Some(known) = self.0.extractions.0.get(&digest) {
            return Ok(known);
        }
        let found = Arc::new(look(&stored.content, raw, Options::default()).await?);
        self.0.extractions.0.insert(digest, Arc::clone(&found));
        Ok(found)
    }

    /// The codes and links of a message that are as `options` want them.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is gone.
    pub async fn extract(&self, stored: &StoredMessage, options: Options) -> Result<Extraction, Error> {
        let raw = self.raw(stored).await?;
        look(&stored.content, &raw, options).await
    }

    /// The codes and links of a message that is not stored.
    ///
    /// # Errors
    /// If the server is stopping.
    pub async fn extract_from(&self, raw: Bytes, options: Options) -> Result<Extraction, Error> {
        let work = move || extract_now(&mime::parse(&raw), &raw, &options);
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::StoreClosed)
    }

    /// The same for a message in parts; `from` is an address.
    ///
    /// # Errors
    /// If the server is stopping.
    pub async fn extract_parts(
        &self,
        subject: String,
        text: Option<String>,
        html: Option<String>,
        from: Option<String>,
        options: Options,
    ) -> Result<Extraction, Error> {
        let work = move || {
            let from = from.as_deref().and_then(|from| from.trim_end_matches('>').rsplit_once('@'));
            let from_domain = from.map(|(_, domain)| domain);
            let mail =
                Mail { subject: &subject, text: text.as_deref(), html: html.as_deref(), from_domain, language: None };
            extract::extract(&mail, &options)
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::StoreClosed)
    }

    /// The value of a message's code for a list: `None` where there is none that is sure, and where the message is large.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn listed_code(&self, stored: &StoredMessage) -> Result<Option<String>, Error> {
        if stored.message.size > LISTED_BYTES {
            return Ok(None);
        }
        match self.extraction(stored).await {
            Ok(extraction) => Ok(extraction.sure_code()),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// What was found, as conditions look at it: the codes that are sure, and all links.
pub(super) fn sure(extraction: &Extraction) -> Found {
    let sure = extraction.codes.iter().filter(|code| code.confidence >= SURE);
    let codes = sure.flat_map(|code| {
        let shown = (code.display != code.value).then(|| code.display.clone());
        std::iter::once(code.value.clone()).chain(shown)
    });
    Found { codes: codes.collect(), links: extraction.links.iter().map(|link| link.url.clone()).collect() }
}

async fn look(content: &Content, raw: &[u8], options: Options) -> Result<Extraction, Error> {
    if raw.len() as u64 <= ON_OTHER_THREAD {
        return Ok(extract_now(content, raw, &options));
    }
    let (content, raw) = (content.clone(), raw.to_vec());
    let looked = tokio::task::spawn_blocking(move || extract_now(&content, &raw, &options)).await;
    looked.map_err(|_| Error::StoreClosed)
}

fn extract_now(content: &Content, raw: &[u8], options: &Options) -> Extraction {
    let (text, html) = (mime::plain_text(content, raw, MAX_TEXT), mime::html(content, raw, MAX_TEXT));
    let from = content.from.first().and_then(|from| from.address.rsplit_once('@')).map(|(_, domain)| domain);
    let mail = Mail {
        subject: content.subject.as_deref().unwrap_or_default(),
        text: text.as_deref(),
        html: html.as_deref(),
        from_domain: from,
        language: None,
    };
    extract::extract(&mail, options)
}
