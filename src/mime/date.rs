//! Date fields. Spec: RFC 5322 §3.3, §4.3.

use chrono::NaiveDate;

use super::{bytes, text};
use crate::model::Timestamp;

/// Reads a date; `None` when it names no point in time.
///
/// ```abnf
/// date-time = [day-name ","] day month year hour ":" minute [":" second] zone
/// ```
/// Comments and obsolete forms are taken, as are RFC 3339 and the form of `asctime`; no zone means UTC.
pub(super) fn parse(raw_value: &[u8]) -> Option<Timestamp> {
    let line = text::unfold(raw_value);
    let line = std::str::from_utf8(bytes::slice(&line, 0, MAX_BYTES)).ok()?;
    let mut found = Found::default();
    let line = without_comments(line);
    for word in line.split([' ', ',']).filter(|word| !word.is_empty()) {
        found.word(word)?;
    }
    found.timestamp().or_else(|| Timestamp::parse_rfc3339(line.trim()))
}

/// Longer is no date.
const MAX_BYTES: usize = 200;
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// Hours from UTC. Spec: RFC 5322 §4.3.
const ZONES: [(&str, i64); 8] =
    [("EST", -5), ("EDT", -4), ("CST", -6), ("CDT", -5), ("MST", -7), ("MDT", -6), ("PST", -8), ("PDT", -7)];

/// The words of a date as they come.
#[derive(Default)]
struct Found {
    day: Option<u32>,
    month: Option<u32>,
    year: Option<i32>,
    time: Option<(u32, u32, u32)>,
    zone_seconds: Option<i64>,
}

impl Found {
    /// `None` when `word` cannot stand where it does; words that say nothing are passed over.
    fn word(&mut self, word: &str) -> Option<()> {
        if word.contains(':') && self.time.is_none() {
            self.time = time(word);
        } else if word.starts_with(['+', '-']) && self.time.is_some() {
            self.zone_seconds = Some(offset(word)?);
        } else if word.bytes().all(|byte| byte.is_ascii_digit()) {
            match (self.day, self.year) {
                (None, _) => self.day = Some(word.parse().ok()?),
                (Some(_), None) => self.year = Some(year(word)?),
                _ => {}
            }
        } else if let Some(month) = word.get(..3).filter(|_| self.month.is_none()).and_then(month) {
            self.month = Some(month);
        } else if self.time.is_some() && self.zone_seconds.is_none() {
            // A name that is not known counts as UTC, as RFC 5322 §4.3 asks.
            let known = ZONES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
            self.zone_seconds = Some(known.map_or(0, |(_, hours)| hours * 3_600));
        }
        Some(())
    }

    fn timestamp(&self) -> Option<Timestamp> {
        let (hour, minute, second) = self.time?;
        // RFC 5322 §3.3: second 60 is a leap second; it is counted as the next one.
        let (second, leap) = if second == 60 { (59, 1) } else { (second, 0) };
        let day = NaiveDate::from_ymd_opt(self.year?, self.month?, self.day?)?;
        let local = day.and_hms_opt(hour, minute, second)?.and_utc().timestamp();
        let seconds = local + leap - self.zone_seconds.unwrap_or(0);
        Some(Timestamp::from_micros(seconds.checked_mul(1_000_000)?))
    }
}

fn time(word: &str) -> Option<(u32, u32, u32)> {
    let mut numbers = word.split(':').map(|number| number.parse().ok());
    let hour = numbers.next()??;
    let minute = numbers.next()??;
    let second = numbers.next().unwrap_or(Some(0))?;
    numbers.next().is_none().then_some((hour, minute, second))
}

/// `+hhmm` in seconds.
fn offset(word: &str) -> Option<i64> {
    let (sign, digits) = if let Some(digits) = word.strip_prefix('-') { (-1, digits) } else { (1, word.get(1..)?) };
    let number: i64 = digits.parse().ok().filter(|_| digits.len() == 4)?;
    let (hours, minutes) = (number / 100, number % 100);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

/// Two and three digits are obsolete; before 1900 there was no mail. Spec: RFC 5322 §3.3, §4.3.
fn year(word: &str) -> Option<i32> {
    let number: i32 = word.parse().ok()?;
    let year = match (word.len(), number) {
        (2, 0..=49) => number + 2_000,
        (2 | 3, _) => number + 1_900,
        _ => number,
    };
    (1_900..=9_999).contains(&year).then_some(year)
}

fn month(name: &str) -> Option<u32> {
    (1..).zip(MONTHS).find_map(|(number, month)| month.eq_ignore_ascii_case(name).then_some(number))
}

fn without_comments(line: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read() {
        for (value, shown) in [
            ("Fri, 20 Nov 2026 10:00:00 +0100", "2026-11-20T09:00:00.000Z"),
            (" Fri, 20 Nov 2026 10:00:00 +0100 (CET)", "2026-11-20T09:00:00.000Z"),
            ("20 Nov 2026 10:00 GMT", "2026-11-20T10:00:00.000Z"),
            ("20 nov 26 10:00:00 EST", "2026-11-20T15:00:00.000Z"),
            ("Fri, 20 November 2026 10:00:00 -0930", "2026-11-20T19:30:00.000Z"),
            ("Fri Nov 20 10:00:00 2026", "2026-11-20T10:00:00.000Z"),
            ("2026-11-20T10:00:00+01:00", "2026-11-20T09:00:00.000Z"),
            ("Fri,\r\n 20 Nov (a (b)) 2026\r\n\t10:00:00 Z", "2026-11-20T10:00:00.000Z"),
            ("Sat, 31 Dec 2016 23:59:60 +0000", "2017-01-01T00:00:00.000Z"),
            ("1 Jan 100 00:00:00 +0000", "2000-01-01T00:00:00.000Z"),
            ("1 Jan 1960 00:00:00 +0000", "1960-01-01T00:00:00.000Z"),
            ("31 Dec 9999 23:59:59 +0000", "9999-12-31T23:59:59.000Z"),
            ("1 Jan 2026 00:00:00 XYZ", "2026-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(parse(value.as_bytes()).map(|at| at.to_string()).as_deref(), Some(shown), "{value}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for value in [
            "",
            "yesterday",
            "1 Jan 0000 00:00:00 +0000",
            "1 Jan 10000 00:00:00 +0000",
            "1 Jan 1000000000000000000 00:00:00 +0000",
            "31 Feb 2026 00:00:00 +0000",
            "32 Jan 2026 00:00:00 +0000",
            "1 Foo 2026 00:00:00 +0000",
            "1 13 2026 00:00:00 +0000",
            "1 Jan 2026 24:00:00 +0000",
            "1 Jan 2026 00:61:00 +0000",
            "1 Jan 2026 00:00:61 +0000",
            "1 Jan 2026 00:00:00 +9999",
            "1 Jan 2026",
            "1 J\u{e4}n 2026 00:00:00 +0000",
        ] {
            assert_eq!(parse(value.as_bytes()), None, "{value}");
        }
    }
}
