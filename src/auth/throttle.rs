//! Wrong keys, counted by address, so that trying many costs the database nothing.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Wrong keys that an address may show at once, and within a [`WINDOW`] after that.
const MOST: u32 = 30;
const WINDOW: Duration = Duration::from_secs(60);
/// For so long an address that has shown a right key is not refused one: behind a proxy everyone has one address, and
/// a stranger's tries must not lock the others out.
const TRUST: Duration = Duration::from_secs(3600);
/// Addresses that are remembered; when there are more, those that did nothing for a while are forgotten, and then all.
const ADDRESSES: usize = 10_000;

/// What is remembered of the addresses.
#[derive(Debug, Default)]
pub(super) struct Throttle(Mutex<HashMap<IpAddr, Slot>>);

#[derive(Clone, Copy, Debug)]
struct Slot {
    /// When all tries will have been forgiven; each adds its share of the window.
    forgiven_at: Instant,
    trusted_until: Instant,
}

impl Throttle {
    /// Whether a key from this address may be looked at.
    ///
    /// # Errors
    /// After how many seconds it may.
    pub(super) fn check(&self, address: IpAddr, now: Instant) -> Result<(), u32> {
        let Some(address) = counted_as(address) else { return Ok(()) };
        let slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(slot) = slots.get(&address).filter(|slot| slot.trusted_until <= now) else { return Ok(()) };
        let debt = slot.forgiven_at.saturating_duration_since(now);
        match debt.checked_sub(WINDOW - WINDOW / MOST) {
            None | Some(Duration::ZERO) => Ok(()),
            Some(over) => Err(u32::try_from(over.as_secs()).unwrap_or(u32::MAX).saturating_add(1)),
        }
    }

    /// Notes a wrong key.
    pub(super) fn wrong(&self, address: IpAddr, now: Instant) {
        self.change(address, now, |slot| slot.forgiven_at = slot.forgiven_at.max(now) + WINDOW / MOST);
    }

    /// Notes a right key.
    pub(super) fn right(&self, address: IpAddr, now: Instant) {
        self.change(address, now, |slot| slot.trusted_until = now + TRUST);
    }

    fn change(&self, address: IpAddr, now: Instant, change: impl FnOnce(&mut Slot)) {
        let Some(address) = counted_as(address) else { return };
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= ADDRESSES && !slots.contains_key(&address) {
            slots.retain(|_, slot| slot.forgiven_at > now || slot.trusted_until > now);
            if slots.len() >= ADDRESSES {
                slots.clear();
            }
        }
        change(slots.entry(address).or_insert(Slot { forgiven_at: now, trusted_until: now }));
    }
}

/// An IPv6 client usually has a whole /64 to call from. Loopback is this machine's own programs: not counted.
fn counted_as(address: IpAddr) -> Option<IpAddr> {
    match address.to_canonical() {
        address if address.is_loopback() => None,
        IpAddr::V6(address) => Some(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into()),
        address => Some(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRANGER: &str = "192.0.2.1";

    fn at(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn many_wrong_keys_are_refused_for_a_while_and_only_from_there() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..MOST {
            assert_eq!(throttle.check(at(STRANGER), now), Ok(()));
            throttle.wrong(at(STRANGER), now);
        }
        let wait = throttle.check(at(STRANGER), now).unwrap_err();
        assert!((1..=3).contains(&wait), "{wait}");
        assert_eq!(throttle.check(at("192.0.2.2"), now), Ok(()));
        assert_eq!(throttle.check(at(STRANGER), now + Duration::from_secs(wait.into())), Ok(()));
    }

    #[test]
    fn where_a_right_key_was_shown_others_do_not_lock_it_out() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        throttle.right(at(STRANGER), now);
        (0..10 * MOST).for_each(|_| throttle.wrong(at(STRANGER), now));
        assert_eq!(throttle.check(at(STRANGER), now), Ok(()));
        assert!(throttle.check(at(STRANGER), now + TRUST).is_err() || WINDOW * 10 < TRUST);
    }

    #[test]
    fn a_network_of_one_client_counts_as_one_and_loopback_not_at_all() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for last in 0..2 * MOST {
            throttle.wrong(at(&format!("2001:db8::{last:x}")), now);
            throttle.wrong(at("::1"), now);
            throttle.wrong(at("::ffff:127.0.0.1"), now);
        }
        assert!(throttle.check(at("2001:db8::ffff:1"), now).is_err());
        assert_eq!(throttle.check(at("2001:db8:0:1::1"), now), Ok(()));
        assert_eq!(throttle.check(at("127.0.0.1"), now), Ok(()));
    }

    #[test]
    fn it_does_not_grow_without_bound() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for number in 0..u32::try_from(ADDRESSES).unwrap() + 100 {
            throttle.wrong(IpAddr::V4(std::net::Ipv4Addr::from_bits(0x0a00_0000 + number)), now);
        }
        assert!(throttle.0.lock().unwrap().len() <= ADDRESSES);
    }
}
