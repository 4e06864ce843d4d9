//! Keys that were looked up lately, so that a request rarely asks the database for its caller.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use quick_cache::sync::Cache;
use tokio::time::Instant;

use crate::model::{KeyId, Timestamp};
use crate::store::FoundKey;

/// Keys that are remembered; the ones shown least are forgotten first.
const CAPACITY: usize = 10_000;
/// How long a key is believed without looking again: so long a key that another node removed may still open here.
/// What this node changes holds at once.
const BELIEVED: Duration = Duration::from_secs(2);
/// How often a key's use is written down, at most, in seconds.
const NOTED_EVERY_S: i64 = 60;

/// The keys, by the letters that they are found by.
pub(super) struct Recent {
    keys: Cache<String, Remembered>,
    noted: Cache<KeyId, Timestamp>,
    /// Raised by every change: what was read before it is not believed after it.
    changes: AtomicU64,
}

#[derive(Clone)]
struct Remembered {
    found: FoundKey,
    read_at: Instant,
    changes: u64,
}

impl Recent {
    pub(super) fn new() -> Self {
        Self { keys: Cache::new(CAPACITY), noted: Cache::new(CAPACITY), changes: AtomicU64::new(0) }
    }

    /// What is believed of a key.
    pub(super) fn get(&self, lookup: &str) -> Option<FoundKey> {
        let known = self.keys.get(lookup)?;
        let is_fresh = known.read_at.elapsed() < BELIEVED && known.changes == self.changes();
        is_fresh.then_some(known.found)
    }

    /// How many changes there were: to be read before the database is, and given to [`Recent::remember`].
    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    pub(super) fn remember(&self, lookup: &str, found: FoundKey, changes: u64) {
        self.keys.insert(lookup.to_owned(), Remembered { found, read_at: Instant::now(), changes });
    }

    /// Believes nothing that was read so far.
    pub(super) fn forget_all(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
    }

    /// Whether a use of the key at `now` is worth writing down; then it is taken to be.
    pub(super) fn is_worth_noting(&self, key: KeyId, now: Timestamp) -> bool {
        let is_recent = self
            .noted
            .get(&key)
            .is_some_and(|at| now.millis_since(at).unsigned_abs() < NOTED_EVERY_S.unsigned_abs() * 1_000);
        if !is_recent {
            self.noted.insert(key, now);
        }
        !is_recent
    }
}
