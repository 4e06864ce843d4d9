//! Tables of requests that pass and requests that do not.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::http::guard::{Hosts, Origins, RequestId, protect};
use crate::http::{Code, Problem};

fn app() -> Router {
    let router = Router::new()
        .route("/", get(|| async { "hello" }).post(|| async { "done" }))
        .route("/missing", get(|| async { Problem::not_found("inbox") }))
        .route("/panic", get(panics))
        .route(
            "/id",
            get(|request: Request| async move { request.extensions().get::<RequestId>().unwrap().as_str().to_owned() }),
        )
        .route(
            "/page",
            get(|| async {
                (
                    [(header::CONTENT_SECURITY_POLICY, "default-src 'self'"), (header::CACHE_CONTROL, "max-age=60")],
                    "page",
                )
            }),
        )
        .route("/only-post", post(|| async {}));
    protect(
        router,
        Hosts::new(
            ["mail.test", "Big.Test", "192.0.2.7", "2001:db8::7"],
            &["0.0.0.0:8025".parse().unwrap(), "10.0.0.1:8025".parse().unwrap()],
        )
        .unwrap(),
        Origins::default(),
    )
}

async fn panics() -> Response {
    panic!("a planted panic")
}

type Field<'a> = (&'a str, &'a [u8]);

async fn send(method: Method, target: &str, fields: &[Field<'_>]) -> Response {
    let mut request = Request::builder().method(method).uri(target).body(Body::empty()).unwrap();
    for (name, value) in fields {
        let name = HeaderName::try_from(*name).unwrap();
        request.headers_mut().append(name, HeaderValue::from_bytes(value).unwrap());
    }
    app().oneshot(request).await.unwrap()
}

async fn json(response: Response) -> Value {
    serde_json::from_slice(&to_bytes(response.into_body(), 1 << 20).await.unwrap()).unwrap()
}

#[tokio::test]
async fn hosts_of_ours_pass_and_all_others_do_not() {
    let passing: &[&[u8]] = &[
        b"localhost",
        b"localhost:8025",
        b"LocalHost:1",
        b"127.0.0.1",
        b"127.0.0.1:65535",
        b"[::1]",
        b"[::1]:8025",
        b"[0:0:0:0:0:0:0:1]:8025",
        b"mail.test",
        b"MAIL.test:443",
        b"big.test",
        b"192.0.2.7",
        b"[2001:db8::7]:80",
        b"10.0.0.1:8025",
    ];
    for host in passing {
        let response = send(Method::GET, "/", &[("host", host)]).await;
        assert_eq!(response.status(), 200, "{}", host.escape_ascii());
    }
    let refused: &[&[u8]] = &[
        b"",
        b"evil.test",
        b"localhost.evil.test",
        b"evil.localhost",
        b"localhost.",
        b"mail.test.",
        b".mail.test",
        b"mail..test",
        b"xmail.test",
        b"sub.mail.test",
        b"localhost:",
        b"localhost:x",
        b"localhost:65536",
        b"localhost:-1",
        b"localhost:80:80",
        b"localhost evil.test",
        b"localhost,evil.test",
        b"localhost/",
        b"http://localhost",
        b"user@localhost",
        b"localhost%00",
        b"l%6fcalhost",
        b"localhost\xff",
        b"127.0.0.2",
        b"127.1",
        b"2130706433",
        b"0x7f.0.0.1",
        b"0177.0.0.1",
        b"127.0.0.1.",
        b"0.0.0.0",
        b"0.0.0.0:8025",
        b"::1",
        b"[::]",
        b"[::1",
        b"[::1]8025",
        b"[::1]:",
        b"[::1%lo]",
        b"[::1%25lo]",
        b"[::ffff:127.0.0.1]",
        b"[v1.x]",
        b"[127.0.0.1]",
        b"*",
        b"null",
    ];
    for host in refused {
        let response = send(Method::GET, "/", &[("host", host)]).await;
        assert_eq!(response.status(), 421, "{}", host.escape_ascii());
        assert_eq!(json(response).await["code"], "host_not_allowed");
    }
}

#[tokio::test]
async fn the_host_is_needed_once_and_an_absolute_target_must_be_ours_too() {
    let ours: (&str, &[u8]) = ("host", b"localhost");
    assert_eq!(send(Method::GET, "/", &[]).await.status(), 421);
    assert_eq!(send(Method::GET, "/", &[ours, ours]).await.status(), 421);
    assert_eq!(send(Method::GET, "/", &[ours, ("host", b"evil.test")]).await.status(), 421);
    assert_eq!(send(Method::GET, "http://localhost:8025/", &[ours]).await.status(), 200);
    assert_eq!(send(Method::GET, "http://evil.test/", &[ours]).await.status(), 421);
    assert_eq!(send(Method::GET, "http://user@localhost/", &[ours]).await.status(), 421);
    assert_eq!(send(Method::GET, "http://localhost/", &[("host", b"evil.test")]).await.status(), 421);
    assert_eq!(send(Method::GET, "http://localhost/", &[]).await.status(), 421);
    assert_eq!(send(Method::CONNECT, "evil.test:443", &[ours]).await.status(), 421);
}

#[tokio::test]
async fn every_path_and_method_is_guarded() {
    for target in ["/", "/missing", "/panic", "/only-post", "/no/such/path", "/%00", "//"] {
        for method in [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS, Method::TRACE, Method::DELETE] {
            let response = send(method.clone(), target, &[("host", b"evil.test")]).await;
            assert_eq!(response.status(), 421, "{method} {target}");
        }
    }
}

#[test]
fn a_configured_name_that_cannot_be_sent_is_refused() {
    for name in ["", "http://mail.test", "mail.test/", "mail test", "bücher.test", "mail.test.", "mail.test:99999"] {
        assert!(Hosts::new([name], &[]).is_err(), "{name}");
    }
    assert!(Hosts::new(["mail.test:8025", "my_host", "::1", "[::1]:80"], &[]).is_ok());
}

#[tokio::test]
async fn other_pages_may_not_change_anything() {
    let site = |value: &'static str| ("sec-fetch-site", value.as_bytes());
    let origin = |value: &'static str| ("origin", value.as_bytes());
    let cases: &[(&[Field], bool)] = &[
        (&[], true),
        (&[site("same-origin")], true),
        (&[site("none")], true),
        (&[site("same-site")], false),
        (&[site("cross-site")], false),
        (&[site("Same-Origin")], false),
        (&[site("")], false),
        (&[site("same-origin"), site("cross-site")], false),
        (&[origin("http://localhost:8025")], true),
        (&[origin("https://localhost:8025")], true),
        (&[origin("http://LOCALHOST:8025")], true),
        (&[origin("http://localhost:8025"), site("same-origin")], true),
        (&[origin("http://localhost")], false),
        (&[origin("http://localhost:3000")], false),
        (&[origin("http://127.0.0.1:8025")], false),
        (&[origin("http://localhost.evil.test:8025")], false),
        (&[origin("http://evil.test")], false),
        (&[origin("http://localhost:8025/")], false),
        (&[origin("ftp://localhost:8025")], false),
        (&[origin("localhost:8025")], false),
        (&[origin("null")], false),
        (&[origin("")], false),
        (&[origin("http://localhost:8025"), origin("null")], false),
        (&[origin("http://localhost:8025"), site("cross-site")], false),
        (&[origin("null"), site("same-origin")], false),
    ];
    for (fields, passes) in cases {
        let fields: Vec<_> =
            [("host", b"localhost:8025".as_slice())].into_iter().chain(fields.iter().copied()).collect();
        for method in [
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::TRACE,
            Method::from_bytes(b"MOVE").unwrap(),
        ] {
            let response = send(method.clone(), "/", &fields).await;
            assert_eq!(response.status() != 403, *passes, "{method} {fields:?}");
            if !passes {
                assert_eq!(json(response).await["code"], "origin_forbidden");
            }
        }
        for method in [Method::GET, Method::HEAD] {
            assert_eq!(send(method, "/", &fields).await.status(), 200, "{fields:?}");
        }
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    for (target, host, status) in [
        ("/", "localhost", 200),
        ("/missing", "localhost", 404),
        ("/no", "localhost", 404),
        ("/only-post", "localhost", 405),
        ("/panic", "localhost", 500),
        ("/", "evil.test", 421),
    ] {
        let response = send(Method::GET, target, &[("host", host.as_bytes())]).await;
        assert_eq!(response.status(), status, "{target}");
        let headers = response.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
        assert_eq!(headers["cross-origin-resource-policy"], "same-origin");
        assert_eq!(headers["cache-control"], "no-store");
        assert!(headers.contains_key("x-request-id"));
    }
    let page = send(Method::GET, "/page", &[("host", b"localhost")]).await;
    assert_eq!(page.headers()["content-security-policy"], "default-src 'self'");
    assert_eq!(page.headers()["cache-control"], "max-age=60");
    assert_eq!(page.headers().get_all("cache-control").iter().count(), 1);
}

#[tokio::test]
async fn a_panic_is_a_problem_that_tells_nothing() {
    let response = send(Method::GET, "/panic", &[("host", b"localhost"), ("x-request-id", b"mine")]).await;
    assert_eq!(response.status(), 500);
    let problem = json(response).await;
    assert_eq!((problem["code"].as_str(), problem["request_id"].as_str()), (Some("internal"), Some("mine")));
    assert!(!problem.to_string().contains("planted"));
}

#[tokio::test]
async fn the_clients_request_id_is_taken_if_it_is_plain() {
    let longest = [b'x'; 64];
    for id in [b"a".as_slice(), b"Az09_-", &longest] {
        let response = send(Method::GET, "/id", &[("host", b"localhost"), ("x-request-id", id)]).await;
        assert_eq!(response.headers()["x-request-id"].as_bytes(), id);
        assert_eq!(to_bytes(response.into_body(), 100).await.unwrap(), id);
    }
    for id in [b"".as_slice(), b"a b", b"a.b", b"a\xff", b"<script>", &[b'x'; 65]] {
        let response = send(Method::GET, "/id", &[("host", b"localhost"), ("x-request-id", id)]).await;
        let made = response.headers()["x-request-id"].clone();
        assert_ne!(made.as_bytes(), id);
        assert_eq!(to_bytes(response.into_body(), 100).await.unwrap(), made.as_bytes());
    }
}

#[tokio::test]
async fn a_problem_carries_the_request_id_and_its_true_length() {
    let response = send(Method::GET, "/missing", &[("host", b"localhost"), ("x-request-id", b"mine")]).await;
    let length: usize = response.headers()[header::CONTENT_LENGTH].to_str().unwrap().parse().unwrap();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    assert_eq!(body.len(), length);
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["request_id"], "mine");
    let head = send(Method::HEAD, "/missing", &[("host", b"localhost"), ("x-request-id", b"mine")]).await;
    assert_eq!(head.headers()[header::CONTENT_LENGTH], length.to_string());
    assert!(to_bytes(head.into_body(), 1 << 20).await.unwrap().is_empty());
}

#[tokio::test]
async fn made_ids_differ() {
    let app = protect(
        Router::new().fallback(|| async { Problem::new(Code::NotFound, "No.").into_response() }),
        Hosts::new([], &[]).unwrap(),
        Origins::default(),
    );
    let mut seen = std::collections::HashSet::new();
    for _ in 0..100 {
        let request = Request::builder().uri("/").header("host", "localhost").body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert!(seen.insert(response.headers()["x-request-id"].clone()));
    }
}
