//! How far a text is from what was looked for.

/// Characters of a text that are looked through; what is further behind is not worth the time.
const MAX_TEXT_CHARS: usize = 4_000;
/// Longest wanted text that is looked for.
const MAX_WANTED_CHARS: usize = 200;
/// The fewest characters at which a typing mistake is told from another word.
const MIN_WANTED_CHARS: usize = 4;
/// The fewest characters at which two mistakes are.
const MIN_FOR_TWO: usize = 7;

/// Whether `wanted` stands in `text`, or is all of it where `is_whole`, but for one or two typing mistakes: a character
/// too many, too few, another one, or two that are swapped.
pub(super) fn is_near(wanted: &str, text: &str, is_whole: bool) -> bool {
    let wanted: Vec<char> = wanted.chars().take(MAX_WANTED_CHARS + 1).collect();
    if !(MIN_WANTED_CHARS..=MAX_WANTED_CHARS).contains(&wanted.len()) {
        return false;
    }
    let allowed = if wanted.len() < MIN_FOR_TWO { 1 } else { 2 };
    let text: Vec<char> = text.chars().take(MAX_TEXT_CHARS).collect();
    distance(&wanted, &text, is_whole) <= allowed
}

/// Characters of a text in which pairs are looked for.
const MAX_PAIRED_CHARS: usize = 300;

/// The share of pairs of neighbouring characters of `wanted` that stand in `text` too, 0 to 1: cheap enough for a
/// thousand messages.
pub(super) fn shared_pairs(wanted: &str, text: &str) -> f64 {
    let pairs = |text: &str| -> Vec<(char, char)> {
        let mut pairs: Vec<_> = text.chars().zip(text.chars().skip(1)).take(MAX_PAIRED_CHARS).collect();
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    };
    let (wanted, there) = (pairs(wanted), pairs(text));
    let shared = wanted.iter().filter(|pair| there.binary_search(pair).is_ok()).count();
    let float = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    if wanted.is_empty() { 0.0 } else { float(shared) / float(wanted.len()) }
}

/// The fewest mistakes between `wanted` and `text`, or any part of it. Takes `wanted.len() * text.len()` steps.
fn distance(wanted: &[char], text: &[char], is_whole: bool) -> usize {
    // One column of the table for each character of the text: [i] is the distance of the first i wanted characters to
    // what ends here. Where a part is enough, it may begin anywhere for nothing.
    let mut column: Vec<usize> = (0..=wanted.len()).collect();
    let mut before = column.clone();
    let mut best = column.last().copied().unwrap_or(0);
    for (at, c) in text.iter().enumerate() {
        let mut next = Vec::with_capacity(column.len());
        next.push(if is_whole { at + 1 } else { 0 });
        for (i, w) in wanted.iter().enumerate() {
            let cell = |column: &[usize], i: usize| column.get(i).copied().unwrap_or(usize::MAX / 2);
            let mut steps = cell(&column, i) + usize::from(w != c);
            steps = steps.min(cell(&column, i + 1) + 1).min(cell(&next, i) + 1);
            let is_swapped = i > 0 && at > 0 && wanted.get(i - 1) == Some(c) && text.get(at - 1) == Some(w);
            if is_swapped {
                steps = steps.min(cell(&before, i - 1) + 1);
            }
            next.push(steps);
        }
        before = std::mem::replace(&mut column, next);
        best = best.min(column.last().copied().unwrap_or(best));
    }
    if is_whole { column.last().copied().unwrap_or(0) } else { best }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_or_two_typing_mistakes_are_near() {
        for (wanted, text, is_whole, near) in [
            ("your invioce", "your invoice", false, true),
            ("your invioce", "here is your invoice, paid", false, true),
            ("your invioce", "here is your invoice, paid", true, false),
            ("pasword", "reset your password", false, true),
            ("no-repyl@app.test", "no-reply@app.test", true, true),
            ("code", "cide", false, true),
            ("code", "cids", false, false),
            ("zzz", "zza", false, false),
            ("zzzz", "invoice", false, false),
            ("größe", "grösse", false, false),
            ("welcome", "", false, false),
        ] {
            assert_eq!(is_near(wanted, text, is_whole), near, "{wanted:?} in {text:?}");
        }
    }

    #[test]
    fn more_is_shared_the_more_two_texts_are_alike() {
        let to = |text: &str| shared_pairs("verifcation", text);
        assert!(to("your verification code") > to("your version") && to("your version") > to("totals"));
        assert_eq!((to(""), shared_pairs("", "x"), shared_pairs("ab", "cabc")), (0.0, 0.0, 1.0));
    }

    #[test]
    fn long_texts_do_not_take_forever() {
        assert!(!is_near(&"x".repeat(200), &"y".repeat(1 << 20), false));
        assert!(!is_near(&"x".repeat(201), &"x".repeat(201), false));
    }
}
