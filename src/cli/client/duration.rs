//! Durations as people write them.

use std::time::Duration;

/// `60s`, `500ms`, `2m`, `1h`; a number alone is seconds.
///
/// ```abnf
/// duration = 1*DIGIT [ "ms" / "s" / "m" / "h" / "d" ]
/// ```
pub(super) fn parse_duration(text: &str) -> Result<Duration, String> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let of_unit = match unit {
        "ms" => 1,
        "" | "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err("a number and ms, s, m, h or d: 60s".to_owned()),
    };
    let millis = number.parse::<u64>().ok().and_then(|number| number.checked_mul(of_unit));
    millis.map(Duration::from_millis).ok_or_else(|| "a whole number and its unit: 60s".to_owned())
}
