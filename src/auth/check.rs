//! From the key that was shown to who calls.

use std::net::IpAddr;

use subtle::ConstantTimeEq as _;
use tokio::time::Instant;

use super::service::{Auth, Note};
use super::{Error, token};
use crate::model::{Key, Principal, Secret};

impl Auth {
    /// Who calls, given the key that was shown.
    ///
    /// An open server asks for no key; one that has the form of ours is heeded all the same, so that a test may use it.
    ///
    /// # Errors
    /// [`Error::Wrong`], [`Error::Expired`], [`Error::Throttled`], or if the store fails.
    pub async fn check(&self, shown: Option<&Secret>, peer: IpAddr) -> Result<Principal, Error> {
        let now = Instant::now();
        let everything = || Ok(Principal::of(self.0.store.default_project()));
        let form = shown.filter(|shown| token::looks_like_one(shown.expose()));
        if self.is_open() && form.is_none() {
            return everything();
        }
        self.0.throttle.check(peer, now).map_err(|retry_after_s| Error::Throttled { retry_after_s })?;
        let Some(shown) = shown else { return Err(Error::Wrong) };
        if self.0.root_key.as_ref().is_some_and(|root| is_same(&token::sha256(shown), &token::sha256(root))) {
            self.0.throttle.right(peer, now);
            return everything();
        }
        match self.look_up(shown).await {
            Ok(key) => {
                self.0.throttle.right(peer, now);
                Ok(Principal { key: Some(key.id), project: key.project, scopes: key.scopes, narrowed: key.narrowed })
            }
            Err(error) => {
                if matches!(error, Error::Wrong | Error::Expired) {
                    self.0.throttle.wrong(peer, now);
                }
                Err(error)
            }
        }
    }

    async fn look_up(&self, shown: &Secret) -> Result<Key, Error> {
        let lookup = token::lookup(shown.expose()).ok_or(Error::Wrong)?;
        let found = match self.0.recent.get(lookup) {
            Some(found) => found,
            None => {
                let changes = self.0.recent.changes();
                let found = self.0.store.key_by_lookup(lookup).await?.ok_or(Error::Wrong)?;
                self.0.recent.remember(lookup, found.clone(), changes);
                found
            }
        };
        if !is_same(&token::sha256(shown), &found.digest) {
            return Err(Error::Wrong);
        }
        let now = self.0.store.clock().now();
        if [found.valid_until, found.key.expires_at].into_iter().flatten().any(|end| end <= now) {
            return Err(Error::Expired);
        }
        if self.0.recent.is_worth_noting(found.key.id, now) {
            self.note_later(Note::Used(found.key.id, now));
        }
        Ok(found.key)
    }
}

/// Compares digests, so that neither content nor length shows in the time it takes.
fn is_same(shown: &[u8], wanted: &[u8]) -> bool {
    shown.ct_eq(wanted).into()
}
