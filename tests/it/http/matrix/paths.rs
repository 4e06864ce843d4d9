//! Hundreds of spellings of every path: each is what it says octet by octet, or nothing. A guard in front of this
//! server that looks at paths can rely on it, and so can the guard that looks at keys.

use std::collections::BTreeSet;

use reqwest::Method;

use crate::support::Server;
use crate::support::raw::{Raw, Reply};
use crate::support::routes::{Real, Route, routes};

/// How many spellings of a path are tried at least, and at most.
const LEAST: usize = 200;

/// What other servers have been talked into taking for a slash, or for a step up and down again.
const SLASHES: [&str; 34] = [
    "%2f",
    "%2F",
    "%252f",
    "%25252F",
    "%5c",
    "%5C",
    "%255c",
    "\\",
    "//",
    "///",
    "/./",
    "/.//",
    "/%2e/",
    "/x/../",
    "/x/%2e%2e/",
    "/x/..%2f",
    "/x/%2e%2e%2f",
    "/..;/",
    "/x/..;/",
    "/;/",
    "/;x=y/",
    ";/",
    "/%20/",
    "/%00/",
    "/%09/",
    "/.%2f",
    "%c0%af",
    "%e0%80%af",
    "%f0%80%80%af",
    "%ef%bc%8f",
    "%u002f",
    "%c1%9c",
    "%e2%88%95",
    "/%0a/",
];

/// The same at the end of a path.
const ENDS: [&str; 44] = [
    "/",
    "//",
    "/.",
    "/./",
    "/..",
    "/../",
    "/x/..",
    "/%2e",
    "/%2e%2e",
    "/..%2f",
    "/..;/",
    ".",
    "..",
    "%2e",
    ";",
    ";x",
    ";x=y",
    ";/",
    "%3b",
    "%00",
    "%00.json",
    "%20",
    "%09",
    "%0a",
    "%0d%0a",
    "%0d%0aX:%20y",
    "%7f",
    "%ff",
    "%c0%80",
    "%ef%bb%bf",
    "%",
    "%2",
    "%zz",
    "%u0000",
    "%3f",
    "%3fx=y",
    "%23",
    "%2523",
    ".json",
    "~",
    "*",
    ",",
    "&x=y",
    "\\",
];

/// The same at its beginning.
const STARTS: [&str; 16] = [
    "/",
    "//",
    "/.",
    "/./",
    "/..",
    "/%2e",
    "/%2e%2e",
    "/x/..",
    "/;",
    "/;x",
    "\\",
    "/%2f",
    "%2f",
    "/v1/..",
    "/docs/..",
    "/livez/..",
];

/// Letters that fold to ASCII ones: k and s.
const FOLDING: [(char, &str); 2] = [('k', "%e2%84%aa"), ('s', "%c5%bf")];

/// Spellings of `path`, each another one than it.
fn spellings(path: &str) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut put = |from: usize, to: usize, text: &str| {
        found.insert(format!("{}{text}{}", &path[..from], &path[to..]));
    };
    for (at, letter) in path.char_indices() {
        let next = at + letter.len_utf8();
        if letter == '/' {
            SLASHES.iter().for_each(|slash| put(at, next, slash));
            continue;
        }
        let code = letter as u32;
        put(at, next, &format!("%{code:02x}"));
        put(at, next, &format!("%25{code:02x}"));
        put(at, next, &format!("%u{code:04x}"));
        // Overlong UTF-8, in two octets and in three.
        put(at, next, &format!("%{:02x}%{:02x}", 0xc0 | (code >> 6), 0x80 | (code & 0x3f)));
        put(at, next, &format!("%e0%{:02x}%{:02x}", 0x80 | (code >> 6), 0x80 | (code & 0x3f)));
        if letter.is_ascii_alphabetic() {
            put(at, next, &letter.to_ascii_uppercase().to_string());
            let fullwidth = char::from_u32(0xfee0 + code).unwrap().to_string();
            put(at, next, &fullwidth.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>());
        }
        for (_, text) in FOLDING.iter().filter(|(known, _)| *known == letter) {
            put(at, next, text);
        }
    }
    ENDS.iter().for_each(|end| put(path.len(), path.len(), end));
    STARTS.iter().for_each(|start| put(0, 0, start));
    let whole = path.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    found.extend([path.to_ascii_uppercase(), format!("/{whole}"), whole, format!("http://localhost{path}")]);
    found.remove(path);
    if found.len() < LEAST {
        // A short path has few places of its own.
        found.extend(STARTS.iter().flat_map(|start| ENDS.iter().map(move |end| format!("{start}{path}{end}"))));
    }
    // Spread over all of them: one of every kind at every depth.
    let all: Vec<String> = found.into_iter().collect();
    let step = (all.len() / LEAST).max(1);
    let chosen: Vec<String> = all.into_iter().step_by(step).collect();
    assert!(chosen.len() >= LEAST, "{path} has {} spellings", chosen.len());
    chosen
}

/// The routes that a path names, read as RFC 3986 has it: segments between slashes, nothing decoded, nothing removed.
fn named<'a>(routes: &'a [Route], target: &str) -> Vec<&'a Route> {
    let path = target.strip_prefix("http://localhost").unwrap_or(target);
    let segments: Vec<&str> = path.split(['?', '#']).next().unwrap().split('/').collect();
    let fits = |route: &&Route| {
        let wanted: Vec<&str> = route.path.split('/').collect();
        let each = || wanted.iter().zip(&segments);
        wanted.len() == segments.len()
            && each().all(|(wanted, given)| wanted == given || (wanted.starts_with('{') && !given.is_empty()))
    };
    routes.iter().filter(fits).collect()
}

fn request(method: &Method, target: &str, key: &str) -> Vec<u8> {
    format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\n{key}Content-Length: 0\r\n\r\n").into_bytes()
}

/// Without a key on a server that wants one: a path that names a route gets to its guard, any other to nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_spelling_reaches_the_guard_of_what_it_names_or_nothing() {
    let server = Server::with(|config| {
        config.http.auth = restante::config::AuthMode::Key;
        config.http.root_key = Some(restante::model::Secret::new("sesame-sesame-sesame"));
    })
    .await;
    let routes = routes();
    let mut raw = Raw::new(server.http_at());
    let mut asked = 0;
    for route in routes.iter().filter(|route| !route.is_open) {
        let path = route.at(&Real::nothing());
        let guarded = raw.call(&request(&route.method, &path, "")).await;
        assert_eq!((guarded.status, guarded.code().as_str()), (401, "unauthenticated"), "{route}: {guarded}");
        for target in spellings(&path) {
            let reply = raw.call(&request(&route.method, &target, "")).await;
            asked += 1;
            let named = named(&routes, &target);
            let is_right = if named.iter().any(|named| named.is_open) {
                reply.status < 500
            } else if named.is_empty() {
                is_nothing(&target, &reply)
            } else {
                reply.status == 401 || reply.status == 405 || is_malformed(&reply)
            };
            assert!(is_right, "{} {target}, a spelling of {route}: {reply}", route.method);
        }
    }
    assert!(asked > 5_000, "{asked} spellings");
}

/// With the key, so that no guard hides what is reached.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_spelling_reaches_a_route_that_it_does_not_name() {
    let server = Server::start().await;
    let http = server.http();
    let real = Real::make(&http).await;
    let before = super::state(&http).await;
    let routes = routes();
    let mut raw = Raw::new(server.http_at());
    for route in &routes {
        for target in spellings(&route.at(&real)) {
            if !named(&routes, &target).is_empty() {
                continue;
            }
            let reply = raw.call(&request(&route.method, &target, "")).await;
            assert!(is_nothing(&target, &reply), "{} {target}, a spelling of {route}: {reply}", route.method);
        }
    }
    assert_eq!(super::state(&http).await, before, "something was changed");
}

/// There is nothing of that name, or it is no target of a request at all. The files below /docs are another's to tell.
fn is_nothing(target: &str, reply: &Reply) -> bool {
    let is_file = target.starts_with("/docs/") && matches!(reply.status, 404 | 405);
    is_file || (reply.status == 404 && reply.code() == "not_found") || is_malformed(reply)
}

/// Refused before there was a path. RFC 9112 §3.2
fn is_malformed(reply: &Reply) -> bool {
    reply.status == 400 || reply.status == 421
}
