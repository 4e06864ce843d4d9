//! `GET /`: what this is, where it takes mail, and where to go on.

use std::fmt::Write as _;

use axum::extract::State as Given;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::state::{Doors, State};

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;\
    color:#1c1c1e;background:#fff}code,pre{font:14px/1.5 ui-monospace,monospace;background:#f2f2f4;border-radius:4px}\
    code{padding:.1rem .3rem}pre{padding:.8rem 1rem;overflow-x:auto}h1{margin-bottom:0}p.lead{margin-top:.2rem;color:#55555a}\
    th{text-align:left;padding-right:1.5rem;font-weight:500}a{color:#0b57d0}\
    @media(prefers-color-scheme:dark){body{color:#eee;background:#161618}code,pre{background:#26262a}p.lead{color:#aaa}a{color:#8ab4f8}}";

/// The page for a browser, the same as text for everyone else.
pub(super) async fn page(Given(state): Given<State>, headers: HeaderMap) -> Response {
    let wants_html =
        headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|text| text.contains("text/html"));
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or("localhost:8025");
    let base = state.section.public_url.clone().unwrap_or_else(|| format!("http://{host}"));
    if wants_html {
        let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, POLICY)];
        return (headers, html(&state.doors, &base)).into_response();
    }
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text(&state.doors, &base)).into_response()
}

/// Where mail is taken, each with what it is.
fn doors(doors: &Doors) -> Vec<(&'static str, String)> {
    let each = [("SMTP (STARTTLS)", &doors.smtp), ("SMTP over TLS", &doors.smtp_tls), ("LMTP", &doors.lmtp)];
    let listed = each.into_iter().flat_map(|(name, addresses)| addresses.iter().map(move |at| (name, at.to_string())));
    listed.collect()
}

fn send(smtp: &Doors) -> String {
    let port = smtp.smtp.first().map_or(1025, std::net::SocketAddr::port);
    format!("swaks --server {}:{port} --to me@example.test --header 'Subject: hello'", smtp.host)
}

fn wait(base: &str) -> String {
    format!(
        "curl -s {base}/v1/inboxes/me@example.test/wait -H 'Content-Type: application/json' -d '{{\"subject\":\"hello\"}}'"
    )
}

fn text(at: &Doors, base: &str) -> String {
    let mut text = format!("Restante {}: a programmable test inbox\n\n", env!("CARGO_PKG_VERSION"));
    for (name, address) in doors(at) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name:<18} {address}");
    }
    let _ = write!(
        text,
        "{:<18} {base}/v1\n{:<18} {base}/docs\n\nTry it:\n  {}\n  {}\n",
        "API",
        "API's docs",
        send(at),
        wait(base)
    );
    text
}

fn html(at: &Doors, base: &str) -> String {
    let mut rows = String::new();
    for (name, address) in doors(at) {
        let _ = write!(rows, "<tr><th>{name}<td><code>{}</code>", escape(&address));
    }
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Restante</title><style>{STYLE}</style><h1>Restante</h1><p class=\"lead\">A programmable test inbox, version {}.</p>\
         <table>{rows}<tr><th>API<td><code>{base}/v1</code><tr><th>Docs<td><a href=\"/docs\">/docs</a>, \
         <a href=\"/v1/openapi.json\">/v1/openapi.json</a></table><p>Send a mail, then call for it:</p><pre>{}\n{}</pre>",
        env!("CARGO_PKG_VERSION"),
        escape(&send(at)),
        escape(&wait(base)),
        base = escape(base),
    )
}

/// The Host header has passed the guard, and is still text from outside.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
