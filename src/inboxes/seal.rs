//! Secrets of inboxes at rest: encrypted, because challenge mechanisms need them back in clear.

use std::io::Write as _;
use std::path::Path;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::model::Secret;

/// Encrypts and decrypts secrets. Whoever has the database without the key's file has nothing.
#[derive(Clone, Debug)]
pub struct SealKey {
    key: LessSafeKey,
    random: SystemRandom,
}

const KEY_BYTES: usize = 32;

impl SealKey {
    /// The key in `path`, made at the first start, readable by its owner only.
    ///
    /// # Errors
    /// If the file can neither be read nor made, or is not such a key.
    pub fn load_or_make(path: &Path) -> std::io::Result<Self> {
        match std::fs::read(path) {
            Ok(bytes) => Self::new(&bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut bytes = [0; KEY_BYTES];
                SystemRandom::new().fill(&mut bytes).map_err(|_| std::io::Error::other("no randomness"))?;
                use std::os::unix::fs::OpenOptionsExt as _;
                let mut file = std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(path)?;
                file.write_all(&bytes)?;
                file.sync_all()?;
                Self::new(&bytes)
            }
            Err(error) => Err(error),
        }
    }

    /// The key that these 32 octets are.
    ///
    /// # Errors
    /// If they are not 32.
    pub fn new(bytes: &[u8]) -> std::io::Result<Self> {
        let unusable = || std::io::Error::new(std::io::ErrorKind::InvalidData, "not a key of 32 octets");
        let key = UnboundKey::new(&CHACHA20_POLY1305, bytes).map_err(|_| unusable())?;
        Ok(Self { key: LessSafeKey::new(key), random: SystemRandom::new() })
    }

    /// The secret, encrypted: nonce, then text and tag (RFC 8439 §2.8). Bound to `owner`, so that it cannot be moved.
    pub(super) fn seal(&self, secret: &Secret, owner: &str) -> Option<Vec<u8>> {
        self.seal_octets(secret.expose().as_bytes().to_vec(), owner)
    }

    /// The same for octets that may hold secrets among other things.
    pub(super) fn seal_octets(&self, mut octets: Vec<u8>, owner: &str) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).ok()?;
        let aad = Aad::from(owner.as_bytes());
        self.key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut octets).ok()?;
        Some([nonce.as_slice(), &octets].concat())
    }

    /// The inverse of [`SealKey::seal`]; `None` when the key or the owner is another, or the octets are damaged.
    pub(super) fn open(&self, sealed: &[u8], owner: &str) -> Option<Secret> {
        String::from_utf8(self.open_octets(sealed, owner)?).ok().map(Secret::new)
    }

    /// The inverse of [`SealKey::seal_octets`].
    pub(super) fn open_octets(&self, sealed: &[u8], owner: &str) -> Option<Vec<u8>> {
        let (nonce, octets) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut octets = octets.to_vec();
        let aad = Aad::from(owner.as_bytes());
        let opened = self.key.open_in_place(Nonce::assume_unique_for_key(*nonce), aad, &mut octets).ok()?;
        Some(opened.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_and_owner_open() {
        let key = SealKey::new(&[7; 32]).unwrap();
        let sealed = key.seal(&Secret::new("hunter2"), "a@b.test").unwrap();
        assert_eq!(key.open(&sealed, "a@b.test").unwrap().expose(), "hunter2");
        assert!(key.open(&sealed, "c@b.test").is_none());
        assert!(SealKey::new(&[8; 32]).unwrap().open(&sealed, "a@b.test").is_none());
        assert!(key.open(&sealed[..10], "a@b.test").is_none());
        assert!(!sealed.windows(7).any(|window| window == b"hunter2"));
        assert!(SealKey::new(&[7; 31]).is_err());
    }

    #[test]
    fn the_key_is_made_once_and_kept_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        let sealed = SealKey::load_or_make(&path).unwrap().seal(&Secret::new("s"), "o").unwrap();
        assert_eq!(SealKey::load_or_make(&path).unwrap().open(&sealed, "o").unwrap().expose(), "s");
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
