//! Making, rotating and ending keys. No key makes one that is wider than itself.

use super::service::Auth;
use super::{Error, token};
use crate::model::{InboxId, Key, KeyId, Narrowing, Principal, ProjectId, Scope, Scopes, Secret, Timestamp};

/// What a new key is asked to be.
#[derive(Clone, Debug, Default)]
pub struct NewKey {
    /// What its maker calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// What of the project it may reach.
    pub narrowed: Narrowing,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// A key with its secret, which is shown once.
#[derive(Clone, Debug)]
pub struct Made {
    /// The key.
    pub key: Key,
    /// What its holder shows.
    pub secret: Secret,
}

/// Longest text of a name, a tag or a run.
const MAX_TEXT: usize = 200;
/// Longest time for which a secret goes on beside the one that follows it: thirty days.
const MAX_OVERLAP_S: u64 = 30 * 24 * 3600;

impl Auth {
    /// Makes a key of the caller's project.
    ///
    /// # Errors
    /// [`Error::Escalation`], [`Error::Invalid`].
    pub async fn create_key(&self, who: &Principal, new: NewKey) -> Result<Made, Error> {
        let now = self.0.store.clock().now();
        let expires_at = self.check_new(who, &new, now).await?;
        let key = Key {
            id: KeyId::new(now),
            project: who.project,
            name: new.name,
            scopes: new.scopes,
            narrowed: new.narrowed,
            created_at: now,
            created_by: who.key,
            expires_at,
            last_used_at: None,
        };
        let secret = token::make().ok_or(Error::NoRandomness)?;
        let digest = token::digest_of(&secret).ok_or(Error::NoRandomness)?;
        self.0.store.create_key(key.clone(), digest).await?;
        Ok(Made { key, secret })
    }

    /// Makes a key for one inbox; it is as narrow as the caller besides.
    ///
    /// # Errors
    /// [`Error::Escalation`], [`Error::Invalid`].
    pub async fn create_token(&self, who: &Principal, inbox: InboxId, mut new: NewKey) -> Result<Made, Error> {
        new.narrowed = Narrowing { inbox: Some(inbox), ..who.narrowed.clone() };
        self.create_key(who, new).await
    }

    /// A page of the project's keys, newest first, and whether there are more.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn keys(
        &self,
        project: ProjectId,
        before: Option<KeyId>,
        limit: usize,
    ) -> Result<(Vec<Key>, bool), Error> {
        let mut keys = self.0.store.keys(project, before, limit + 1).await?;
        let has_more = keys.len() > limit;
        keys.truncate(limit);
        Ok((keys, has_more))
    }

    /// The key `id`, when it is of the caller's project.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn key(&self, who: &Principal, id: KeyId) -> Result<Key, Error> {
        let key = self.0.store.key(id).await?.filter(|key| key.project == who.project);
        key.ok_or(Error::NotFound { what: "key" })
    }

    /// Gives a key a new secret; the present one goes on for `overlap_s` seconds.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Escalation`], [`Error::Invalid`].
    pub async fn rotate_key(&self, who: &Principal, id: KeyId, overlap_s: u64) -> Result<Made, Error> {
        if overlap_s > MAX_OVERLAP_S {
            return Err(Error::invalid("/overlap_s", format!("at most {MAX_OVERLAP_S} seconds (thirty days)")));
        }
        let key = self.key(who, id).await?;
        // Whoever learns the new secret has the key: it may not last longer than their own.
        if let Some(own) = self.end_of(who).await?
            && key.expires_at.is_none_or(|end| end > own)
        {
            return Err(Error::Escalation { wider: format!("it ends itself at {own}") });
        }
        let now = self.0.store.clock().now();
        if key.expires_at.is_some_and(|end| end <= now) {
            return Err(Error::invalid("", "the key has expired: make a new one"));
        }
        let secret = token::make().ok_or(Error::NoRandomness)?;
        let digest = token::digest_of(&secret).ok_or(Error::NoRandomness)?;
        let valid_until = now.plus_seconds(i64::try_from(overlap_s).unwrap_or(0));
        if !self.0.store.rotate_key(id, digest, valid_until).await? {
            return Err(Error::NotFound { what: "key" });
        }
        self.0.recent.forget_all();
        Ok(Made { key, secret })
    }

    /// Ends a key at once on this node, and within two seconds on others.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn delete_key(&self, who: &Principal, id: KeyId) -> Result<(), Error> {
        self.key(who, id).await?;
        let was_there = self.0.store.delete_key(id).await?;
        self.forget_keys();
        if was_there { Ok(()) } else { Err(Error::NotFound { what: "key" }) }
    }

    /// Looks every key up anew: to be called when keys went with what they belonged to.
    pub fn forget_keys(&self) {
        self.0.recent.forget_all();
    }

    /// Whether `who` may make the key; gives its end, which is the caller's own when that is earlier.
    async fn check_new(&self, who: &Principal, new: &NewKey, now: Timestamp) -> Result<Option<Timestamp>, Error> {
        for (pointer, text) in [
            ("/name", Some(&new.name)),
            ("/restrict/tag", new.narrowed.tag.as_ref()),
            ("/restrict/run", new.narrowed.run.as_ref()),
        ] {
            check_text(pointer, text.map_or("-", String::as_str))?;
        }
        if new.scopes.is_empty() {
            return Err(Error::invalid("/scopes", "at least one scope"));
        }
        if new.scopes.contains(Scope::Admin) && !new.narrowed.is_whole() {
            return Err(Error::invalid("/restrict", "admin is for a whole project: leave it out, or do not narrow"));
        }
        if new.expires_at.is_some_and(|end| end <= now) {
            return Err(Error::invalid("/expires_at", "a time to come"));
        }
        if let Some(scope) = who.scopes.lacks_of(new.scopes) {
            return Err(Error::lacks(scope));
        }
        if !new.narrowed.is_within(&who.narrowed) {
            return Err(Error::Escalation { wider: "it is itself narrowed to less".to_owned() });
        }
        match (new.expires_at, self.end_of(who).await?) {
            (Some(asked), Some(own)) if asked > own => {
                Err(Error::Escalation { wider: format!("it ends itself at {own}") })
            }
            (asked, own) => Ok(asked.or(own)),
        }
    }

    /// When the caller's own key ends.
    async fn end_of(&self, who: &Principal) -> Result<Option<Timestamp>, Error> {
        match who.key {
            Some(key) => Ok(self.0.store.key(key).await?.ok_or(Error::Wrong)?.expires_at),
            None => Ok(None),
        }
    }
}

fn check_text(pointer: &'static str, text: &str) -> Result<(), Error> {
    if text.is_empty() || text.len() > MAX_TEXT || text.chars().any(char::is_control) {
        return Err(Error::invalid(pointer, format!("1 to {MAX_TEXT} bytes of text without control characters")));
    }
    Ok(())
}
