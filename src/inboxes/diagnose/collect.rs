//! Gathering what can be told about a miss. Each step looks at a bounded number of rows.

use super::super::Error;
use super::super::service::Inboxes;
use super::super::wait::{Since, Wait};
use super::summary::{Case, summary};
use super::told::Diagnostics;
use crate::filter::Needles;
use crate::model::{Address, Timestamp};
use crate::store::{Listed, MessageQuery, Order};

/// A wait that was in vain.
pub(in crate::inboxes) struct Miss<'a> {
    /// What was asked for.
    pub(in crate::inboxes) wait: &'a Wait,
    /// The number behind which it began.
    pub(in crate::inboxes) begin: i64,
    /// When its first call came.
    pub(in crate::inboxes) started_at: Timestamp,
    /// What did match, though not as many as were wanted.
    pub(in crate::inboxes) matched: &'a [Listed],
}

/// How long before its first call things may lie that have to do with a wait: mail is often sent before anyone waits.
const LOOK_BACK_S: i64 = 600;

impl Miss<'_> {
    /// From when on other things may have to do with it.
    pub(super) const fn look_from(&self) -> Timestamp {
        self.started_at.plus_seconds(-LOOK_BACK_S)
    }
}

impl Inboxes {
    pub(in crate::inboxes) async fn diagnose(&self, miss: &Miss<'_>) -> Result<Diagnostics, Error> {
        let addresses = self.addresses(miss.wait).await?;
        let matched = u64::try_from(miss.matched.len()).unwrap_or(u64::MAX);
        let arrived = self.arrived(miss.wait, miss.begin).await?.saturating_sub(matched);
        let candidates = if arrived > 0 { self.candidates(miss).await? } else { Vec::new() };
        let excluded_by_since = self.excluded(miss).await?;
        let refusals = self.refusals(miss, &addresses).await?;
        let (mut elsewhere, other_inboxes_received) = self.elsewhere(miss, &addresses).await?;
        elsewhere.extend(refusals.similar);
        let (connections, last_connection_at) = self.connections();
        let mut told = Diagnostics {
            summary: String::new(),
            arrived,
            candidates,
            excluded_by_since,
            elsewhere,
            rejected: refusals.own,
            connections,
            last_connection_at,
            other_inboxes_received,
        };
        let address = match addresses.as_slice() {
            [one] => Some(one.to_string()),
            _ => None,
        };
        let case = Case {
            count: miss.wait.count,
            matched: miss.matched,
            address,
            is_project: miss.wait.inboxes().is_empty(),
            refusals_from: self.refusals_from(miss).await?,
            told: &told,
        };
        told.summary = summary(&case);
        Ok(told)
    }

    /// From when on a refusal may be what the wait missed: mail that was taken later has shown that the way is open.
    /// What the wait sees begins behind its cursor; where it has none, everything that came counts.
    async fn refusals_from(&self, miss: &Miss<'_>) -> Result<Timestamp, Error> {
        let below = if matches!(miss.wait.since, Since::Start) { i64::MAX } else { miss.begin.saturating_add(1) };
        let query = MessageQuery { order: Order::Newest, above: 0, below, ..miss.wait.all(Needles::default(), 1) };
        let newest = self.page(miss, &query).await?.0;
        Ok(newest.first().map_or(miss.look_from(), |newest| newest.found.message.received_at))
    }

    /// The addresses of the inboxes that were waited on; none for a whole project.
    async fn addresses(&self, wait: &Wait) -> Result<Vec<Address>, Error> {
        let mut addresses = Vec::new();
        for id in wait.inboxes() {
            addresses.extend(self.0.store.inbox(*id).await?.map(|inbox| inbox.address));
        }
        Ok(addresses)
    }
}
