//! A certificate without a purchase: an authority of our own in the data folder, and a leaf signed by it.
//!
//! Two files hold a key and its certificate each, so that a pair can never be half-written: `authority.pem` and
//! `server.pem`. `ca.pem` is the authority's certificate alone, to be given to clients.

use std::path::Path;
use std::time::Duration;

use chrono::Datelike as _;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256,
};
use rustls::RootCertStore;
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tracing::{info, warn};

use super::error::TlsError;
use super::{certified, files};
use crate::model::Timestamp;

/// What every leaf is good for besides the configured names.
const ALWAYS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

const LEAF_FILE: &str = "server.pem";

const DAY_S: i64 = 24 * 60 * 60;
/// People put it into their trust stores by hand; it should not run out under them.
const AUTHORITY_DAYS: i64 = 20 * 365;
/// Clients on Apple's systems refuse more than 825 days from an authority that was added by hand; 398 is what the web
/// allows.
const LEAF_DAYS: i64 = 397;
/// A leaf with less to live is made anew.
const RENEW_DAYS: i64 = 30;
/// For clients whose clocks are behind.
const BACKDATED_DAYS: i64 = 1;

/// A leaf with its key, and the authority's certificate in PEM.
pub(super) struct Made {
    pub(super) leaf: CertifiedKey,
    pub(super) ca_pem: String,
}

/// Loads the certificate from `folder`, and makes what is missing there, damaged, soon over, or without one of `names`.
pub(super) fn open(folder: &Path, names: &[String], now: Timestamp) -> Result<Made, TlsError> {
    let names = usable(names);
    let authority = Authority::load(folder)?;
    if let Some(authority) = &authority
        && let Some(leaf) = load_leaf(folder)?
        && serves(&leaf, authority, &names, now)
    {
        authority.publish(folder)?;
        return Ok(Made { leaf, ca_pem: authority.pem.clone() });
    }
    files::make_folder(folder)?;
    let authority = match authority {
        Some(authority) => authority,
        None => Authority::make(folder, now)?,
    };
    authority.publish(folder)?;
    let leaf = authority.issue(folder, &names, now)?;
    Ok(Made { leaf, ca_pem: authority.pem })
}

/// The authority as its file holds it.
struct Authority {
    key: KeyPair,
    certificate: CertificateDer<'static>,
    pem: String,
}

impl Authority {
    const FILE: &'static str = "authority.pem";
    const PUBLIC_FILE: &'static str = "ca.pem";

    /// `None` if there is none, or only a damaged one: a power cut may have left it so on the day it was made, and
    /// clients that trusted it will say that the new one is another.
    fn load(folder: &Path) -> Result<Option<Self>, TlsError> {
        let path = folder.join(Self::FILE);
        let Some(content) = files::read(&path)? else { return Ok(None) };
        let authority = Self::parse(&content);
        if authority.is_none() {
            warn!(path = %path.display(), "the certificate authority's file is damaged, a new one is made");
        }
        Ok(authority)
    }

    fn parse(content: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(content).ok()?;
        let key = KeyPair::from_pem(text).ok()?;
        let certificate = CertificateDer::from_pem_slice(content).ok()?;
        let pem = text.get(text.find("-----BEGIN CERTIFICATE-----")?..)?.to_owned();
        Some(Self { key, certificate, pem })
    }

    fn make(folder: &Path, now: Timestamp) -> Result<Self, TlsError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = Self::params(&key);
        set_validity(&mut params, now, AUTHORITY_DAYS);
        let certificate = params.self_signed(&key)?;
        let (certificate, pem) = (certificate.der().clone(), certificate.pem());
        files::write(&folder.join(Self::FILE), &format!("{}{pem}", key.serialize_pem()))?;
        info!(folder = %folder.display(), "a certificate authority was made");
        Ok(Self { key, certificate, pem })
    }

    /// Follows from the key alone, so that a loaded authority can sign without its certificate being parsed. The name
    /// has a part of the key in it: clients are confused by two authorities of one name.
    fn params(key: &KeyPair) -> CertificateParams {
        let mut params = CertificateParams::default();
        let mark: String = params.key_identifier(key).iter().take(4).map(|octet| format!("{octet:02x}")).collect();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::OrganizationName, "Restante");
        params.distinguished_name.push(DnType::CommonName, format!("Restante test authority {mark}"));
        // It signs servers and no further authorities.
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
    }

    /// Puts the certificate where people can take it.
    fn publish(&self, folder: &Path) -> Result<(), TlsError> {
        let path = folder.join(Self::PUBLIC_FILE);
        if files::read(&path)?.as_deref() == Some(self.pem.as_bytes()) {
            return Ok(());
        }
        files::write(&path, &self.pem)
    }

    fn issue(&self, folder: &Path, names: &[String], now: Timestamp) -> Result<CertifiedKey, TlsError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        // X.520 allows 64 characters here; clients look at the alternative names only.
        let common: String = names.first().map(|name| name.chars().take(64).collect()).unwrap_or_default();
        params.distinguished_name.push(DnType::CommonName, common);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        set_validity(&mut params, now, LEAF_DAYS);
        let leaf = params.signed_by(&key, &Issuer::new(Self::params(&self.key), &self.key))?;
        let content = format!("{}{}", key.serialize_pem(), leaf.pem());
        let path = folder.join(LEAF_FILE);
        files::write(&path, &content)?;
        info!(path = %path.display(), names = names.join(", "), "a certificate was made");
        certified::parse(content.as_bytes(), content.as_bytes(), &path, &path)
    }
}

fn load_leaf(folder: &Path) -> Result<Option<CertifiedKey>, TlsError> {
    let path = folder.join(LEAF_FILE);
    let Some(content) = files::read(&path)? else { return Ok(None) };
    Ok(certified::parse(&content, &content, &path, &path).ok())
}

/// Whether clients that trust `authority` would take `leaf` for all of `names`, now and until it is time to renew.
fn serves(leaf: &CertifiedKey, authority: &Authority, names: &[String], now: Timestamp) -> bool {
    let Some(Ok(leaf)) = leaf.cert.first().map(ParsedCertificate::try_from) else { return false };
    let mut roots = RootCertStore::empty();
    if roots.add(authority.certificate.clone()).is_err() {
        return false;
    }
    let algorithms = certified::provider().signature_verification_algorithms.all;
    let holds = |at| verify_server_cert_signed_by_trust_anchor(&leaf, &roots, &[], unix_time(at), algorithms).is_ok();
    holds(now)
        && holds(now.plus_seconds(RENEW_DAYS * DAY_S))
        && names
            .iter()
            .filter_map(|name| ServerName::try_from(name.as_str()).ok())
            .all(|name| verify_server_name(&leaf, &name).is_ok())
}

/// The configured names that a certificate can carry, then [`ALWAYS`]; each once.
fn usable(names: &[String]) -> Vec<String> {
    let mut usable: Vec<String> = Vec::new();
    for name in names.iter().map(String::as_str).chain(ALWAYS) {
        let name = name.to_ascii_lowercase();
        if ServerName::try_from(name.as_str()).is_err() {
            warn!(name, "not a host name, so the certificate goes without it");
        } else if !usable.contains(&name) {
            usable.push(name);
        }
    }
    usable
}

fn set_validity(params: &mut CertificateParams, now: Timestamp, days: i64) {
    let date = |at: Timestamp| {
        let date = at.to_chrono()?.date_naive();
        Some(rcgen::date_time_ymd(date.year(), u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?))
    };
    if let (Some(from), Some(until)) =
        (date(now.plus_seconds(-BACKDATED_DAYS * DAY_S)), date(now.plus_seconds(days * DAY_S)))
    {
        params.not_before = from;
        params.not_after = until;
    }
}

fn unix_time(at: Timestamp) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_micros(u64::try_from(at.micros()).unwrap_or(0)))
}
