//! What is no code though it has digits: addresses, amounts, dates, phones, the ends of card numbers.
//!
//! Each rule looks at a run of characters and its neighbours, so that the whole is linear.

use crate::extract::view::View;

/// Signs and names of currencies; a number beside one is an amount.
const CURRENCIES: [&str; 44] = [
    "$", "€", "£", "¥", "￥", "₹", "₽", "₩", "₺", "₪", "฿", "₫", "₴", "₦", "₱", "৳", "﷼", "usd", "eur", "gbp", "chf",
    "jpy", "cny", "rmb", "inr", "pln", "zł", "zl", "czk", "kč", "sek", "nok", "dkk", "kr", "huf", "ft", "ron", "lei",
    "円", "元", "원", "руб", "грн", "tl",
];
/// Units; a number directly before one is a quantity.
const UNITS: [&str; 22] = [
    "%", "°", "km", "kg", "gb", "mb", "kb", "tb", "kwh", "wh", "px", "ms", "m²", "mhz", "ghz", "ml", "cm", "mm", "pts",
    "bytes", "kcal", "ч",
];
/// Digits of a run of groups that is longer than any code.
const MAX_CODE_DIGITS: usize = 10;
/// Characters of a word that is longer than any code.
const MAX_CODE_CHARS: usize = 20;

/// Marks the characters of `view` that belong to no code.
pub(super) fn mask(view: &View) -> Vec<bool> {
    let mut masked = vec![false; view.chars.len()];
    for line in &view.lines {
        let mut start = line.start;
        while start < line.end {
            let rest = view.slice(start, line.end);
            let len = rest.iter().take_while(|c| **c != ' ').count();
            if len > 0 {
                word(view, start, start + len, &mut masked);
            }
            start += len + 1;
        }
        numbers(view, line.start, line.end, &mut masked);
    }
    masked
}

fn set(masked: &mut [bool], start: usize, end: usize) {
    if let Some(range) = masked.get_mut(start..end) {
        range.fill(true);
    }
}

/// Rules for what stands between two spaces.
fn word(view: &View, start: usize, end: usize, masked: &mut [bool]) {
    let chars = view.slice(start, end);
    let mut from = start;
    for part in chars.split(|c| !c.is_ascii()) {
        if is_address(part) {
            set(masked, from, from + part.len());
        }
        from += part.len() + 1;
    }
    let letters_and_digits = chars.iter().filter(|c| c.is_ascii_alphanumeric()).count();
    let digits = chars.iter().filter(|c| c.is_ascii_digit()).count();
    let is_identifier =
        chars.len() > MAX_CODE_CHARS && digits > 0 && chars.is_ascii() && letters_and_digits + 8 >= chars.len();
    if is_identifier && !chars.contains(&':') {
        set(masked, start, end);
    }
}

trait Ascii {
    fn is_ascii(&self) -> bool;
}

impl Ascii for [char] {
    fn is_ascii(&self) -> bool {
        self.iter().all(char::is_ascii)
    }
}

/// A URL, a mail address, a host with a path, the name of a file.
fn is_address(part: &[char]) -> bool {
    let has = |a: char, b: char| part.windows(2).any(|pair| pair == [a, b]);
    let between = |mark: char| {
        part.windows(3)
            .any(|three| matches!(three, [a, c, b] if *c == mark && a.is_alphanumeric() && b.is_alphanumeric()))
    };
    if has('/', '/') || part.starts_with(&['w', 'w', 'w', '.']) || between('@') || between('_') || between('=') {
        return true;
    }
    // A stop between two letters, or between a letter and a digit: `report.2.pdf`; but not the end of a sentence.
    let is_name = part.windows(3).any(|three| {
        matches!(three, [a, '.', b] if (a.is_ascii_alphabetic() || a.is_ascii_digit() && b.is_ascii_alphabetic()) && b.is_ascii_alphanumeric() && !b.is_ascii_uppercase())
    });
    is_name || between('/') && part.iter().any(char::is_ascii_alphabetic)
}

/// Rules for a number and what stands around it.
fn numbers(view: &View, start: usize, end: usize, masked: &mut [bool]) {
    let mut at = start;
    while at < end {
        if !view.char(at).is_ascii_digit() {
            at += 1;
            continue;
        }
        let run_end = digit_run(view, at, end);
        let digits = view.slice(at, run_end).iter().filter(|c| c.is_ascii_digit()).count();
        if is_joined_number(view.slice(at, run_end))
            || digits > MAX_CODE_DIGITS
            || is_phone(view, at, run_end)
            || is_amount(view, at, run_end)
            || is_masked_account(view, at)
            || is_followed_by_time(view, at, run_end)
            || matches!(view.slice(at.saturating_sub(2), at), [.., '©'] | ['©', ' '])
        {
            set(masked, at, run_end);
        } else if let Some(first) = first_number(view, at, run_end) {
            // The run may be several numbers; a unit or a currency belongs to the nearest.
            if is_amount(view, at, first) {
                set(masked, at, first);
            }
        }
        at = run_end;
    }
}

/// Where the groups of digits that begin at `at` end: joined by one of ` -.,/:()`, not more.
fn digit_run(view: &View, at: usize, end: usize) -> usize {
    let mut last = at;
    let mut next = at;
    while next < end {
        let c = view.char(next);
        if c.is_ascii_digit() {
            last = next;
        } else if !matches!(c, ' ' | '-' | '.' | ',' | '/' | ':' | '(' | ')') || next > last + 2 {
            break;
        } else if c == ' ' && matches!(view.char_before(next), ':' | ',') {
            // "account ending 4471: 514450" are two numbers.
            break;
        } else if c == ',' && is_comma_of_a_sentence(view, at, next, end) {
            break;
        }
        next += 1;
    }
    last + 1
}

/// "验证码是604451,5分钟": a long number without groups, a comma, and a short one that a word of another script counts.
fn is_comma_of_a_sentence(view: &View, start: usize, comma: usize, end: usize) -> bool {
    let before = view.slice(start, comma);
    let behind = view.slice(comma + 1, end).iter().take_while(|c| c.is_ascii_digit()).count();
    let next = view.char(comma + 1 + behind);
    before.len() >= 4
        && before.iter().all(char::is_ascii_digit)
        && (1..=2).contains(&behind)
        && !next.is_ascii()
        && next.is_alphabetic()
}

/// The end of the first number of a run of several.
fn first_number(view: &View, at: usize, end: usize) -> Option<usize> {
    let first = view.slice(at, end).iter().take_while(|c| c.is_ascii_digit()).count();
    (at + first < end).then_some(at + first)
}

/// `1,234.50`, `20.11.2026`, `12:30`, `3/4`, `1.2.3`, `2026-11-20`: digits on both sides of such a mark.
fn is_joined_number(run: &[char]) -> bool {
    let is_mark = |c: char| matches!(c, '.' | ',' | '/' | ':');
    let marked = run
        .windows(3)
        .any(|three| matches!(three, [a, c, b] if is_mark(*c) && a.is_ascii_digit() && b.is_ascii_digit()));
    let has_space = run.contains(&' ');
    let groups: Vec<usize> = run.split(|c| *c == '-').map(<[char]>::len).collect();
    let is_date = !has_space && matches!(groups.as_slice(), [4, 1..=2, 1..=2] | [1..=2, 1..=2, 4]);
    (marked && !has_space) || is_date
}

fn is_phone(view: &View, start: usize, end: usize) -> bool {
    let digits = view.slice(start, end).iter().filter(|c| c.is_ascii_digit()).count();
    let groups = view.slice(start, end).split(|c| !c.is_ascii_digit()).filter(|group| !group.is_empty()).count();
    let before = view.char_before(start);
    (before == '+' && digits >= 7)
        || (before == '(' && digits >= 7 && groups > 1)
        || (view.char(start) == '0' && digits >= 8 && groups > 2)
        || (view.slice(start, end).contains(&'(') && digits >= 7)
}

fn is_amount(view: &View, start: usize, end: usize) -> bool {
    let before: String = word_before(view, start);
    let behind: String = word_behind(view, end);
    let is_currency = |word: &str| CURRENCIES.contains(&word);
    let first = behind.chars().next().map(String::from).unwrap_or_default();
    let last = before.chars().last().map(String::from).unwrap_or_default();
    let is_sign = |sign: &str| !sign.is_empty() && is_currency(sign) && sign.chars().all(|c| !c.is_ascii());
    let dollar = last == "$" || first == "$";
    dollar
        || is_sign(&first)
        || is_sign(&last)
        || is_currency(&before)
        || is_currency(&behind)
        || UNITS.contains(&behind.as_str())
        || first == "%"
        || first == "°"
}

/// The letters or signs before `at`, past one space; a few at most.
fn word_before(view: &View, at: usize) -> String {
    let skip = usize::from(view.char_before(at) == ' ');
    let end = at - skip.min(at);
    let mut word: Vec<char> = Vec::new();
    while word.len() < 5 && end > word.len() {
        let c = view.char(end - word.len() - 1);
        if c.is_whitespace() || c.is_ascii_digit() {
            break;
        }
        word.push(c);
    }
    word.iter().rev().flat_map(|c| c.to_lowercase()).collect()
}

/// The letters or signs behind `at`, past one space; a few at most.
fn word_behind(view: &View, at: usize) -> String {
    let start = at + usize::from(view.char(at) == ' ');
    let is_end = |c: &char| c.is_whitespace() || c.is_ascii_digit() || matches!(c, '.' | ',' | ';' | ')');
    let word = view.slice(start, (start + 5).min(view.chars.len())).iter().take_while(|c| !is_end(c));
    word.flat_map(|c| c.to_lowercase()).collect()
}

/// `14 May 2026 09:41`: the run ends in a time, and its first number is no code.
fn is_followed_by_time(view: &View, start: usize, end: usize) -> bool {
    let run = view.slice(start, end);
    let mut parts = run.split(|c| *c == ' ').rev();
    let is_time = |part: &[char]| matches!(part, [h, ':', a, b, ..] | [_, h, ':', a, b, ..] if h.is_ascii_digit() && a.is_ascii_digit() && b.is_ascii_digit());
    let last = parts.next().is_some_and(is_time);
    last && parts.next().is_some_and(|year| year.len() == 4)
}

/// `**** 1234`, `xxxx1234`, `••1234`, `…1234`.
fn is_masked_account(view: &View, at: usize) -> bool {
    let mut before = at;
    while before > 0 && matches!(view.char(before - 1), ' ' | '-') && at - before < 2 {
        before -= 1;
    }
    let is_dot = |c: char| matches!(c, '*' | '•' | '●' | '·' | '…' | 'x' | 'X' | '∗' | '✱' | '＊');
    let dots = (0..before).rev().take(8).take_while(|place| is_dot(view.char(*place))).count();
    let is_sign = view.char_before(before) == '…' || view.char_before(before) == '•';
    // Two stars may be the mark-up of bold text, if two follow.
    let is_bold = view.char_before(before) == '*' && before == at && {
        let digits = view.slice(at, view.chars.len().min(at + 12)).iter().take_while(|c| c.is_ascii_digit()).count();
        view.char(at + digits) == '*'
    };
    !is_bold && (dots >= 2 || is_sign)
}
