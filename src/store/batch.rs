//! One change of many messages.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::dialect::{Conn, on};
use super::event::{self, NewEvent};
use super::flags::{self, take_mod_seq};
use super::handle::Store;
use super::inbox::parse_tags;
use super::message::MessageVersion;
use super::multi_row::{MultiRow, pieces};
use super::relocate::{self, Lying};
use super::{Error, inbox, message, removal};
use crate::model::event::EventKind;
use crate::model::{Flags, InboxId, MailboxId, MessageId, ModSeq, ProjectId, Timestamp};

/// What happens to each message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchChange {
    /// It leaves for good.
    Delete,
    /// Flags are set, others taken away.
    Flags {
        /// To set.
        add: Flags,
        /// To take away.
        remove: Flags,
    },
    /// Tags are put on, others taken off.
    Tags {
        /// To put on.
        add: Vec<String>,
        /// To take off.
        remove: Vec<String>,
    },
    /// It goes into a mailbox of this name of its own inbox.
    Folder(String),
    /// It goes into another inbox.
    Inbox {
        /// That one.
        to: InboxId,
        /// The mailbox there.
        folder: String,
    },
}

/// Most messages of one transaction.
pub const BATCH: usize = 500;
/// Most tags of a message.
const MAX_TAGS: usize = 50;

static WHERE: MultiRow = MultiRow::rows("SELECT id, inbox_id, project_id FROM message WHERE id IN (", "?", ")");

impl Store {
    /// The inbox and the project of each of these messages that is there.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn locate(&self, ids: &[MessageId]) -> Result<Vec<(MessageId, InboxId, ProjectId)>, Error> {
        let mut conn = self.read().await?;
        let mut found = Vec::with_capacity(ids.len());
        for piece in pieces(ids) {
            let sql = WHERE.sql(conn.dialect(), piece.len());
            let rows: Vec<(Uuid, Uuid, Uuid)> = on!(&mut conn, c => {
                let mut query = sqlx::query_as(sql);
                for id in piece {
                    query = query.bind(id.uuid());
                }
                query.fetch_all(c).await
            })?;
            found.extend(rows.into_iter().map(|(id, inbox, project)| {
                (MessageId::from_uuid(id), InboxId::from_uuid(inbox), ProjectId::from_uuid(project))
            }));
        }
        Ok(found)
    }

    /// Changes up to [`BATCH`] messages of one inbox together, each with its event; gives how many were not so already.
    ///
    /// # Errors
    /// [`Error::NoInbox`], [`Error::NoMailbox`], [`Error::TooMany`] tags, or what keeps the other inbox from taking them.
    /// Nothing has changed then.
    pub async fn change_messages(
        &self,
        inbox: InboxId,
        ids: Vec<MessageId>,
        change: BatchChange,
    ) -> Result<usize, Error> {
        let now = self.clock().now();
        self.write(move |conn| {
            let (ids, change) = (ids.clone(), change.clone());
            Box::pin(async move { apply(conn, inbox, &ids, &change, now).await })
        })
        .await
    }

    /// Changes one message of an inbox; whether it was not so already. `None` when it does not lie there.
    ///
    /// # Errors
    /// As [`Store::change_messages`]; [`Error::Changed`] when it is not of the version that is expected.
    pub async fn change_message(
        &self,
        inbox: InboxId,
        id: MessageId,
        change: BatchChange,
        if_version: Option<MessageVersion>,
    ) -> Result<Option<bool>, Error> {
        let now = self.clock().now();
        self.write(move |conn| {
            let change = change.clone();
            Box::pin(async move {
                lock(conn, inbox, &change).await?;
                if message::get_in(conn, inbox, id, if_version).await?.is_none() {
                    return Ok(None);
                }
                Ok(Some(apply(conn, inbox, &[id], &change, now).await? > 0))
            })
        })
        .await
    }
}

/// Locks the inboxes that a change is about, in the order in which every node locks.
async fn lock(conn: &mut Conn, inbox: InboxId, change: &BatchChange) -> Result<(), Error> {
    let other = if let BatchChange::Inbox { to, .. } = change { *to } else { inbox };
    inbox::lock(conn, inbox.min(other)).await?;
    if other != inbox {
        inbox::lock(conn, inbox.max(other)).await?;
    }
    Ok(())
}

async fn apply(
    conn: &mut Conn,
    inbox: InboxId,
    ids: &[MessageId],
    change: &BatchChange,
    now: Timestamp,
) -> Result<usize, Error> {
    if let BatchChange::Inbox { to, folder } = change {
        return relocate::across(conn, (inbox, *to), ids, folder, now).await;
    }
    let project = inbox::lock(conn, inbox).await?.project;
    let changed = match change {
        BatchChange::Delete => {
            let rows = relocate::lying(conn, inbox, ids).await?;
            let ids: Vec<MessageId> = rows.into_iter().map(|row| row.id).collect();
            let removed = removal::remove_these(conn, project, inbox, &ids, EventKind::MessageDeleted, now).await?;
            return Ok(usize::try_from(removed.messages).unwrap_or(0));
        }
        BatchChange::Folder(folder) => relocate::within(conn, inbox, ids, folder).await?,
        BatchChange::Flags { add, remove } => {
            let rows = relocate::lying(conn, inbox, ids).await?;
            set_flags(conn, &rows, *add, *remove).await?
        }
        BatchChange::Tags { add, remove } => {
            let rows = relocate::lying(conn, inbox, ids).await?;
            set_tags(conn, &rows, add, remove).await?
        }
        BatchChange::Inbox { .. } => Vec::new(),
    };
    let events: Vec<NewEvent> = changed
        .iter()
        .map(|id| NewEvent { kind: EventKind::MessageUpdated, inbox: Some(inbox), message: Some(*id) })
        .collect();
    event::append(conn, project, now, &events).await?;
    Ok(changed.len())
}

/// One mod-sequence for all that change in a mailbox: they change together.
#[derive(Default)]
struct ModSeqs(BTreeMap<MailboxId, ModSeq>);

impl ModSeqs {
    async fn take(&mut self, conn: &mut Conn, mailbox: MailboxId) -> Result<ModSeq, Error> {
        if let Some(taken) = self.0.get(&mailbox) {
            return Ok(*taken);
        }
        let taken = take_mod_seq(conn, mailbox).await?;
        self.0.insert(mailbox, taken);
        Ok(taken)
    }
}

async fn set_flags(conn: &mut Conn, rows: &[Lying], add: Flags, remove: Flags) -> Result<Vec<MessageId>, Error> {
    let mut mod_seqs = ModSeqs::default();
    let mut changed = Vec::new();
    for row in rows {
        let flags = row.flags.with(add).without(remove);
        if flags != row.flags {
            let mod_seq = mod_seqs.take(conn, row.mailbox).await?;
            flags::set(conn, row.inbox, row.mailbox, row.uid, row.flags, flags, mod_seq).await?;
            changed.push(row.id);
        }
    }
    Ok(changed)
}

async fn set_tags(conn: &mut Conn, rows: &[Lying], add: &[String], remove: &[String]) -> Result<Vec<MessageId>, Error> {
    let mut mod_seqs = ModSeqs::default();
    let mut changed = Vec::new();
    for row in rows {
        let were = parse_tags(&row.tags);
        let mut tags: Vec<String> = were.iter().chain(add).filter(|tag| !remove.contains(tag)).cloned().collect();
        tags.sort();
        tags.dedup();
        if tags == were {
            continue;
        }
        if tags.len() > MAX_TAGS {
            return Err(Error::TooMany { what: "tags", limit: i64::try_from(MAX_TAGS).unwrap_or(i64::MAX) });
        }
        // The version of the message is that of its entry: its ETag changes with its tags.
        let mod_seq = mod_seqs.take(conn, row.mailbox).await?;
        flags::set(conn, row.inbox, row.mailbox, row.uid, row.flags, row.flags, mod_seq).await?;
        message::set_tags(conn, row.id, &tags).await?;
        changed.push(row.id);
    }
    Ok(changed)
}
