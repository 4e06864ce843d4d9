//! Whole conversations with the real application.

use restante::config::AuthPolicy;

use crate::support::dialogue::Dialogue;
use crate::support::{Server, mail};

#[tokio::test]
async fn a_pipelined_transaction_is_answered_in_order_and_stored() {
    let server = Server::start().await;
    Dialogue::connect(server.smtp_at())
        .await
        .run(
            "S: 220 …
             C: EHLO client.test
             S: 250-…*
             S: 250 HELP
             C: MAIL FROM:<> SIZE=40 BODY=8BITMIME RET=HDRS ENVID=x1
             C: RCPT TO:<anna+signup@dialogues.test> NOTIFY=NEVER
             C: RCPT TO:<\"a b\"@dialogues.test>
             C: DATA
             S: 250 2.1.0 …
             S: 250 2.1.5 …
             S: 250 2.1.5 …
             S: 354 …
             C: Subject: pipelined
             C: 
             C: ..dots
             C: .
             C: QUIT
             S: 250 2.0.0 2 messages stored…
             S: 221 2.0.0 …
             S: [closed]",
        )
        .await;
    let found = server.http().wait("anna%40dialogues.test", "pipelined").await;
    let id = found["id"].as_str().unwrap();
    let raw = server.http().get(&format!("/v1/messages/{id}/raw")).await;
    assert_eq!(raw.text(), "Subject: pipelined\r\n\r\n.dots\r\n");
}

#[tokio::test]
async fn every_recipient_of_a_session_on_one_connection_gets_its_own_mail() {
    let server = Server::start().await;
    let mut smtp = server.smtp().await;
    for name in ["one", "two", "three"] {
        smtp.deliver(mail().to(&format!("{name}@many.test")).subject(name)).await;
    }
    for name in ["one", "two", "three"] {
        let found = server.http().wait(&format!("{name}%40many.test"), name).await;
        assert_eq!(found["subject"], name);
    }
}

#[tokio::test]
async fn a_client_that_speaks_http_is_sent_away() {
    let server = Server::start().await;
    Dialogue::connect(server.smtp_at())
        .await
        .run("S: 220 …\nC: POST / HTTP/1.1\nC: Host: x\nS: 554 5.5.1 …\nS: [closed]")
        .await;
}

#[tokio::test]
async fn a_command_that_never_ends_is_cut_off() {
    let server = Server::with(|config| config.smtp.command_timeout_s = 1).await;
    let mut dialogue = Dialogue::connect(server.smtp_at()).await;
    dialogue.run("S: 220 …").await;
    dialogue.send(b"EHLO never-end").await;
    dialogue.run("S: 421 4.4.2 …\nS: [closed]").await;
}

#[tokio::test]
async fn required_auth_is_checked_with_the_inboxes_own_password() {
    let server = Server::with(|config| {
        config.smtp.auth = AuthPolicy::Required;
        config.smtp.auth_without_tls = true;
    })
    .await;
    let inbox = server.http().inbox(serde_json::json!({ "local_part": "anna", "domain": "auth.test" })).await;
    let text = |name: &str| inbox["smtp"][name].as_str().unwrap().to_owned();
    let (user, password) = (text("username"), text("password"));
    let plain = base64(&format!("\0{user}\0{password}"));
    let wrong = base64(&format!("\0{user}\0wrong"));
    Dialogue::connect(server.smtp_at())
        .await
        .run(&format!(
            "S: 220 …
             C: EHLO x
             S: 250-…*
             S: 250 HELP
             C: MAIL FROM:<a@b.test>
             S: 530 5.7.0 …
             C: AUTH PLAIN {wrong}
             S: 535 5.7.8 …
             C: AUTH PLAIN {plain}
             S: 235 2.7.0 …
             C: MAIL FROM:<a@b.test>
             S: 250 2.1.0 …"
        ))
        .await;
}

#[tokio::test]
async fn a_session_is_told_when_the_server_stops() {
    let server = Server::start().await;
    let mut dialogue = Dialogue::connect(server.smtp_at()).await;
    dialogue.run("S: 220 …").await;
    let stopped = server.stop();
    tokio::join!(stopped, dialogue.run("S: 421 4.3.2 …\nS: [closed]"));
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
