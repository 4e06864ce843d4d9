//! Certificates and handshakes.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, HandshakeKind, RootCertStore};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::accept::{LONG, OPEN, any_port};
use crate::model::receipt::TlsFacts;
use crate::model::{Clock, Timestamp};
use crate::net::{Certificate, Door, Gate, Listener, Stream, TlsError, TlsServer, accept};

const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);
const DAY_S: i64 = 86_400;

fn made(folder: &Path, names: &[&str]) -> Certificate {
    Certificate::Made { folder: folder.join("tls"), names: names.iter().map(|name| (*name).to_owned()).collect() }
}

fn open(folder: &Path, names: &[&str]) -> TlsServer {
    TlsServer::open(made(folder, names), Clock::system()).unwrap()
}

fn client(ca_pem: &str) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap()).unwrap();
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// One handshake and an octet each way; what the server learned, and whether the session was resumed.
async fn shake(
    server: &TlsServer,
    client: &Arc<ClientConfig>,
    name: &str,
) -> std::io::Result<(TlsFacts, HandshakeKind)> {
    let listener = TcpListener::bind(any_port()).await?;
    let address = listener.local_addr()?;
    let serving = async {
        let (socket, _) = listener.accept().await?;
        let (mut stream, facts) = Stream::Plain(socket).start_tls(server, Instant::now() + LONG).await?;
        stream.write_u8(7).await?;
        stream.flush().await?;
        stream.read_u8().await?;
        stream.shutdown().await?;
        Ok::<_, std::io::Error>(facts)
    };
    let calling = async {
        let socket = TcpStream::connect(address).await?;
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let mut stream = TlsConnector::from(Arc::clone(client)).connect(name, socket).await?;
        stream.read_u8().await?;
        let kind = stream.get_ref().1.handshake_kind().unwrap();
        stream.write_u8(8).await?;
        stream.read_to_end(&mut Vec::new()).await?; // Takes in the tickets.
        Ok::<_, std::io::Error>(kind)
    };
    let (facts, kind) = timeout(LONG, async { tokio::join!(serving, calling) }).await.expect("the handshake hangs");
    let kind = kind?;
    Ok((facts?, kind))
}

#[tokio::test]
async fn clients_that_trust_the_authority_trust_every_name() {
    let folder = TempDir::new().unwrap();
    let server = open(folder.path(), &["mail.test", "10.1.2.3"]);
    let client = Arc::new(client(&server.ca_pem().unwrap()));
    for name in ["mail.test", "10.1.2.3", "localhost", "127.0.0.1", "::1"] {
        let (facts, _) = shake(&server, &client, name).await.expect(name);
        // Addresses are not sent as a server name: RFC 6066 §3.
        let is_name = name.parse::<std::net::IpAddr>().is_err();
        assert_eq!(facts.server_name.as_deref(), is_name.then_some(name));
        assert_eq!(facts.version, "TLSv1.3");
        assert!(facts.cipher.starts_with("TLS13_"), "{}", facts.cipher);
    }
    assert!(shake(&server, &client, "other.test").await.is_err());
}

#[tokio::test]
async fn tls_1_2_is_spoken_too() {
    let folder = TempDir::new().unwrap();
    let server = open(folder.path(), &[]);
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(server.ca_pem().unwrap().as_bytes()).unwrap()).unwrap();
    let client = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let (facts, _) = shake(&server, &Arc::new(client), "localhost").await.unwrap();
    assert_eq!(facts.version, "TLSv1.2");
    assert!(facts.cipher.starts_with("TLS_ECDHE_ECDSA_"), "{}", facts.cipher);
}

#[tokio::test]
async fn a_session_is_resumed_at_its_own_listener_only() {
    let folder = TempDir::new().unwrap();
    let first = open(folder.path(), &[]);
    let second = first.for_listener(&[]).unwrap();
    let client = Arc::new(client(&first.ca_pem().unwrap()));
    assert_eq!(shake(&first, &client, "localhost").await.unwrap().1, HandshakeKind::Full);
    assert_eq!(shake(&first, &client, "localhost").await.unwrap().1, HandshakeKind::Resumed);
    assert_eq!(shake(&second, &client, "localhost").await.unwrap().1, HandshakeKind::Full);
    assert_eq!(shake(&second, &client, "localhost").await.unwrap().1, HandshakeKind::Resumed);
}

#[tokio::test]
async fn a_made_certificate_is_kept_and_is_private() {
    let folder = TempDir::new().unwrap();
    let first = open(folder.path(), &["mail.test"]);
    let again = open(folder.path(), &["mail.test"]);
    assert_eq!(first.fingerprint_sha256(), again.fingerprint_sha256());
    assert_eq!(first.ca_pem(), again.ca_pem());
    let print = first.fingerprint_sha256();
    assert_eq!((print.len(), print.matches(':').count()), (95, 31));
    let public = fs::read_to_string(folder.path().join("tls/ca.pem")).unwrap();
    assert_eq!(Some(&public), first.ca_pem().as_ref());
    assert!(!public.contains("PRIVATE"));
    #[cfg(unix)]
    for file in ["authority.pem", "server.pem"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder.path().join("tls").join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn a_new_name_or_a_damaged_leaf_makes_a_new_leaf_under_the_same_authority() {
    let folder = TempDir::new().unwrap();
    let first = open(folder.path(), &["mail.test"]);
    let named = open(folder.path(), &["mail.test", "more.test"]);
    assert_ne!(first.fingerprint_sha256(), named.fingerprint_sha256());
    fs::write(folder.path().join("tls/server.pem"), "").unwrap();
    fs::remove_file(folder.path().join("tls/ca.pem")).unwrap();
    let repaired = open(folder.path(), &["mail.test", "more.test"]);
    assert_eq!(first.ca_pem(), repaired.ca_pem());
    let client = Arc::new(client(&first.ca_pem().unwrap()));
    shake(&repaired, &client, "more.test").await.unwrap();
    assert!(folder.path().join("tls/ca.pem").exists());
}

#[tokio::test]
async fn a_damaged_authority_is_replaced_with_its_leaf() {
    let folder = TempDir::new().unwrap();
    let first = open(folder.path(), &[]);
    fs::write(folder.path().join("tls/authority.pem"), "").unwrap();
    let second = open(folder.path(), &[]);
    assert_ne!(first.ca_pem(), second.ca_pem());
    shake(&second, &Arc::new(client(&second.ca_pem().unwrap())), "localhost").await.unwrap();
}

#[tokio::test]
async fn a_leaf_is_renewed_before_it_is_over_while_the_server_runs() {
    let folder = TempDir::new().unwrap();
    let clock = Clock::manual(NOW);
    let server = TlsServer::open(made(folder.path(), &[]), clock.clone()).unwrap();
    let (leaf, ca) = (server.fingerprint_sha256(), server.ca_pem());
    clock.set(NOW.plus_seconds(360 * DAY_S));
    server.reload().unwrap();
    assert_eq!(server.fingerprint_sha256(), leaf);
    clock.set(NOW.plus_seconds(370 * DAY_S));
    server.reload().unwrap();
    assert_ne!(server.fingerprint_sha256(), leaf);
    assert_eq!(server.ca_pem(), ca);
}

#[tokio::test]
async fn the_users_files_are_read_again_on_request_and_refused_when_they_do_not_match() {
    let folder = TempDir::new().unwrap();
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let made_one = open(one.path(), &[]);
    let made_two = open(two.path(), &[]);
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let take = |from: &TempDir, to: &Path| fs::copy(from.path().join("tls/server.pem"), to).unwrap();
    let certificate = Certificate::Files { cert: cert.clone(), key: key.clone() };
    assert!(
        matches!(TlsServer::open(certificate.clone(), Clock::system()), Err(TlsError::Read { path, .. }) if path == cert)
    );
    take(&one, &cert);
    take(&one, &key);
    let server = TlsServer::open(certificate, Clock::system()).unwrap();
    let listener = server.for_listener(&[]).unwrap();
    assert_eq!(server.fingerprint_sha256(), made_one.fingerprint_sha256());
    assert_eq!(server.ca_pem(), None);
    take(&two, &cert);
    assert!(matches!(server.reload(), Err(TlsError::Unusable { .. })));
    fs::write(&key, "no key here").unwrap();
    assert!(matches!(server.reload(), Err(TlsError::NoKey(path)) if path == key));
    assert_eq!(server.fingerprint_sha256(), made_one.fingerprint_sha256(), "a failed reload changes nothing");
    take(&two, &key);
    server.reload().unwrap();
    assert_eq!(listener.fingerprint_sha256(), made_two.fingerprint_sha256());
    shake(&listener, &Arc::new(client(&made_two.ca_pem().unwrap())), "localhost").await.unwrap();
}

#[tokio::test]
async fn alpn_is_agreed_on_where_it_is_offered() {
    let folder = TempDir::new().unwrap();
    let server = open(folder.path(), &[]).for_listener(&["http/1.1"]).unwrap();
    let mut speaks = client(&server.ca_pem().unwrap());
    speaks.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    shake(&server, &Arc::new(speaks.clone()), "localhost").await.unwrap();
    speaks.alpn_protocols = vec![b"smtp".to_vec()];
    assert!(shake(&server, &Arc::new(speaks), "localhost").await.is_err());
}

/// Runs the accept loop with TLS from the start; handlers answer one octet.
fn start(server: &TlsServer) -> (SocketAddr, Gate, TaskTracker, CancellationToken) {
    let listener = Listener::bind(any_port()).unwrap();
    let (address, gate) = (listener.local_addr(), Gate::new(OPEN));
    let (tracker, shutdown) = (TaskTracker::new(), CancellationToken::new());
    let door = Door { name: "test", listener, gate: gate.clone(), tls: Some(server.clone()), busy: b"" };
    tracker.spawn(accept(door, tracker.clone(), shutdown.clone(), |mut connection| async move {
        assert!(connection.tls.is_some());
        let _ = connection.stream.write_u8(7).await;
        let _ = connection.stream.flush().await;
    }));
    (address, gate, tracker, shutdown)
}

#[tokio::test]
async fn silent_clients_do_not_keep_others_from_their_handshake_and_shutdown_does_not_wait_for_them() {
    let folder = TempDir::new().unwrap();
    let server = open(folder.path(), &[]);
    let (address, gate, tracker, shutdown) = start(&server);
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    let socket = TcpStream::connect(address).await.unwrap();
    let connector = TlsConnector::from(Arc::new(client(&server.ca_pem().unwrap())));
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = timeout(LONG, connector.connect(name, socket)).await.unwrap().unwrap();
    assert_eq!(stream.read_u8().await.unwrap(), 7);
    assert!(gate.open() >= 50);
    shutdown.cancel();
    tracker.close();
    timeout(Duration::from_secs(5), tracker.wait()).await.expect("shutdown waits for silent clients");
    assert_eq!(gate.open(), 0);
}

#[tokio::test]
async fn a_silent_client_is_cut_at_the_handshakes_deadline() {
    let folder = TempDir::new().unwrap();
    let server = open(folder.path(), &[]);
    let listener = TcpListener::bind(any_port()).await.unwrap();
    let mut silent = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    silent.write_all(&[0x16, 0x03, 0x01]).await.unwrap(); // The beginning of a ClientHello.
    let (socket, _) = listener.accept().await.unwrap();
    tokio::time::pause();
    let deadline = Instant::now() + Duration::from_secs(10);
    let error = Stream::Plain(socket).start_tls(&server, deadline).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
    assert!(Instant::now() >= deadline);
}

#[tokio::test]
async fn garbage_and_tls_inside_tls_are_errors() {
    let folder = TempDir::new().unwrap();
    let server = open(folder.path(), &[]);
    let listener = TcpListener::bind(any_port()).await.unwrap();
    let mut rude = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    rude.write_all(b"EHLO client.test\r\n").await.unwrap();
    let (socket, _) = listener.accept().await.unwrap();
    assert!(Stream::Plain(socket).start_tls(&server, Instant::now() + LONG).await.is_err());

    let (socket, client_side) = (TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
    let (socket, client_side) = tokio::join!(socket, client_side);
    let connector = TlsConnector::from(Arc::new(client(&server.ca_pem().unwrap())));
    let name = ServerName::try_from("localhost").unwrap();
    let plain = Stream::Plain(client_side.unwrap().0);
    let (inner, _client) =
        tokio::join!(plain.start_tls(&server, Instant::now() + LONG), connector.connect(name, socket.unwrap()));
    let error = inner.unwrap().0.start_tls(&server, Instant::now() + LONG).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}

/// The server must neither spin nor hang when a client vanishes in the middle of TLS.
#[tokio::test]
async fn a_client_that_drops_tls_is_an_end_and_not_a_loop() {
    let folder = TempDir::new().unwrap();
    let server = open(folder.path(), &[]);
    let listener = TcpListener::bind(any_port()).await.unwrap();
    let socket = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (accepted, _) = listener.accept().await.unwrap();
    let connector = TlsConnector::from(Arc::new(client(&server.ca_pem().unwrap())));
    let name = ServerName::try_from("localhost").unwrap();
    let (served, connected) = tokio::join!(
        Stream::Plain(accepted).start_tls(&server, Instant::now() + LONG),
        connector.connect(name, socket)
    );
    drop(connected.unwrap().into_inner().0); // Without close_notify.
    let mut stream = served.unwrap().0;
    let end = timeout(LONG, stream.read_to_end(&mut Vec::new())).await.expect("no end");
    use std::io::ErrorKind::{ConnectionReset, UnexpectedEof};
    assert!(matches!(end.unwrap_err().kind(), ConnectionReset | UnexpectedEof));
}
