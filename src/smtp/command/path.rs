//! The paths of MAIL and RCPT.

use crate::model::address::{Address, AddressError};

/// A reverse-path or a forward-path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Path {
    /// `<>`
    Null,
    /// `<postmaster>`, in any case.
    Postmaster,
    /// An address.
    Address(Address),
}

impl Path {
    pub(crate) fn is_ascii(&self) -> bool {
        match self {
            Self::Null | Self::Postmaster => true,
            Self::Address(address) => address.local().is_ascii() && address.domain().is_ascii(),
        }
    }
}

/// A path as it stands in its command, and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found<'a> {
    pub(crate) path: Path,
    /// The angle brackets are missing, or there are spaces where none may be.
    pub(crate) sloppy: bool,
    /// The parameters.
    pub(crate) rest: &'a str,
}

/// Reads the path at the start of `text`, which is what follows `FROM:` or `TO:`.
///
/// ```text
/// Path    = "<" [ A-d-l ":" ] Mailbox ">"
/// A-d-l   = At-domain *( "," At-domain )
/// ```
/// Taken besides: spaces before the path and inside the brackets, and a path without brackets.
/// A source route is read over, as RFC 5321 §4.1.1.3 asks.
/// Spec: RFC 5321 §4.1.2.
pub(crate) fn find(text: &str) -> Result<Found<'_>, AddressError> {
    let unspaced = text.trim_start_matches(' ');
    let (inner, rest, bracketed) = match unspaced.strip_prefix('<') {
        Some(inside) => {
            let (inner, rest) = split_outside_quotes(inside, '>').ok_or(AddressError::Shape)?;
            (inner, rest, true)
        }
        None => {
            let (inner, rest) = split_outside_quotes(unspaced, ' ').unwrap_or((unspaced, ""));
            (inner, rest, false)
        }
    };
    if bracketed && !rest.is_empty() && !rest.starts_with(' ') {
        return Err(AddressError::Shape);
    }
    let mailbox = inner.trim_matches(' ');
    let sloppy = !bracketed || unspaced.len() != text.len() || mailbox.len() != inner.len();
    let path = match without_route(mailbox) {
        "" if bracketed => Path::Null,
        word if word.eq_ignore_ascii_case("postmaster") => Path::Postmaster,
        mailbox => Path::Address(Address::parse(mailbox)?),
    };
    Ok(Found { path, sloppy, rest })
}

/// Splits `text` around the first `end` that stands in no quoted string.
fn split_outside_quotes(text: &str, end: char) -> Option<(&str, &str)> {
    let mut quoted = false;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' if quoted => {
                chars.next();
            }
            '"' => quoted = !quoted,
            c if c == end && !quoted => return Some((text.get(..at)?, text.get(at + c.len_utf8()..)?)),
            _ => {}
        }
    }
    None
}

fn without_route(mailbox: &str) -> &str {
    if !mailbox.starts_with('@') {
        return mailbox;
    }
    // Colons of an IPv6 literal are no end of the route.
    let mut literal = false;
    let end = mailbox.find(|c| {
        literal = (literal || c == '[') && c != ']';
        c == ':' && !literal
    });
    end.and_then(|at| mailbox.get(at + 1..)).unwrap_or(mailbox)
}
