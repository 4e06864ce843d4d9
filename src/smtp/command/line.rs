//! One command line: its verb through `smtp-proto`, its arguments by our own reading where that one loses something.
//!
//! What smtp-proto 0.2.5 loses, and who reads it here instead (pinned by tests, so that we notice when it changes):
//! `RCPT TO:<>` and `RCPT TO:<postmaster>` are the same to it, quoting is gone from local parts, paths without
//! brackets fail, parameters may stand twice, xtext is taken for Latin-1 ([`super::path`], [`super::parameters`]);
//! numbers of 21 digits and more wrap, so that a BDAT would go on with wrong octets; two spaces after EHLO fail;
//! arguments of DATA vanish.

use smtp_proto::request::parser::Rfc5321Parser;
use smtp_proto::{
    AUTH_CRAM_MD5, AUTH_LOGIN, AUTH_OAUTHBEARER, AUTH_PLAIN, AUTH_SCRAM_SHA_256, AUTH_XOAUTH2, Error, Request,
};

use super::parameters::{decimal, xtext};
use super::path;
use crate::smtp::reply::{self, Reply};

/// A command that can be understood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command<'a> {
    Greet(Greeting, &'a str),
    Mail(path::Found<'a>),
    Rcpt(path::Found<'a>),
    Data,
    Bdat {
        size: u64,
        last: bool,
    },
    Auth {
        mechanism: Option<Mechanism>,
        initial: Option<&'a str>,
    },
    StartTls,
    Rset,
    Noop,
    Vrfy,
    Expn,
    Help,
    Quit,
    Xclient(Vec<XclientAttribute>),
    /// Another protocol's request line.
    Foreign,
}

/// How a client greets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Greeting {
    Helo,
    Ehlo,
    Lhlo,
}

/// A SASL mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mechanism {
    Plain,
    Login,
    CramMd5,
    ScramSha256,
    Xoauth2,
    OauthBearer,
}

/// One attribute of XCLIENT, decoded; `None` is `[UNAVAILABLE]` or `[TEMPUNAVAIL]`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct XclientAttribute {
    /// Upper case.
    pub(crate) name: String,
    pub(crate) value: Option<String>,
}

impl Mechanism {
    pub(crate) const ALL: [Self; 6] =
        [Self::ScramSha256, Self::CramMd5, Self::Plain, Self::Login, Self::OauthBearer, Self::Xoauth2];

    /// The registered name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::CramMd5 => "CRAM-MD5",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::Xoauth2 => "XOAUTH2",
            Self::OauthBearer => "OAUTHBEARER",
        }
    }

    /// Whether whoever reads along learns the secret.
    pub(crate) const fn shows_secret(self) -> bool {
        !matches!(self, Self::CramMd5 | Self::ScramSha256)
    }

    const fn from_bit(bit: u64) -> Option<Self> {
        match bit {
            AUTH_PLAIN => Some(Self::Plain),
            AUTH_LOGIN => Some(Self::Login),
            AUTH_CRAM_MD5 => Some(Self::CramMd5),
            AUTH_SCRAM_SHA_256 => Some(Self::ScramSha256),
            AUTH_XOAUTH2 => Some(Self::Xoauth2),
            AUTH_OAUTHBEARER => Some(Self::OauthBearer),
            _ => None,
        }
    }
}

/// First words of request lines of HTTP, which browsers can be made to send here.
const FOREIGN_VERBS: [&str; 8] = ["GET", "POST", "PUT", "HEAD", "CONNECT", "OPTIONS", "DELETE", "PATCH"];

impl<'a> Command<'a> {
    /// Reads a line with its LF.
    ///
    /// # Errors
    /// The reply that says what is wrong with it.
    pub(crate) fn parse(line: &'a [u8]) -> Result<Self, Reply> {
        let text = without_end(line);
        if text.contains(&b'\r') {
            return Err(reply::BARE_CR);
        }
        if text.iter().any(u8::is_ascii_control) {
            return Err(reply::CONTROL_CHARACTER);
        }
        let text = std::str::from_utf8(text).map_err(|_| reply::NOT_UTF8)?.trim_matches(' ');
        let (verb, argument) = text.split_once(' ').unwrap_or((text, ""));
        let argument = argument.trim_start_matches(' ');
        let is = |name: &str| verb.eq_ignore_ascii_case(name);
        if is("MAIL") {
            return mail(argument);
        } else if is("RCPT") {
            return rcpt(argument);
        } else if is("BDAT") {
            return bdat(argument);
        } else if is("XCLIENT") {
            return xclient(argument);
        } else if is("AUTH") {
            return auth(argument);
        } else if FOREIGN_VERBS.iter().any(|name| is(name)) {
            return Ok(Self::Foreign);
        }
        match Request::parse(&mut line.iter()) {
            Ok(Request::Helo { .. }) => greet(Greeting::Helo, argument),
            Ok(Request::Ehlo { .. }) => greet(Greeting::Ehlo, argument),
            Ok(Request::Lhlo { .. }) => greet(Greeting::Lhlo, argument),
            Ok(Request::Data) => alone(Self::Data, argument),
            Ok(Request::StartTls) => alone(Self::StartTls, argument),
            Ok(Request::Rset) => Ok(Self::Rset),
            Ok(Request::Noop { .. }) => Ok(Self::Noop),
            Ok(Request::Vrfy { .. }) => Ok(Self::Vrfy),
            Ok(Request::Expn { .. }) => Ok(Self::Expn),
            Ok(Request::Help { .. }) => Ok(Self::Help),
            Ok(Request::Quit) => Ok(Self::Quit),
            Ok(_) => Err(reply::NOT_IMPLEMENTED),
            Err(Error::SyntaxError { .. }) if is("EHLO") => greet(Greeting::Ehlo, argument),
            Err(Error::SyntaxError { .. }) if is("HELO") => greet(Greeting::Helo, argument),
            Err(Error::SyntaxError { .. }) if is("LHLO") => greet(Greeting::Lhlo, argument),
            Err(Error::SyntaxError { syntax }) => Err(reply::SYNTAX.saying(format!("say {syntax}"))),
            Err(_) => Err(reply::UNKNOWN),
        }
    }
}

/// `line` without its LF and the CR before that.
pub(crate) fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// ```text
/// ehlo = "EHLO" SP ( Domain / address-literal )
/// ```
/// Any word is taken, as RFC 5321 §4.1.4 advises: test senders say what they like. What follows it is read over.
fn greet(greeting: Greeting, argument: &str) -> Result<Command<'_>, Reply> {
    let name = argument.split(' ').next().unwrap_or_default();
    if name.is_empty() || name.len() > 255 {
        return Err(reply::SYNTAX.saying("say who you are: a host name or an address literal"));
    }
    if name.contains(char::is_control) {
        return Err(reply::CONTROL_CHARACTER);
    }
    Ok(Command::Greet(greeting, name))
}

fn alone<'a>(command: Command<'a>, argument: &str) -> Result<Command<'a>, Reply> {
    if argument.is_empty() { Ok(command) } else { Err(reply::NO_ARGUMENT) }
}

fn mail(argument: &str) -> Result<Command<'_>, Reply> {
    let text = after_keyword(argument, "FROM").ok_or(reply::BAD_SENDER)?;
    match path::find(text) {
        Ok(found) if found.path == path::Path::Postmaster => Err(reply::BAD_SENDER),
        Ok(found) => Ok(Command::Mail(found)),
        Err(error) => Err(reply::BAD_SENDER.saying(error.to_string())),
    }
}

fn rcpt(argument: &str) -> Result<Command<'_>, Reply> {
    let text = after_keyword(argument, "TO").ok_or(reply::BAD_RECIPIENT)?;
    match path::find(text) {
        Ok(found) if found.path == path::Path::Null => Err(reply::BAD_RECIPIENT),
        Ok(found) => Ok(Command::Rcpt(found)),
        Err(error) => Err(reply::BAD_RECIPIENT.saying(error.to_string())),
    }
}

/// What follows `FROM:`, with or without a space before the colon.
fn after_keyword<'a>(argument: &'a str, keyword: &str) -> Option<&'a str> {
    let (word, rest) = argument.split_once(':')?;
    word.trim_end_matches(' ').eq_ignore_ascii_case(keyword).then_some(rest)
}

/// ```text
/// bdat-cmd = "BDAT" SP 1*DIGIT [ SP "LAST" ]
/// ```
/// Spec: RFC 3030 §2.
fn bdat(argument: &str) -> Result<Command<'_>, Reply> {
    let mut words = argument.split(' ').filter(|word| !word.is_empty());
    let size = words.next().and_then(decimal);
    let last = match words.next() {
        None => false,
        Some(word) if word.eq_ignore_ascii_case("LAST") => true,
        Some(_) => return Err(reply::SYNTAX.saying("say BDAT chunk-size [LAST]")),
    };
    match (size, words.next()) {
        (Some(size), None) => Ok(Command::Bdat { size, last }),
        _ => Err(reply::SYNTAX.saying("say BDAT chunk-size [LAST]")),
    }
}

/// ```text
/// auth-command = "AUTH" SP sasl-mech [ SP ( initial-response / "=" ) ]
/// ```
/// Spec: RFC 4954 §4.
fn auth(argument: &str) -> Result<Command<'_>, Reply> {
    let (name, initial) = match argument.split_once(' ') {
        Some((name, initial)) => (name, Some(initial.trim_start_matches(' '))),
        None => (argument, None),
    };
    if name.is_empty() {
        return Err(reply::SYNTAX.saying("say AUTH mechanism [initial-response]"));
    }
    let line = format!("{name}\n");
    let bit = Rfc5321Parser::new(&mut line.as_bytes().iter()).mechanism();
    let mechanism = bit.ok().flatten().and_then(Mechanism::from_bit);
    Ok(Command::Auth { mechanism, initial })
}

/// ```text
/// xclient = "XCLIENT" 1*( SP attribute-name "=" attribute-value )     ; values in xtext
/// ```
/// Spec: Postfix, XCLIENT_README.
fn xclient(argument: &str) -> Result<Command<'_>, Reply> {
    let attribute = |word: &str| {
        let (name, value) = word.split_once('=')?;
        let value = xtext(value)?;
        let unavailable = value.eq_ignore_ascii_case("[UNAVAILABLE]") || value.eq_ignore_ascii_case("[TEMPUNAVAIL]");
        Some(XclientAttribute { name: name.to_ascii_uppercase(), value: (!unavailable).then_some(value) })
    };
    let attributes: Option<Vec<_>> = argument.split(' ').filter(|word| !word.is_empty()).map(attribute).collect();
    match attributes {
        Some(attributes) if !attributes.is_empty() => Ok(Command::Xclient(attributes)),
        _ => Err(reply::SYNTAX.saying("say XCLIENT NAME=value …")),
    }
}
