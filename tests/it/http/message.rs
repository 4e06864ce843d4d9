//! One message: its octets, its parts, the session that it came by, its flags, its end.

use base64::Engine as _;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::both_databases;
use crate::support::http::{send, text};
use crate::support::{Http, mail};

/// Puts octets into a new inbox; gives the message's path.
async fn put(http: &Http, octets: impl Into<Vec<u8>>) -> String {
    let inbox = http.inbox(json!({})).await;
    format!("/v1/messages/{}", text(&http.inject(text(&inbox, "id"), octets).await, "id"))
}

both_databases! {
    async fn raw_octets_come_back_exactly_whole_and_in_ranges(server) {
        let http = server.http();
        let octets: Vec<u8> = b"Subject: raw\r\n\r\n".iter().copied().chain(0..=255).collect();
        let path = format!("{}/raw", put(&http, octets.clone()).await);
        let whole = http.get(&path).await.expect(StatusCode::OK);
        assert_eq!(whole.body, octets);
        assert_eq!((whole.header("content-type"), whole.header("accept-ranges")), ("message/rfc822", "bytes"));
        assert!(whole.header("cache-control").contains("immutable") && whole.header("cache-control").contains("private"));
        let etag = whole.header("etag").to_owned();
        assert_eq!(etag.len(), 66, "{etag}");
        let head = http.head(&path).await.expect(StatusCode::OK);
        assert_eq!((head.header("content-length"), head.header("etag"), head.body.len()), ("272", etag.as_str(), 0));
        for (range, from, to) in [("bytes=0-0", 0, 1), ("bytes=10-19", 10, 20), ("bytes=270-", 270, 272), ("bytes=-5", 267, 272), ("bytes=5-9999", 5, 272)] {
            let part = http.get_with(&path, "range", range).await.expect(StatusCode::PARTIAL_CONTENT);
            assert_eq!(part.body, octets[from..to], "{range}");
            assert_eq!(part.header("content-range"), format!("bytes {from}-{}/272", to - 1));
        }
        for range in ["bytes=9-1", "lines=1-2", "bytes=0-1,5-6", "bytes=x-"] {
            assert_eq!(http.get_with(&path, "range", range).await.expect(StatusCode::OK).body, octets, "{range}");
        }
        let beyond = http.get_with(&path, "range", "bytes=272-").await;
        beyond.problem(416, "range_not_satisfiable");
        assert_eq!(beyond.header("content-range"), "bytes */272");
        for known in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".to_owned()] {
            let unchanged = http.get_with(&path, "if-none-match", &known).await;
            assert_eq!((unchanged.status, unchanged.body.len()), (StatusCode::NOT_MODIFIED, 0), "{known}");
        }
        for (if_range, status) in [(etag.as_str(), 206), ("\"other\"", 200)] {
            let request = http.request(Method::GET, &path).header("range", "bytes=0-3").header("if-range", if_range);
            assert_eq!(send(request).await.status.as_u16(), status, "{if_range}");
        }
        let file = http.get(&format!("{path}?download=1")).await;
        assert!(file.header("content-disposition").starts_with("attachment; filename=\"msg_"));
        assert_eq!(whole.header("content-disposition"), "");
        http.get(&format!("{path}?downlaod=1")).await.problem(422, "unknown_field");
    }
}

both_databases! {
    async fn header_fields_stand_in_order_with_doubles_and_as_written(server) {
        let path = put(&server.http(), "Received: one\r\nSubject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\nX-Long: a\r\n b\r\nreceived: two\r\n\r\n").await;
        let fields = server.http().get(&format!("{path}/headers")).await.expect(StatusCode::OK).json();
        assert_eq!(fields["items"], json!([
            {"name": "Received", "value": "one", "raw": "Received: one\r\n"},
            {"name": "Subject", "value": "grüße", "raw": "Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\n"},
            {"name": "X-Long", "value": "a b", "raw": "X-Long: a\r\n b\r\n"},
            {"name": "received", "value": "two", "raw": "received: two\r\n"},
        ]));
    }
}

both_databases! {
    async fn texts_are_decoded_and_html_can_do_nothing(server) {
        let http = server.http();
        let path = put(&http, concat!(
            "Subject: two\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n",
            "--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ngr=FC=DFe\r\n",
            "--b\r\nContent-Type: text/html\r\n\r\n<p>hi <script>alert(1)</script></p>\r\n--b--\r\n",
        )).await;
        let plain = http.get(&format!("{path}/text")).await.expect(StatusCode::OK);
        assert_eq!((plain.text().trim(), plain.header("content-type")), ("grüße", "text/plain; charset=utf-8"));
        let html = http.get(&format!("{path}/html")).await.expect(StatusCode::OK);
        assert!(html.text().contains("<script>alert(1)</script>"), "as sent: {}", html.text());
        assert_eq!((html.header("content-type"), html.header("x-content-type-options")), ("text/html; charset=utf-8", "nosniff"));
        let policy: Vec<&str> = html.header("content-security-policy").split(';').map(str::trim).collect();
        assert!(policy.contains(&"sandbox") && policy.contains(&"default-src 'none'"), "{policy:?}");
        assert!(!policy.iter().any(|rule| rule.starts_with("script-src")), "{policy:?}");
        let parts = http.get(&format!("{path}/structure")).await.json()["parts"].clone();
        let seen: Vec<(&str, &str)> = parts.as_array().unwrap().iter().map(|part| (text(part, "section"), text(part, "content_type"))).collect();
        assert_eq!(seen, [("", "multipart/alternative"), ("1", "text/plain"), ("2", "text/html")]);
        let only_text = put(&http, "Subject: x\r\n\r\nhello\r\n").await;
        http.get(&format!("{only_text}/html")).await.problem(404, "not_found");
        assert_eq!(http.get(&format!("{only_text}/attachments")).await.json(), json!({"items": []}));
    }
}

both_databases! {
    async fn the_transcript_tells_the_session_and_masks_what_is_secret(server) {
        let mut smtp = server.smtp().await;
        let secret = base64::engine::general_purpose::STANDARD.encode("\0anna\0swordfish-77");
        assert!(smtp.command(&format!("AUTH PLAIN {secret}")).await.starts_with("235"));
        smtp.deliver(mail().from("app@t.test").to("transcript@t.test").to("other@t.test").subject("told").body("a secret of the body\r\n")).await;
        let message = server.http().wait("transcript%40t.test", "told").await;
        let told = server.http().get(&format!("/v1/messages/{}/transcript", text(&message, "id"))).await.expect(StatusCode::OK);
        for kept_back in ["swordfish", secret.as_str(), "a secret of the body"] {
            assert!(!told.text().contains(kept_back), "{kept_back} in {}", told.text());
        }
        let told = told.json();
        let lines: Vec<&str> = told["lines"].as_array().unwrap().iter().map(|line| text(line, "text")).collect();
        for said in ["EHLO client.example", "MAIL FROM:<app@t.test>", "RCPT TO:<transcript@t.test>", "DATA"] {
            assert!(lines.contains(&said), "no {said:?} in {lines:?}");
        }
        assert_eq!(told["ingest"], "smtp");
        assert_eq!((&told["envelope"]["from"], &told["envelope"]["auth_user"]), (&json!("app@t.test"), &json!("anna")));
        assert_eq!(told["envelope"]["to"], json!([{"address": "transcript@t.test"}, {"address": "other@t.test"}]));
        let stages: Vec<&str> = told["stages"].as_array().unwrap().iter().map(|stage| text(stage, "stage")).collect();
        assert!(["connect", "mail", "rcpt", "data", "data_end"].iter().all(|stage| stages.contains(stage)), "{stages:?}");
    }
}

both_databases! {
    async fn reading_changes_nothing_and_a_patch_does(server) {
        let http = server.http();
        let path = put(&http, "Subject: flags\r\n\r\nx\r\n").await;
        let first = http.get(&path).await.expect(StatusCode::OK);
        for part in ["", "/raw", "/headers", "/text", "/structure", "/transcript", "/attachments"] {
            http.get(&format!("{path}{part}")).await.expect(StatusCode::OK);
        }
        let etag = first.header("etag").to_owned();
        assert_eq!(http.get_with(&path, "if-none-match", &etag).await.status, StatusCode::NOT_MODIFIED);
        assert_eq!(first.json()["seen"], false);
        let patch = |etag: &str, body| send(http.request(Method::PATCH, &path).header("if-match", etag).json(&body));
        let body = json!({"seen": true, "flagged": true, "keywords": ["$Work", "$WORK"], "tags": ["b", "a"]});
        let changed = patch(&etag, body).await.expect(StatusCode::OK);
        let json = changed.json();
        assert_eq!((&json["seen"], &json["flagged"], &json["answered"]), (&json!(true), &json!(true), &json!(false)));
        assert_eq!((&json["keywords"], &json["tags"]), (&json!(["$Work"]), &json!(["a", "b"])));
        patch(&etag, json!({"seen": false})).await.problem(412, "precondition_failed");
        assert_eq!(patch(changed.header("etag"), json!({"seen": false})).await.expect(StatusCode::OK).json()["seen"], false);
        for (body, pointer) in [(json!({"keywords": ["ok", "a b"]}), "/keywords/1"), (json!({"keywords": ["\\Seen"]}), "/keywords/0"), (json!({"tags": [""]}), "/tags/0"), (json!({"seen": "yes"}), "/seen")] {
            let problem = http.patch(&path, body).await.problem(422, "validation_failed");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
    }
}

both_databases! {
    async fn a_deleted_message_is_gone_in_every_form(server) {
        let http = server.http();
        let path = put(&http, "Subject: gone\r\n\r\n").await;
        assert_eq!(http.delete(&path).await.status, StatusCode::NO_CONTENT);
        http.delete(&path).await.problem(404, "not_found");
        http.patch(&path, json!({"seen": true})).await.problem(404, "not_found");
        for part in ["", "/raw", "/headers", "/text", "/html", "/structure", "/transcript", "/attachments", "/attachments/att_0"] {
            http.get(&format!("{path}{part}")).await.problem(404, "not_found");
        }
        for id in ["nonsense", "inb_00000000000000000000000000", "msg_0", "..%2f..%2fetc"] {
            http.get(&format!("/v1/messages/{id}")).await.problem(404, "not_found");
        }
    }
}
