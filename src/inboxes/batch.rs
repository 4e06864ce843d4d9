//! One change of many messages, named by their ids or by what they are like.

use std::collections::BTreeMap;

use super::create::check_tags;
use super::service::Inboxes;
use super::{Destination, Error, MessageSearch, Within};
use crate::filter::Filter;
use crate::model::inbox::Inbox;
use crate::model::{Flags, InboxId, MessageId, Narrowing, Principal, ProjectId};
use crate::store::{BATCH, BatchChange, Order};

/// Which messages.
#[derive(Clone, Debug)]
pub enum Selection {
    /// These, wherever they lie. Those that are not there are passed over.
    Ids(Vec<MessageId>),
    /// Those of an inbox that pass the filter and are there now; later mail is not looked at.
    Filter(Box<Inbox>, Filter),
}

/// What happens to each of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It leaves for good.
    Delete,
    /// Flags are set or taken away.
    Flags {
        /// To set.
        add: Flags,
        /// To take away.
        remove: Flags,
    },
    /// Tags are put on or taken off.
    Tags {
        /// To put on.
        add: Vec<String>,
        /// To take off.
        remove: Vec<String>,
    },
    /// It moves.
    Move(Destination),
}

impl Inboxes {
    /// Changes the messages, up to 500 of an inbox at a time; gives how many were not so already.
    ///
    /// # Errors
    /// What is wrong with the change; [`Error::NotFound`] for a folder. What was changed before stays changed.
    pub async fn change_many(&self, who: &Principal, selection: Selection, change: &Change) -> Result<u64, Error> {
        if let Change::Tags { add, remove } = change {
            check_tags(add)?;
            check_tags(remove)?;
        }
        match selection {
            Selection::Ids(ids) => self.change_these(who, &ids, change).await,
            Selection::Filter(inbox, filter) => self.change_like(&inbox, &filter, change).await,
        }
    }

    async fn change_these(&self, who: &Principal, ids: &[MessageId], change: &Change) -> Result<u64, Error> {
        let mut of_inbox: BTreeMap<InboxId, Vec<MessageId>> = BTreeMap::new();
        for (id, inbox, project) in self.0.store.locate(ids).await? {
            if project == who.project {
                of_inbox.entry(inbox).or_default().push(id);
            }
        }
        let mut changed = 0;
        for (id, messages) in of_inbox {
            let Some(inbox) = self.0.store.inbox(id).await? else { continue };
            if Self::admit(who, inbox).is_ok() {
                changed += self.change_in(id, who.project, messages, change).await?;
            }
        }
        Ok(changed)
    }

    async fn change_like(&self, inbox: &Inbox, filter: &Filter, change: &Change) -> Result<u64, Error> {
        let within = Within::Inbox(inbox.id);
        let search = MessageSearch {
            within,
            // The caller may reach the inbox, and so all of it.
            reach: Narrowing::default(),
            inboxes: Vec::new(),
            filter: filter.clone(),
            since: None,
            after: None,
            order: Order::Oldest,
            limit: BATCH,
        };
        let (mut changed, mut above) = (0, 0);
        loop {
            let mut query = self.query(&search, above);
            query.below = inbox.last_seq.0.saturating_add(1);
            let found = self.find(filter, query, BATCH).await?;
            let Some(last) = found.last() else { return Ok(changed) };
            above = last.number;
            let ids = found.iter().map(|found| found.found.message.id).collect();
            changed += self.change_in(inbox.id, inbox.project, ids, change).await?;
        }
    }

    /// Changes messages of one inbox, and tells whoever waits.
    async fn change_in(
        &self,
        inbox: InboxId,
        project: ProjectId,
        ids: Vec<MessageId>,
        change: &Change,
    ) -> Result<u64, Error> {
        let change = match change {
            Change::Delete => BatchChange::Delete,
            Change::Flags { add, remove } => BatchChange::Flags { add: *add, remove: *remove },
            Change::Tags { add, remove } => BatchChange::Tags { add: add.clone(), remove: remove.clone() },
            Change::Move(to) => to.change(inbox),
        };
        let target = if let BatchChange::Inbox { to, .. } = &change { Some(*to) } else { None };
        let changed = match self.0.store.change_messages(inbox, ids, change).await.map_err(Error::from) {
            // Its inbox went meanwhile, and the messages with it. The inbox that they should move to is another matter.
            Err(Error::NotFound { what: "inbox" }) if target.is_none() => 0,
            outcome => outcome?,
        };
        if changed > 0 {
            self.hint(inbox, project);
            if let Some(target) = target {
                self.hint(target, project);
            }
        }
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }
}
