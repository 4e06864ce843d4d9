//! Certificate chains with their keys, from PEM.

use std::path::Path;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::error::TlsError;

/// ring, named here and not taken from a global: what is linked in elsewhere then changes nothing.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// The chain in the PEM text `cert` and the key in `key`, which may be the same text; `path` is for the error.
pub(super) fn parse(cert: &[u8], key: &[u8], cert_path: &Path, key_path: &Path) -> Result<CertifiedKey, TlsError> {
    let chain = CertificateDer::pem_slice_iter(cert)
        .collect::<Result<Vec<_>, _>>()
        .ok()
        .filter(|chain| !chain.is_empty())
        .ok_or_else(|| TlsError::NoCertificate(cert_path.to_owned()))?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsError::NoKey(key_path.to_owned()))?;
    CertifiedKey::from_der(chain, key, &provider())
        .map_err(|source| TlsError::Unusable { path: cert_path.to_owned(), source })
}

/// SHA-256 of the leaf, upper-case hex with colons, as `openssl x509 -fingerprint -sha256` and mail clients show it.
pub(super) fn fingerprint(certified: &CertifiedKey) -> String {
    let leaf = certified.cert.first().map(|leaf| leaf.as_ref()).unwrap_or_default();
    let digest = ring::digest::digest(&ring::digest::SHA256, leaf);
    let octets: Vec<_> = digest.as_ref().iter().map(|octet| format!("{octet:02X}")).collect();
    octets.join(":")
}
