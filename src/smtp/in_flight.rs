//! How much memory messages may take that are being received: one measure for all connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What each message may hold without asking: ordinary mail is bounded by the number of connections.
const FREE_BYTES: u64 = 64 * 1024;

/// The memory that all messages under way may take together.
#[derive(Debug)]
pub struct InFlight {
    limit: u64,
    used: AtomicU64,
}

/// What one message has taken of it; given back when it is dropped.
#[derive(Debug)]
pub struct Share {
    /// `None` where nothing is measured.
    of: Option<Arc<InFlight>>,
    taken: u64,
}

impl InFlight {
    /// Room for `limit` octets.
    #[must_use]
    pub fn new(limit: u64) -> Arc<Self> {
        Arc::new(Self { limit, used: AtomicU64::new(0) })
    }

    /// The share of a message that begins.
    #[must_use]
    pub fn share(self: &Arc<Self>) -> Share {
        Share { of: Some(Arc::clone(self)), taken: 0 }
    }
}

impl Share {
    /// A share of endless room.
    #[must_use]
    pub const fn endless() -> Self {
        Self { of: None, taken: 0 }
    }

    /// Whether the message may grow to `bytes`.
    pub fn grow(&mut self, bytes: u64) -> bool {
        let Some(room) = &self.of else { return true };
        let more = bytes.saturating_sub(FREE_BYTES).saturating_sub(self.taken);
        if more == 0 {
            return true;
        }
        let grown = room.used.fetch_update(Ordering::AcqRel, Ordering::Acquire, |used| {
            used.checked_add(more).filter(|used| *used <= room.limit)
        });
        if grown.is_ok() {
            self.taken += more;
        }
        grown.is_ok()
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if let Some(room) = &self.of {
            room.used.fetch_sub(self.taken, Ordering::AcqRel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_missing_until_it_is_given_back() {
        let room = InFlight::new(1000);
        let (mut one, mut two) = (room.share(), room.share());
        assert!(one.grow(FREE_BYTES) && two.grow(FREE_BYTES), "small mail needs no room");
        assert!(one.grow(FREE_BYTES + 600));
        assert!(!two.grow(FREE_BYTES + 401));
        assert!(two.grow(FREE_BYTES + 400));
        drop(one);
        assert!(two.grow(FREE_BYTES + 1000));
        drop(two);
        assert_eq!(room.used.load(Ordering::Relaxed), 0);
        assert!(Share::endless().grow(u64::MAX));
    }
}
