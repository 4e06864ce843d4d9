//! Who may connect: limits in total and per address, shared by the listeners of one service.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How many connections a service takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most at once.
    pub total: usize,
    /// Most at once from one address; 0 is no limit.
    pub per_ip: usize,
    /// Most new ones a minute from one address; 0 is no limit. So many may come at once, if the minute before was quiet.
    pub per_ip_per_minute: u32,
    /// Whether the limits per address hold for loopback too.
    pub limit_loopback: bool,
}

/// Counts connections and hands out permits. Cheap to clone; every clone is the same gate.
///
/// An IPv6 client usually has a whole /64 to call from, so that is what counts as one address.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Inner>);

/// Why a connection was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Too many connections in all.
    Total,
    /// Too many from this address.
    PerIp,
    /// Too many new ones from this address.
    Rate,
}

/// The right to be connected; given back when dropped.
#[derive(Debug)]
pub(super) struct Permit {
    gate: Gate,
    /// `None` for an address that is not counted.
    address: Option<IpAddr>,
}

impl Gate {
    /// A gate that nobody has passed yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let table = Table { open: 0, slots: HashMap::new(), swept_at: Instant::now() };
        Self(Arc::new(Inner { limits, table: Mutex::new(table) }))
    }

    /// Connections that hold a permit.
    #[must_use]
    pub fn open(&self) -> usize {
        self.table().open
    }

    /// Lets a connection from `address` in, or says why not.
    pub(super) fn enter(&self, address: IpAddr) -> Result<Permit, Cause> {
        let limits = &self.0.limits;
        let address = address.to_canonical();
        let address = (limits.limit_loopback || !address.is_loopback()).then(|| counted_as(address));
        let now = Instant::now();
        let mut table = self.table();
        if table.open >= limits.total {
            return Err(Cause::Total);
        }
        if let Some(address) = address {
            table.sweep(now, limits.total);
            table.slots.entry(address).or_insert(Slot { open: 0, full_until: now }).take(limits, now)?;
        }
        table.open += 1;
        Ok(Permit { gate: self.clone(), address })
    }

    #[cfg(test)]
    pub(super) fn tracked(&self) -> usize {
        self.table().slots.len()
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cause {
    /// The word that metrics and logs use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::PerIp => "per_ip",
            Self::Rate => "rate",
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let now = Instant::now();
        let mut table = self.gate.table();
        table.open = table.open.saturating_sub(1);
        let Some(address) = self.address else { return };
        if let Some(slot) = table.slots.get_mut(&address) {
            slot.open = slot.open.saturating_sub(1);
            if slot.is_idle(now) {
                table.slots.remove(&address);
            }
        }
    }
}

#[derive(Debug)]
struct Inner {
    limits: Limits,
    table: Mutex<Table>,
}

#[derive(Debug)]
struct Table {
    open: usize,
    slots: HashMap<IpAddr, Slot>,
    swept_at: Instant,
}

impl Table {
    const SWEEP_EVERY: Duration = Duration::from_secs(60);
    /// Addresses remembered for their rate alone.
    const MOST_REMEMBERED: usize = 16_384;

    /// Removes addresses that nothing is known of any more: once a minute, or when the table is full. If it is full
    /// of addresses that came within the minute, their rates are forgotten: who calls from 16,384 networks is not
    /// held up by a rate per network, and the table has to end somewhere. Connected addresses always stay.
    fn sweep(&mut self, now: Instant, total: usize) {
        let is_full = self.slots.len() >= Self::MOST_REMEMBERED.saturating_add(total);
        if !is_full && now < self.swept_at + Self::SWEEP_EVERY {
            return;
        }
        self.swept_at = now;
        self.slots.retain(|_, slot| !slot.is_idle(now));
        if self.slots.len() >= Self::MOST_REMEMBERED.saturating_add(total) / 2 {
            self.slots.retain(|_, slot| slot.open > 0);
        }
        self.slots.shrink_to(Self::MOST_REMEMBERED / 16);
    }
}

/// What is known of one address. The rate is one point in time: each connection moves it a minute's share further,
/// and it may be at most a minute ahead.
#[derive(Debug)]
struct Slot {
    open: usize,
    full_until: Instant,
}

impl Slot {
    const MINUTE: Duration = Duration::from_secs(60);

    fn take(&mut self, limits: &Limits, now: Instant) -> Result<(), Cause> {
        if limits.per_ip > 0 && self.open >= limits.per_ip {
            return Err(Cause::PerIp);
        }
        if let Some(share) = Self::MINUTE.checked_div(limits.per_ip_per_minute) {
            let next = self.full_until.max(now) + share;
            // A share is rounded down, so N shares are never more than the minute.
            if next > now + Self::MINUTE {
                return Err(Cause::Rate);
            }
            self.full_until = next;
        }
        self.open += 1;
        Ok(())
    }

    fn is_idle(&self, now: Instant) -> bool {
        self.open == 0 && self.full_until <= now
    }
}

fn counted_as(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        IpAddr::V4(_) => address,
    }
}
