//! The sections as types. A module is given its own section and never the whole.

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;

use crate::model::Secret;
use crate::model::project::UnknownRecipient;

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Config {
    /// `[store]`
    pub store: StoreSection,
    /// `[smtp]`
    pub smtp: SmtpSection,
    /// `[http]`
    pub http: HttpSection,
    /// `[tls]`
    pub tls: TlsSection,
    /// `[inboxes]`
    pub inboxes: InboxesSection,
    /// `[log]`
    pub log: LogSection,
}

/// Where everything is kept.
#[derive(Clone, Debug)]
pub struct StoreSection {
    /// Folder of the database, the certificate and the keys; `None` until the start-up has chosen one.
    pub data: Option<PathBuf>,
    /// `postgres://…`; `None` is SQLite in the data folder.
    pub url: Option<Secret>,
    /// Connections that read.
    pub readers: u32,
    /// Most deliveries in one transaction.
    pub batch_messages: usize,
    /// Most octets of deliveries in one transaction.
    pub batch_bytes: usize,
    /// Free octets on the data folder's disk below which mail is refused with 452; 0 is no guard.
    pub min_free_bytes: u64,
}

/// The SMTP server.
#[derive(Clone, Debug)]
pub struct SmtpSection {
    /// Where SMTP with STARTTLS listens; empty is off.
    pub listen: Vec<SocketAddr>,
    /// Where SMTP over TLS listens (RFC 8314); empty is off.
    pub listen_tls: Vec<SocketAddr>,
    /// Where LMTP listens (RFC 2033); empty is off.
    pub listen_lmtp: Vec<SocketAddr>,
    /// Whether STARTTLS is offered.
    pub starttls: bool,
    /// The name in the greeting.
    pub hostname: String,
    /// Most octets of one message.
    pub max_message_bytes: u64,
    /// Most octets of all messages that are being received, together.
    pub max_in_flight_bytes: u64,
    /// Most recipients of one transaction.
    pub max_recipients: usize,
    /// What AUTH does.
    pub auth: AuthPolicy,
    /// Whether AUTH PLAIN and LOGIN are offered without TLS.
    pub auth_without_tls: bool,
    /// Whether a message with bare CR or LF is refused with 550 5.5.2 at its true end.
    pub strict_line_ends: bool,
    /// Most connections at once.
    pub max_connections: usize,
    /// Most connections at once from one address.
    pub max_connections_per_ip: usize,
    /// Most new connections a minute from one address.
    pub max_connections_per_ip_per_minute: u32,
    /// Whether the limits per address hold for loopback too.
    pub limit_loopback: bool,
    /// Seconds that a client may take for one command.
    pub command_timeout_s: u64,
    /// Octets a second below which a transfer of data is cut off.
    pub min_data_rate: u64,
    /// Networks that may use XCLIENT.
    pub xclient_networks: Vec<IpNet>,
}

/// What AUTH does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthPolicy {
    /// Takes whatever is sent, and records it.
    Any,
    /// Checks it when it is sent.
    Optional,
    /// Checks it, and takes no mail without it.
    Required,
}

/// The API.
#[derive(Clone, Debug)]
pub struct HttpSection {
    /// Where the API listens.
    pub listen: Vec<SocketAddr>,
    /// Names besides loopback ones that a Host field may carry.
    pub allowed_hosts: Vec<String>,
    /// Who may call.
    pub auth: AuthMode,
    /// Lets `open` stand on an address that others can reach.
    pub allow_open: bool,
    /// The key of the whole house: `rst_…` or any text of 16 characters and more.
    pub root_key: Option<Secret>,
    /// Most octets of a JSON body.
    pub max_body_bytes: usize,
    /// Longest hold of one wait call, in milliseconds.
    pub max_hold_ms: u64,
    /// Most waits at once.
    pub max_waits: usize,
    /// Most waits at once of one key.
    pub max_waits_per_key: usize,
    /// Calls a second of one key, or of one address without a key; 0 is no limit.
    pub rate_limit: u32,
    /// Calls that may come at once under `rate_limit`.
    pub rate_limit_burst: u32,
    /// Origins whose pages may call.
    pub cors_origins: Vec<String>,
    /// Most connections at once.
    pub max_connections: usize,
    /// Seconds that a client may take for its request's header.
    pub header_timeout_s: u64,
    /// Address that clients are told to use, `http://mail.example:8025`; `None` is the first listener's.
    pub public_url: Option<String>,
}

/// Who may call the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMode {
    /// `open` while every listener is loopback and no root key is set, else `key`.
    Auto,
    /// Everyone who can connect.
    Open,
    /// Whoever shows a key.
    Key,
}

/// The certificate.
#[derive(Clone, Debug)]
pub struct TlsSection {
    /// PEM file of the certificate chain; `None` makes one at the first start.
    pub cert: Option<PathBuf>,
    /// PEM file of the private key.
    pub key: Option<PathBuf>,
}

/// The rules of the inboxes.
#[derive(Clone, Debug)]
pub struct InboxesSection {
    /// Domain of an inbox that is made without one.
    pub default_domain: String,
    /// Domains that inboxes may have; empty is any.
    pub domains: Vec<String>,
    /// What happens to mail for an address that has no inbox.
    pub unknown_recipient: UnknownRecipient,
    /// Seconds that an inbox lives when it is made without a TTL; 0 is for ever.
    pub default_ttl_s: u64,
    /// Whether `bounce+451+text@…` answers that reply at RCPT.
    pub bounce_address: bool,
    /// Seconds that an expired address goes on to answer "expired".
    pub tombstone_s: u64,
}

/// What is written to standard error.
#[derive(Clone, Debug)]
pub struct LogSection {
    /// `error`, `warn`, `info`, `debug`, `trace`, or directives for each module.
    pub level: String,
    /// One JSON object a line instead of text.
    pub json: bool,
}
