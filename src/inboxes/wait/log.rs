//! The log of waits: written behind the answers, in batches, and read by whoever wants to know why a run was red.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::super::Error;
use super::super::diagnose::Diagnostics;
use super::super::service::Inboxes;
use crate::model::{Narrowing, Principal, WaitId};
use crate::store::{Store, WaitEntry, WaitQuery, WaitRow};

/// Something for whoever writes the log.
pub(in crate::inboxes) enum Note {
    /// A wait that opened or ended.
    Entry(Box<WaitEntry>),
    /// Someone wants to read: what came before is written at once.
    Flush(oneshot::Sender<()>),
}

/// Notes that may wait to be written; when more come, the newest are dropped, because the log must not slow down
/// what it tells of.
pub(in crate::inboxes) const QUEUE: usize = 4_096;
/// Notes of one transaction.
const BATCH: usize = 512;
/// How long notes are gathered, so that a busy server pays for few transactions and not for one a wait.
const GATHER: Duration = Duration::from_millis(250);
/// Waits that are kept, however young.
const KEEP: i64 = 100_000;
/// Waits after which those above [`KEEP`] are removed.
const PRUNE_EVERY: usize = 10_000;

/// A page of the log, newest first.
#[derive(Clone, Debug)]
pub struct WaitList {
    /// The waits, without their diagnostics.
    pub items: Vec<WaitRow>,
    /// The last one that was looked at, when there are older ones.
    pub next_after: Option<WaitId>,
}

/// A wait with everything that is known of it.
#[derive(Clone, Debug)]
pub struct LoggedWait {
    /// The wait.
    pub row: WaitRow,
    /// Why it was in vain.
    pub diagnostics: Option<Diagnostics>,
}

impl Inboxes {
    /// A page of the log, as far as `who` may see it.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn waits(&self, who: &Principal, mut query: WaitQuery) -> Result<WaitList, Error> {
        self.flush_wait_log().await;
        let Narrowing { inbox, run, .. } = &who.narrowed;
        if (inbox.is_some() && query.inbox.is_some_and(|asked| Some(asked) != *inbox))
            || (run.is_some() && query.run.as_ref().is_some_and(|asked| Some(asked) != run.as_ref()))
        {
            return Ok(WaitList { items: Vec::new(), next_after: None });
        }
        query.inbox = query.inbox.or(*inbox);
        query.run = query.run.or_else(|| run.clone());
        let limit = query.limit;
        query.limit += 1;
        let mut rows = self.0.store.waits(&query).await?;
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next_after = rows.last().filter(|_| has_more).map(|row| row.id);
        let mut items = Vec::with_capacity(rows.len());
        for mut row in rows {
            if self.may_see(who, &row).await? {
                if !who.narrowed.is_whole() {
                    // It may name what only its maker may see.
                    row.summary = None;
                }
                items.push(row);
            }
        }
        Ok(WaitList { items, next_after })
    }

    /// One wait of the log.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn logged_wait(&self, who: &Principal, id: WaitId) -> Result<LoggedWait, Error> {
        const GONE: Error = Error::NotFound { what: "wait" };
        self.flush_wait_log().await;
        let mut row = self.0.store.logged_wait(who.project, id).await?.ok_or(GONE)?;
        if !self.may_see(who, &row).await? {
            return Err(GONE);
        }
        let mut diagnostics = row.diagnostics.as_deref().and_then(Diagnostics::read);
        if !who.narrowed.is_whole() {
            diagnostics = diagnostics.map(Diagnostics::of_these_inboxes_alone);
            row.summary = diagnostics.as_ref().map(|told| told.summary.clone());
        }
        Ok(LoggedWait { row, diagnostics })
    }

    /// Whether a caller who sees only a part of the project sees all inboxes of a wait.
    async fn may_see(&self, who: &Principal, row: &WaitRow) -> Result<bool, Error> {
        if who.narrowed == Narrowing::default() {
            return Ok(true);
        }
        for id in &row.inboxes {
            // What is gone had its tag, which no one knows any more; its id and its run are known.
            let is_seen = match self.0.store.inbox(*id).await? {
                Some(inbox) => Self::admit(who, inbox).is_ok(),
                None => {
                    who.narrowed.tag.is_none()
                        && who.narrowed.inbox.is_none_or(|only| only == *id)
                        && who.narrowed.run.as_ref().is_none_or(|run| row.run.as_ref() == Some(run))
                }
            };
            if !is_seen {
                return Ok(false);
            }
        }
        Ok(!row.inboxes.is_empty())
    }

    /// Whoever reads the log after an answer finds it there.
    async fn flush_wait_log(&self) {
        let (done, written) = oneshot::channel();
        if self.0.wait_notes.send(Note::Flush(done)).await.is_ok() {
            // Without an answer the log is as it is.
            let _ = written.await;
        }
    }
}

/// Writes the log until the service is gone.
pub(in crate::inboxes) async fn keep(store: Store, mut queue: mpsc::Receiver<Note>) {
    let mut waiting = Vec::new();
    let mut since_prune = 0;
    while queue.recv_many(&mut waiting, BATCH).await > 0 {
        gather(&mut queue, &mut waiting).await;
        let mut entries = HashMap::new();
        let mut readers = Vec::new();
        for note in waiting.drain(..) {
            match note {
                Note::Entry(entry) => add(&mut entries, *entry),
                Note::Flush(done) => readers.push(done),
            }
        }
        since_prune += entries.len();
        if !entries.is_empty()
            && let Err(error) = store.note_waits(entries.into_values().collect()).await
        {
            tracing::warn!(error = %error, "waits could not be written down");
        }
        for done in readers {
            // Who no longer listens does not mind.
            let _ = done.send(());
        }
        if since_prune >= PRUNE_EVERY {
            since_prune = 0;
            if let Err(error) = store.keep_waits(KEEP).await {
                tracing::warn!(error = %error, "old waits could not be removed");
            }
        }
    }
}

/// Of what became of one wait meanwhile the last thing counts, and of its calls what the first one asked for.
fn add(entries: &mut HashMap<WaitId, WaitEntry>, entry: WaitEntry) {
    let first = entries.remove(&entry.id);
    let request = first.map_or_else(|| entry.request.clone(), |first| first.request);
    entries.insert(entry.id, WaitEntry { request, ..entry });
}

/// Takes more notes for a while, unless someone waits to read them.
async fn gather(queue: &mut mpsc::Receiver<Note>, waiting: &mut Vec<Note>) {
    let until = Instant::now() + GATHER;
    while waiting.len() < BATCH && !waiting.iter().any(|note| matches!(note, Note::Flush(_))) {
        let room = BATCH - waiting.len();
        if !matches!(timeout_at(until, queue.recv_many(waiting, room)).await, Ok(1..)) {
            return;
        }
    }
}
