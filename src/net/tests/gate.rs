//! Limits in total, per address and per minute.

use std::net::IpAddr;
use std::time::Duration;

use crate::net::{Cause, Gate, Limits};

const NONE: Limits = Limits { total: 1_000_000, per_ip: 0, per_ip_per_minute: 0, limit_loopback: false };

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_total_holds_for_everyone() {
    let gate = Gate::new(Limits { total: 2, ..NONE });
    let first = gate.enter(ip("192.0.2.1")).unwrap();
    let _second = gate.enter(ip("127.0.0.1")).unwrap();
    assert_eq!(gate.enter(ip("192.0.2.3")).err(), Some(Cause::Total));
    assert_eq!(gate.clone().enter(ip("::1")).err(), Some(Cause::Total));
    drop(first);
    assert_eq!(gate.open(), 1);
    assert!(gate.enter(ip("192.0.2.3")).is_ok());
}

#[tokio::test(start_paused = true)]
async fn one_address_fills_its_own_share_only() {
    let gate = Gate::new(Limits { per_ip: 2, ..NONE });
    let kept: Vec<_> = (0..2).map(|_| gate.enter(ip("192.0.2.1")).unwrap()).collect();
    assert_eq!(gate.enter(ip("192.0.2.1")).err(), Some(Cause::PerIp));
    assert_eq!(gate.enter(ip("::ffff:192.0.2.1")).err(), Some(Cause::PerIp), "the same address on an IPv6 listener");
    assert!(gate.enter(ip("192.0.2.2")).is_ok());
    drop(kept);
    assert!(gate.enter(ip("192.0.2.1")).is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_network_of_ipv6_counts_as_one_address() {
    let gate = Gate::new(Limits { per_ip: 1, ..NONE });
    let _kept = gate.enter(ip("2001:db8:1:2::1")).unwrap();
    assert_eq!(gate.enter(ip("2001:db8:1:2:ffff::9")).err(), Some(Cause::PerIp));
    assert!(gate.enter(ip("2001:db8:1:3::1")).is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_rate_allows_a_burst_and_then_its_share() {
    let gate = Gate::new(Limits { per_ip_per_minute: 30, ..NONE });
    for _ in 0..30 {
        drop(gate.enter(ip("192.0.2.1")).unwrap());
    }
    assert_eq!(gate.enter(ip("192.0.2.1")).err(), Some(Cause::Rate));
    assert!(gate.enter(ip("192.0.2.2")).is_ok());
    tokio::time::advance(Duration::from_millis(2_001)).await;
    assert!(gate.enter(ip("192.0.2.1")).is_ok());
    assert_eq!(gate.enter(ip("192.0.2.1")).err(), Some(Cause::Rate));
    tokio::time::advance(Duration::from_secs(60)).await;
    let passed = (0..100).filter(|_| gate.enter(ip("192.0.2.1")).is_ok()).count();
    assert_eq!(passed, 30);
}

#[tokio::test(start_paused = true)]
async fn any_rate_is_allowed_in_full() {
    for rate in [1, 7, 59, 61, 299, 300, 6_001] {
        let gate = Gate::new(Limits { per_ip_per_minute: rate, ..NONE });
        let passed = (0..rate * 2).filter(|_| gate.enter(ip("192.0.2.1")).is_ok()).count();
        assert_eq!(passed, rate as usize);
    }
}

#[tokio::test(start_paused = true)]
async fn loopback_is_limited_only_on_request() {
    for address in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
        let strict = Limits { per_ip: 1, per_ip_per_minute: 100, ..NONE };
        let gate = Gate::new(strict);
        let _kept: Vec<_> = (0..200).map(|_| gate.enter(ip(address)).expect(address)).collect();
        let gate = Gate::new(Limits { limit_loopback: true, ..strict });
        let _kept = gate.enter(ip(address)).unwrap();
        assert_eq!(gate.enter(ip(address)).err(), Some(Cause::PerIp), "{address}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_table_is_bounded_and_keeps_who_is_connected() {
    let gate = Gate::new(Limits { total: 100, per_ip: 1, per_ip_per_minute: 60, limit_loopback: false });
    let kept: Vec<_> =
        (1..=50_u32).map(|last| gate.enter(IpAddr::from((0x0A00_0000 + last).to_be_bytes())).unwrap()).collect();
    for address in 0..200_000_u32 {
        drop(gate.enter(IpAddr::from((0xC000_0000 + address).to_be_bytes())));
        assert!(gate.tracked() <= 16_384 + 100);
    }
    for last in 1..=50_u32 {
        assert_eq!(gate.enter(IpAddr::from((0x0A00_0000 + last).to_be_bytes())).err(), Some(Cause::PerIp));
    }
    drop(kept);
    tokio::time::advance(Duration::from_secs(61)).await;
    drop(gate.enter(ip("192.0.2.1")));
    assert_eq!(gate.tracked(), 1, "what is over a minute old is forgotten");
}
