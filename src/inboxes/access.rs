//! What a caller may reach. Whatever they may not reach is not there for them, so that nobody can probe for it.

use super::service::Inboxes;
use super::{Error, Within};
use crate::model::inbox::Inbox;
use crate::model::{MessageId, Narrowing, Principal};
use crate::store::StoredMessage;

impl Inboxes {
    /// The inbox, when `who` may reach it.
    pub(super) fn admit(who: &Principal, inbox: Inbox) -> Result<Inbox, Error> {
        let narrowed = &who.narrowed;
        let is_reached = inbox.project == who.project
            && narrowed.inbox.is_none_or(|only| only == inbox.id)
            && narrowed.tag.as_ref().is_none_or(|tag| inbox.tags.contains(tag))
            && narrowed.run.as_ref().is_none_or(|run| inbox.run.as_ref() == Some(run));
        if is_reached { Ok(inbox) } else { Err(Error::NotFound { what: "inbox" }) }
    }

    /// The message `id` without its octets, when `who` may reach it.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn message(&self, who: &Principal, id: MessageId) -> Result<StoredMessage, Error> {
        const GONE: Error = Error::NotFound { what: "message" };
        let stored = self.0.store.message(id).await?.ok_or(GONE)?;
        if stored.message.project != who.project {
            return Err(GONE);
        }
        if who.narrowed != Narrowing::default() {
            let inbox = self.0.store.inbox(stored.message.inbox).await?.ok_or(GONE)?;
            Self::admit(who, inbox).map_err(|_| GONE)?;
        }
        Ok(stored)
    }
}

impl Within {
    /// All that `who` may reach.
    #[must_use]
    pub fn all_of(who: &Principal) -> Self {
        who.narrowed.inbox.map_or(Self::Project(who.project), Self::Inbox)
    }
}
