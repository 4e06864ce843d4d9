//! Sizes as people write them: `52428800`, `"50MiB"`.

const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

/// Reads a number of octets; `None` when it is not one or does not fit.
///
/// ```text
/// size = 1*DIGIT [ SP ] [ "KiB" / "MiB" / "GiB" ]
/// ```
pub(super) fn parse_size(text: &str) -> Option<u64> {
    for (unit, factor) in UNITS {
        if let Some(number) = text.strip_suffix(unit) {
            return parse_digits(number.strip_suffix(' ').unwrap_or(number))?.checked_mul(factor);
        }
    }
    parse_digits(text)
}

/// The shortest text that [`parse_size`] reads as `octets`.
pub(super) fn write_size(octets: u64) -> String {
    let whole = |(_, factor): &&(&str, u64)| octets > 0 && octets.is_multiple_of(*factor);
    match UNITS.iter().find(whole) {
        Some((unit, factor)) => format!("{}{unit}", octets / factor),
        None => octets.to_string(),
    }
}

/// `u64::from_str` alone would take a sign.
fn parse_digits(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::{parse_size, write_size};

    #[test]
    fn sizes_are_read_and_written_as_inverses() {
        for (text, octets) in
            [("0", 0), ("1", 1), ("1000", 1000), ("1KiB", 1024), ("50MiB", 50 << 20), ("3GiB", 3 << 30)]
        {
            assert_eq!(parse_size(text), Some(octets));
            assert_eq!(write_size(octets), text);
        }
        assert_eq!(parse_size("2 MiB"), Some(2 << 20));
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in ["", "MiB", "-1", "+1", "1.5MiB", "1MB", "1mib", "1  MiB", "99999999999GiB"] {
            assert_eq!(parse_size(text), None, "{text}");
        }
    }
}
