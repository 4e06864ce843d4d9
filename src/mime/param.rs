//! Values with parameters: Content-Type and Content-Disposition. Spec: RFC 2045 §5.1, RFC 2183 §2, RFC 2231.

use super::{bytes, charset, encoded_word, limits, text};

/// A value and its parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Value {
    /// What stands before the first semicolon, lower case, comments removed.
    pub(super) head: String,
    /// The parameters in order of their first appearance, the pieces of each joined.
    pub(super) params: Vec<Param>,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Param {
    /// Lower case, without the marks of RFC 2231.
    pub(super) name: String,
    /// Whether the value is `charset'language'%41…`.
    pub(super) extended: bool,
    /// One line; not decoded.
    pub(super) value: Vec<u8>,
}

impl Value {
    /// The parameter as decoded text; the extended form is preferred. Spec: RFC 2231 §4.
    ///
    /// Encoded words, which may not stand there but do, are decoded too.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let of_name = || self.params.iter().filter(|param| param.name == name);
        let found = of_name().find(|param| param.extended).or_else(|| of_name().next())?;
        Some(text::single_line(if found.extended {
            extended_text(&found.value)
        } else {
            encoded_word::decode(&found.value)
        }))
    }

    /// The parameter as it is written, if it is not extended.
    pub(super) fn raw(&self, name: &str) -> Option<&[u8]> {
        self.params.iter().find(|param| param.name == name && !param.extended).map(|param| param.value.as_slice())
    }
}

/// Reads a value with parameters.
///
/// ```abnf
/// value     = head *(";" attribute "=" (token / quoted-string))
/// attribute = name ["*" 1*DIGIT] ["*"]
/// ```
/// Values without quotes may hold spaces and go to the next semicolon, since senders write file names so.
pub(super) fn parse(raw_value: &[u8]) -> Value {
    let line = text::unfold(raw_value);
    let (head, mut rest) = upto_semicolon(&line);
    let mut pieces: Vec<Piece> = Vec::new();
    while !rest.is_empty() && pieces.len() < limits::MAX_PARAMS {
        let (piece, after) = piece(rest);
        pieces.extend(piece);
        rest = after;
    }
    Value { head: lower(&without_comments(head)), params: join(pieces) }
}

/// One `attribute=value` as written.
struct Piece {
    name: String,
    /// Its place, when the value is cut in pieces.
    number: Option<u32>,
    extended: bool,
    value: Vec<u8>,
}

fn piece(rest: &[u8]) -> (Option<Piece>, &[u8]) {
    let Some(equals) = memchr::memchr2(b'=', b';', rest) else { return (None, &[]) };
    let behind = bytes::slice(rest, equals + 1, rest.len());
    if rest.get(equals) == Some(&b';') {
        return (None, behind);
    }
    let (value, after) = match bytes::trim(behind) {
        [b'"', inner @ ..] => {
            let (value, after) = bytes::quoted(inner);
            (value, upto_semicolon(after).1)
        }
        unquoted => {
            let (value, after) = match memchr::memchr(b';', unquoted) {
                Some(at) => (bytes::slice(unquoted, 0, at), bytes::slice(unquoted, at + 1, unquoted.len())),
                None => (unquoted, [].as_slice()),
            };
            (without_last_comment(bytes::trim(value)).to_vec(), after)
        }
    };
    let attribute = lower(&without_comments(bytes::slice(rest, 0, equals)));
    let (attribute, extended) = match attribute.strip_suffix('*') {
        Some(attribute) => (attribute, true),
        None => (attribute.as_str(), false),
    };
    let (name, number) = match attribute.rsplit_once('*').map(|(name, number)| (name, number.parse())) {
        Some((name, Ok(number))) => (name, Some(number)),
        _ => (attribute, None),
    };
    let is_name = !name.is_empty() && name.bytes().all(bytes::is_token);
    (is_name.then(|| Piece { name: name.to_owned(), number, extended, value }), after)
}

/// Joins the numbered pieces of each parameter. Spec: RFC 2231 §3, §4.1.
fn join(mut pieces: Vec<Piece>) -> Vec<Param> {
    if pieces.iter().all(|piece| piece.number.is_none()) {
        let param = |piece: Piece| Param { name: piece.name, extended: piece.extended, value: piece.value };
        return pieces.into_iter().map(param).collect();
    }
    // At most MAX_PARAMS pieces, so that the search below is short.
    let mut params: Vec<(Param, bool)> = Vec::new();
    pieces.sort_by_key(|piece| piece.number);
    for piece in pieces {
        let is_piece = piece.number.is_some();
        let known = params.iter_mut().find(|(param, in_pieces)| is_piece && *in_pieces && param.name == piece.name);
        match known {
            Some((param, _)) if param.extended && !piece.extended => percent_encode(&piece.value, &mut param.value),
            Some((param, _)) => param.value.extend_from_slice(&piece.value),
            None => params.push((Param { name: piece.name, extended: piece.extended, value: piece.value }, is_piece)),
        }
    }
    params.into_iter().map(|(param, _)| param).collect()
}

/// ```abnf
/// extended-value = [charset] "'" [language] "'" *(ext-octet / attribute-char)
/// ```
fn extended_text(value: &[u8]) -> String {
    let mut pieces = value.splitn(3, |&byte| byte == b'\'');
    let (label, encoded) = match (pieces.next(), pieces.next(), pieces.next()) {
        (Some(label), Some(_), Some(encoded)) => (label, encoded),
        _ => (b"utf-8".as_slice(), value),
    };
    let mut octets = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let [byte, after @ ..] = rest {
        rest = after;
        if let (b'%', [high, low, behind @ ..]) = (byte, after)
            && let (Some(high), Some(low)) = (bytes::hex(*high), bytes::hex(*low))
        {
            octets.push(high << 4 | low);
            rest = behind;
        } else {
            octets.push(*byte);
        }
    }
    charset::decode(label, &octets)
}

fn percent_encode(value: &[u8], out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
    for &byte in value {
        if bytes::is_token(byte) && !matches!(byte, b'*' | b'\'' | b'%') {
            out.push(byte);
        } else {
            out.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

/// What stands before the next semicolon outside of comments, and what follows it.
fn upto_semicolon(text: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b';', b'(', bytes::slice(text, at, text.len())) {
        at += found;
        if text.get(at) == Some(&b';') {
            return (bytes::slice(text, 0, at), bytes::slice(text, at + 1, text.len()));
        }
        at = text.len() - bytes::comment(bytes::slice(text, at + 1, text.len())).1.len();
    }
    (text, &[])
}

fn without_comments(text: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'(', rest) {
        kept.extend_from_slice(bytes::slice(rest, 0, at));
        rest = bytes::comment(bytes::slice(rest, at + 1, rest.len())).1;
    }
    kept.extend_from_slice(rest);
    kept.retain(|&byte| !bytes::is_fws(byte));
    kept
}

/// `us-ascii (plain text)` without its comment; `report (1).pdf` as it is.
fn without_last_comment(value: &[u8]) -> &[u8] {
    let Some(open) = memchr::memmem::find(value, b" (").filter(|_| value.ends_with(b")")) else { return value };
    bytes::trim(bytes::slice(value, 0, open))
}

fn lower(text: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(text).into_owned();
    text.make_ascii_lowercase();
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_and_joined() {
        for (value, head, name, text) in [
            ("text/plain; charset=UTF-8", "text/plain", "charset", Some("UTF-8")),
            ("Text/Plain (really); CHARSET=us-ascii (plain text)", "text/plain", "charset", Some("us-ascii")),
            ("text/plain;charset=\"a;b\";x=y", "text/plain", "x", Some("y")),
            ("a/b; name=\"say \\\"hi\\\"\"", "a/b", "name", Some("say \"hi\"")),
            ("a/b; name=report (1).pdf", "a/b", "name", Some("report (1).pdf")),
            ("a/b; name=\"open", "a/b", "name", Some("open")),
            ("a/b; name=\"=?utf-8?q?=C3=A9?=\"", "a/b", "name", Some("é")),
            ("attachment; filename*=utf-8'en'%C3%A9.txt; filename=e.txt", "attachment", "filename", Some("é.txt")),
            ("attachment; filename=e.txt; filename*=utf-8''%C3%A9.txt", "attachment", "filename", Some("é.txt")),
            ("x; filename*0=one; filename*1=two", "x", "filename", Some("onetwo")),
            ("x; filename*1*=%C3%A9; filename*0*=utf-8''a%20", "x", "filename", Some("a é")),
            ("x; filename*0*=utf-8''%C3; filename*1*=%A9; filename*2=\" %41\"", "x", "filename", Some("é %41")),
            ("x; filename*10=c; filename*2=b; filename*0=a", "x", "filename", Some("abc")),
            ("x; filename*=broken%C3%A9", "x", "filename", Some("brokené")),
            ("x; name=\"a\r\n b\"", "x", "name", Some("a b")),
            ("x; =nothing; ; name=a", "x", "name", Some("a")),
            ("x; filename*=utf-8''a%0D%0AX-Evil:%201", "x", "filename", Some("a X-Evil: 1")),
            ("", "", "name", None),
        ] {
            let parsed = parse(value.as_bytes());
            assert_eq!((parsed.head.as_str(), parsed.get(name).as_deref()), (head, text), "{value}");
        }
    }

    #[test]
    fn parameters_beyond_the_limit_are_left() {
        let many: String = (0..100_000).map(|n| format!("; a*{n}=x")).collect();
        assert_eq!(parse(format!("x/y{many}").as_bytes()).get("a"), Some("x".repeat(limits::MAX_PARAMS)));
    }
}
