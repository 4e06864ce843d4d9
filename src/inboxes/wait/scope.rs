//! What a wait sees of the store: how far it goes, and the messages in a stretch of it.

use std::collections::HashMap;

use super::super::Error;
use super::super::service::Inboxes;
use super::ask::{Wait, WaitScope};
use crate::filter::Needles;
use crate::model::inbox::InboxState;
use crate::model::{InboxId, Narrowing};
use crate::store::{self, Listed, MessageQuery, Order, Scope};

/// Where a wait stands.
pub(super) enum Head {
    /// The number of the newest message or event.
    At(i64),
    /// Every inbox is gone.
    Gone,
}

impl Inboxes {
    /// Whether there is still something to wait on, and the number of the newest message or event.
    pub(super) async fn head(&self, wait: &Wait) -> Result<Head, Error> {
        match &wait.scope {
            WaitScope::Inbox(id) => {
                return Ok(match self.0.store.inbox(*id).await? {
                    Some(inbox) if inbox.state != InboxState::Expired => Head::At(inbox.last_seq.0),
                    _ => Head::Gone,
                });
            }
            WaitScope::Inboxes(inboxes) if self.0.store.standing(inboxes).await? == 0 => return Ok(Head::Gone),
            WaitScope::Inboxes(_) | WaitScope::Project => {}
        }
        match self.0.store.position(wait.who.project).await {
            Ok(position) => Ok(Head::At(position.0)),
            Err(store::Error::NoProject(_)) => Ok(Head::Gone),
            Err(error) => Err(error.into()),
        }
    }

    /// Up to `limit` matches above `above` and up to `until`, in the order that was asked for.
    pub(super) async fn matches(
        &self,
        wait: &Wait,
        above: i64,
        until: i64,
        limit: usize,
    ) -> Result<Vec<Listed>, Error> {
        let mut needles = wait.filter.needles();
        needles.received_from = needles.received_from.max(wait.received_after);
        let mut query =
            MessageQuery { order: wait.order, above, below: until.saturating_add(1), ..wait.all(needles, limit) };
        let mut found = Vec::new();
        let mut reached = HashMap::new();
        loop {
            let rows = self.find(&wait.filter, query.clone(), limit).await?;
            let is_last = rows.len() < limit;
            match (rows.last(), query.order) {
                (Some(last), Order::Oldest) => query.above = last.number,
                (Some(last), Order::Newest) => query.below = last.number,
                (None, _) => {}
            }
            for row in rows {
                if self.reaches(wait, row.found.message.inbox, &mut reached).await? {
                    found.push(row);
                }
            }
            // Only what was out of the caller's reach makes another round.
            if is_last || found.len() >= limit {
                found.truncate(limit);
                return Ok(found);
            }
        }
    }

    /// Whether the caller may know of mail in this inbox.
    pub(in crate::inboxes) async fn reaches(
        &self,
        wait: &Wait,
        inbox: InboxId,
        reached: &mut HashMap<InboxId, bool>,
    ) -> Result<bool, Error> {
        if wait.who.narrowed == Narrowing::default() || wait.inboxes().contains(&inbox) {
            return Ok(true);
        }
        if let Some(reaches) = reached.get(&inbox) {
            return Ok(*reaches);
        }
        let found = self.0.store.inbox(inbox).await?;
        let reaches = found.is_some_and(|found| Self::admit(&wait.who, found).is_ok());
        reached.insert(inbox, reaches);
        Ok(reaches)
    }
}

impl Wait {
    /// Everything that it looks at, narrowed by `needles`. In a whole project some of it may be out of the caller's reach:
    /// see [`Inboxes::reaches`].
    pub(in crate::inboxes) fn all(&self, needles: Needles, limit: usize) -> MessageQuery {
        let project = Scope::Project(self.who.project);
        let (scope, inboxes) = match &self.scope {
            WaitScope::Inbox(inbox) => (Scope::Inbox(*inbox), Vec::new()),
            WaitScope::Inboxes(inboxes) => (project, inboxes.clone()),
            WaitScope::Project => (project, Vec::new()),
        };
        MessageQuery {
            needles: Needles { inboxes, ..needles },
            inbox_tag: self.who.narrowed.tag.clone(),
            inbox_run: self.who.narrowed.run.clone(),
            ..MessageQuery::all(scope, limit)
        }
    }
}
