//! Attachments: hostile names and types made harmless, octets exact.

use base64::Engine as _;
use reqwest::StatusCode;
use serde_json::json;

use crate::both_databases;
use crate::support::http::text;
use crate::support::{Http, Server};

/// A message with one attachment that says so in its own way; gives the attachments' path.
async fn attach(http: &Http, fields: &str, octets: &[u8]) -> String {
    let body = base64::engine::general_purpose::STANDARD.encode(octets);
    let raw = format!(
        "Subject: file\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee there\r\n\
         --b\r\n{fields}Content-Transfer-Encoding: base64\r\n\r\n{body}\r\n--b--\r\n"
    );
    let inbox = http.inbox(json!({})).await;
    format!("/v1/messages/{}/attachments", text(&http.inject(text(&inbox, "id"), raw).await, "id"))
}

both_databases! {
    async fn an_attachment_is_listed_and_comes_back_exactly(server) {
        let http = server.http();
        let octets: Vec<u8> = (0..=255).cycle().take(3_000).collect();
        let path = attach(&http, "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\nContent-Id: <c@d>\r\n", &octets).await;
        let item = http.get(&path).await.expect(StatusCode::OK).json()["items"][0].clone();
        assert_eq!((&item["filename"], &item["content_type"], &item["size"]), (&json!("a.pdf"), &json!("application/pdf"), &json!(3_000)));
        assert_eq!((&item["content_id"], &item["inline"]), (&json!("c@d"), &json!(false)));
        let path = format!("{path}/{}", text(&item, "id"));
        let file = http.get(&path).await.expect(StatusCode::OK);
        assert_eq!(file.body, octets);
        assert_eq!(file.header("etag"), format!("\"{}\"", text(&item, "sha256")));
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf");
        assert_eq!(file.header("content-type"), "application/pdf");
        let part = http.get_with(&path, "range", "bytes=100-199").await.expect(StatusCode::PARTIAL_CONTENT);
        assert_eq!((part.body.as_slice(), part.header("content-range")), (&octets[100..200], "bytes 100-199/3000"));
        assert_eq!(http.head(&path).await.header("content-length"), "3000");
        assert_eq!(http.get_with(&path, "if-none-match", file.header("etag")).await.status, StatusCode::NOT_MODIFIED);
        let inline = http.get(&format!("{path}?disposition=inline")).await;
        assert!(inline.header("content-disposition").starts_with("inline"));
        http.get(&format!("{path}?disposition=x")).await.problem(422, "validation_failed");
        http.get(&format!("{path}x")).await.problem(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_from_outside_are_names_and_nothing_else() {
    let server = Server::start().await;
    let http = server.http();
    for name in [
        "\"../../etc/passwd\"",
        "\"C:\\\\windows\\\\x.exe\"",
        "\"a\\\"; x=y\"",
        "\"nul\"",
        "\"a/b\"",
        "\".\"",
        "\"..\"",
        "\"\"",
        "\"=?utf-8?b?Li4vLi4veA==?=\"",
        "\"=?utf-8?q?a=0D=0AX-Evil:_1?=\"",
        "\"=?utf-8?q?=E2=80=AEgpj.exe?=\"",
        "\"=?utf-8?q?a=00b?=\"",
    ] {
        let path = attach(
            &http,
            &format!("Content-Type: text/plain\r\nContent-Disposition: attachment; filename={name}\r\n"),
            b"x",
        )
        .await;
        let item = http.get(&path).await.expect(StatusCode::OK).json()["items"][0].clone();
        let safe = text(&item, "filename");
        let is_safe = |c: char| !c.is_control() && !"/\\\u{202e}".contains(c);
        assert!(
            !safe.is_empty() && safe.chars().all(is_safe) && !safe.trim_matches('.').is_empty(),
            "{name}: {safe:?}"
        );
        let file = http.get(&format!("{path}/{}", text(&item, "id"))).await.expect(StatusCode::OK);
        assert!(file.header("content-disposition").starts_with("attachment; "), "{name}");
        assert_eq!((file.header("x-evil"), file.body.as_slice()), ("", b"x".as_slice()), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn types_that_a_browser_would_run_are_only_octets() {
    let server = Server::start().await;
    let http = server.http();
    for (kind, given) in [
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("application/xhtml+xml", "application/octet-stream"),
        ("text/xml", "application/octet-stream"),
        ("application/javascript", "application/octet-stream"),
        ("x/y; charset=\"\r\n evil\"", "application/octet-stream"),
        ("image/png", "image/png"),
    ] {
        let path = attach(
            &http,
            &format!("Content-Type: {kind}\r\nContent-Disposition: attachment; filename=x\r\n"),
            b"<script>",
        )
        .await;
        let id = http.get(&path).await.json()["items"][0]["id"].clone();
        let file =
            http.get(&format!("{path}/{}?disposition=inline", id.as_str().unwrap())).await.expect(StatusCode::OK);
        assert_eq!(file.header("content-type"), given, "{kind}");
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        assert!(file.header("content-security-policy").starts_with("sandbox"), "{kind}");
    }
}
