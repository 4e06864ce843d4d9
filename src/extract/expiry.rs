//! How long a code is good for: "expires in 10 minutes", "gültig für 15 Minuten", "5分钟内有效".

use super::lexicon::{Class, Word, of_class};
use super::view::Read;

/// Characters between the word that tells of an end and the time.
const NEAR: usize = 80;
/// No code is good for longer.
const MAX_S: u64 = 31 * 86_400;

/// The seconds that the view gives, the first time that it does.
pub(super) fn expiry(read: &Read) -> Option<u64> {
    let units = [(Class::Second, 1), (Class::Minute, 60), (Class::Hour, 3_600), (Class::Day, 86_400)];
    let mut times: Vec<(usize, u64)> = Vec::new();
    for (class, seconds) in units {
        let timed =
            of_class(&read.words, class).filter_map(|unit| Some((unit.start, number_before(read, &unit)? * seconds)));
        times.extend(timed.take(100));
    }
    times.sort_unstable();
    let ends: Vec<Word> = of_class(&read.words, Class::Expiry).collect();
    let is_near = |at: usize| {
        let next = ends.partition_point(|end| end.end + NEAR < at);
        ends.get(next).is_some_and(|end| end.start < at + NEAR)
    };
    times
        .into_iter()
        .find(|(at, seconds)| *seconds > 0 && *seconds <= MAX_S && is_near(*at))
        .map(|(_, seconds)| seconds)
}

/// The number directly before a unit of time.
fn number_before(read: &Read, unit: &Word) -> Option<u64> {
    let view = &read.view;
    let mut end = unit.start;
    while end > 0 && unit.start - end < 3 && matches!(view.char(end - 1), ' ' | '(' | ')' | '-' | '个' | '個') {
        end -= 1;
    }
    let digits = (0..end).rev().take(4).take_while(|at| view.char(*at).is_ascii_digit()).count();
    if digits == 0 || digits > 3 {
        return None;
    }
    view.slice(end - digits, end).iter().collect::<String>().parse().ok()
}
