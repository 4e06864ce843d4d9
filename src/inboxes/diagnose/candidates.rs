//! The messages that came closest.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::super::Error;
use super::super::facts::Loaded;
use super::super::service::Inboxes;
use super::collect::Miss;
use super::told::{Candidate, ConditionTold};
use crate::filter::{Checked, Explanation, Needles};
use crate::store::{Listed, MessageQuery, Order, StoredMessage};

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
        explained.sort_by(|(a, one), (b, other)| {
            let nearer = b.score.total_cmp(&a.score).then(b.is_near_miss().cmp(&a.is_near_miss()));
            nearer.then(other.number.cmp(&one.number))
        });
        let mut room = MAX_CONDITIONS;
        let fits = explained.into_iter().take(TELL).map_while(|(explanation, listed)| {
            room = room.checked_sub(explanation.conditions.len())?;
            Some(candidate(explanation, &listed.found))
        });
        Ok(fits.collect())
    }

    /// The best of the newest messages, by the conditions that can be told without their octets, and by how near those
    /// come that fail.
    async fn best_rows(&self, miss: &Miss<'_>) -> Result<Vec<Listed>, Error> {
        let until = Instant::now() + TIME;
        let mut best: Vec<((f64, f64), Listed)> = Vec::new();
        let needles = Needles { received_from: miss.wait.received_after, ..Needles::default() };
        let mut query = MessageQuery { order: Order::Newest, above: miss.begin, ..miss.wait.all(needles, STRIDE) };
        for _ in 0..LOOK_THROUGH / STRIDE {
            let (rows, older) = self.page(miss, &query).await?;
            let others =
                rows.into_iter().filter(|row| !miss.matched.iter().any(|matched| matched.number == row.number));
            best.extend(others.map(|row| {
                let loaded = Loaded::default();
                let facts = loaded.facts(&row.found);
                ((miss.wait.filter.score(&facts), miss.wait.filter.likeness(&facts)), row)
            }));
            best.sort_by(|((a, like_a), one), ((b, like_b), other)| {
                b.total_cmp(a).then(like_b.total_cmp(like_a)).then(other.number.cmp(&one.number))
            });
            best.truncate(EXPLAIN);
            match older {
                Some(below) if Instant::now() < until => query.below = below,
                _ => break,
            }
        }
        Ok(best.into_iter().map(|(_, row)| row).collect())
    }

    /// The newest messages that a wait sees, whatever they are like, and the number below which there may be older ones.
    pub(super) async fn page(
        &self,
        miss: &Miss<'_>,
        query: &MessageQuery,
    ) -> Result<(Vec<Listed>, Option<i64>), Error> {
        let rows = self.0.store.messages(query).await?;
        let older = rows.last().filter(|_| rows.len() == query.limit).map(|row| row.number);
        let mut seen = Vec::with_capacity(rows.len());
        let mut reached = HashMap::new();
        for row in rows {
            if self.reaches(miss.wait, row.found.message.inbox, &mut reached).await? {
                seen.push(row);
            }
        }
        Ok((seen, older))
    }
}

fn candidate(explanation: Explanation, stored: &StoredMessage) -> Candidate {
    Candidate {
        message: stored.message.id.uuid().as_u128(),
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
