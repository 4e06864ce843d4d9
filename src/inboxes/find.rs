//! Looking for messages: what the database can tell by itself first, the rest in memory.

use std::sync::Arc;

use super::Error;
use super::facts::Loaded;
use super::service::Inboxes;
use crate::filter::{Explanation, Filter, Needs, Probe, Reads, Signature};
use crate::store::{Listed, MessageQuery, Order, PackedBlobs, Skimmed, StoredMessage};

/// Most rows that are read at a time.
const STRIDE: usize = 200;
/// Messages that are gone over at first, when a match may be near.
const FIRST_SKIM: usize = 500;
/// Messages that are gone over at a time after that.
const SKIM: usize = 10_000;
/// Most octets of messages that are in memory at once, unless a single one has more.
const BATCH_BYTES: u64 = 8 << 20;
/// Threads that read texts for one search.
const THREADS: usize = 2;

impl Inboxes {
    /// Up to `limit` messages of `query` that pass `filter`, whatever the database could decide of it.
    pub(super) async fn find(
        &self,
        filter: &Filter,
        mut query: MessageQuery,
        limit: usize,
    ) -> Result<Vec<Listed>, Error> {
        if let Some(probe) = filter.probe() {
            return self.skim(filter, &probe, query, limit).await;
        }
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
            found.extend(self.passing(filter, rows).await?);
            if found.len() >= limit {
                found.truncate(limit);
                return Ok(found);
            }
            if is_last {
                return Ok(found);
            }
            // What the database could not decide may pass over many rows: not in as many steps.
            query.limit = STRIDE;
        }
    }

    /// The same for a filter on texts: of messages whose signatures are known, only those that may pass are read.
    async fn skim(
        &self,
        filter: &Filter,
        probe: &Probe,
        mut query: MessageQuery,
        limit: usize,
    ) -> Result<Vec<Listed>, Error> {
        let key = match probe.keys() {
            [key] => Some(key.as_str()),
            _ => None,
        };
        // Of several words any may stand in the keys: which, is not told by the database.
        let in_keys = probe.keys().len() > 1;
        let mut found = Vec::new();
        query.limit = FIRST_SKIM;
        loop {
            let skimmed = self.0.store.skim(&query, key).await?;
            let is_last = skimmed.len() < query.limit;
            if let Some(last) = skimmed.last() {
                match query.order {
                    Order::Oldest => query.above = last.number,
                    Order::Newest => query.below = last.number,
                }
            }
            let may_pass = |one: &Skimmed| {
                let signature = self.0.signatures.get(one.id);
                signature.is_none_or(|signature| probe.may_pass(&signature, one.in_keys || in_keys))
            };
            let numbers: Vec<i64> = skimmed.iter().filter(|one| may_pass(one)).map(|one| one.number).collect();
            for numbers in numbers.chunks(STRIDE) {
                let rows = self.0.store.pick(&query, numbers).await?;
                found.extend(self.passing(filter, rows).await?);
                if found.len() >= limit {
                    found.truncate(limit);
                    return Ok(found);
                }
            }
            if is_last {
                return Ok(found);
            }
            query.limit = SKIM;
        }
    }

    /// Those of `rows` that pass.
    async fn passing(&self, filter: &Filter, rows: Vec<Listed>) -> Result<Vec<Listed>, Error> {
        let needs = filter.needs();
        if needs.receipt || needs.extract || !needs.octets {
            let mut passing = Vec::new();
            for row in rows {
                if self.passes(filter, &row.found).await? {
                    passing.push(row);
                }
            }
            return Ok(passing);
        }
        // Many octets are loaded at once and read on several threads: that is what a search in texts spends its time on.
        let (mut passing, mut rows) = (Vec::new(), rows.into_iter().peekable());
        while rows.peek().is_some() {
            let mut batch = Vec::new();
            let mut bytes = 0;
            while let Some(row) = rows.next_if(|row| batch.is_empty() || bytes + row.found.message.size <= BATCH_BYTES)
            {
                bytes += row.found.message.size;
                batch.push(row);
            }
            passing.extend(self.batch(filter, batch).await?);
        }
        Ok(passing)
    }

    /// The same for as many as may be in memory at once.
    async fn batch(&self, filter: &Filter, rows: Vec<Listed>) -> Result<Vec<Listed>, Error> {
        let mut decided: Vec<(Listed, Option<bool>)> = Vec::with_capacity(rows.len());
        for row in rows {
            let passes = filter.decide(&Loaded::default().facts(&row.found));
            decided.push((row, passes));
        }
        let open = decided.iter().filter(|(_, passes)| passes.is_none()).map(|(row, _)| &row.found);
        let packed = self.0.store.packed(open).await?;
        let mut threads = Vec::new();
        let (packed, share) = (Arc::new(packed), decided.len().div_ceil(THREADS).max(1));
        let mut rest = decided.into_iter();
        loop {
            let part: Vec<(Listed, Option<bool>)> = rest.by_ref().take(share).collect();
            if part.is_empty() {
                break;
            }
            let (service, filter, packed) = (self.clone(), filter.clone(), Arc::clone(&packed));
            threads.push(tokio::task::spawn_blocking(move || service.look(&filter, part, &packed)));
        }
        let mut passing = Vec::new();
        for thread in threads {
            passing.extend(thread.await.map_err(|_| Error::StoreClosed)??);
        }
        Ok(passing)
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
        loaded.look(found, filter.reads(), move |facts| filter.matches(facts)).await
    }

    /// Says of each condition whether the message meets it.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) async fn explain(&self, filter: &Filter, found: &StoredMessage) -> Result<Explanation, Error> {
        let loaded = self.load(found, Needs::ALL).await?;
        let filter = filter.clone();
        loaded.look(found, filter.reads().explained(), move |facts| filter.explain(facts)).await
    }

    /// The share of conditions that a message meets: what an explanation would say, in a fraction of its time.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) async fn score(&self, filter: &Filter, found: &StoredMessage) -> Result<f64, Error> {
        let loaded = self.load(found, filter.needs()).await?;
        let filter = filter.clone();
        loaded.look(found, filter.reads(), move |facts| filter.score(facts)).await
    }
}

impl Inboxes {
    /// Those that pass, in their order. What was removed meanwhile does not.
    fn look(
        &self,
        filter: &Filter,
        part: Vec<(Listed, Option<bool>)>,
        packed: &PackedBlobs,
    ) -> Result<Vec<Listed>, Error> {
        let mut passing = Vec::new();
        for (row, passes) in part {
            let passes = match passes {
                Some(passes) => passes,
                None => self.look_at(filter, &row.found, packed)?,
            };
            if passes {
                passing.push(row);
            }
        }
        Ok(passing)
    }

    fn look_at(&self, filter: &Filter, found: &StoredMessage, packed: &PackedBlobs) -> Result<bool, Error> {
        let Some(raw) = packed.unpack(found)? else { return Ok(false) };
        let loaded = Loaded::from(raw);
        if filter.probe().is_none() || self.0.signatures.get(found.message.id).is_some() {
            return Ok(loaded.show(found, filter.reads(), |facts| filter.matches(facts)));
        }
        let all_texts = Reads { text: true, html: true, ..filter.reads() };
        let (signature, passes) = loaded.show(found, all_texts, |facts| (Signature::of(facts), filter.matches(facts)));
        self.0.signatures.keep(found.message.id, signature);
        Ok(passes)
    }
}
