//! How much mail came.

use super::Error;
use super::service::Inboxes;
use crate::model::{Principal, Timestamp};
use crate::store::{Counted, Grouping, StatsQuery};

/// Mail that was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stats {
    /// The groups, the newest or the largest first.
    pub groups: Vec<Counted>,
    /// Whether there are more groups.
    pub has_more: bool,
    /// All messages of the time, those of further groups too.
    pub total: Counted,
}

impl Inboxes {
    /// Counts the messages that are there and that `who` may reach, received from `since` and before `until`.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn stats(
        &self,
        who: &Principal,
        grouping: Grouping,
        (since, until): (Timestamp, Timestamp),
        limit: usize,
    ) -> Result<Stats, Error> {
        let narrowed = who.narrowed.clone();
        let query = StatsQuery {
            project: who.project,
            inbox: narrowed.inbox,
            tag: narrowed.tag,
            run: narrowed.run,
            since,
            until,
            limit: limit + 1,
        };
        let (mut groups, total) = self.0.store.stats(grouping, &query).await?;
        let has_more = groups.len() > limit;
        groups.truncate(limit);
        Ok(Stats { groups, has_more, total })
    }
}
