//! One wait's line in the log, from its first look to its end.

use super::super::Error;
use super::ask::{Outcome, Wait};
use super::log::Note;
use crate::model::{Clock, MessageId, Timestamp, WaitId};
use crate::store::{Listed, WaitEntry};

/// How long after its deadline a wait may still be answered, in seconds; later, no one asks for it any more.
const GRACE_S: i64 = 15;
/// Longest life of a wait, in seconds: no id of a call that goes on is older.
const LONGEST_S: i64 = 3_600 + GRACE_S;

/// Notes a wait's end when it is dropped: what has not ended then was given up by its caller.
pub(super) struct Entry<'a> {
    notes: &'a tokio::sync::mpsc::Sender<Note>,
    clock: &'a Clock,
    /// When the wait's first call came.
    pub(super) started_at: Timestamp,
    pub(super) id: WaitId,
    /// `None` once nothing is left to be noted.
    entry: Option<Box<WaitEntry>>,
    is_open: bool,
}

impl<'a> Entry<'a> {
    /// The entry of a call: that of a new wait, or of the one that it goes on with.
    pub(super) fn of(wait: &Wait, notes: &'a tokio::sync::mpsc::Sender<Note>, clock: &'a Clock) -> Self {
        let now = clock.now();
        let id = wait.id.unwrap_or_else(|| WaitId::new(now));
        // An id tells when it was made, so the first call's time need not be sent along. Not every id is one of ours.
        let made_at = wait.id.and_then(made_at).filter(|at| *at <= now && now.millis_since(*at) <= LONGEST_S * 1_000);
        let started_at = made_at.unwrap_or(now);
        let timeout_ms = i64::try_from(wait.timeout.as_millis()).unwrap_or(i64::MAX);
        let entry = WaitEntry {
            project: wait.who.project,
            id,
            outcome: "open",
            inboxes: wait.inboxes().to_vec(),
            run: wait.run.clone(),
            request: wait.request.clone(),
            started_at,
            ends_by: now.plus_millis(timeout_ms).plus_seconds(GRACE_S),
            ended_at: None,
            messages: Vec::new(),
            summary: None,
            diagnostics: None,
        };
        Self { notes, clock, started_at, id, entry: Some(Box::new(entry)), is_open: false }
    }

    /// Notes once that the wait is under way. What ends at the first look is noted by its end alone.
    pub(super) fn open(&mut self) {
        if !self.is_open
            && let Some(entry) = &self.entry
        {
            self.is_open = true;
            note(self.notes, Note::Entry(entry.clone()));
        }
    }

    /// Notes how the call ended. What is pending stays open: the caller will come again.
    pub(super) fn end(mut self, outcome: &Outcome) {
        if let Outcome::Pending { .. } = outcome {
            self.open();
            self.entry = None;
            return;
        }
        let Some(mut entry) = self.entry.take() else { return };
        entry.outcome = outcome.as_str();
        entry.ended_at = Some(self.clock.now());
        let (found, diagnostics) = match outcome {
            Outcome::Matched { found, .. } => (found.as_slice(), None),
            Outcome::TimedOut { found, diagnostics, .. } | Outcome::CountExceeded { found, diagnostics, .. } => {
                (found.as_slice(), Some(diagnostics))
            }
            Outcome::InboxDeleted | Outcome::Pending { .. } => (&[][..], None),
        };
        entry.messages = found.iter().map(id_of).collect();
        if let Some(diagnostics) = diagnostics {
            entry.summary = Some(diagnostics.summary.clone());
            entry.diagnostics = diagnostics.write();
        }
        note(self.notes, Note::Entry(entry));
    }

    /// Nothing is noted of a call that was refused.
    pub(super) fn refused<T>(mut self, error: Error) -> Result<T, Error> {
        self.entry = None;
        Err(error)
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        if let Some(mut entry) = self.entry.take() {
            entry.outcome = "abandoned";
            entry.ended_at = Some(self.clock.now());
            note(self.notes, Note::Entry(entry));
        }
    }
}

/// Never waits: when the log cannot keep up, entries are missing in it, and no wait is later for it.
fn note(notes: &tokio::sync::mpsc::Sender<Note>, note: Note) {
    if notes.try_send(note).is_err() {
        metrics::counter!("restante_wait_log_dropped_total").increment(1);
    }
}

fn id_of(found: &Listed) -> MessageId {
    found.found.message.id
}

fn made_at(id: WaitId) -> Option<Timestamp> {
    let (seconds, nanos) = id.uuid().get_timestamp()?.to_unix();
    Some(Timestamp::from_micros(i64::try_from(seconds).ok()?.checked_mul(1_000_000)? + i64::from(nanos / 1_000)))
}
