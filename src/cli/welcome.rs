//! What a person, a program or a log is told once all is ready.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use serde_json::json;

use crate::app::Running;

/// For a person: where to send, where to look, and how to try it.
pub(super) fn for_people(running: &Running, public_url: Option<&str>, data: &str) -> String {
    let api = api_url(running, public_url);
    let mut rows = vec![("SMTP", joined(&running.smtp))];
    if !running.smtp_tls.is_empty() {
        let fingerprint = &running.tls_fingerprint;
        rows.push(("SMTP, TLS", format!("{}, certificate SHA-256 {fingerprint}", joined(&running.smtp_tls))));
    }
    if !running.lmtp.is_empty() {
        rows.push(("LMTP", joined(&running.lmtp)));
    }
    if let Some(api) = &api {
        rows.push(("API", format!("{api}/v1, documentation {api}/docs")));
    }
    rows.push(("data", data.to_owned()));
    let rows: String = rows.iter().map(|(name, value)| format!("  {name:<10} {value}\n")).collect();
    let try_it = match (running.smtp.first(), &api) {
        (Some(smtp), Some(api)) => how_to_try_it(reachable(*smtp), api),
        _ => String::new(),
    };
    format!("\n  Restante {} is ready\n\n{rows}{try_it}\n", env!("CARGO_PKG_VERSION"))
}

/// Two commands to copy: one sends a mail, one calls for it.
fn how_to_try_it(smtp: SocketAddr, api: &str) -> String {
    let send = format!("curl -sS smtp://{smtp} --mail-from me@example.com --mail-rcpt you@restante.test -T -");
    format!(
        "\n  Try it: send a mail, and call for it\n\n\
         \x20   printf 'Subject: hello\\r\\n\\r\\nIt works.\\r\\n' | {send}\n\
         \x20   curl -sS {api}/v1/inboxes/you@restante.test/wait --json '{{\"subject\": \"hello\"}}'\n"
    )
}

/// For a program: one line of JSON with every address.
pub(super) fn for_programs(running: &Running, public_url: Option<&str>, data: &Path) -> String {
    let addresses = |all: &[SocketAddr]| all.iter().map(SocketAddr::to_string).collect::<Vec<_>>();
    let ready = json!({
        "ready": true,
        "version": env!("CARGO_PKG_VERSION"),
        "pid": std::process::id(),
        "smtp": addresses(&running.smtp),
        "smtp_tls": addresses(&running.smtp_tls),
        "lmtp": addresses(&running.lmtp),
        "http": addresses(&running.http),
        "url": api_url(running, public_url),
        "tls_fingerprint": running.tls_fingerprint,
        "data": data.to_string_lossy(),
    });
    format!("{ready}\n")
}

/// For a log: one line.
pub(super) fn for_log(running: &Running) {
    let addresses = |all: &[SocketAddr]| joined(all);
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        smtp = addresses(&running.smtp),
        smtp_tls = addresses(&running.smtp_tls),
        lmtp = addresses(&running.lmtp),
        http = addresses(&running.http),
        "ready"
    );
}

fn api_url(running: &Running, public_url: Option<&str>) -> Option<String> {
    public_url
        .map(str::to_owned)
        .or_else(|| running.http.first().map(|address| format!("http://{}", reachable(*address))))
}

/// An address that a client on this machine can use: "all addresses" is no address to connect to.
pub(super) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn joined(addresses: &[SocketAddr]) -> String {
    match addresses {
        [] => "off".to_owned(),
        _ => addresses.iter().map(SocketAddr::to_string).collect::<Vec<_>>().join(", "),
    }
}
