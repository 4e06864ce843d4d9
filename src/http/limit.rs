//! How often a caller may call, where that is limited, and the header fields that say so.
//!
//! The fields are those of an Internet-Draft (draft-ietf-httpapi-ratelimit-headers): should it change, so does this file.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;

use crate::config::HttpSection;
use crate::model::KeyId;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");
/// Callers that are remembered; beyond them those with nothing to pay are forgotten, and then all.
const CALLERS: usize = 10_000;

/// Whose calls are counted together: those of a key, or without one those of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Caller {
    Key(KeyId),
    Address(IpAddr),
}

/// Counts calls. Cheap to clone; every clone counts together.
#[derive(Clone, Debug)]
pub(super) struct Limit(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    /// Until one call is forgotten.
    pause: Duration,
    /// Calls at once.
    burst: u32,
    /// When each caller's calls will all be forgotten.
    callers: Mutex<HashMap<Caller, Instant>>,
}

/// What a caller has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Left {
    /// Whether this call may be made.
    pub(super) is_allowed: bool,
    /// Calls that may follow at once.
    calls: u32,
    /// Until one more may be made, when none is left.
    wait: Duration,
    /// Until all may be made.
    whole: Duration,
}

impl Limit {
    /// The limit of the settings; none where `http.rate_limit` is 0.
    pub(super) fn new(section: &HttpSection) -> Self {
        let pause = Duration::from_secs(1).checked_div(section.rate_limit);
        Self(
            pause.map(|pause| {
                Arc::new(Inner { pause, burst: section.rate_limit_burst.max(1), callers: Mutex::default() })
            }),
        )
    }

    /// Counts a call; `None` where there is no limit.
    pub(super) fn take(&self, caller: Caller, now: Instant) -> Option<Left> {
        let inner = self.0.as_ref()?;
        let whole = inner.pause * inner.burst;
        let mut callers = inner.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if callers.len() >= CALLERS && !callers.contains_key(&caller) {
            callers.retain(|_, forgotten| *forgotten > now);
            if callers.len() >= CALLERS {
                callers.clear();
            }
        }
        let forgotten = callers.entry(caller).or_insert(now);
        let debt = forgotten.saturating_duration_since(now);
        let is_allowed = debt + inner.pause <= whole;
        let debt = if is_allowed { debt + inner.pause } else { debt };
        *forgotten = now + debt;
        let room = whole.saturating_sub(debt);
        let calls = u32::try_from(room.as_nanos() / inner.pause.as_nanos().max(1)).unwrap_or(u32::MAX);
        Some(Left { is_allowed, calls, wait: (debt + inner.pause).saturating_sub(whole), whole: debt })
    }

    /// Says what is left, in the answer.
    pub(super) fn tell(&self, left: Left, headers: &mut HeaderMap) {
        let Some(inner) = &self.0 else { return };
        let window = seconds(inner.pause * inner.burst);
        let policy = format!("\"calls\";q={};w={window}", inner.burst);
        let state = format!("\"calls\";r={};t={}", left.calls, seconds(left.whole));
        for (name, text) in [(POLICY, policy), (STATE, state)] {
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(name, value);
            }
        }
    }
}

impl Left {
    /// For `Retry-After`.
    pub(super) fn retry_after_s(&self) -> u32 {
        seconds(self.wait)
    }
}

/// Whole seconds, at least one.
fn seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(pause_ms: u64, burst: u32) -> Limit {
        let pause = Duration::from_millis(pause_ms);
        Limit(Some(Arc::new(Inner { pause, burst, callers: Mutex::default() })))
    }

    fn from(number: u32) -> Caller {
        Caller::Address(IpAddr::V4(std::net::Ipv4Addr::from_bits(number)))
    }

    #[test]
    fn a_burst_passes_and_then_one_call_in_each_pause() {
        let (limit, now) = (limit(500, 4), Instant::now());
        for left in [3, 2, 1, 0] {
            let taken = limit.take(from(1), now).unwrap();
            assert!(taken.is_allowed && taken.calls == left, "{taken:?}");
        }
        let refused = limit.take(from(1), now).unwrap();
        assert!(!refused.is_allowed && refused.retry_after_s() == 1, "{refused:?}");
        assert!(limit.take(from(2), now).unwrap().is_allowed, "another caller is another's");
        let later = now + Duration::from_millis(500);
        assert!(limit.take(from(1), later).unwrap().is_allowed);
        assert!(!limit.take(from(1), later).unwrap().is_allowed);
        assert_eq!(limit.take(from(1), now + Duration::from_secs(60)).unwrap().calls, 3);
    }

    #[test]
    fn it_does_not_grow_without_bound() {
        let (limit, now) = (limit(500, 4), Instant::now());
        for number in 0..u32::try_from(CALLERS).unwrap() + 100 {
            assert!(limit.take(from(number), now).unwrap().is_allowed);
        }
        assert!(limit.0.unwrap().callers.lock().unwrap().len() <= CALLERS);
    }
}
