//! Why there is no certificate to serve.

use std::io;
use std::path::PathBuf;

/// What is wrong with the certificate or its files.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file or folder could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file or folder could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file has no certificate in PEM.
    #[error("{} holds no certificate in PEM form (\"-----BEGIN CERTIFICATE-----\")", .0.display())]
    NoCertificate(PathBuf),
    /// A file has no private key in PEM.
    #[error("{} holds no private key in PEM form (\"-----BEGIN PRIVATE KEY-----\")", .0.display())]
    NoKey(PathBuf),
    /// The certificate and the key do not go together, or cannot be used.
    #[error("the certificate in {} cannot be used with its key: {source}", path.display())]
    Unusable {
        /// The file of the certificate.
        path: PathBuf,
        /// What TLS said.
        source: rustls::Error,
    },
    /// A certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Make(#[from] rcgen::Error),
    /// TLS could not be set up at all.
    #[error("cannot set up TLS: {0}")]
    Setup(#[from] rustls::Error),
}
