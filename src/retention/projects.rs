//! What the projects keep of their mail: the oldest leaves when it is too old, or too much.

use std::collections::{BTreeMap, HashMap};

use super::Retention;
use crate::model::event::EventKind;
use crate::model::project::{KeepOnly, Project};
use crate::model::{InboxId, Position, ProjectId, Seq, Timestamp};
use crate::store::{Error, Oldest};

/// Where each project's log stood when nothing was left to remove: while it stands there, nothing is too much.
#[derive(Debug, Default)]
pub(super) struct Settled(HashMap<ProjectId, (Position, KeepOnly)>);

impl Retention {
    /// Removes what the projects do not keep, for each a piece at a time.
    ///
    /// # Errors
    /// If the store fails.
    pub(super) async fn prune_projects(&self, settled: &mut Settled) -> Result<(), Error> {
        let projects = self.store.projects().await?;
        settled.0.retain(|id, _| projects.iter().any(|project| project.id == *id));
        for project in projects.iter().filter(|project| !project.rules.retention.is_all()) {
            // More than one piece is the next round's, so that no project waits for another.
            self.prune_project(project, settled).await?;
        }
        Ok(())
    }

    async fn prune_project(&self, project: &Project, settled: &mut Settled) -> Result<(), Error> {
        let keep = project.rules.retention;
        let position = self.store.position(project.id).await?;
        let is_settled = settled.0.get(&project.id) == Some(&(position, keep));
        if is_settled && keep.max_age_s.is_none() {
            return Ok(());
        }
        // In this order: what another node removes in between makes it less that is too much, and nothing more leaves.
        let oldest = self.store.oldest_of_project(project.id).await?;
        let over = if is_settled { Over::default() } else { self.over(project.id, keep).await? };
        let too_old = keep.max_age_s.map(|age_s| {
            self.store.clock().now().plus_seconds(i64::try_from(age_s).unwrap_or(i64::MAX).saturating_neg())
        });
        let leaving = leaving(&oldest, over, too_old);
        if leaving.is_empty() {
            settled.0.insert(project.id, (position, keep));
            return Ok(());
        }
        for (inbox, until) in leaving {
            let removed = self.store.remove_oldest(inbox, until, EventKind::MessageExpired).await;
            super::gone_is_fine(removed.map(drop))?;
            self.bus.hint_inbox(inbox);
        }
        self.bus.hint_project(project.id);
        Ok(())
    }

    async fn over(&self, project: ProjectId, keep: KeepOnly) -> Result<Over, Error> {
        if keep.max_messages.is_none() && keep.max_bytes.is_none() {
            return Ok(Over::default());
        }
        let (_, messages, bytes) = self.store.project_holds(project).await?;
        let over = |has: u64, limit: Option<u64>| limit.map_or(0, |limit| has.saturating_sub(limit));
        Ok(Over { messages: over(messages, keep.max_messages), bytes: over(bytes, keep.max_bytes) })
    }
}

/// What is too much.
#[derive(Clone, Copy, Debug, Default)]
struct Over {
    messages: u64,
    bytes: u64,
}

/// Up to which message each inbox is to be emptied. `oldest` is in the order of commits, so that what leaves of an inbox
/// is the oldest of it.
fn leaving(oldest: &[Oldest], mut over: Over, too_old: Option<Timestamp>) -> BTreeMap<InboxId, Seq> {
    let mut leaving = BTreeMap::new();
    for message in oldest {
        let is_too_old = too_old.is_some_and(|time| message.received_at <= time);
        if !is_too_old && over.messages == 0 && over.bytes == 0 {
            break;
        }
        over.messages = over.messages.saturating_sub(1);
        over.bytes = over.bytes.saturating_sub(message.size);
        leaving.insert(message.inbox, message.seq);
    }
    leaving
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(sizes: &[u64]) -> Vec<Oldest> {
        let inboxes = [InboxId::new(Timestamp::from_micros(0)), InboxId::new(Timestamp::from_micros(0))];
        let numbered = sizes.iter().zip(1..);
        let message = |(size, number): (&u64, i64)| Oldest {
            inbox: inboxes[usize::try_from(number % 2).unwrap()],
            seq: Seq(number),
            received_at: Timestamp::from_micros(number),
            size: *size,
        };
        numbered.map(message).collect()
    }

    fn last_to_leave(over: Over, too_old: Option<i64>) -> i64 {
        let leaving = leaving(&messages(&[10, 20, 30, 40]), over, too_old.map(Timestamp::from_micros));
        leaving.values().map(|seq| seq.0).max().unwrap_or(0)
    }

    #[test]
    fn the_oldest_leave_until_it_is_no_longer_too_much() {
        assert_eq!(last_to_leave(Over::default(), None), 0);
        assert_eq!(last_to_leave(Over { messages: 3, bytes: 0 }, None), 3);
        assert_eq!(last_to_leave(Over { messages: 0, bytes: 10 }, None), 1);
        assert_eq!(last_to_leave(Over { messages: 1, bytes: 11 }, None), 2);
        assert_eq!(last_to_leave(Over { messages: 9, bytes: 0 }, None), 4);
        assert_eq!(last_to_leave(Over::default(), Some(2)), 2);
        assert_eq!(last_to_leave(Over { messages: 1, bytes: 0 }, Some(3)), 3);
    }
}
