//! What people and machines look at first: `/`, `/docs`, `/metrics`, `/v1/meta`, the probes.

use reqwest::StatusCode;

use crate::both_databases;
use crate::support::{Database, Server, mail};

/// The value of a counter in the text format of Prometheus; 0 when it has not been counted yet.
fn counter(text: &str, name: &str) -> u64 {
    let lines = text
        .lines()
        .filter(|line| line.starts_with(name))
        .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
    lines.sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_front_page_says_where_mail_is_taken_to_people_and_programs() {
    let server = Server::start().await;
    let plain = server.http().get("/").await.expect(StatusCode::OK);
    let html = server.http().get_with("/", "accept", "text/html,*/*").await.expect(StatusCode::OK);
    assert_eq!(plain.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(html.header("content-type"), "text/html; charset=utf-8");
    assert!(html.header("content-security-policy").starts_with("default-src 'none'"));
    for page in [plain.text(), html.text()] {
        for said in [
            server.smtp_at().to_string(),
            server.smtp_tls_at().to_string(),
            server.http_at().to_string(),
            "/docs".into(),
        ] {
            assert!(page.contains(&said), "no {said} in {page}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documentation_loads_nothing_from_elsewhere() {
    let server = Server::start().await;
    let page = server.http().get("/docs/").await.expect(StatusCode::OK);
    let text = page.text();
    assert!(text.contains("swagger"), "{text}");
    for mark in ["http://", "https://", "src=\"//", "href=\"//"] {
        assert!(!text.contains(mark), "{mark} in {text}");
    }
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    let names = text.split(['"', '\'']).filter_map(|name| name.strip_prefix("./"));
    let files: Vec<&str> = names.filter(|name| name.ends_with(".js") || name.ends_with(".css")).collect();
    assert!(files.len() >= 3, "{text}");
    for file in files {
        server.http().get(&format!("/docs/{file}")).await.expect(StatusCode::OK);
    }
}

both_databases! {
    async fn counters_count(server) {
        let before = server.http().get("/metrics").await;
        assert!(before.header("content-type").starts_with("text/plain; version=0.0.4"));
        server.smtp().await.deliver(mail().to("a@pages.test").to("b@pages.test")).await;
        let after = server.http().get("/metrics").await.text();
        // Other tests count in this process too, but none counts down.
        let stored = "restante_messages_stored_total";
        assert!(counter(&after, stored) >= counter(&before.text(), stored) + 2, "{after}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn meta_tells_limits_and_store() {
    for database in [Database::Sqlite, Database::Postgres].into_iter().filter(|database| database.is_here()) {
        let server = Server::with_on(database, |config| config.http.max_hold_ms = 1_234).await;
        let meta = server.http().get("/v1/meta").await.json();
        assert_eq!(meta["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(meta["limits"]["max_hold_ms"], 1_234);
        assert_eq!(meta["store"], if database == Database::Sqlite { "sqlite" } else { "postgres" });
        assert_eq!(
            meta["tls_fingerprint"].as_str().map(|text| text.chars().filter(char::is_ascii_hexdigit).count()),
            Some(64)
        );
        let authority = server.http().get("/v1/meta/ca.pem").await.expect(StatusCode::OK);
        assert!(authority.text().starts_with("-----BEGIN CERTIFICATE-----"));
    }
}

both_databases! {
    async fn probes_answer(server) {
        for path in ["/livez", "/readyz", "/healthz"] {
            assert_eq!(server.http().get(path).await.expect(StatusCode::OK).text(), "ok\n");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_about_mail_are_not_kept_by_caches_and_not_sniffed() {
    let server = Server::start().await;
    for path in ["/", "/v1/meta", "/v1/inboxes", "/v1/messages", "/nowhere", "/metrics"] {
        let answer = server.http().get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(answer.header("cache-control").contains("no-store"), "{path}: {}", answer.header("cache-control"));
    }
}
