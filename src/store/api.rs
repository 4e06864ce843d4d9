//! What the services ask of the store, each a transaction or a read of its own.

use super::blob::PackedBlobs;
use super::handle::Store;
use super::listing::{Listed, MessageQuery};
use super::message::{MessageVersion, StoredMessage};
use super::rejection::RejectionRecord;
use super::removal::{self, Removed};
use super::{Error, InboxChange, InboxQuery, NewInbox, SealedCredential};
use super::{blob, credential, event, flags, inbox, listing, message, receipt, rejection, relocate};
use crate::model::event::EventKind;
use crate::model::inbox::{Inbox, InboxState};
use crate::model::{Flags, InboxId, Keyword, MessageId, Position, ProjectId, Receipt, ReceiptId, Seq, Timestamp};

/// A change of one message; `None` leaves a part as it is.
#[derive(Clone, Debug, Default)]
pub struct MessageChange {
    /// Flags to set.
    pub add: Flags,
    /// Flags to take away.
    pub remove: Flags,
    /// New keywords.
    pub keywords: Option<Vec<Keyword>>,
    /// New tags.
    pub tags: Option<Vec<String>>,
    /// The mailbox of its inbox to put it into.
    pub folder: Option<String>,
    /// The version that the change was made for; another one refuses it.
    pub if_version: Option<MessageVersion>,
}

impl Store {
    /// Makes an inbox.
    ///
    /// # Errors
    /// [`Error::Taken`] for its address, its `client_ref` or its credential's user name.
    pub async fn create_inbox(&self, new: NewInbox) -> Result<Inbox, Error> {
        let now = self.clock().now();
        self.write(move |conn| {
            let new = new.clone();
            Box::pin(async move { inbox::create(conn, &new, now).await })
        })
        .await
    }

    /// Makes inboxes of one project, all or none.
    ///
    /// # Errors
    /// As [`Store::create_inbox`].
    pub async fn create_inboxes(&self, new: Vec<NewInbox>) -> Result<Vec<Inbox>, Error> {
        let now = self.clock().now();
        self.write(move |conn| {
            let new = new.clone();
            Box::pin(async move { inbox::create_all(conn, &new, now).await })
        })
        .await
    }

    /// The inbox `id`, tombstones included.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn inbox(&self, id: InboxId) -> Result<Option<Inbox>, Error> {
        inbox::get(&mut self.read().await?, id).await
    }

    /// The inbox whose address has this key, tombstones included.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn inbox_by_key(&self, key: &str) -> Result<Option<Inbox>, Error> {
        inbox::by_key(&mut self.read().await?, key).await
    }

    /// The inbox that the caller calls `name`, with the digest of what was asked for then.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn inbox_by_client_ref(&self, project: ProjectId, name: &str) -> Result<Option<(Inbox, Vec<u8>)>, Error> {
        inbox::by_client_ref(&mut self.read().await?, project, name).await
    }

    /// A page of inboxes, newest first.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn inboxes(&self, query: &InboxQuery) -> Result<Vec<Inbox>, Error> {
        inbox::list(&mut self.read().await?, query).await
    }

    /// Changes an inbox's settings.
    ///
    /// # Errors
    /// [`Error::NoInbox`], [`Error::Expired`], [`Error::Changed`].
    pub async fn update_inbox(&self, id: InboxId, change: InboxChange) -> Result<Inbox, Error> {
        let now = self.clock().now();
        self.write(move |conn| {
            let change = change.clone();
            Box::pin(async move { inbox::update(conn, id, &change, now).await })
        })
        .await
    }

    /// Adds a credential to an inbox.
    ///
    /// # Errors
    /// [`Error::Taken`] for the user name.
    pub async fn create_credential(&self, id: InboxId, new: SealedCredential) -> Result<(), Error> {
        let now = self.clock().now();
        self.write(move |conn| {
            let new = new.clone();
            Box::pin(async move { credential::insert(conn, id, &new, now).await })
        })
        .await
    }

    /// The credential of a folded user name.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn credential(&self, username_key: &str) -> Result<Option<(InboxId, SealedCredential)>, Error> {
        credential::by_username(&mut self.read().await?, username_key).await
    }

    /// Removes up to 500 of the oldest messages of an inbox, up to seq `until`.
    ///
    /// # Errors
    /// [`Error::NoInbox`].
    pub async fn remove_oldest(&self, id: InboxId, until: Seq, kind: EventKind) -> Result<Removed, Error> {
        let now = self.clock().now();
        self.write(move |conn| {
            Box::pin(async move {
                let inbox = inbox::lock(conn, id).await?;
                removal::remove_oldest(conn, inbox.project, id, until.0, kind, now).await
            })
        })
        .await
    }

    /// Shuts an inbox, so that no mail can come while its messages are removed.
    ///
    /// # Errors
    /// [`Error::NoInbox`]; [`Error::Changed`] when it is not of the version that is expected.
    pub async fn shut_inbox(&self, id: InboxId, if_version: Option<i64>) -> Result<Inbox, Error> {
        let now = self.clock().now();
        self.write(move |conn| {
            Box::pin(async move {
                let inbox = inbox::lock(conn, id).await?;
                if if_version.is_some_and(|version| version != inbox.version) {
                    return Err(Error::Changed);
                }
                inbox::shut(conn, id, now).await
            })
        })
        .await
    }

    /// Shuts an inbox whose time has come, and writes that down; `None` when it was given more time meanwhile.
    ///
    /// # Errors
    /// [`Error::NoInbox`].
    pub async fn expire_inbox(&self, id: InboxId) -> Result<Option<Inbox>, Error> {
        let now = self.clock().now();
        self.write(move |conn| {
            Box::pin(async move {
                let inbox = inbox::lock(conn, id).await?;
                if inbox.expires_at.is_none_or(|at| at > now) {
                    return Ok(None);
                }
                if inbox.state != InboxState::Expired {
                    inbox::shut(conn, id, now).await?;
                    inbox::note_expired(conn, &inbox, now).await?;
                }
                Ok(Some(inbox))
            })
        })
        .await
    }

    /// Removes what is left of a shut inbox whose messages are gone.
    ///
    /// # Errors
    /// [`Error::NoInbox`].
    pub async fn delete_inbox(&self, id: InboxId) -> Result<(), Error> {
        let now = self.clock().now();
        self.write(move |conn| {
            Box::pin(async move {
                let inbox = inbox::lock(conn, id).await?;
                inbox::delete(conn, &inbox, EventKind::InboxDeleted, now).await
            })
        })
        .await
    }

    /// Inboxes whose time came by `now`.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn inboxes_due(&self, now: Timestamp) -> Result<Vec<InboxId>, Error> {
        inbox::due(&mut self.read().await?, now, removal::CHUNK).await
    }

    /// Tombstones of inboxes whose time came by `until`.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn inboxes_faded(&self, until: Timestamp) -> Result<Vec<InboxId>, Error> {
        inbox::faded(&mut self.read().await?, until, removal::CHUNK).await
    }

    /// The message `id`.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn message(&self, id: MessageId) -> Result<Option<StoredMessage>, Error> {
        message::get(&mut self.read().await?, id).await
    }

    /// The octets of many messages, still packed. What is gone is left out.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn packed(&self, messages: impl IntoIterator<Item = &StoredMessage>) -> Result<PackedBlobs, Error> {
        let ids: Vec<i64> = messages.into_iter().map(|message| message.blob).collect();
        blob::load_packed(&mut self.read().await?, &ids).await
    }

    /// The exact octets of a message; `None` when it is gone.
    ///
    /// # Errors
    /// [`Error::Damaged`], or if they cannot be read.
    pub async fn raw(&self, message: &StoredMessage) -> Result<Option<Vec<u8>>, Error> {
        blob::load(&mut self.read().await?, message.blob).await
    }

    /// What was noted when a message was taken.
    ///
    /// # Errors
    /// [`Error::Damaged`], or if it cannot be read.
    pub async fn receipt(&self, id: ReceiptId) -> Result<Option<Receipt>, Error> {
        receipt::load(&mut self.read().await?, id).await
    }

    /// A page of messages.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn messages(&self, query: &MessageQuery) -> Result<Vec<Listed>, Error> {
        listing::list(&mut self.read().await?, query).await
    }

    /// Changes flags, keywords, tags and folder of a message; `None` when it is gone, or leaves its inbox meanwhile.
    ///
    /// # Errors
    /// [`Error::Changed`], [`Error::NoMailbox`].
    pub async fn update_message(&self, id: MessageId, change: MessageChange) -> Result<Option<StoredMessage>, Error> {
        let now = self.clock().now();
        let Some(known) = self.message(id).await? else { return Ok(None) };
        let inbox = known.message.inbox;
        self.write(move |conn| {
            let change = change.clone();
            Box::pin(async move {
                let locked = inbox::lock(conn, inbox).await?;
                let Some(before) = message::get_in(conn, inbox, id, change.if_version).await? else {
                    return Ok(None);
                };
                let was = before.message.flags;
                let (mailbox, uid) = (before.message.mailbox, before.message.uid);
                let mod_seq = flags::take_mod_seq(conn, mailbox).await?;
                flags::set(conn, inbox, mailbox, uid, was, was.with(change.add).without(change.remove), mod_seq)
                    .await?;
                if let Some(keywords) = &change.keywords {
                    flags::set_keywords(conn, mailbox, uid, keywords).await?;
                }
                if let Some(tags) = &change.tags {
                    message::set_tags(conn, id, tags).await?;
                }
                if let Some(folder) = &change.folder {
                    relocate::within(conn, inbox, &[id], folder).await?;
                }
                let updated =
                    event::NewEvent { kind: EventKind::MessageUpdated, inbox: Some(inbox), message: Some(id) };
                event::append(conn, locked.project, now, &[updated]).await?;
                message::get(conn, id).await
            })
        })
        .await
    }

    /// Removes a message; gives its inbox. `None` when it is gone, or leaves its inbox meanwhile.
    ///
    /// # Errors
    /// [`Error::Changed`] when it is not of the version that is expected.
    pub async fn delete_message(
        &self,
        id: MessageId,
        if_version: Option<MessageVersion>,
    ) -> Result<Option<InboxId>, Error> {
        let now = self.clock().now();
        let Some(known) = self.message(id).await? else { return Ok(None) };
        let inbox = known.message.inbox;
        self.write(move |conn| {
            Box::pin(async move {
                let locked = inbox::lock(conn, inbox).await?;
                if message::get_in(conn, inbox, id, if_version).await?.is_none() {
                    return Ok(None);
                }
                let removed =
                    removal::remove_one(conn, locked.project, inbox, id, EventKind::MessageDeleted, now).await?;
                Ok((removed.messages > 0).then_some(inbox))
            })
        })
        .await
    }

    /// The position of a project's last event.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn position(&self, project: ProjectId) -> Result<Position, Error> {
        event::last(&mut self.read().await?, project).await
    }

    /// Removes up to 500 events from before `until`; gives how many.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn prune_events(&self, project: ProjectId, until: Timestamp) -> Result<u64, Error> {
        self.write(move |conn| Box::pin(async move { event::prune(conn, project, until, removal::CHUNK).await })).await
    }

    /// Keeps refusals.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn note_rejections(&self, records: Vec<RejectionRecord>) -> Result<(), Error> {
        self.write(move |conn| {
            let records = records.clone();
            Box::pin(async move { rejection::insert(conn, &records).await })
        })
        .await
    }

    /// The newest refusals, newest first.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn rejections(&self, most: i64) -> Result<Vec<RejectionRecord>, Error> {
        rejection::recent(&mut self.read().await?, most).await
    }

    /// Keeps the newest `keep` refusals.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn prune_rejections(&self, keep: i64) -> Result<u64, Error> {
        self.write(move |conn| Box::pin(async move { rejection::prune(conn, keep).await })).await
    }
}

/// Whether an inbox of this state and end takes mail at `now`.
#[must_use]
pub fn takes_mail(inbox: &Inbox, now: Timestamp) -> bool {
    inbox.state == InboxState::Active && inbox.expires_at.is_none_or(|at| at > now)
}
