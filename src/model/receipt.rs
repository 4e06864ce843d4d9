//! What is noted when a message is taken: by whom, how, and what was said. One receipt serves all recipients.

use std::net::SocketAddr;

use super::envelope::Envelope;
use super::time::Timestamp;

/// Everything known about one delivery besides its octets.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Receipt {
    /// Which door the message came in by.
    pub via: Via,
    /// What MAIL and RCPT said; made up from the header when there was no SMTP.
    pub envelope: Envelope,
    /// The connection; `None` when there was no SMTP or LMTP.
    pub session: Option<SessionFacts>,
    /// When each stage was reached.
    pub stages: Vec<(Stage, Timestamp)>,
    /// What a strict server would have objected to.
    pub lints: Vec<Lint>,
    /// The conversation of this transaction with its session's opening; secrets masked, message data left out.
    pub transcript: Vec<Line>,
}

/// A door for mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Via {
    /// The SMTP server.
    Smtp,
    /// The LMTP server.
    Lmtp,
    /// The REST API.
    Api,
    /// IMAP APPEND.
    Imap,
}

/// One SMTP or LMTP connection as it stood when the message ended.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SessionFacts {
    /// The client's address and port.
    pub peer: SocketAddr,
    /// The server's address and port that it connected to.
    pub local: SocketAddr,
    /// What EHLO, HELO or LHLO said; `None` when the client did not greet.
    pub helo: Option<String>,
    /// Whether the greeting was EHLO or LHLO (extensions allowed).
    pub extended: bool,
    /// TLS, where it was in use.
    pub tls: Option<TlsFacts>,
    /// AUTH, where it succeeded.
    pub auth: Option<AuthFacts>,
}

/// What TLS was agreed on.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TlsFacts {
    /// `TLSv1.3`.
    pub version: String,
    /// `TLS13_AES_256_GCM_SHA384`.
    pub cipher: String,
    /// The server name that the client asked for.
    pub server_name: Option<String>,
}

/// Who the client said to be.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AuthFacts {
    /// The SASL mechanism, upper case.
    pub mechanism: String,
    /// The authentication identity.
    pub identity: String,
    /// Whether the secret was checked; the policy `any` takes every secret and checks none.
    pub verified: bool,
}

/// A stage of a session, as faults and receipts name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Stage {
    /// The connection was accepted.
    Connect,
    /// EHLO, HELO or LHLO.
    Ehlo,
    /// AUTH.
    Auth,
    /// MAIL.
    Mail,
    /// RCPT.
    Rcpt,
    /// DATA or the first BDAT.
    Data,
    /// The end of the message's data.
    DataEnd,
}

/// Something in the session or the octets that another server may refuse.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Lint {
    /// An LF without a CR before it; `count` of them, the first at `offset` octets. Spec: RFC 5321 §2.3.8.
    BareLf {
        /// Where the first one stands.
        offset: u64,
        /// How many there are.
        count: u64,
    },
    /// A CR without an LF behind it. Spec: RFC 5321 §2.3.8.
    BareCr {
        /// Where the first one stands.
        offset: u64,
        /// How many there are.
        count: u64,
    },
    /// Lines above 998 octets; the first begins at `offset`. Spec: RFC 5322 §2.1.1.
    LongLine {
        /// Where the first one begins.
        offset: u64,
        /// How many there are.
        count: u64,
        /// Octets of the longest.
        longest: u64,
    },
    /// Octets above 127 without `BODY=8BITMIME`. Spec: RFC 6152 §2.
    EightBit {
        /// Where the first one stands.
        offset: u64,
    },
    /// NUL octets. Spec: RFC 5322 §2.2.
    Nul {
        /// Where the first one stands.
        offset: u64,
        /// How many there are.
        count: u64,
    },
    /// A bare LF or CR next to a lone dot: what servers that are careless about the end of data can be split with.
    Smuggling {
        /// Where the sequence begins.
        offset: u64,
    },
    /// No Date field. Spec: RFC 5322 §3.6.
    MissingDate,
    /// No Message-ID field. Spec: RFC 5322 §3.6.4.
    MissingMessageId,
    /// No From field. Spec: RFC 5322 §3.6.
    MissingFrom,
    /// Command lines that ended in LF alone.
    CommandBareLf {
        /// How many.
        count: u64,
    },
    /// A path without angle brackets, or with a space before them. Spec: RFC 5321 §3.3.
    SloppyPath,
    /// UTF-8 in the envelope without SMTPUTF8. Spec: RFC 6531 §3.4.
    Utf8WithoutSmtputf8,
    /// MAIL before any greeting. Spec: RFC 5321 §4.1.4.
    NoGreeting,
}

/// One line of a transcript.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Line {
    /// When it was read or written.
    pub at: Timestamp,
    /// Who said it.
    pub side: Side,
    /// The text without its line end; cut at 1,000 bytes.
    pub text: String,
}

/// A side of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Side {
    /// The peer.
    Client,
    /// We.
    Server,
}
