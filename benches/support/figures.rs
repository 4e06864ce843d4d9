//! Figures, one a line: `bench name=value name=value`.

use std::time::Duration;

/// The time below which this share of the times lies, in milliseconds. The times are sorted first.
pub fn quantile(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    let at = (times.len() as f64 * share) as usize;
    times.get(at.min(times.len().saturating_sub(1))).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

/// `p50_ms=… p99_ms=… max_ms=… of=…`.
pub fn spread(times: &mut [Duration]) -> String {
    let [p50, p99, max] = [0.5, 0.99, 1.0].map(|share| quantile(times, share));
    format!("p50_ms={p50:.2} p99_ms={p99:.2} max_ms={max:.2} of={}", times.len())
}

/// Octets as MiB.
pub fn mib(octets: u64) -> f64 {
    octets as f64 / f64::from(1 << 20)
}
