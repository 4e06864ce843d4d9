//! How often authentication may fail, over all connections.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use crate::model::Timestamp;

/// Failures in a minute, from one address or for one user name, after which no more are heard.
const PER_MINUTE: u32 = 10;
/// The same in a day.
const PER_DAY: u32 = 50;
/// Entries that are kept; beyond it the ones without a failure in the last minute are forgotten, then all.
const MAX_ENTRIES: usize = 10_000;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Counts failures by address and by user name. One for all connections.
#[derive(Debug, Default)]
pub struct Throttle {
    failures: Mutex<HashMap<Key, Failures>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// An address; of IPv6 the network of 64 bits, which one customer has whole.
    Address(IpAddr),
    Account(String),
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    minute: Window,
    day: Window,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    since: Timestamp,
    count: u32,
}

impl Throttle {
    /// Whether another attempt may be made. `address` is `None` for a peer that no limit holds for.
    #[must_use]
    pub fn allows(&self, address: Option<IpAddr>, account: &str, now: Timestamp) -> bool {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        keys(address, account).all(|key| {
            failures.get(&key).is_none_or(|failures| {
                failures.minute.at(now, MINUTE_MS) < PER_MINUTE && failures.day.at(now, DAY_MS) < PER_DAY
            })
        })
    }

    /// Notes a failure.
    pub fn failed(&self, address: Option<IpAddr>, account: &str, now: Timestamp) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= MAX_ENTRIES {
            failures.retain(|_, failures| failures.minute.at(now, MINUTE_MS) > 0);
            if failures.len() >= MAX_ENTRIES {
                failures.clear();
            }
        }
        for key in keys(address, account) {
            let new = Window { since: now, count: 0 };
            let entry = failures.entry(key).or_insert(Failures { minute: new, day: new });
            entry.minute.add(now, MINUTE_MS);
            entry.day.add(now, DAY_MS);
        }
    }
}

impl Window {
    fn at(self, now: Timestamp, length_ms: i64) -> u32 {
        if now.millis_since(self.since) < length_ms { self.count } else { 0 }
    }

    fn add(&mut self, now: Timestamp, length_ms: i64) {
        if now.millis_since(self.since) >= length_ms {
            *self = Self { since: now, count: 0 };
        }
        self.count = self.count.saturating_add(1);
    }
}

fn keys(address: Option<IpAddr>, account: &str) -> impl Iterator<Item = Key> {
    let network = address.map(|address| match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    });
    let account = (!account.is_empty()).then(|| Key::Account(account.to_lowercase()));
    network.map(Key::Address).into_iter().chain(account)
}
