//! How many waits may be under way at once: in all, and for each key.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::Error;
use crate::model::KeyId;

/// Limits of waits at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitLimits {
    /// In all.
    pub total: usize,
    /// For each key.
    pub per_key: usize,
}

/// The waits that are under way.
pub(in crate::inboxes) struct Permits {
    limits: WaitLimits,
    total: AtomicUsize,
    /// Only keys that have one.
    by_key: Mutex<HashMap<KeyId, usize>>,
}

/// One wait that is under way, counted until it is dropped.
pub(super) struct Permit<'a> {
    permits: &'a Permits,
    key: Option<KeyId>,
}

impl Permits {
    pub(in crate::inboxes) fn new(limits: WaitLimits) -> Self {
        Self { limits, total: AtomicUsize::new(0), by_key: Mutex::default() }
    }

    pub(super) fn take(&self, key: Option<KeyId>) -> Result<Permit<'_>, Error> {
        let WaitLimits { total: limit, per_key } = self.limits;
        let more = |waits: usize| (waits < limit).then_some(waits + 1);
        if self.total.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).is_err() {
            return Err(Error::TooManyWaits { limit, setting: "http.max_waits" });
        }
        // From here on its end gives the place back.
        let mut permit = Permit { permits: self, key: None };
        if let Some(key) = key {
            let mut by_key = self.by_key();
            let waits = by_key.get(&key).copied().unwrap_or(0);
            if waits >= per_key {
                return Err(Error::TooManyWaits { limit: per_key, setting: "http.max_waits_per_key" });
            }
            by_key.insert(key, waits + 1);
            permit.key = Some(key);
        }
        Ok(permit)
    }

    /// How many waits are under way.
    pub(super) fn count(&self) -> usize {
        self.total.load(Ordering::Acquire)
    }

    fn by_key(&self) -> MutexGuard<'_, HashMap<KeyId, usize>> {
        self.by_key.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.permits.total.fetch_sub(1, Ordering::AcqRel);
        let Some(key) = self.key else { return };
        let mut by_key = self.permits.by_key();
        match by_key.get_mut(&key) {
            Some(waits) if *waits > 1 => *waits -= 1,
            _ => {
                by_key.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    #[test]
    fn each_key_has_its_own_places_and_gives_them_back() {
        let permits = Permits::new(WaitLimits { total: 4, per_key: 2 });
        let [one, other] = [1, 2].map(|micros| Some(KeyId::new(Timestamp::from_micros(micros))));
        let limited_by = |taken: Result<Permit<'_>, Error>| match taken.err() {
            Some(Error::TooManyWaits { setting, .. }) => setting,
            _ => "",
        };
        let held = [permits.take(one).unwrap(), permits.take(one).unwrap()];
        assert_eq!(limited_by(permits.take(one)), "http.max_waits_per_key");
        let more = (permits.take(other).unwrap(), permits.take(None).unwrap());
        assert_eq!(limited_by(permits.take(other)), "http.max_waits");
        drop(held);
        assert_eq!(limited_by(permits.take(one)), "");
        drop(more);
        assert_eq!((permits.total.load(Ordering::Acquire), permits.by_key().len()), (0, 0));
    }
}
