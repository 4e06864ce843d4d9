//! Patience with a slow peer: time that runs out while we wait for it, and comes back with the octets it moves.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// Octets a second that a peer has to manage in the long run.
pub const MIN_RATE: u64 = 500;

/// A budget of waiting. A peer that does nothing uses it up, one that drips a byte now and then only delays that, and
/// one that keeps up [`MIN_RATE`] never meets its end.
///
/// Only time spent waiting for the peer counts: what we take ourselves is not the peer's fault.
#[derive(Debug)]
pub struct Patience {
    whole: Duration,
    left: Duration,
    waiting: Option<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    since: Instant,
    alarm: Pin<Box<Sleep>>,
}

impl Patience {
    /// Patience of `whole`, which is also the most that moved octets can restore.
    #[must_use]
    pub fn new(whole: Duration) -> Self {
        Self { whole, left: whole, waiting: None }
    }

    /// To be called when the peer keeps us waiting; ready when the patience is at its end.
    pub fn poll_out(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let left = self.left;
        let waiting = self.waiting.get_or_insert_with(|| {
            let since = Instant::now();
            Waiting { since, alarm: Box::pin(sleep_until(since + left)) }
        });
        waiting.alarm.as_mut().poll(context)
    }

    /// To be called when the peer has moved `octets`.
    pub fn moved(&mut self, octets: usize) {
        if let Some(waiting) = self.waiting.take() {
            self.left = self.left.saturating_sub(waiting.since.elapsed());
        }
        let octets = u64::try_from(octets).unwrap_or(u64::MAX);
        let earned = Duration::from_millis(octets.saturating_mul(1_000) / MIN_RATE);
        self.left = self.left.saturating_add(earned).min(self.whole);
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const WHOLE: Duration = Duration::from_secs(10);

    /// Waits `gap` before each `octets`, until the patience ends; how long that took, at most `turns` turns.
    async fn drip(octets: usize, gap: Duration, turns: u32) -> Option<Duration> {
        let mut patience = Patience::new(WHOLE);
        let start = Instant::now();
        for _ in 0..turns {
            let out = poll_fn(|context| patience.poll_out(context));
            if tokio::time::timeout(gap, out).await.is_ok() {
                return Some(start.elapsed());
            }
            patience.moved(octets);
        }
        None
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends_it() {
        assert_eq!(drip(0, Duration::from_secs(3600), 1).await.map(|time| time.as_secs()), Some(10));
    }

    #[tokio::test(start_paused = true)]
    async fn a_drip_delays_the_end_and_no_more() {
        let took = drip(1, Duration::from_secs(9), 1_000).await.expect("it never ended");
        assert!(took < Duration::from_secs(11), "{took:?}");
        let took = drip(400, Duration::from_secs(1), 1_000).await.expect("it never ended");
        assert!((40..=60).contains(&took.as_secs()), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_keeps_up_is_waited_for() {
        assert_eq!(drip(510, Duration::from_secs(1), 10_000).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn time_that_is_not_spent_waiting_does_not_count() {
        let mut patience = Patience::new(WHOLE);
        patience.moved(0);
        tokio::time::advance(WHOLE * 3).await;
        let poll = poll_fn(|context| Poll::Ready(patience.poll_out(context))).await;
        assert!(poll.is_pending());
    }

    #[tokio::test(start_paused = true)]
    async fn many_octets_restore_no_more_than_the_whole() {
        let mut patience = Patience::new(WHOLE);
        patience.moved(usize::MAX);
        let start = Instant::now();
        poll_fn(|context| patience.poll_out(context)).await;
        assert_eq!(start.elapsed().as_secs(), 10);
    }
}
