//! Mail that came too early for its wait.

use super::super::Error;
use super::super::facts::Loaded;
use super::super::service::Inboxes;
use super::collect::Miss;
use super::told::Excluded;
use crate::filter::Needles;
use crate::store::{Listed, MessageQuery, Order};

/// Messages that are told.
const TELL: usize = 5;
/// Newest messages that are looked through.
const STRIDE: usize = 200;
/// Messages whose octets are read to tell whether they would have matched.
const READ: usize = 20;

impl Inboxes {
    /// What lies before the cursor, or was received too early: what would have matched first, then the newest.
    pub(super) async fn excluded(&self, miss: &Miss<'_>) -> Result<Vec<Excluded>, Error> {
        let newest = |above, below, received_until| {
            let needles = Needles { received_until, ..Needles::default() };
            MessageQuery { order: Order::Newest, above, below, ..miss.wait.all(needles, STRIDE) }
        };
        let mut rows = Vec::new();
        if let Some(until) = miss.wait.received_after {
            rows = self.page(miss, &newest(miss.begin, i64::MAX, Some(until))).await?.0;
        }
        if miss.begin > 0 {
            rows.extend(self.page(miss, &newest(0, miss.begin.saturating_add(1), None)).await?.0);
        }
        let mut excluded = Vec::new();
        let mut reads = 0;
        for row in rows {
            let decided = miss.wait.filter.decide(&Loaded::default().facts(&row.found));
            let would_have_matched = match decided {
                Some(decided) => decided,
                None if reads == READ => continue,
                None => {
                    reads += 1;
                    self.passes(&miss.wait.filter, &row.found).await?
                }
            };
            excluded.push(told(&row, miss, would_have_matched));
        }
        // The sort is stable: among equals the newest stays first.
        excluded.sort_by_key(|one| !one.would_have_matched);
        excluded.truncate(TELL);
        Ok(excluded)
    }
}

fn told(row: &Listed, miss: &Miss<'_>, would_have_matched: bool) -> Excluded {
    let before_ms = miss.started_at.millis_since(row.found.message.received_at);
    Excluded {
        message: row.found.message.id.uuid().as_u128(),
        subject: row.found.content.subject.clone().unwrap_or_default().chars().take(200).collect(),
        before_ms: u64::try_from(before_ms).unwrap_or(0),
        would_have_matched,
    }
}
