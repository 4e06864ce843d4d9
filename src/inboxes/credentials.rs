//! User names and passwords of inboxes: made, checked, shown once.

use ring::rand::{SecureRandom as _, SystemRandom};
use subtle::ConstantTimeEq as _;

use super::service::{Inboxes, Login};
use super::{Credential, Error};
use crate::filter::fold;
use crate::model::{Address, Secret};
use crate::store::SealedCredential;

/// Letters that no one mistakes for another; 32 of them, so that five bits choose one evenly.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

impl Inboxes {
    /// Checks a user name (an inbox's address, or a credential's own name) and its password.
    ///
    /// # Errors
    /// [`Error::Denied`], the same for an unknown name and a wrong password.
    pub async fn check_password(&self, username: &str, password: &Secret) -> Result<Login, Error> {
        let (secret, login) = self.shared_secret(username).await?.ok_or(Error::Denied)?;
        let is_right: bool = secret.expose().as_bytes().ct_eq(password.expose().as_bytes()).into();
        if is_right { Ok(login) } else { Err(Error::Denied) }
    }

    /// The secret of a user name, for mechanisms that answer a challenge with it, and the login that it proves.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn shared_secret(&self, username: &str) -> Result<Option<(Secret, Login)>, Error> {
        let key = username_key(username);
        let Some((inbox, credential)) = self.0.store.credential(&key).await? else { return Ok(None) };
        let secret = self.0.seal.open(&credential.secret, &key);
        let login = Login { identity: credential.username, inbox: Some(inbox), verified: true };
        if secret.is_none() {
            tracing::error!(inbox.id = %inbox, "a credential cannot be read: the key file of the data folder is not the one it was made with");
        }
        Ok(secret.map(|secret| (secret, login)))
    }

    /// A credential whose user name is the address, with a new password.
    pub(super) fn make_credential(&self, address: &Address) -> Result<(Credential, SealedCredential), Error> {
        let username = address.to_string();
        let username_key = username_key(&username);
        let password = Secret::new(random_letters(24).ok_or(Error::StoreClosed)?);
        let secret = self.0.seal.seal(&password, &username_key).ok_or(Error::StoreClosed)?;
        let sealed = SealedCredential { username: username.clone(), username_key, secret };
        Ok((Credential { username, password }, sealed))
    }
}

fn username_key(username: &str) -> String {
    Address::parse(username).map_or_else(|_| fold(username), |address| address.key())
}

/// `count` letters, five bits of randomness each.
pub(super) fn random_letters(count: usize) -> Option<String> {
    let mut bytes = vec![0; count];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(
        bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte & 31))).map(|letter| char::from(*letter)).collect(),
    )
}
