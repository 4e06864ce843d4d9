//! Changing, emptying and removing inboxes.

use std::collections::BTreeMap;

use super::Error;
use super::create::{check_metadata, check_tags, check_ttl};
use super::policy::within;
use super::service::Inboxes;
use crate::model::Seq;
use crate::model::event::EventKind;
use crate::model::inbox::{Inbox, InboxState, Quota};
use crate::store::InboxChange;

/// What may be changed of an inbox; `None` leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboxPatch {
    /// All tags.
    pub tags: Option<Vec<String>>,
    /// All facts.
    pub metadata: Option<BTreeMap<String, String>>,
    /// Seconds from now until its mail is removed; 0 is never.
    pub ttl_s: Option<u64>,
    /// What it may hold.
    pub quota: Option<Quota>,
    /// Whether it takes mail: active or frozen.
    pub state: Option<InboxState>,
    /// The version that the change was made for.
    pub if_version: Option<i64>,
}

impl Inboxes {
    /// Changes an inbox's settings.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Expired`], [`Error::Changed`], [`Error::Invalid`].
    pub async fn update(&self, inbox: &Inbox, patch: &InboxPatch) -> Result<Inbox, Error> {
        if let Some(tags) = &patch.tags {
            check_tags(tags)?;
        }
        if let Some(metadata) = &patch.metadata {
            check_metadata(metadata)?;
        }
        if let Some(ttl_s) = patch.ttl_s {
            check_ttl(ttl_s)?;
        }
        if patch.state == Some(InboxState::Expired) {
            return Err(Error::invalid("/state", "active or frozen; to end an inbox, delete it or set its ttl_s"));
        }
        let limits = self.rules_of(inbox.project).await?.rules.quotas;
        let quota = patch.quota.map(|quota| within(quota, &limits)).transpose()?;
        let mut tags = patch.tags.clone();
        if let Some(tags) = &mut tags {
            tags.sort();
            tags.dedup();
        }
        let change = InboxChange {
            tags,
            metadata: patch.metadata.clone(),
            expires_at: patch.ttl_s.map(|ttl_s| (ttl_s > 0).then(|| self.expiry(ttl_s))),
            quota,
            state: patch.state,
            if_version: patch.if_version,
        };
        let inbox = self.0.store.update_inbox(inbox.id, change).await?;
        self.0.routes.forget(&inbox.address);
        self.hint(inbox.id, inbox.project);
        Ok(inbox)
    }

    /// Removes every message up to `until`; gives how many there were.
    ///
    /// Mail that arrives meanwhile stays.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn empty(&self, inbox: &Inbox, until: Seq) -> Result<u64, Error> {
        let mut deleted = 0;
        loop {
            let removed = self.0.store.remove_oldest(inbox.id, until, EventKind::MessageDeleted).await?;
            if removed.messages == 0 {
                return Ok(deleted);
            }
            deleted += u64::try_from(removed.messages).unwrap_or(0);
            self.hint(inbox.id, inbox.project);
        }
    }

    /// Removes an inbox with all its messages; its address is free again.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn delete(&self, inbox: &Inbox) -> Result<(), Error> {
        self.delete_if(inbox, None).await
    }

    /// The same, only for the version that is expected.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Changed`].
    pub async fn delete_if(&self, inbox: &Inbox, if_version: Option<i64>) -> Result<(), Error> {
        // Shut first: from here on no mail can slip in between the removals.
        let inbox = self.0.store.shut_inbox(inbox.id, if_version).await?;
        self.0.routes.forget(&inbox.address);
        self.empty(&inbox, Seq(i64::MAX)).await?;
        self.0.store.delete_inbox(inbox.id).await?;
        self.0.routes.forget(&inbox.address);
        self.hint(inbox.id, inbox.project);
        Ok(())
    }
}
