//! From settings to sections: each key with its type and its range.

use std::path::PathBuf;

use super::reader::Reader;
use super::{
    AuthMode, AuthPolicy, Config, Error, HttpSection, InboxesSection, LogSection, Settings, SmtpSection, StoreSection,
    TlsSection, UnknownRecipient,
};
use crate::model::Address;

/// Shortest root key, in characters.
const ROOT_KEY_MIN: usize = 16;
/// Least that SIZE may announce: a limit below it would refuse ordinary mail. Spec: RFC 5321 §4.5.3.1.7.
const MESSAGE_MIN_BYTES: u64 = 64 * 1024;
const ADDRESSES: &str = "addresses with a port, \"127.0.0.1:1025\" or \"[::1]:1025\"";

impl Settings {
    /// The sections, checked. `http.auth` is decided: it is never `Auto`.
    ///
    /// # Errors
    /// [`Error`] names the setting, where its value stands, and what is allowed.
    pub fn config(&self) -> Result<Config, Error> {
        let mut from = Reader::new(self);
        let mut config = Config {
            store: store(&mut from)?,
            smtp: smtp(&mut from)?,
            http: http(&mut from)?,
            tls: tls(&mut from)?,
            inboxes: inboxes(&mut from)?,
            log: log(&mut from)?,
        };
        from.finish()?;
        config.http.auth = config.http.decide_auth()?;
        Ok(config)
    }
}

fn store(from: &mut Reader<'_>) -> Result<StoreSection, Error> {
    Ok(StoreSection {
        data: from.optional("store.data")?.map(PathBuf::from),
        url: from.secret("store.url", 1)?,
        readers: from.number("store.readers", 1..=64)?,
        batch_messages: from.number("store.batch_messages", 1..=4096)?,
        batch_bytes: from.size("store.batch_bytes", 1)?,
        min_free_bytes: from.size("store.min_free_bytes", 0)?,
    })
}

fn smtp(from: &mut Reader<'_>) -> Result<SmtpSection, Error> {
    let auth = |text: &str| match text {
        "any" => Some(AuthPolicy::Any),
        "optional" => Some(AuthPolicy::Optional),
        "required" => Some(AuthPolicy::Required),
        _ => None,
    };
    Ok(SmtpSection {
        listen: from.list("smtp.listen", ADDRESSES)?,
        listen_tls: from.list("smtp.listen_tls", ADDRESSES)?,
        listen_lmtp: from.list("smtp.listen_lmtp", ADDRESSES)?,
        starttls: from.switch("smtp.starttls")?,
        hostname: from.parsed("smtp.hostname", "a host name", host_name)?,
        max_message_bytes: from.size("smtp.max_message_bytes", MESSAGE_MIN_BYTES)?,
        max_in_flight_bytes: from.size("smtp.max_in_flight_bytes", MESSAGE_MIN_BYTES)?,
        max_recipients: from.number("smtp.max_recipients", 1..=100_000)?,
        auth: from.parsed("smtp.auth", "any, optional or required", auth)?,
        auth_without_tls: from.switch("smtp.auth_without_tls")?,
        strict_line_ends: from.switch("smtp.strict_line_ends")?,
        max_connections: from.number("smtp.max_connections", 1..=100_000)?,
        max_connections_per_ip: from.number("smtp.max_connections_per_ip", 1..=100_000)?,
        max_connections_per_ip_per_minute: from.number("smtp.max_connections_per_ip_per_minute", 1..=1_000_000)?,
        limit_loopback: from.switch("smtp.limit_loopback")?,
        command_timeout_s: from.number("smtp.command_timeout_s", 1..=3_600)?,
        min_data_rate: from.number("smtp.min_data_rate", 0..=1_000_000)?,
        xclient_networks: from.list("smtp.xclient_networks", "networks, \"10.0.0.0/8\"")?,
    })
}

fn http(from: &mut Reader<'_>) -> Result<HttpSection, Error> {
    let auth = |text: &str| match text {
        "auto" => Some(AuthMode::Auto),
        "open" => Some(AuthMode::Open),
        "key" => Some(AuthMode::Key),
        _ => None,
    };
    let url = |text: &str| match text {
        "" => Some(None),
        _ if text.starts_with("http://") || text.starts_with("https://") => {
            Some(Some(text.trim_end_matches('/').to_owned()))
        }
        _ => None,
    };
    Ok(HttpSection {
        listen: from.list("http.listen", ADDRESSES)?,
        allowed_hosts: from.list("http.allowed_hosts", "host names")?,
        auth: from.parsed("http.auth", "auto, open or key", auth)?,
        allow_open: from.switch("http.allow_open")?,
        root_key: from.secret("http.root_key", ROOT_KEY_MIN)?,
        max_body_bytes: from.size("http.max_body_bytes", 1024)?,
        max_hold_ms: from.number("http.max_hold_ms", 1..=600_000)?,
        max_waits: from.number("http.max_waits", 1..=1_000_000)?,
        max_waits_per_key: from.number("http.max_waits_per_key", 1..=1_000_000)?,
        rate_limit: from.number("http.rate_limit", 0..=1_000_000)?,
        rate_limit_burst: from.number("http.rate_limit_burst", 1..=1_000_000)?,
        cors_origins: from.list("http.cors_origins", "origins, \"https://app.example\"")?,
        max_connections: from.number("http.max_connections", 1..=1_000_000)?,
        header_timeout_s: from.number("http.header_timeout_s", 1..=600)?,
        public_url: from.parsed("http.public_url", "an address that begins with http:// or https://", url)?,
    })
}

fn tls(from: &mut Reader<'_>) -> Result<TlsSection, Error> {
    let tls = TlsSection {
        cert: from.optional("tls.cert")?.map(PathBuf::from),
        key: from.optional("tls.key")?.map(PathBuf::from),
    };
    match (&tls.cert, &tls.key) {
        (Some(_), None) => Err(Error::HalfCertificate { set: "tls.cert" }),
        (None, Some(_)) => Err(Error::HalfCertificate { set: "tls.key" }),
        _ => Ok(tls),
    }
}

fn inboxes(from: &mut Reader<'_>) -> Result<InboxesSection, Error> {
    let policies = "create, reject or catch_all:someone@example.com";
    Ok(InboxesSection {
        default_domain: from.parsed("inboxes.default_domain", "a domain", host_name)?,
        domains: from.list("inboxes.domains", "domains")?,
        unknown_recipient: from.parsed("inboxes.unknown_recipient", policies, UnknownRecipient::parse)?,
        default_ttl_s: from.number("inboxes.default_ttl_s", 0..=315_360_000)?,
        bounce_address: from.switch("inboxes.bounce_address")?,
        tombstone_s: from.number("inboxes.tombstone_s", 0..=315_360_000)?,
    })
}

fn log(from: &mut Reader<'_>) -> Result<LogSection, Error> {
    let levels = "error, warn, info, debug, trace or off, alone or as module=level, separated by commas";
    Ok(LogSection {
        level: from.parsed("log.level", levels, |text| text.split(',').all(is_directive).then(|| text.to_owned()))?,
        json: from.switch("log.json")?,
    })
}

/// A name that can be the domain of an address is one that can be greeted with.
fn host_name(text: &str) -> Option<String> {
    Address::new("postmaster", text).ok().map(|address| address.domain().to_owned())
}

/// ```text
/// directive = [ module "=" ] ( "error" / "warn" / "info" / "debug" / "trace" / "off" )
/// module    = 1*( ALPHA / DIGIT / "_" / ":" )
/// ```
fn is_directive(text: &str) -> bool {
    let (module, level) = text.split_once('=').unwrap_or(("restante", text));
    let in_module = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let level_known = ["error", "warn", "info", "debug", "trace", "off"].contains(&level);
    level_known && !module.is_empty() && module.chars().all(in_module)
}
