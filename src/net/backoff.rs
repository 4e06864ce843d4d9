//! How long the accept loop rests after an error.

use std::io;
use std::time::Duration;

/// Doubles from 10 ms to 1 s while accepting fails, and starts anew after a success.
///
/// Out of descriptors, `accept` fails at once and leaves the connection in the backlog: without a rest the loop would
/// spin. The longest rest is short enough that nobody notices the recovery.
#[derive(Debug, Default)]
pub(super) struct Backoff(Option<Duration>);

impl Backoff {
    const FIRST: Duration = Duration::from_millis(10);
    const LONGEST: Duration = Duration::from_secs(1);

    /// How long to rest after `error`; zero for a failure that was the peer's alone.
    pub(super) fn after(&mut self, error: &io::Error) -> Duration {
        // Such a connection has left the backlog with its error, so the next call makes progress.
        if matches!(
            error.kind(),
            io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::Interrupted
        ) {
            return Duration::ZERO;
        }
        let rest = self.0.map_or(Self::FIRST, |last| (last * 2).min(Self::LONGEST));
        self.0 = Some(rest);
        rest
    }

    /// Whether the last call failed.
    pub(super) fn is_resting(&self) -> bool {
        self.0.is_some()
    }

    /// Forgets the failures; true if there were any.
    pub(super) fn reset(&mut self) -> bool {
        self.0.take().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errno(number: i32) -> io::Error {
        io::Error::from_raw_os_error(number)
    }

    #[test]
    fn it_doubles_to_a_second_and_starts_anew_after_a_success() {
        let (emfile, enfile) = (errno(24), errno(23));
        let mut backoff = Backoff::default();
        let rests: Vec<_> =
            (0..9).map(|turn| backoff.after(if turn % 2 == 0 { &emfile } else { &enfile }).as_millis()).collect();
        assert_eq!(rests, [10, 20, 40, 80, 160, 320, 640, 1000, 1000]);
        assert!(backoff.reset());
        assert!(!backoff.reset());
        assert_eq!(backoff.after(&emfile), Backoff::FIRST);
    }

    #[test]
    fn an_aborted_connection_costs_no_rest_and_changes_nothing() {
        let mut backoff = Backoff::default();
        assert_eq!(backoff.after(&io::ErrorKind::ConnectionAborted.into()), Duration::ZERO);
        assert!(!backoff.reset());
    }
}
