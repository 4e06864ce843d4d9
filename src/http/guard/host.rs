//! The names that this server answers to. It is what stops DNS rebinding: a web page that makes its own name lead here
//! still sends that name.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::{Code, Problem};

/// The allowed hosts, with any port: loopback's names, the configured ones, and the addresses that are listened on.
#[derive(Clone, Debug)]
pub struct Hosts(Arc<HashSet<Host>>);

/// A configured name that no client could ever send.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a host name or address (a name in ASCII, without scheme, path or final dot)")]
pub struct BadHostName(pub String);

impl Hosts {
    /// Allows `names` and the addresses of `listeners`. A wildcard listener allows no address: it can be reached by
    /// ones that we do not know, so they have to be configured.
    ///
    /// # Errors
    /// [`BadHostName`] for the first of `names` that is none.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>, listeners: &[SocketAddr]) -> Result<Self, BadHostName> {
        let mut hosts = HashSet::from([
            Host::Name("localhost".to_owned()),
            Host::Address(Ipv4Addr::LOCALHOST.into()),
            Host::Address(Ipv6Addr::LOCALHOST.into()),
        ]);
        for name in names {
            if name == "*" {
                hosts.insert(Host::Any);
                continue;
            }
            let host = Host::parse(name).or_else(|| name.parse().ok().map(Host::Address));
            hosts.insert(host.ok_or_else(|| BadHostName(name.to_owned()))?);
        }
        let addresses = listeners.iter().map(SocketAddr::ip).filter(|address| !address.is_unspecified());
        hosts.extend(addresses.map(Host::Address));
        Ok(Self(Arc::new(hosts)))
    }

    fn allows(&self, authority: &str) -> bool {
        // Under "*" too it has to be a host: pages show it.
        Host::parse(authority).is_some_and(|host| self.0.contains(&host) || self.0.contains(&Host::Any))
    }
}

pub(super) async fn check(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    let named = the_host(request.headers());
    // RFC 9112 §3.2.2: an absolute target outranks Host. Both have to be ours, so it does not matter who heeds which.
    let target = request.uri().authority().map(|authority| authority.as_str());
    if named.is_some_and(|host| hosts.allows(host)) && target.is_none_or(|target| hosts.allows(target)) {
        return next.run(request).await;
    }
    let asked = target.or(named).map(|host| host.chars().take(100).collect::<String>());
    Problem::new(
        Code::HostNotAllowed,
        match asked {
            Some(host) => format!("The request is for the host {host:?}, which is not one of this server's names."),
            None => "The request has no Host field, or more than one, or one that is not text.".to_owned(),
        },
    )
    .hint("Add the name to http.allowed_hosts, or call the server by localhost, 127.0.0.1 or [::1].")
    .into_response()
}

/// The Host field, if there is exactly one. RFC 9112 §3.2
fn the_host(headers: &HeaderMap) -> Option<&str> {
    let mut fields = headers.get_all(header::HOST).iter();
    match (fields.next(), fields.next()) {
        (Some(only), None) => only.to_str().ok(),
        _ => None,
    }
}

/// ```abnf
/// Host     = uri-host [ ":" port ]             ; RFC 9110 §7.2
/// uri-host = IP-literal / IPv4address / reg-name
/// ```
/// Of `reg-name` only letters, digits, `-`, `_` and `.` are taken, and no empty label: no user, no percent-encoding, no
/// final dot. Of `IP-literal` only `[` IPv6address `]`: no zone, no future version. A port is digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Host {
    Name(String),
    Address(IpAddr),
    /// Whatever is a host: the setting "*".
    Any,
}

impl Host {
    fn parse(authority: &str) -> Option<Self> {
        if let Some(rest) = authority.strip_prefix('[') {
            let (address, port) = rest.split_once(']')?;
            if !port.is_empty() {
                parse_port(port.strip_prefix(':')?)?;
            }
            return address.parse::<Ipv6Addr>().ok().map(|address| Self::Address(address.into()));
        }
        let name = match authority.split_once(':') {
            Some((name, port)) => {
                parse_port(port)?;
                name
            }
            None => authority,
        };
        if let Ok(address) = name.parse::<Ipv4Addr>() {
            return Some(Self::Address(address.into()));
        }
        let is_label = |label: &str| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        name.split('.').all(is_label).then(|| Self::Name(name.to_ascii_lowercase()))
    }
}

fn parse_port(port: &str) -> Option<u16> {
    port.bytes().all(|byte| byte.is_ascii_digit()).then_some(port)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::Hosts;

    #[test]
    fn a_star_takes_every_name_that_is_one() {
        let hosts = Hosts::new(["*"], &[]).unwrap();
        for name in ["any.test", "10.1.2.3:8025", "[2001:db8::1]"] {
            assert!(hosts.allows(name), "{name}");
        }
        for name in ["", "a b", "<script>", "a/b"] {
            assert!(!hosts.allows(name), "{name}");
        }
    }
}
