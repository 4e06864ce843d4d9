//! Shares with their intervals, as rows of a table.

/// `k of n` as a percentage with its 95 % Wilson interval.
pub(super) fn share(k: usize, n: usize) -> String {
    if n == 0 {
        return "–".to_owned();
    }
    let (low, high) = wilson(k, n);
    format!("{:.1} ({:.1}–{:.1})", percent(k, n), low * 100.0, high * 100.0)
}

#[expect(clippy::cast_precision_loss, reason = "counts of mails")]
pub(super) fn percent(k: usize, n: usize) -> f64 {
    if n == 0 { 100.0 } else { k as f64 * 100.0 / n as f64 }
}

/// The Wilson score interval of `k` of `n` at 95 %.
#[expect(clippy::cast_precision_loss, reason = "counts of mails")]
fn wilson(k: usize, n: usize) -> (f64, f64) {
    const Z: f64 = 1.959_964;
    let (n, p) = (n as f64, k as f64 / n as f64);
    let centre = p + Z * Z / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + Z * Z / n;
    ((centre - half).max(0.0) / whole, ((centre + half) / whole).min(1.0))
}

#[test]
fn intervals_are_those_of_wilson() {
    assert_eq!(share(10, 10), "100.0 (72.2–100.0)");
    assert_eq!(share(81, 263), "30.8 (25.5–36.6)");
    assert_eq!(share(0, 0), "–");
}
