//! STARTTLS and SMTP over TLS, with a client that trusts the server's own certificate.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::dialogue::Dialogue;
use crate::support::{PATIENCE, Server};

/// The handshake over `stream`, with the certificate that the server shows to everyone.
async fn handshake(server: &Server, stream: TcpStream) -> BufReader<TlsStream<TcpStream>> {
    let pem = server.http().get("/v1/meta/ca.pem").await;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(&pem.body).unwrap()).unwrap();
    let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let connected = TlsConnector::from(Arc::new(config)).connect(name, stream);
    BufReader::new(timeout(PATIENCE, connected).await.unwrap().unwrap())
}

/// Sends `command` and reads one line.
async fn ask(stream: &mut BufReader<TlsStream<TcpStream>>, command: &str) -> String {
    stream.get_mut().write_all(command.as_bytes()).await.unwrap();
    let mut line = String::new();
    timeout(PATIENCE, stream.read_line(&mut line)).await.unwrap().unwrap();
    line
}

#[tokio::test]
async fn what_came_before_the_handshake_is_dropped_and_forgotten() {
    let server = Server::start().await;
    let mut dialogue = Dialogue::connect(server.smtp_at()).await;
    dialogue.run("S: 220 …\nC: EHLO x\nS: 250-…*\nS: 250 HELP").await;
    dialogue.run("C: STARTTLS\nC: MAIL FROM:<evil@x.test>\nC: NOOP\nS: 220 2.0.0 …").await;
    let mut tls = handshake(&server, dialogue.into_stream()).await;
    assert!(ask(&mut tls, "RCPT TO:<a@b.test>\r\n").await.starts_with("503 5.5.1"));
    assert!(ask(&mut tls, "STARTTLS\r\n").await.starts_with("503 5.5.1"));
}

#[tokio::test]
async fn the_tls_listener_greets_inside_tls() {
    let server = Server::start().await;
    let stream = TcpStream::connect(server.smtp_tls_at()).await.unwrap();
    let mut tls = handshake(&server, stream).await;
    assert!(ask(&mut tls, "").await.starts_with("220 "));
    assert!(ask(&mut tls, "QUIT\r\n").await.starts_with("221 "));
}
