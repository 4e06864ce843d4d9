//! The messages that came closest.

use std::time::Duration;

use tokio::time::Instant;

use super::super::Error;
use super::super::service::Inboxes;
use super::super::wait::{Wait, WaitScope};
use super::collect::Miss;
use super::told::{Candidate, ConditionTold};
use crate::filter::{Checked, Explanation, Facts};
use crate::model::Timestamp;
use crate::store::{Among, Listed, MessageQuery, Order, Scope, StoredMessage};

/// Messages that are told.
const TELL: usize = 10;
/// Messages that are explained in full, with their octets; the best by what their rows say.
const EXPLAIN: usize = 20;
/// Newest messages that are looked through.
const LOOK_THROUGH: usize = 2_000;
/// How long that may take, a page more or less.
const TIME: Duration = Duration::from_millis(40);
/// Messages that are read at a time.
const STRIDE: usize = 200;
/// Conditions that are told of all candidates together.
const MAX_CONDITIONS: usize = 100;

impl Inboxes {
    pub(super) async fn candidates(&self, miss: &Miss<'_>) -> Result<Vec<Candidate>, Error> {
        let mut explained = Vec::new();
        for listed in self.best_rows(miss).await? {
            let explanation = self.explain(&miss.wait.filter, &listed.found).await?;
            if !explanation.passed {
                explained.push((explanation, listed));
            }
        }
        explained.sort_by(|(a, one), (b, other)| b.score.total_cmp(&a.score).then(other.number.cmp(&one.number)));
        let mut room = MAX_CONDITIONS;
        let fits = explained.into_iter().take(TELL).map_while(|(explanation, listed)| {
            room = room.checked_sub(explanation.conditions.len())?;
            Some(candidate(explanation, &listed.found))
        });
        Ok(fits.collect())
    }

    /// The best of the newest messages, by the conditions that can be told without their octets.
    async fn best_rows(&self, miss: &Miss<'_>) -> Result<Vec<Listed>, Error> {
        let until = Instant::now() + TIME;
        let mut best: Vec<(f64, Listed)> = Vec::new();
        let mut below = i64::MAX;
        for _ in 0..LOOK_THROUGH / STRIDE {
            let rows = self.page(miss.wait, miss.begin, below, None).await?;
            let is_last = rows.len() < STRIDE;
            below = rows.last().map_or(below, |row| row.number);
            let others = rows.into_iter().filter(|row| !miss.matched.iter().any(|matched| matched.number == row.number));
            best.extend(others.map(|row| (miss.wait.filter.score(&facts(&row.found)), row)));
            best.sort_by(|(a, one), (b, other)| b.total_cmp(a).then(other.number.cmp(&one.number)));
            best.truncate(EXPLAIN);
            if is_last || Instant::now() >= until {
                break;
            }
        }
        Ok(best.into_iter().map(|(_, row)| row).collect())
    }

    /// The newest messages that a wait sees between two numbers, whatever they are like.
    pub(super) async fn page(
        &self,
        wait: &Wait,
        above: i64,
        below: i64,
        received_until: Option<Timestamp>,
    ) -> Result<Vec<Listed>, Error> {
        let (project, order, limit) = (wait.project, Order::Newest, STRIDE);
        // What is excluded by its time is asked for by it.
        let received_from = if received_until.is_none() { wait.received_after } else { None };
        let scope = match &wait.scope {
            WaitScope::Inbox(inbox) => Scope::Inbox(*inbox),
            WaitScope::Project => Scope::Project(project),
            WaitScope::Inboxes(inboxes) => {
                let query = Among { project, inboxes, above, below, received_from, order, limit };
                let mut rows = self.0.store.messages_among(&query).await?;
                rows.retain(|row| received_until.is_none_or(|until| row.found.message.received_at < until));
                return Ok(rows);
            }
        };
        let all = MessageQuery::all(scope, limit);
        Ok(self.0.store.messages(&MessageQuery { order, above, below, received_from, received_until, ..all }).await?)
    }
}

/// What is known of a message without its octets.
pub(super) fn facts(stored: &StoredMessage) -> Facts<'_> {
    Facts {
        content: &stored.content,
        delivered_to: &stored.message.delivered_to,
        tags: &stored.message.tags,
        run: None,
        folder: &stored.message.folder,
        flags: stored.message.flags,
        received_at: stored.message.received_at,
        size: stored.message.size,
        octets: None,
        envelope_from: None,
        found: None,
    }
}

fn candidate(explanation: Explanation, stored: &StoredMessage) -> Candidate {
    Candidate {
        message: stored.message.id.uuid(),
        received_at: stored.message.received_at,
        score: explanation.score,
        conditions: explanation.conditions.into_iter().map(told).collect(),
    }
}

fn told(checked: Checked) -> ConditionTold {
    ConditionTold {
        path: checked.path,
        passed: checked.passed,
        field: checked.field.to_owned(),
        name: checked.name,
        op: checked.op.to_owned(),
        expected: checked.expected,
        actual: checked.actual,
        hint: checked.hint.map(|hint| hint.to_string()),
    }
}
