//! Lists of inboxes and messages, a page at a time.

use super::Error;
use super::service::Inboxes;
use crate::filter::{Filter, Needles};
use crate::model::inbox::Inbox;
use crate::model::{Cursor, InboxId, Narrowing, Position, Principal, ProjectId, Seq};
use crate::store::{InboxQuery, Listed, MessageQuery, Order, Scope};

/// Whose messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// One inbox's.
    Inbox(InboxId),
    /// All of a project's.
    Project(ProjectId),
}

/// What to list.
#[derive(Clone, Debug)]
pub struct MessageSearch {
    /// Whose.
    pub within: Within,
    /// What of it the caller may reach.
    pub reach: Narrowing,
    /// What they must be like.
    pub filter: Filter,
    /// Of a project's inboxes only these; none is all.
    pub inboxes: Vec<InboxId>,
    /// Only after this cursor.
    pub since: Option<Cursor>,
    /// Where the last page ended.
    pub after: Option<i64>,
    /// Which way.
    pub order: Order,
    /// At most so many, 1..=200.
    pub limit: usize,
}

/// A page of messages.
#[derive(Clone, Debug)]
pub struct MessagePage {
    /// The messages with their numbers in the order.
    pub items: Vec<Listed>,
    /// Whether more come behind them.
    pub has_more: bool,
}

impl Inboxes {
    /// A page of messages.
    ///
    /// # Errors
    /// [`Error::CursorInvalid`], or if they cannot be read.
    pub async fn messages(&self, search: &MessageSearch) -> Result<MessagePage, Error> {
        let since = search.since.map_or(Ok(0), |cursor| self.number(cursor, search.within))?;
        let mut query = self.query(search, since);
        match (search.order, search.after) {
            (Order::Oldest, Some(after)) => query.above = query.above.max(after),
            (Order::Newest, Some(after)) => query.below = after,
            (_, None) => {}
        }
        // One more than asked for tells whether there is more.
        let mut items = self.find(&search.filter, query, search.limit + 1).await?;
        let has_more = items.len() > search.limit;
        items.truncate(search.limit);
        Ok(MessagePage { items, has_more })
    }

    pub(super) fn query(&self, search: &MessageSearch, since: i64) -> MessageQuery {
        let scope = match search.within {
            Within::Inbox(inbox) => Scope::Inbox(inbox),
            Within::Project(project) => Scope::Project(project),
        };
        MessageQuery {
            order: search.order,
            above: since,
            needles: Needles { inboxes: search.inboxes.clone(), ..search.filter.needles() },
            inbox_tag: search.reach.tag.clone(),
            inbox_run: search.reach.run.clone(),
            ..MessageQuery::all(scope, search.limit)
        }
    }

    /// The number that a cursor stands for in the order of `within`.
    ///
    /// # Errors
    /// [`Error::CursorInvalid`] when it is a cursor of something else, or of another life of the store.
    pub fn number(&self, cursor: Cursor, within: Within) -> Result<i64, Error> {
        const STALE: &str = "it was made by a store that has been wiped or replaced";
        let invalid = |of, why| Err(Error::CursorInvalid { of, why });
        match (cursor, within) {
            (Cursor::Inbox { inbox, seq, epoch }, Within::Inbox(wanted)) => match () {
                () if inbox != wanted => invalid("inbox", "it belongs to another inbox"),
                () if epoch != self.0.store.epoch() => invalid("inbox", STALE),
                () => Ok(seq.0),
            },
            (Cursor::Project { project, position, epoch }, Within::Project(wanted)) => match () {
                () if project != wanted => invalid("project", "it belongs to another project"),
                () if epoch != self.0.store.epoch() => invalid("project", STALE),
                () => Ok(position.0),
            },
            (Cursor::Project { .. }, Within::Inbox(_)) => invalid("inbox", "it is one of a whole project"),
            (Cursor::Inbox { .. }, Within::Project(_)) => {
                invalid("project", "it is one of an inbox: take one from GET /v1/cursor")
            }
        }
    }

    /// The cursor behind the message or event `number`.
    #[must_use]
    pub fn cursor(&self, within: Within, number: i64) -> Cursor {
        let epoch = self.0.store.epoch();
        match within {
            Within::Inbox(inbox) => Cursor::Inbox { inbox, seq: Seq(number), epoch },
            Within::Project(project) => Cursor::Project { project, position: Position(number), epoch },
        }
    }

    /// The cursor behind everything that has happened.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the inbox is gone.
    pub async fn cursor_now(&self, within: Within) -> Result<Cursor, Error> {
        let number = match within {
            Within::Inbox(id) => self.0.store.inbox(id).await?.ok_or(Error::NotFound { what: "inbox" })?.last_seq.0,
            Within::Project(project) => self.0.store.position(project).await?.0,
        };
        Ok(self.cursor(within, number))
    }

    /// A page of inboxes that `who` may reach, newest first, and whether there are more.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn list(&self, who: &Principal, mut query: InboxQuery) -> Result<(Vec<Inbox>, bool), Error> {
        let limit = query.limit;
        if let Some(run) = &who.narrowed.run
            && query.run.get_or_insert_with(|| run.clone()) != run
        {
            return Ok((Vec::new(), false));
        }
        query.tags.extend(who.narrowed.tag.clone());
        if let Some(only) = who.narrowed.inbox {
            // The first from its id downwards is it, when it passes the rest.
            let above = InboxId::from_uuid(uuid::Uuid::from_u128(only.uuid().as_u128().saturating_add(1)));
            query.before = Some(query.before.map_or(above, |before| before.min(above)));
            query.limit = 1;
            let mut found = self.0.store.inboxes(&query).await?;
            found.retain(|inbox| inbox.id == only);
            return Ok((found, false));
        }
        query.limit += 1;
        let mut inboxes = self.0.store.inboxes(&query).await?;
        let has_more = inboxes.len() > limit;
        inboxes.truncate(limit);
        Ok((inboxes, has_more))
    }
}
