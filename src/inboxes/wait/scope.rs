//! What a wait sees of the store: how far it goes, and the matches in a stretch of it.

use super::super::Error;
use super::super::list::MessageSearch;
use super::super::service::Inboxes;
use super::ask::{Wait, WaitScope};
use crate::model::inbox::InboxState;
use crate::store::{Among, Listed, Order};

/// Where a wait stands.
pub(super) enum Head {
    /// The number of the newest message or event.
    At(i64),
    /// Every inbox is gone.
    Gone,
}

/// Messages that are read at a time where the database cannot decide.
const STRIDE: usize = 200;

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
        Ok(Head::At(self.0.store.position(wait.project).await?.0))
    }

    /// Up to `limit` matches above `above` and up to `until`, in the order that was asked for.
    pub(super) async fn matches(
        &self,
        wait: &Wait,
        above: i64,
        until: i64,
        limit: usize,
    ) -> Result<Vec<Listed>, Error> {
        if let WaitScope::Inboxes(inboxes) = &wait.scope {
            let project = wait.project;
            let (received_from, order) = (wait.received_after, wait.order);
            let below = until.saturating_add(1);
            let query = Among { project, inboxes, above, below, received_from, order, limit: STRIDE };
            return self.matches_among(wait, query, limit).await;
        }
        let search = MessageSearch {
            within: wait.within(),
            filter: wait.filter.clone(),
            tag: None,
            folder: None,
            seen: None,
            received_from: wait.received_after,
            received_until: None,
            since: None,
            after: None,
            order: wait.order,
            limit,
        };
        let mut query = self.query(&search, above);
        query.below = until.saturating_add(1);
        self.find(&wait.filter, query, limit).await
    }

    async fn matches_among(&self, wait: &Wait, mut query: Among<'_>, limit: usize) -> Result<Vec<Listed>, Error> {
        let mut found = Vec::new();
        loop {
            let rows = self.0.store.messages_among(&query).await?;
            let is_last = rows.len() < query.limit;
            match (rows.last(), query.order) {
                (Some(last), Order::Oldest) => query.above = last.number,
                (Some(last), Order::Newest) => query.below = last.number,
                (None, _) => {}
            }
            for row in rows {
                if self.passes(&wait.filter, &row.found).await? {
                    found.push(row);
                    if found.len() == limit {
                        return Ok(found);
                    }
                }
            }
            if is_last {
                return Ok(found);
            }
        }
    }
}
