//! Mail addresses as the envelope and the routes know them.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// Longest local part that is taken, in octets. Senders are tested here, so it is more than RFC 5321 §4.5.3.1.1 asks.
const MAX_LOCAL_BYTES: usize = 256;
/// Longest domain that is taken, in octets. Spec: RFC 5321 §4.5.3.1.2.
const MAX_DOMAIN_BYTES: usize = 255;

/// A local part and a domain, both as written, quoting removed. UTF-8 is allowed in both (RFC 6531 §3.3).
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Address {
    local: String,
    domain: String,
}

/// Why a text is not an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// There is no `@` outside of quotes, or nothing on one side of it.
    #[error("an address has the form local@domain")]
    Shape,
    /// A control character, or a quoted string that is not closed.
    #[error("the local part holds a character that may not stand there")]
    Local,
    /// Not a host name and not an address literal such as [192.0.2.1].
    #[error("the part after the @ is neither a domain nor an address literal")]
    Domain,
    /// One side is longer than is taken.
    #[error("the address is too long: at most {MAX_LOCAL_BYTES} octets before and {MAX_DOMAIN_BYTES} after the @")]
    TooLong,
}

impl Address {
    /// The address of an unquoted local part and a domain.
    ///
    /// # Errors
    /// [`AddressError`] says which side may not be so.
    pub fn new(local: impl Into<String>, domain: impl Into<String>) -> Result<Self, AddressError> {
        let (local, domain) = (local.into(), domain.into());
        if local.is_empty() || domain.is_empty() {
            return Err(AddressError::Shape);
        }
        if local.len() > MAX_LOCAL_BYTES || domain.len() > MAX_DOMAIN_BYTES {
            return Err(AddressError::TooLong);
        }
        if local.chars().any(char::is_control) {
            return Err(AddressError::Local);
        }
        if !is_domain(&domain) {
            return Err(AddressError::Domain);
        }
        Ok(Self { local, domain })
    }

    /// Reads `local@domain`; the local part may be a quoted string (RFC 5321 §4.1.2).
    ///
    /// # Errors
    /// [`AddressError`] says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        if let Some(quoted) = text.strip_prefix('"') {
            let (local, rest) = unquote(quoted).ok_or(AddressError::Local)?;
            return Self::new(local, rest.strip_prefix('@').ok_or(AddressError::Shape)?);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(AddressError::Shape)?;
        if local.contains(|c: char| c.is_whitespace() || "\"(),:;<>@[\\]".contains(c)) {
            return Err(AddressError::Local);
        }
        Self::new(local, domain)
    }

    /// What stands before the `@`, without quoting.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.local
    }

    /// What stands after the `@`, as written.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// What two addresses of one inbox have in common: lower case, NFC, the domain in its ASCII form.
    ///
    /// RFC 5321 §2.4 leaves the case of a local part to the host: here it never matters.
    #[must_use]
    pub fn key(&self) -> String {
        let mut key: String = if self.local.is_ascii() {
            self.local.to_ascii_lowercase()
        } else {
            self.local.nfc().flat_map(char::to_lowercase).collect()
        };
        key.push('@');
        key.push_str(&domain_key(&self.domain));
        key
    }

    /// The address without its `+detail`, or `None` when there is none.
    #[must_use]
    pub fn without_detail(&self) -> Option<Self> {
        let (base, _) = self.local.split_once('+')?;
        Self::new(base, self.domain.clone()).ok()
    }
}

/// As RFC 5321 §4.1.2 writes it: the local part is quoted where it must be.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_atext = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || !c.is_ascii();
        let is_dot_string = self.local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atext));
        if is_dot_string {
            return write!(f, "{}@{}", self.local, self.domain);
        }
        f.write_str("\"")?;
        for c in self.local.chars() {
            if c == '"' || c == '\\' {
                f.write_str("\\")?;
            }
            write!(f, "{c}")?;
        }
        write!(f, "\"@{}", self.domain)
    }
}

/// Whom a transaction's failures go to: an address, or nobody (`<>`). Spec: RFC 5321 §4.5.5.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum ReversePath {
    /// `<>`: a bounce or another message that must not be bounced.
    Null,
    /// The sender.
    Address(Address),
}

/// Empty for the null path.
impl fmt::Display for ReversePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Address(address) => address.fmt(f),
        }
    }
}

/// Whom a transaction is for. `<postmaster>` without a domain is given the server's own (RFC 5321 §4.1.1.3).
pub type ForwardPath = Address;

/// The form of a domain that is compared: ASCII (RFC 5890 §2.3.2.1), lower case, no trailing dot.
#[must_use]
pub fn domain_key(domain: &str) -> String {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    if domain.is_ascii() {
        return domain.to_ascii_lowercase();
    }
    idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_lowercase())
}

fn is_domain(domain: &str) -> bool {
    if let Some(literal) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return !literal.is_empty() && literal.bytes().all(|b| b.is_ascii_graphic() && !b"[]\\".contains(&b));
    }
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    // Underscores are no host name (RFC 1123 §2.1), but test set-ups use them.
    let is_letter =
        |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || (!c.is_ascii() && c.is_alphanumeric());
    let is_mark = |c: char| !c.is_ascii() && !c.is_control() && !c.is_whitespace();
    domain.split('.').all(|label| !label.is_empty() && label.chars().all(|c| is_letter(c) || is_mark(c)))
}

/// Splits `text` after the closing quote: (content, rest).
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut content = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((content, text.get(at + 1..)?)),
            '\\' => content.push(chars.next()?.1),
            c => content.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_value_are_inverses() {
        for text in [
            "a@b.test",
            "\"a b\"@b.test",
            "\"a\\\"b\"@b.test",
            "jörg@bücher.test",
            "a@[127.0.0.1]",
            "a+b@c",
            "\"a..b\"@c",
        ] {
            assert_eq!(Address::parse(text).map(|a| a.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "a", "@b", "a@", "a b@c", "a@b c", "\"a@b", "a@b\r\nX: y", "a\0@b", "a@b..c", "a@[]", "<a@b>"]
        {
            assert!(Address::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(Address::parse(&format!("{}@b", "a".repeat(257))), Err(AddressError::TooLong));
    }

    #[test]
    fn one_inbox_has_one_key() {
        let key = |text| Address::parse(text).map(|a| a.key()).unwrap();
        assert_eq!(key("Anna@Example.COM"), key("anna@example.com."));
        assert_eq!(key("a@bücher.test"), key("a@xn--bcher-kva.test"));
        assert_ne!(key("a@b"), key("a+x@b"));
        assert_eq!(Address::parse("a+x+y@b").unwrap().without_detail(), Address::parse("a@b").ok());
    }
}
