//! The names that the server answers to, on every route: what stops a web page that makes its own name lead here.

use reqwest::Method;

use crate::support::Server;
use crate::support::dialogue::Dialogue;
use crate::support::http::send;
use crate::support::routes::{Real, routes};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_route_answers_to_a_name_that_is_not_ours() {
    let server = Server::start().await;
    let http = server.http();
    let real = Real::nothing();
    let described = routes().into_iter().map(|route| (route.to_string(), route.call(&http, &real)));
    let others = ["/", "/healthz", "/v1/openapi.json", "/docs", "/docs/index.html", "/nowhere"];
    let others = others.map(|path| (path.to_owned(), http.request(Method::GET, path)));
    for (route, request) in described.chain(others) {
        for host in ["evil.test", "localhost.evil.test", "127.0.0.2:8025", "localhost."] {
            let refused = send(request.try_clone().unwrap().header("host", host)).await;
            assert_eq!(refused.problem(421, "host_not_allowed")["status"], 421, "{route} as {host}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_route_that_changes_something_serves_a_foreign_page() {
    let server = Server::start().await;
    let http = server.http();
    let foreign = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.test"),
        ("origin", "null"),
    ];
    for route in routes().into_iter().filter(|route| route.method != Method::GET) {
        for (name, value) in foreign {
            let refused = send(route.call(&http, &Real::nothing()).header(name, value)).await;
            assert_eq!(refused.problem(403, "origin_forbidden")["status"], 403, "{route}: {name}: {value}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_without_a_host_or_with_two_is_refused() {
    let server = Server::start().await;
    for fields in ["", "Host: localhost\r\nHost: localhost\r\n"] {
        let mut dialogue = Dialogue::connect(server.http_at()).await;
        dialogue.send(format!("GET /v1/meta HTTP/1.1\r\n{fields}Connection: close\r\n\r\n").as_bytes()).await;
        let answer = dialogue.rest().await;
        assert!(answer.starts_with("HTTP/1.1 421 ") || answer.starts_with("HTTP/1.1 400 "), "{fields:?}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_of_the_settings_are_ours() {
    let server = Server::with(|config| {
        config.http.allowed_hosts = vec!["mail.house.test".to_owned()];
        config.http.public_url = Some("https://public.house.test/".to_owned());
    })
    .await;
    for (host, status) in [("mail.house.test", 200), ("public.house.test:443", 200), ("house.test", 421)] {
        assert_eq!(server.http().get_with("/v1/meta", "host", host).await.status.as_u16(), status, "{host}");
    }
}

/// The variants of a path that other servers have been talked into taking for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spellings_of_a_path_do_not_get_around_the_key() {
    let server = Server::with(|config| {
        config.http.auth = restante::config::AuthMode::Key;
        config.http.root_key = Some(restante::model::Secret::new("sesame-sesame-sesame"));
    })
    .await;
    for path in [
        "/v1/meta",
        "/v1/%6deta",
        "/%76%31/meta",
        "//v1/meta",
        "/v1//meta",
        "/v1/./meta",
        "/v1/x/../meta",
        "/v1/meta/",
        "/V1/META",
        "/v1/meta;x",
        "/v1/meta%00",
        "/v1/meta%2f",
        "/v1%2fmeta",
        "/.%2fv1/meta",
        "/v1/meta.",
        "/v1\\meta",
    ] {
        let mut dialogue = Dialogue::connect(server.http_at()).await;
        dialogue.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes()).await;
        let answer = dialogue.rest().await;
        assert!(!answer.starts_with("HTTP/1.1 2") && !answer.contains("tls_fingerprint"), "{path}: {answer}");
    }
}
