//! The names that the server answers to: what stops a web page that makes its own name lead here. The routes of the
//! description are in `matrix`.

use crate::support::Server;
use crate::support::dialogue::Dialogue;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_outside_the_description_answers_to_no_other_name_either() {
    let server = Server::start().await;
    let http = server.http();
    for path in ["/", "/healthz", "/v1/openapi.json", "/v1/openapi.yaml", "/docs", "/docs/index.html", "/nowhere"] {
        for host in ["evil.test", "localhost.evil.test", "127.0.0.2:8025", "localhost."] {
            let refused = http.get_with(path, "host", host).await;
            assert_eq!(refused.problem(421, "host_not_allowed")["status"], 421, "{path} as {host}");
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
