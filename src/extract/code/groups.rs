//! Codes that are shown in groups.

use super::candidate::{Candidate, Shape, Token};
use super::random;
use crate::extract::view::View;

/// Characters of a code, what stands between its groups not counted.
const CODE_CHARS: std::ops::RangeInclusive<usize> = 4..=16;
/// Digits of a code.
const CODE_DIGITS: std::ops::RangeInclusive<usize> = 4..=10;

/// Groups that are looked at together: more than any code has.
const MAX_GROUPS: usize = 24;

/// The code in groups that begins at the first of `tokens`, and how many tokens it takes.
///
/// `Some((None, n))` for groups of which no code can be made. `None` if the first token stands alone.
pub(super) fn grouped(view: &View, tokens: &[Token]) -> Option<(Option<Candidate>, usize)> {
    // A longer run is no code; looking at all of it again from each token would not be linear.
    let tokens = tokens.get(..tokens.len().min(MAX_GROUPS))?;
    for separator in ['-', ' '] {
        let run = run(view, tokens, separator);
        let taken = tokens.get(..run).filter(|taken| taken.len() > 1);
        let Some(taken) = taken else { continue };
        if separator == '-' {
            return Some((hyphened(view, taken), run));
        }
        if let Some((candidate, count)) = spaced(view, taken) {
            return Some((Some(candidate), count));
        }
    }
    None
}

/// How many of `tokens` follow each other with one `separator` between them.
fn run(view: &View, tokens: &[Token], separator: char) -> usize {
    let joined = |pair: &[Token]| match pair {
        [a, b] => match separator {
            '-' => b.start == a.end + 1 && view.char(a.end) == '-',
            _ => {
                let between = view.slice(a.end, b.start);
                between == [' '] || matches!(between, [' ', '-' | '|' | '·' | '•', ' '] | ['·' | '•' | '|'])
            }
        },
        _ => false,
    };
    1 + tokens.windows(2).take_while(|pair| joined(pair)).count()
}

fn hyphened(view: &View, tokens: &[Token]) -> Option<Candidate> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    let outside = [view.char_before(first.start), view.char(last.end)];
    if outside.iter().any(|c| matches!(c, '-' | '/' | '.') && *c == '-') {
        return None;
    }
    let sum = |of: fn(&Token) -> usize| tokens.iter().map(of).sum::<usize>();
    let (chars, digits, lowers) = (sum(Token::len), sum(|token| token.digits), sum(|token| token.lowers));
    let uppers = chars - digits - lowers;
    let even = tokens.iter().all(|token| token.len() == first.len());
    let shape = if digits == chars {
        let is_code = CODE_DIGITS.contains(&chars) && is_even_enough(tokens);
        is_code.then_some(Shape::Digits { count: chars, groups: tokens.len() })?
    } else if let [prefix, number] = tokens
        && prefix.uppers == prefix.len()
        && prefix.len() <= 2
        && number.digits == number.len()
        && (4..=8).contains(&number.len())
    {
        Shape::Prefixed
    } else if digits > 0 {
        let sizes = tokens.iter().all(|token| (2..=6).contains(&token.len()));
        let is_code = sizes && CODE_CHARS.contains(&chars) && (lowers == 0 || uppers == 0) && tokens.len() <= 4;
        let near = tokens.iter().all(|token| token.len().abs_diff(first.len()) <= 1);
        let is_word = |token: &Token| {
            token.digits == 0 && token.len() > 3 && !random::is_random(view.slice(token.start, token.end))
        };
        let is_named = tokens.iter().any(is_word) && tokens.iter().any(|token| token.digits == token.len());
        (is_code && near && !is_named).then_some(Shape::Mixed { groups: tokens.len(), has_lower: lowers > 0 })?
    } else if lowers == 0 || (uppers == 0 && even && is_lot(view, tokens)) {
        let sizes = tokens.iter().all(|token| (3..=5).contains(&token.len()));
        (sizes && even && tokens.len() <= 4 && is_lot(view, tokens)).then_some(Shape::LetterGroups)?
    } else {
        let sizes = tokens.iter().all(|token| (3..=10).contains(&token.len()));
        let is_code = uppers == 0 && sizes && (2..=5).contains(&tokens.len());
        is_code.then_some(Shape::Words { count: tokens.len() })?
    };
    let shown: String = view.slice(first.start, last.end).iter().collect();
    let value = match shape {
        Shape::Digits { .. } => shown.replace('-', ""),
        Shape::Prefixed => view.slice(last.start, last.end).iter().collect(),
        _ => shown,
    };
    Some(Candidate { start: first.start, end: last.end, value, shape })
}

/// Whether at least one of the groups is no word.
fn is_lot(view: &View, tokens: &[Token]) -> bool {
    tokens.iter().any(|token| random::is_random(view.slice(token.start, token.end)))
}

/// `3+3`, `4+4`, `2+2+2`, `3+2+3`, single digits: not `3+7`.
fn is_even_enough(tokens: &[Token]) -> bool {
    let sizes: Vec<usize> = tokens.iter().map(Token::len).collect();
    let all_same = sizes.windows(2).all(|pair| matches!(pair, [a, b] if a == b));
    all_same || matches!(sizes.as_slice(), [3, 4] | [4, 3] | [3, 2, 3] | [2, 3, 2] | [3, 3, 4])
}

/// Groups with spaces between them: the longest beginning of the run that is a code and all of its digits.
fn spaced(view: &View, tokens: &[Token]) -> Option<(Candidate, usize)> {
    let first = tokens.first()?;
    let numbers = tokens.iter().take_while(|token| token.digits == token.len()).count();
    let made = |count: usize, shape: Shape| {
        let taken = tokens.get(..count)?;
        let last = taken.last()?;
        let value = taken.iter().flat_map(|token| view.slice(token.start, token.end)).collect();
        Some((Candidate { start: first.start, end: last.end, value, shape }, count))
    };
    let singles = tokens.iter().take_while(|token| token.len() == 1 && token.lowers == 0).count();
    if (4..=10).contains(&singles) {
        let digits = tokens.iter().take(singles).filter(|token| token.digits == 1).count();
        let shape = match digits {
            0 => Shape::LetterGroups,
            digits if digits == singles => Shape::Digits { count: singles, groups: singles },
            _ => Shape::Mixed { groups: singles, has_lower: false },
        };
        return made(singles, shape);
    }
    if numbers >= 2 {
        let taken = tokens.get(..numbers)?;
        let digits: usize = taken.iter().map(Token::len).sum();
        if CODE_DIGITS.contains(&digits) && is_even_enough(taken) && first.len() > 1 {
            return made(numbers, Shape::Digits { count: digits, groups: numbers });
        }
        return None;
    }
    // `XS84 H924`: capital groups of one size, at least one with a digit.
    let capital = |token: &&Token| token.lowers == 0 && token.len() == first.len() && (3..=4).contains(&token.len());
    let groups = tokens.iter().take_while(capital).count();
    let digits: usize = tokens.iter().take(groups).map(|token| token.digits).sum();
    let each = tokens
        .iter()
        .take(groups)
        .all(|token| token.digits > 0 || random::is_random(view.slice(token.start, token.end)));
    if (2..=4).contains(&groups) && digits > 0 && each {
        return made(groups, Shape::Mixed { groups, has_lower: false });
    }
    None
}
