//! What a hostile web page can have a browser send to a server on its user's machine, on every route.

use std::net::SocketAddr;

use reqwest::Method;
use serde_json::json;

use super::state;
use crate::support::Server;
use crate::support::raw::{Raw, Reply};
use crate::support::routes::{Real, Route, routes};

/// What a row does to a request.
struct Row {
    name: &'static str,
    /// What stands in the Host field; `None` is the server's own address.
    host: Option<&'static str>,
    fields: &'static [(&'static str, &'static str)],
    body: &'static str,
    expects: Expects,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expects {
    /// A foreign page may not change anything; what it reads the browser keeps from it, as long as nothing allows it.
    Foreign,
    /// The name is not ours, whatever is asked.
    NotOurName,
    /// The body is of a kind that a form can send, and is not read as JSON.
    NotJson,
}
use Expects::{Foreign, NotJson, NotOurName};

const CROSS: &[(&str, &str)] = &[("Origin", "https://evil.test"), ("Sec-Fetch-Site", "cross-site")];

/// Each as a browser sends it: a page can choose its body and a few fields, and neither Host, Origin nor Sec-Fetch-*.
const ROWS: &[Row] = &[
    row("fetch from another site", None, CROSS, "", Foreign),
    row("Origin alone, from a browser without Fetch Metadata", None, &[("Origin", "https://evil.test")], "", Foreign),
    row("Fetch Metadata alone", None, &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors")], "", Foreign),
    row("sandboxed frame", None, &[("Origin", "null"), ("Sec-Fetch-Site", "cross-site")], "", Foreign),
    row("null Origin alone", None, &[("Origin", "null")], "", Foreign),
    row("empty Origin", None, &[("Origin", "")], "", Foreign),
    row(
        "another port of this machine",
        None,
        &[("Origin", "http://127.0.0.1:3000"), ("Sec-Fetch-Site", "same-site")],
        "",
        Foreign,
    ),
    row("this name without the port", None, &[("Origin", "http://127.0.0.1")], "", Foreign),
    row(
        "a neighbouring name",
        None,
        &[("Origin", "http://evil.localhost"), ("Sec-Fetch-Site", "same-site")],
        "",
        Foreign,
    ),
    row("a name that begins with ours", None, &[("Origin", "http://127.0.0.1.evil.test")], "", Foreign),
    row("a name that ends with ours", None, &[("Origin", "http://evil-localhost")], "", Foreign),
    row("a user before the name", None, &[("Origin", "http://127.0.0.1@evil.test")], "", Foreign),
    row("two Origins", None, &[("Origin", "http://localhost"), ("Origin", "https://evil.test")], "", Foreign),
    row("two sites", None, &[("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")], "", Foreign),
    row("a site in capitals", None, &[("Sec-Fetch-Site", "Cross-Site")], "", Foreign),
    row("an unknown site", None, &[("Sec-Fetch-Site", "nested")], "", Foreign),
    row("an extension's page", None, &[("Origin", "chrome-extension://abc")], "", Foreign),
    row("a file's page", None, &[("Origin", "file://")], "", Foreign),
    row(
        "text/plain form",
        None,
        &[("Origin", "https://evil.test"), ("Content-Type", "text/plain")],
        "{\"a\":\"=\"}",
        Foreign,
    ),
    row(
        "multipart form",
        None,
        &[("Origin", "https://evil.test"), ("Content-Type", "multipart/form-data; boundary=b")],
        "--b\r\n\r\n{}\r\n--b--",
        Foreign,
    ),
    row(
        "url-encoded form",
        None,
        &[("Origin", "null"), ("Content-Type", "application/x-www-form-urlencoded")],
        "a=b",
        Foreign,
    ),
    row(
        "JSON across sites",
        None,
        &[("Origin", "https://evil.test"), ("Content-Type", "application/json")],
        "{}",
        Foreign,
    ),
    row("text/plain form of an old browser", None, &[("Content-Type", "text/plain")], "{}", NotJson),
    row(
        "multipart form of an old browser",
        None,
        &[("Content-Type", "multipart/form-data; boundary=b")],
        "{}",
        NotJson,
    ),
    row(
        "url-encoded form of an old browser",
        None,
        &[("Content-Type", "application/x-www-form-urlencoded")],
        "{}",
        NotJson,
    ),
    row("beacon with a blob without type", None, &[], "{}", NotJson),
    row("two types", None, &[("Content-Type", "text/plain; application/json")], "{}", NotJson),
    row(
        "DNS rebinding",
        Some("evil.test:8025"),
        &[("Origin", "http://evil.test:8025"), ("Sec-Fetch-Site", "same-origin")],
        "",
        NotOurName,
    ),
    row("DNS rebinding, no Origin", Some("evil.test"), &[], "", NotOurName),
    row("localhost as a part", Some("localhost.evil.test"), &[("Sec-Fetch-Site", "same-origin")], "", NotOurName),
    row("localhost of a zone", Some("evil.localhost"), &[("Sec-Fetch-Site", "same-origin")], "", NotOurName),
    row("an address with a zone", Some("[::1%25evil]"), &[], "", NotOurName),
    row("all addresses", Some("0.0.0.0:8025"), &[], "", NotOurName),
    row("the address as a number", Some("2130706433"), &[], "", NotOurName),
    row("the address, short", Some("127.1"), &[], "", NotOurName),
    row("the address, mapped", Some("[::ffff:127.0.0.1]"), &[], "", NotOurName),
    row("a user before the host", Some("localhost@evil.test"), &[], "", NotOurName),
    row("a final dot", Some("localhost."), &[], "", NotOurName),
    row(
        "a forwarded host",
        Some("evil.test"),
        &[("X-Forwarded-Host", "localhost"), ("Forwarded", "host=localhost")],
        "",
        NotOurName,
    ),
];

const fn row(
    name: &'static str,
    host: Option<&'static str>,
    fields: &'static [(&'static str, &'static str)],
    body: &'static str,
    expects: Expects,
) -> Row {
    Row { name, host, fields, body, expects }
}

impl Row {
    fn request(&self, method: &Method, path: &str, at: SocketAddr) -> Vec<u8> {
        let own = at.to_string();
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", self.host.unwrap_or(&own));
        for (name, value) in self.fields {
            text += &format!("{name}: {value}\r\n");
        }
        text += &format!("Content-Length: {}\r\n\r\n{}", self.body.len(), self.body);
        text.into_bytes()
    }

    fn is_met(&self, route: &Route, reply: &Reply) -> bool {
        let is_safe = matches!(route.method, Method::GET | Method::HEAD);
        match self.expects {
            NotOurName => (reply.status, reply.code().as_str()) == (421, "host_not_allowed"),
            Foreign if is_safe => reply.status != 421,
            Foreign => (reply.status, reply.code().as_str()) == (403, "origin_forbidden"),
            // Nothing of it is read where no body is wanted.
            NotJson if is_safe || route.bodies.is_empty() => true,
            NotJson => (reply.status, reply.code().as_str()) == (415, "unsupported_media_type"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_of_others_gets_at_anything() {
    let server = Server::start().await;
    let http = server.http();
    let real = Real::make(&http).await;
    let before = state(&http).await;
    let mut raw = Raw::new(server.http_at());
    for route in routes() {
        let path = route.at(&real);
        for row in ROWS {
            // A form of an old browser does reach routes that want no body; browsers of this decade say where they are.
            if row.expects == NotJson && !is_safe(&route.method) && !route.takes_json() {
                continue;
            }
            let reply = raw.call(&row.request(&route.method, &path, server.http_at())).await;
            assert!(row.is_met(&route, &reply), "{route}, {}: {reply}", row.name);
            assert!(!reply.has_header("access-control-"), "{route}, {}: it may be read: {}", row.name, reply.head);
        }
    }
    assert_eq!(state(&http).await, before, "something was changed");
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// An image or a link of a page is a GET, and no guard stops it: none may do anything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_changes_nothing() {
    let server = Server::start().await;
    let http = server.http();
    let real = Real::make(&http).await;
    let before = state(&http).await;
    let mut raw = Raw::new(server.http_at());
    for route in routes().into_iter().filter(|route| is_safe(&route.method)) {
        let path = route.at(&real);
        for method in ["GET", "HEAD"] {
            for fields in [
                "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n",
                "X-HTTP-Method-Override: DELETE\r\n",
                "X-HTTP-Method: DELETE\r\nX-Method-Override: DELETE\r\n",
                "Content-Type: application/json\r\nContent-Length: 18\r\n\r\n{\"seen\":true    } ",
            ] {
                let end = if fields.contains("\r\n\r\n") { "" } else { "\r\n" };
                let request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{fields}{end}");
                let reply = raw.call(request.as_bytes()).await;
                assert!((200..500).contains(&reply.status), "{method} {route}, {fields:?}: {reply}");
            }
            for query in ["_method=DELETE", "method=DELETE", "X-HTTP-Method-Override=DELETE"] {
                let request = format!("{method} {path}?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n");
                let reply = raw.call(request.as_bytes()).await;
                assert!((200..500).contains(&reply.status), "{method} {route}?{query}: {reply}");
            }
        }
    }
    assert_eq!(state(&http).await, before, "something was changed");
}

/// What asks before it sends, or wants another protocol.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_preflight_is_granted_and_no_other_protocol_spoken() {
    let server = Server::start().await;
    let real = Real::make(&server.http()).await;
    let mut raw = Raw::new(server.http_at());
    for route in routes() {
        let (path, method) = (route.at(&real), &route.method);
        for (verb, fields) in [
            (
                "OPTIONS",
                format!("Origin: https://evil.test\r\nAccess-Control-Request-Method: {method}\r\nAccess-Control-Request-Headers: authorization, content-type\r\n"),
            ),
            (
                "OPTIONS",
                format!("Origin: null\r\nAccess-Control-Request-Method: {method}\r\nAccess-Control-Request-Private-Network: true\r\n"),
            ),
            (
                "GET",
                "Origin: https://evil.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n".to_owned(),
            ),
            ("GET", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n".to_owned()),
            ("GET", "Origin: https://evil.test\r\nAccept: text/event-stream\r\n".to_owned()),
            ("TRACE", "Cookie: secret=1\r\n".to_owned()),
            ("CONNECT", String::new()),
            ("PROPFIND", "Origin: https://evil.test\r\n".to_owned()),
        ] {
            let request = format!("{verb} {path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n");
            let reply = raw.call(request.as_bytes()).await;
            assert_ne!(reply.status, 101, "{verb} {route}, {fields:?}: {reply}");
            assert!(!reply.has_header("access-control-"), "{verb} {route}, {fields:?}: {}", reply.head);
            assert!(!String::from_utf8_lossy(&reply.body).contains("secret=1"), "{verb} {route}: {reply}");
            if verb != "GET" {
                assert!((400..500).contains(&reply.status), "{verb} {route}, {fields:?}: {reply}");
            }
        }
    }
}

/// The opposite control: what the rows refuse to others is given to whom it belongs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_this_server_and_a_program_are_served() {
    let server = Server::start().await;
    let at = server.http_at();
    for fields in [
        String::new(),
        format!("Origin: http://{at}\r\nSec-Fetch-Site: same-origin\r\n"),
        "Sec-Fetch-Site: none\r\n".to_owned(),
    ] {
        let body = json!({}).to_string();
        let request = format!(
            "POST /v1/inboxes HTTP/1.1\r\nHost: {at}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{fields}\r\n{body}",
            body.len()
        );
        assert_eq!(Raw::new(at).call(request.as_bytes()).await.status, 201, "{fields:?}");
    }
}
