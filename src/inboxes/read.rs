//! Reading single things: an inbox by id or address, a message with everything about it.

use std::sync::Arc;

use super::Error;
use super::service::Inboxes;
use crate::extract::Extraction;
use crate::mime;
use crate::model::inbox::{Inbox, InboxState};
use crate::model::{Address, InboxId, Principal, Receipt};
use crate::store::StoredMessage;

/// How a caller names an inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InboxRef {
    /// By its id.
    Id(InboxId),
    /// By its address.
    Address(Address),
}

impl InboxRef {
    /// Reads an id, or else an address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().map(Self::Id).ok().or_else(|| Address::parse(text).map(Self::Address).ok())
    }
}

/// A message with its octets and what was noted when it was taken.
#[derive(Clone, Debug)]
pub struct Full {
    /// The message and what was read in it.
    pub stored: StoredMessage,
    /// The exact octets.
    pub raw: Vec<u8>,
    /// What was noted.
    pub receipt: Receipt,
    /// Its codes and links, where they were asked for.
    pub extraction: Option<Arc<Extraction>>,
}

/// Longest text that is given in a message's JSON, in octets; the rest is in the raw message.
const MAX_TEXT: usize = 1 << 20;

impl Full {
    /// The message as plain text: its text part, or its HTML without markup.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        mime::text(&self.stored.content, &self.raw, MAX_TEXT)
    }

    /// The message's HTML.
    #[must_use]
    pub fn html(&self) -> Option<String> {
        mime::html(&self.stored.content, &self.raw, MAX_TEXT)
    }
}

impl Inboxes {
    /// The inbox of this name, alive, when `who` may reach it.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Expired`] while its tombstone stands.
    pub async fn inbox(&self, who: &Principal, named: &InboxRef) -> Result<Inbox, Error> {
        let found = match named {
            InboxRef::Id(id) => self.0.store.inbox(*id).await?,
            InboxRef::Address(address) => self.by_address(address).await?,
        };
        match found.map(|inbox| Self::admit(who, inbox)).transpose()? {
            Some(Inbox { state: InboxState::Expired, expires_at: at, .. }) => Err(Error::Expired { at }),
            Some(inbox) => Ok(inbox),
            None => Err(Error::NotFound { what: "inbox" }),
        }
    }

    /// By its address, or that of the inbox where its `+detail` mail goes.
    async fn by_address(&self, address: &Address) -> Result<Option<Inbox>, Error> {
        if let Some(inbox) = self.0.store.inbox_by_key(&address.key()).await? {
            return Ok(Some(inbox));
        }
        match address.without_detail() {
            Some(base) => Ok(self.0.store.inbox_by_key(&base.key()).await?),
            None => Ok(None),
        }
    }

    /// The exact octets of a message.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is gone.
    pub async fn raw(&self, message: &StoredMessage) -> Result<Vec<u8>, Error> {
        self.0.store.raw(message).await?.ok_or(Error::NotFound { what: "message" })
    }

    /// What was noted when a message was taken.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is gone.
    pub async fn receipt(&self, message: &StoredMessage) -> Result<Receipt, Error> {
        self.0.store.receipt(message.message.receipt).await?.ok_or(Error::NotFound { what: "message" })
    }

    /// A message with everything about it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is gone.
    pub async fn full(&self, stored: StoredMessage) -> Result<Full, Error> {
        let raw = self.raw(&stored).await?;
        let receipt = self.receipt(&stored).await?;
        Ok(Full { stored, raw, receipt, extraction: None })
    }

    /// The same with its codes and links.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is gone.
    pub async fn whole(&self, stored: StoredMessage) -> Result<Full, Error> {
        let mut full = self.full(stored).await?;
        full.extraction = Some(self.extraction_of(&full.stored, &full.raw).await?);
        Ok(full)
    }
}
