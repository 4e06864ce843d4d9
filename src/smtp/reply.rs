//! What the server answers: the one table from what went wrong to a code, an enhanced code and a sentence.

use std::borrow::Cow;
use std::fmt;

use crate::inboxes::{Error, Refusal};

/// One reply of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// `250`. Spec: RFC 5321 §4.2.
    pub code: u16,
    /// `2.0.0`; `None` where RFC 2034 §4 allows none: 220 at the start, EHLO, and codes below 400 that ask for more.
    pub enhanced: Option<[u8; 3]>,
    /// For people; holds no CR and no LF.
    pub text: Cow<'static, str>,
}

impl Reply {
    /// A reply with a fixed sentence.
    #[must_use]
    pub const fn new(code: u16, enhanced: [u8; 3], text: &'static str) -> Self {
        Self { code, enhanced: Some(enhanced), text: Cow::Borrowed(text) }
    }

    /// A reply without an enhanced code.
    #[must_use]
    pub const fn plain(code: u16, text: &'static str) -> Self {
        Self { code, enhanced: None, text: Cow::Borrowed(text) }
    }

    /// The same reply with other words. Line ends in them become spaces.
    #[must_use]
    pub fn saying(self, text: impl Into<String>) -> Self {
        let mut text = text.into();
        if text.contains(char::is_control) {
            text = text.replace(char::is_control, " ");
        }
        Self { text: Cow::Owned(text), ..self }
    }
}

/// The whole line without its end: `550 5.1.1 no such inbox`.
impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.enhanced {
            Some([class, subject, detail]) => {
                write!(f, "{} {class}.{subject}.{detail} {}", self.code, self.text)
            }
            None => write!(f, "{} {}", self.code, self.text),
        }
    }
}

pub(crate) const OK: Reply = Reply::new(250, [2, 0, 0], "ok");
pub(crate) const SENDER_OK: Reply = Reply::new(250, [2, 1, 0], "sender ok");
pub(crate) const RECIPIENT_OK: Reply = Reply::new(250, [2, 1, 5], "recipient ok");
pub(crate) const CHUNK_OK: Reply = Reply::new(250, [2, 0, 0], "chunk taken");
pub(crate) const STORED: Reply = Reply::new(250, [2, 0, 0], "stored");
pub(crate) const START_DATA: Reply = Reply::plain(354, "go ahead; end with CRLF . CRLF");
pub(crate) const BYE: Reply = Reply::new(221, [2, 0, 0], "bye");
pub(crate) const READY_FOR_TLS: Reply = Reply::new(220, [2, 0, 0], "ready for TLS");
pub(crate) const AUTHENTICATED: Reply = Reply::new(235, [2, 7, 0], "authenticated");
pub(crate) const CANNOT_VERIFY: Reply = Reply::new(252, [2, 0, 0], "ask with RCPT; it is answered there");
pub(crate) const HELP: Reply = Reply::new(
    214,
    [2, 0, 0],
    "EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT STARTTLS AUTH; this server keeps mail and sends none on",
);

pub(crate) const UNKNOWN: Reply = Reply::new(500, [5, 5, 1], "unknown command");
pub(crate) const WRONG_GREETING: Reply = Reply::new(500, [5, 5, 1], "SMTP greets with EHLO or HELO, LMTP with LHLO");
pub(crate) const LINE_TOO_LONG: Reply = Reply::new(500, [5, 5, 2], "the line is too long");
pub(crate) const BARE_CR: Reply = Reply::new(500, [5, 5, 2], "a line ends with CR LF; a CR alone may not stand in it");
pub(crate) const CONTROL_CHARACTER: Reply = Reply::new(501, [5, 5, 2], "control characters may not stand in a command");
pub(crate) const NOT_UTF8: Reply = Reply::new(501, [5, 5, 2], "the line is neither ASCII nor UTF-8");
pub(crate) const SYNTAX: Reply = Reply::new(501, [5, 5, 4], "the command's argument is wrong");
pub(crate) const NO_ARGUMENT: Reply = Reply::new(501, [5, 5, 4], "the command takes no argument");
pub(crate) const BAD_SENDER: Reply = Reply::new(501, [5, 1, 7], "say MAIL FROM:<local@domain> or MAIL FROM:<>");
pub(crate) const BAD_RECIPIENT: Reply = Reply::new(501, [5, 1, 3], "say RCPT TO:<local@domain>");
pub(crate) const BAD_PARAMETER: Reply = Reply::new(501, [5, 5, 4], "a parameter is wrong");
pub(crate) const UNKNOWN_PARAMETER: Reply = Reply::new(555, [5, 5, 4], "a parameter is unknown");
pub(crate) const NOT_IMPLEMENTED: Reply = Reply::new(502, [5, 5, 1], "not implemented");
pub(crate) const BAD_SEQUENCE: Reply = Reply::new(503, [5, 5, 1], "commands are out of order");
pub(crate) const NO_RECIPIENTS: Reply = Reply::new(554, [5, 5, 1], "no recipient was accepted");
pub(crate) const NOT_SMTP: Reply = Reply::new(554, [5, 5, 1], "this port speaks SMTP");
pub(crate) const SPOKE_FIRST: Reply = Reply::new(554, [5, 5, 1], "in SMTP the server speaks first");

pub(crate) const TOO_LARGE: Reply = Reply::new(552, [5, 3, 4], "the message is too large");
pub(crate) const CROWDED: Reply = Reply::new(452, [4, 3, 1], "too much mail is coming in at once; try again later");
pub(crate) const TOO_MANY_CHUNKS: Reply = Reply::new(552, [5, 3, 4], "too many small chunks; send larger ones");
pub(crate) const BARE_LINE_END: Reply =
    Reply::new(550, [5, 5, 2], "the message holds a bare CR or LF, and this server is set to refuse that");
pub(crate) const TOO_MANY_RECIPIENTS: Reply =
    Reply::new(452, [4, 5, 3], "too many recipients; send the rest in another transaction");
pub(crate) const TOO_MANY_ERRORS: Reply = Reply::new(421, [4, 7, 0], "too many errors; closing");
pub(crate) const TOO_MANY_IDLE_COMMANDS: Reply = Reply::new(421, [4, 7, 0], "too many commands without mail; closing");
pub(crate) const TOO_SLOW: Reply = Reply::new(421, [4, 4, 2], "timed out; closing");
pub(crate) const SHUTTING_DOWN: Reply = Reply::new(421, [4, 3, 2], "shutting down; try again soon");
pub(crate) const INTERNAL: Reply = Reply::new(451, [4, 3, 0], "something failed here; try again");

pub(crate) const AUTH_REQUIRED: Reply = Reply::new(530, [5, 7, 0], "this server is set to take mail only after AUTH");
pub(crate) const AUTH_NEEDS_TLS: Reply =
    Reply::new(538, [5, 7, 11], "this mechanism shows the password: use STARTTLS first");
pub(crate) const AUTH_FAILED: Reply = Reply::new(535, [5, 7, 8], "wrong user name or password");
pub(crate) const AUTH_CANCELLED: Reply = Reply::new(501, [5, 7, 0], "cancelled");
pub(crate) const AUTH_SYNTAX: Reply = Reply::new(501, [5, 5, 2], "not what this mechanism expects, in base64");
pub(crate) const AUTH_UNKNOWN: Reply = Reply::new(504, [5, 5, 4], "unknown mechanism; EHLO lists those that are known");
pub(crate) const AUTH_THROTTLED: Reply =
    Reply::new(454, [4, 7, 0], "too many failures to authenticate; try again in a minute");
pub(crate) const AUTH_TOO_MANY: Reply = Reply::new(421, [4, 7, 0], "too many failures to authenticate; closing");
pub(crate) const AUTH_TOO_LONG: Reply = Reply::new(500, [5, 5, 6], "the line is too long");
pub(crate) const SCRAM_NEEDS_SECRET: Reply = Reply::new(
    535,
    [5, 7, 8],
    "SCRAM proves a secret that both sides know, and no inbox has this name; PLAIN and LOGIN take any password here",
);

/// The answer to a failure of the services. `421` closes the session.
#[must_use]
pub fn for_error(error: &Error) -> Reply {
    let (code, enhanced) = match error {
        Error::NotFound { .. } | Error::Expired { .. } => (550, [5, 1, 1]),
        Error::Frozen => (550, [5, 2, 1]),
        Error::OverQuota { .. } => (452, [4, 2, 2]),
        Error::Denied => return AUTH_FAILED,
        Error::DiskFull => (452, [4, 3, 1]),
        Error::StoreClosed => (421, [4, 3, 0]),
        Error::TooLarge { .. } => (552, [5, 3, 4]),
        // The rest are answers to requests that SMTP cannot make.
        _ => (451, [4, 3, 0]),
    };
    Reply::new(code, enhanced, "").saying(error.to_string())
}

/// The answer to a refused recipient.
#[must_use]
pub fn for_refusal(refusal: &Refusal) -> Reply {
    let (code, enhanced) = match refusal {
        Refusal::UnknownInbox | Refusal::Expired => (550, [5, 1, 1]),
        Refusal::Frozen => (550, [5, 2, 1]),
        Refusal::OverQuota => (452, [4, 2, 2]),
        Refusal::Scripted { code, text } => {
            let code = if (400..600).contains(code) { *code } else { 550 };
            let class = if code < 500 { 4 } else { 5 };
            return Reply::new(code, [class, 0, 0], "").saying(text.as_str());
        }
        Refusal::Store(error) => return for_error(error),
    };
    Reply::new(code, enhanced, "").saying(refusal.to_string())
}

/// The stable word for why a recipient was refused.
#[must_use]
pub const fn refusal_cause(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::UnknownInbox => "unknown_inbox",
        Refusal::Expired => "expired",
        Refusal::Frozen => "frozen",
        Refusal::OverQuota => "quota",
        Refusal::Scripted { .. } => "scripted",
        Refusal::Store(error) => error_cause(error),
    }
}

/// The stable word for why a message was not stored.
#[must_use]
pub const fn error_cause(error: &Error) -> &'static str {
    match error {
        Error::NotFound { .. } => "unknown_inbox",
        Error::Expired { .. } => "expired",
        Error::Frozen => "frozen",
        Error::OverQuota { .. } => "quota",
        Error::Denied => "auth",
        Error::TooLarge { .. } => "size",
        _ => "store",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> Error {
        crate::store::Error::Unavailable.into()
    }

    #[test]
    fn the_table_of_voices() {
        let said = |error: Error| for_error(&error).to_string();
        assert_eq!(said(Error::NotFound { what: "inbox" }), "550 5.1.1 no such inbox");
        assert_eq!(said(Error::Expired { at: None }), "550 5.1.1 the inbox has expired");
        assert_eq!(
            said(Error::OverQuota { limit: 3, unit: "messages" }),
            "452 4.2.2 the inbox is full: its quota is 3 messages"
        );
        assert_eq!(said(Error::DiskFull), "452 4.3.1 the disk is full");
        assert_eq!(said(Error::StoreClosed), "421 4.3.0 the store takes nothing more");
        assert_eq!(said(store()), "451 4.3.0 the store failed; try again");
        assert_eq!(said(Error::Denied), "535 5.7.8 wrong user name or password");
    }

    #[test]
    fn a_scripted_reply_stays_one_line_of_a_failure() {
        let said = |code, text: &str| for_refusal(&Refusal::Scripted { code, text: text.to_owned() }).to_string();
        assert_eq!(said(451, "try later"), "451 4.0.0 try later");
        assert_eq!(said(250, "a\r\n250 b"), "550 5.0.0 a  250 b");
    }
}
