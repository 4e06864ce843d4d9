//! Looking for messages: what the database can tell by itself first, the rest in memory.

use super::Error;
use super::facts::Loaded;
use super::service::Inboxes;
use crate::filter::{Explanation, Filter, Needs};
use crate::store::{Listed, MessageQuery, Order, StoredMessage};

/// Most rows that are read at a time.
const STRIDE: usize = 200;

impl Inboxes {
    /// Up to `limit` messages of `query` that pass `filter`, whatever the database could decide of it.
    pub(super) async fn find(
        &self,
        filter: &Filter,
        mut query: MessageQuery,
        limit: usize,
    ) -> Result<Vec<Listed>, Error> {
        let mut found = Vec::new();
        query.limit = if filter.needs().is_nothing() { limit.min(STRIDE) } else { STRIDE };
        loop {
            let rows = self.0.store.messages(&query).await?;
            let is_last = rows.len() < query.limit;
            if let Some(last) = rows.last() {
                match query.order {
                    Order::Oldest => query.above = last.number,
                    Order::Newest => query.below = last.number,
                }
            }
            for row in rows {
                if self.passes(filter, &row.found).await? {
                    found.push(row);
                    if found.len() == limit {
                        return Ok(found);
                    }
                }
            }
            if is_last {
                return Ok(found);
            }
            // What the database could not decide may pass over many rows: not in as many steps.
            query.limit = STRIDE;
        }
    }

    /// Whether a message passes; one that was removed meanwhile does not.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) async fn passes(&self, filter: &Filter, found: &StoredMessage) -> Result<bool, Error> {
        if let Some(passes) = filter.decide(&Loaded::default().facts(found)) {
            return Ok(passes);
        }
        let loaded = self.load(found, filter.needs()).await?;
        let filter = filter.clone();
        loaded.look(found, filter.needs_digests(), move |facts| filter.matches(facts)).await
    }

    /// Says of each condition whether the message meets it.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) async fn explain(&self, filter: &Filter, found: &StoredMessage) -> Result<Explanation, Error> {
        let loaded = self.load(found, Needs::ALL).await?;
        let filter = filter.clone();
        loaded.look(found, filter.needs_digests(), move |facts| filter.explain(facts)).await
    }

    /// The share of conditions that a message meets: what an explanation would say, in a fraction of its time.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) async fn score(&self, filter: &Filter, found: &StoredMessage) -> Result<f64, Error> {
        let loaded = self.load(found, filter.needs()).await?;
        let filter = filter.clone();
        loaded.look(found, filter.needs_digests(), move |facts| filter.score(facts)).await
    }
}
