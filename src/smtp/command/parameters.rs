//! The parameters of MAIL and RCPT.

use crate::model::envelope::{BodyKind, MailParameters};
use crate::smtp::reply::{self, Reply};

/// Longest `ENVID`. Spec: RFC 3461 §4.4.
const MAX_ENVID_BYTES: usize = 100;
/// Longest `ORCPT`. Spec: RFC 3461 §4.2.
const MAX_ORCPT_BYTES: usize = 500;

/// The parameters of RCPT.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RcptParameters {
    pub(crate) notify: Option<String>,
    pub(crate) original: Option<String>,
}

/// Reads what follows the reverse-path. `tls` says whether REQUIRETLS is on offer.
///
/// ```text
/// parameters = *( SP keyword [ "=" value ] )
/// keyword    = ( ALPHA / DIGIT ) *( ALPHA / DIGIT / "-" )
/// value      = 1*( %d33-60 / %d62-126 )     ; and UTF-8
/// ```
/// Spec: RFC 5321 §4.1.2, RFC 6531 §3.3.
pub(crate) fn mail_parameters(text: &str, tls: bool) -> Result<MailParameters, Reply> {
    let mut found = MailParameters::default();
    for parameter in parameters(text)? {
        match (parameter.keyword.as_str(), parameter.value) {
            ("SIZE", Some(size)) => found.declared_size = Some(decimal(size).ok_or_else(|| parameter.wrong())?),
            ("BODY", Some(body)) => {
                found.body = match body.to_ascii_uppercase().as_str() {
                    "7BIT" => BodyKind::SevenBit,
                    "8BITMIME" => BodyKind::EightBitMime,
                    "BINARYMIME" => BodyKind::BinaryMime,
                    _ => return Err(parameter.wrong()),
                };
            }
            ("SMTPUTF8", None) => found.smtputf8 = true,
            ("RET", Some(ret)) => {
                let ret = ret.to_ascii_uppercase();
                if ret != "FULL" && ret != "HDRS" {
                    return Err(parameter.wrong());
                }
                found.ret = Some(ret);
            }
            ("ENVID", Some(envid)) if envid.len() <= MAX_ENVID_BYTES => {
                found.envid = Some(xtext(envid).ok_or_else(|| parameter.wrong())?);
            }
            ("AUTH", Some(sender)) => found.auth = Some(xtext(sender).ok_or_else(|| parameter.wrong())?),
            // RFC 8689 §4.1: it is on offer only where the session has TLS.
            ("REQUIRETLS", None) if tls => found.requiretls = true,
            ("SIZE" | "BODY" | "SMTPUTF8" | "RET" | "ENVID" | "AUTH", _) => return Err(parameter.wrong()),
            _ => return Err(parameter.unknown()),
        }
    }
    Ok(found)
}

/// Reads what follows the forward-path.
///
/// ```text
/// notify = "NOTIFY=" ( "NEVER" / notify-item *( "," notify-item ) )
/// orcpt  = "ORCPT=" addr-type ";" xtext
/// ```
/// Spec: RFC 3461 §4.1, §4.2.
pub(crate) fn rcpt_parameters(text: &str) -> Result<RcptParameters, Reply> {
    let mut found = RcptParameters::default();
    for parameter in parameters(text)? {
        match (parameter.keyword.as_str(), parameter.value) {
            ("NOTIFY", Some(notify)) => {
                let notify = notify.to_ascii_uppercase();
                let is_list = notify.split(',').all(|item| matches!(item, "SUCCESS" | "FAILURE" | "DELAY"));
                if notify != "NEVER" && !is_list {
                    return Err(parameter.wrong());
                }
                found.notify = Some(notify);
            }
            ("ORCPT", Some(original)) if original.len() <= MAX_ORCPT_BYTES => {
                let typed =
                    xtext(original).filter(|text| text.split_once(';').is_some_and(|(kind, _)| !kind.is_empty()));
                found.original = Some(typed.ok_or_else(|| parameter.wrong())?);
            }
            ("NOTIFY" | "ORCPT", _) => return Err(parameter.wrong()),
            _ => return Err(parameter.unknown()),
        }
    }
    Ok(found)
}

struct Parameter<'a> {
    /// Upper case.
    keyword: String,
    value: Option<&'a str>,
}

impl Parameter<'_> {
    fn wrong(&self) -> Reply {
        reply::BAD_PARAMETER.saying(format!("the parameter {} has a wrong value", self.keyword))
    }

    fn unknown(&self) -> Reply {
        reply::UNKNOWN_PARAMETER.saying(format!("the parameter {} is not known here", self.keyword))
    }
}

/// The parameters in their order. None may stand twice (RFC 3461 §4.1 and others say so, each for their own), but one
/// that is only repeated does no harm: Python's smtplib doubles what its caller has asked for already.
fn parameters(text: &str) -> Result<Vec<Parameter<'_>>, Reply> {
    let mut found: Vec<Parameter<'_>> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let (keyword, value) = match word.split_once('=') {
            Some((keyword, value)) => (keyword, Some(value)),
            None => (word, None),
        };
        let is_keyword = keyword.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !keyword.starts_with('-');
        if keyword.is_empty() || !is_keyword || value.is_some_and(|value| value.is_empty() || value.contains('=')) {
            return Err(reply::BAD_PARAMETER.saying("a parameter has the form KEYWORD or KEYWORD=value"));
        }
        let parameter = Parameter { keyword: keyword.to_ascii_uppercase(), value };
        match found.iter().find(|known| known.keyword == parameter.keyword) {
            Some(known) if known.value == parameter.value => continue,
            Some(_) => {
                let text = format!("the parameter {} stands twice, with different values", parameter.keyword);
                return Err(reply::BAD_PARAMETER.saying(text));
            }
            None => {}
        }
        found.push(parameter);
    }
    Ok(found)
}

/// A number of digits only; one that is too large for any message stays too large.
pub(crate) fn decimal(digits: &str) -> Option<u64> {
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse().unwrap_or(u64::MAX))
}

/// Undoes xtext. `None` where it is none, or hides a control character.
///
/// ```text
/// xtext   = *( xchar / hexchar )
/// hexchar = "+" 2( %x30-39 / %x41-46 )
/// ```
/// Spec: RFC 3461 §4.
pub(crate) fn xtext(text: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        if octet == b'+' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            octets.push(u8::try_from(digit()? * 16 + digit()?).ok()?);
        } else {
            octets.push(octet);
        }
    }
    String::from_utf8(octets).ok().filter(|text| !text.contains(char::is_control))
}
