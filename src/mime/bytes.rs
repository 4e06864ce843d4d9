//! Small readings of octets that cannot go out of bounds.

/// `raw[start..end]`, cut to what there is.
pub(super) fn slice(raw: &[u8], start: usize, end: usize) -> &[u8] {
    let end = end.min(raw.len());
    raw.get(start.min(end)..end).unwrap_or_default()
}

/// An offset of the model as an index.
pub(super) fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// The body of a part with these offsets.
pub(super) fn range(raw: &[u8], start: u64, end: u64) -> &[u8] {
    slice(raw, index(start), index(end))
}

/// From `start` to behind the next LF, or to the end.
pub(super) fn line_at(raw: &[u8], start: usize) -> &[u8] {
    let rest = slice(raw, start, raw.len());
    memchr::memchr(b'\n', rest).and_then(|lf| rest.get(..=lf)).unwrap_or(rest)
}

/// Without the line break at its end, which may be LF alone.
pub(super) fn without_line_break(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r\n").or_else(|| line.strip_suffix(b"\n")).unwrap_or(line)
}

/// Space or tab.
pub(super) const fn is_wsp(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Space, tab, CR or LF: what folding is made of.
pub(super) const fn is_fws(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Without white space at its ends.
pub(super) fn trim(mut text: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = text
        && is_fws(*first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && is_fws(*last)
    {
        text = rest;
    }
    text
}

/// Without spaces and tabs at its end.
pub(super) fn trim_end_wsp(mut text: &[u8]) -> &[u8] {
    while let [rest @ .., last] = text
        && is_wsp(*last)
    {
        text = rest;
    }
    text
}

/// A character of a token. Spec: RFC 2045 §5.1.
pub(super) const fn is_token(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !matches!(
            byte,
            b'(' | b')' | b'<' | b'>' | b'@' | b',' | b';' | b':' | b'\\' | b'"' | b'/' | b'[' | b']' | b'?' | b'='
        )
}

/// The value of a hexadecimal digit.
pub(super) const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// Reads a quoted string whose opening quote has been passed: (content without escapes, what follows the closing quote).
///
/// Without a closing quote it goes to the end.
pub(super) fn quoted(text: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut content = Vec::new();
    let mut rest = text;
    loop {
        let Some(at) = memchr::memchr2(b'"', b'\\', rest) else {
            content.extend_from_slice(rest);
            return (content, &[]);
        };
        content.extend_from_slice(slice(rest, 0, at));
        match slice(rest, at, rest.len()) {
            [b'"', after @ ..] => return (content, after),
            [_, escaped, after @ ..] => {
                content.push(*escaped);
                rest = after;
            }
            _ => return (content, &[]),
        }
    }
}

/// Reads a comment whose opening parenthesis has been passed: (content, what follows the closing one).
///
/// Inner comments stay in the content with their parentheses. Spec: RFC 5322 §3.2.2.
pub(super) fn comment(text: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut content = Vec::new();
    let mut depth = 0_usize;
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        rest = after;
        match byte {
            b')' if depth == 0 => return (content, rest),
            b')' => depth -= 1,
            b'(' => depth += 1,
            b'\\' => {
                if let [escaped, after @ ..] = rest {
                    content.push(*escaped);
                    rest = after;
                }
                continue;
            }
            _ => {}
        }
        content.push(*byte);
    }
    (content, rest)
}
