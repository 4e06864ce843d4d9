//! What listeners need to speak TLS.

use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::ring::Ticketer;
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::error::TlsError;
use super::{certified, files, made};
use crate::model::Clock;

/// Where the certificate comes from.
#[derive(Clone, Debug)]
pub enum Certificate {
    /// PEM files of the user's own.
    Files {
        /// The chain, leaf first.
        cert: PathBuf,
        /// The private key of the leaf.
        key: PathBuf,
    },
    /// Made at the first start, and kept.
    Made {
        /// Where it is kept; made if it does not exist.
        folder: PathBuf,
        /// What it is good for besides localhost, 127.0.0.1 and ::1; the server's own name first.
        names: Vec<String>,
    },
}

/// The server's side of TLS for one listener. Cheap to clone; clones share their sessions.
///
/// Versions 1.2 and 1.3, as rustls and ring have them.
#[derive(Clone)]
pub struct TlsServer {
    identity: Arc<Identity>,
    acceptor: TlsAcceptor,
}

impl TlsServer {
    /// Loads the certificate, and makes one where it is asked for and there is none. Blocks on files for a moment.
    ///
    /// # Errors
    /// [`TlsError`], naming the file.
    pub fn open(certificate: Certificate, clock: Clock) -> Result<Self, TlsError> {
        let current = ArcSwap::from_pointee(Current::load(&certificate, &clock)?);
        Self::new(Arc::new(Identity { certificate, clock, current }), &[])
    }

    /// The same certificate for another listener, with session tickets of its own: one listener's session must not be
    /// resumed at another, where other rules may hold. `alpn` names its protocols, preferred first; usually none.
    ///
    /// # Errors
    /// [`TlsError::Setup`] if the system gives no random numbers.
    pub fn for_listener(&self, alpn: &[&str]) -> Result<Self, TlsError> {
        Self::new(Arc::clone(&self.identity), alpn)
    }

    /// Reads the files again and serves what they hold from the next connection on, at every listener.
    /// Made certificates are renewed when they are soon over. Blocks on files for a moment.
    ///
    /// # Errors
    /// [`TlsError`], and then everything stays as it was.
    pub fn reload(&self) -> Result<(), TlsError> {
        let Identity { certificate, clock, current } = &*self.identity;
        current.store(Arc::new(Current::load(certificate, clock)?));
        Ok(())
    }

    /// The certificate of the authority, in PEM, for clients to trust; `None` where the certificate is the user's own.
    #[must_use]
    pub fn ca_pem(&self) -> Option<String> {
        self.identity.current.load().ca_pem.clone()
    }

    /// SHA-256 of the server's certificate: `AB:CD:…`.
    #[must_use]
    pub fn fingerprint_sha256(&self) -> String {
        certified::fingerprint(&self.identity.current.load().certified)
    }

    pub(in crate::net) async fn accept(&self, socket: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        self.acceptor.accept(socket).await
    }

    fn new(identity: Arc<Identity>, alpn: &[&str]) -> Result<Self, TlsError> {
        let mut config = ServerConfig::builder_with_provider(certified::provider())
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&identity) as Arc<dyn ResolvesServerCert>);
        // Tickets are kept by the clients; there is nothing here that many of them could fill.
        config.ticketer = Ticketer::new()?;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        Ok(Self { identity, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }
}

impl std::fmt::Debug for TlsServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsServer").field("certificate", &self.identity.certificate).finish_non_exhaustive()
    }
}

/// Who we are, at all listeners. Each handshake takes what is current, so a reload needs to know no listener.
#[derive(Debug)]
struct Identity {
    certificate: Certificate,
    clock: Clock,
    current: ArcSwap<Current>,
}

impl ResolvesServerCert for Identity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.load().certified))
    }
}

#[derive(Debug)]
struct Current {
    certified: Arc<CertifiedKey>,
    ca_pem: Option<String>,
}

impl Current {
    fn load(certificate: &Certificate, clock: &Clock) -> Result<Self, TlsError> {
        match certificate {
            Certificate::Files { cert, key } => {
                let read = |path: &PathBuf| {
                    files::read(path)?.ok_or_else(|| TlsError::Read {
                        path: path.clone(),
                        source: std::io::ErrorKind::NotFound.into(),
                    })
                };
                let certified = certified::parse(&read(cert)?, &read(key)?, cert, key)?;
                Ok(Self { certified: Arc::new(certified), ca_pem: None })
            }
            Certificate::Made { folder, names } => {
                let made = made::open(folder, names, clock.now())?;
                Ok(Self { certified: Arc::new(made.leaf), ca_pem: Some(made.ca_pem) })
            }
        }
    }
}
