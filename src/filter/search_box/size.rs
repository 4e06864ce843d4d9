//! Sizes as people write them: `10k`.

/// What stands behind a number, the greatest first.
const UNITS: [(char, u64); 3] = [('g', 1 << 30), ('m', 1 << 20), ('k', 1 << 10)];

/// Octets of `10k`, `3m`, `512`.
pub(super) fn parse(text: &str) -> Option<u64> {
    let unit = UNITS.iter().find(|(letter, _)| text.to_ascii_lowercase().ends_with(*letter));
    let (digits, unit) = match unit {
        Some((_, unit)) => (text.get(..text.len() - 1)?, *unit),
        None => (text, 1),
    };
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse::<u64>().ok()?.checked_mul(unit).filter(|size| *size <= 1 << 53)
}

/// The shortest form of `size`.
pub(super) fn print(size: u64) -> String {
    match UNITS.iter().find(|(_, unit)| size > 0 && size.is_multiple_of(*unit)) {
        Some((letter, unit)) => format!("{}{letter}", size / unit),
        None => size.to_string(),
    }
}
