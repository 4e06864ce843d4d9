//! What a wait sees of the store: how far it goes, and the messages in a stretch of it.

use std::collections::HashMap;

use super::super::Error;
use super::super::service::Inboxes;
use super::ask::{Wait, WaitScope};
use crate::filter::Needles;
use crate::model::inbox::InboxState;
use crate::model::{InboxId, Narrowing};
use crate::store::{Among, Listed, MessageQuery, Order, Scope};

/// Where a wait stands.
pub(super) enum Head {
    /// The number of the newest message or event.
    At(i64),
    /// Every inbox is gone.
    Gone,
}

/// A stretch of what a wait sees.
#[derive(Clone, Debug)]
pub(in crate::inboxes) struct Stretch {
    /// Numbers above this one.
    pub(in crate::inboxes) above: i64,
    /// Numbers below this one.
    pub(in crate::inboxes) below: i64,
    /// Which way.
    pub(in crate::inboxes) order: Order,
    /// What their rows must have.
    pub(in crate::inboxes) needles: Needles,
    /// Most rows.
    pub(in crate::inboxes) limit: usize,
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
        Ok(Head::At(self.0.store.position(wait.who.project).await?.0))
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
        let (order, below) = (wait.order, until.saturating_add(1));
        if let Some(scope) = wait.plain_scope() {
            let query = MessageQuery { scope, order, above, below, needles, limit };
            return self.find(&wait.filter, query, limit).await;
        }
        let mut stretch = Stretch { above, below, order, needles, limit: STRIDE };
        let mut found = Vec::new();
        let mut reached = HashMap::new();
        loop {
            let rows = self.rows(wait, &stretch).await?;
            let is_last = rows.len() < stretch.limit;
            match (rows.last(), order) {
                (Some(last), Order::Oldest) => stretch.above = last.number,
                (Some(last), Order::Newest) => stretch.below = last.number,
                (None, _) => {}
            }
            for row in rows {
                if self.passes(&wait.filter, &row.found).await?
                    && self.reaches(wait, row.found.message.inbox, &mut reached).await?
                {
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

    /// The messages of a stretch, whatever they are like. In a whole project some of them may be out of the caller's
    /// reach: see [`Inboxes::reaches`].
    pub(in crate::inboxes) async fn rows(&self, wait: &Wait, stretch: &Stretch) -> Result<Vec<Listed>, Error> {
        let Stretch { above, below, order, limit, .. } = *stretch;
        let needles = stretch.needles.clone();
        let project = wait.who.project;
        let scope = match &wait.scope {
            WaitScope::Inbox(inbox) => Scope::Inbox(*inbox),
            WaitScope::Project => Scope::Project(project),
            WaitScope::Inboxes(inboxes) => {
                let (received_from, received_until) = (needles.received_from, needles.received_until);
                let query = Among { project, inboxes, above, below, received_from, received_until, order, limit };
                return Ok(self.0.store.messages_among(&query).await?);
            }
        };
        Ok(self.0.store.messages(&MessageQuery { scope, order, above, below, needles, limit }).await?)
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
    /// Where the database can look by itself.
    fn plain_scope(&self) -> Option<Scope> {
        match &self.scope {
            WaitScope::Inbox(inbox) => Some(Scope::Inbox(*inbox)),
            WaitScope::Project => {
                (self.who.narrowed == Narrowing::default()).then_some(Scope::Project(self.who.project))
            }
            WaitScope::Inboxes(_) => None,
        }
    }
}
