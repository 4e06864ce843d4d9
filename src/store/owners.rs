//! What the services ask of the store about keys, projects and the audit log.

use super::audit::{self, AuditQuery, AuditRecord};
use super::handle::Store;
use super::key::{self, FoundKey, SecretDigest};
use super::project::{self, ProjectChange};
use super::{Error, listing, removal};
use crate::model::project::{Project, ProjectRules};
use crate::model::{InboxId, Key, KeyId, ProjectId, Seq, Timestamp};

/// The head of a project's order of commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Oldest {
    /// The message's inbox.
    pub inbox: InboxId,
    /// Its number there.
    pub seq: Seq,
    /// When it came.
    pub received_at: Timestamp,
    /// Its octets.
    pub size: u64,
}

impl Store {
    /// Adds a key with its first secret.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn create_key(&self, new: Key, secret: SecretDigest) -> Result<(), Error> {
        self.write(move |conn| {
            let (new, secret) = (new.clone(), secret.clone());
            Box::pin(async move { key::insert(conn, &new, &secret).await })
        })
        .await
    }

    /// The key whose secret begins with `lookup`.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn key_by_lookup(&self, lookup: &str) -> Result<Option<FoundKey>, Error> {
        key::by_lookup(&mut self.read().await?, lookup).await
    }

    /// The key `id`.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn key(&self, id: KeyId) -> Result<Option<Key>, Error> {
        key::get(&mut self.read().await?, id).await
    }

    /// A page of a project's keys, newest first.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn keys(&self, project: ProjectId, before: Option<KeyId>, limit: usize) -> Result<Vec<Key>, Error> {
        key::list(&mut self.read().await?, project, before, limit).await
    }

    /// Adds a secret to a key; those before it end at `valid_until`. Whether there is such a key.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn rotate_key(&self, id: KeyId, secret: SecretDigest, valid_until: Timestamp) -> Result<bool, Error> {
        let now = self.clock().now();
        self.write(move |conn| {
            let secret = secret.clone();
            Box::pin(async move { key::rotate(conn, id, &secret, now, valid_until).await })
        })
        .await
    }

    /// Removes up to 500 keys that ended before `until`; gives how many.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn prune_keys(&self, until: Timestamp) -> Result<u64, Error> {
        self.write(move |conn| Box::pin(async move { key::prune(conn, until).await })).await
    }

    /// Removes a key; whether it was there.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn delete_key(&self, id: KeyId) -> Result<bool, Error> {
        self.write(move |conn| Box::pin(async move { key::delete(conn, id).await })).await
    }

    /// Notes when keys were used.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn touch_keys(&self, used: Vec<(KeyId, Timestamp)>) -> Result<(), Error> {
        self.write(move |conn| {
            let used = used.clone();
            Box::pin(async move { key::touch(conn, &used).await })
        })
        .await
    }

    /// All projects, oldest first.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn projects(&self) -> Result<Vec<Project>, Error> {
        project::all(&mut self.read().await?).await
    }

    /// Makes a project.
    ///
    /// # Errors
    /// [`Error::Taken`] for its name or one of its domains.
    pub async fn create_project(&self, name: String, rules: ProjectRules) -> Result<Project, Error> {
        let now = self.clock().now();
        self.write(move |conn| {
            let (name, rules) = (name.clone(), rules.clone());
            Box::pin(async move { project::create(conn, &name, &rules, now).await })
        })
        .await
    }

    /// Changes a project.
    ///
    /// # Errors
    /// [`Error::NoProject`], [`Error::Changed`], [`Error::Taken`] for its name or one of its domains.
    pub async fn update_project(&self, id: ProjectId, change: ProjectChange) -> Result<Project, Error> {
        self.write(move |conn| {
            let change = change.clone();
            Box::pin(async move { project::update(conn, id, &change).await })
        })
        .await
    }

    /// Removes a project without inboxes.
    ///
    /// # Errors
    /// [`Error::NoProject`], [`Error::ProjectNotEmpty`].
    pub async fn delete_project(&self, id: ProjectId) -> Result<(), Error> {
        self.write(move |conn| Box::pin(async move { project::delete(conn, id).await })).await
    }

    /// Inboxes, messages and octets of a project.
    ///
    /// # Errors
    /// If they cannot be counted.
    pub async fn project_holds(&self, id: ProjectId) -> Result<(u64, u64, u64), Error> {
        project::holds(&mut self.read().await?, id).await
    }

    /// The oldest messages of a project, as many as leave in one transaction.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn oldest_of_project(&self, id: ProjectId) -> Result<Vec<Oldest>, Error> {
        listing::oldest(&mut self.read().await?, id, removal::CHUNK).await
    }

    /// Writes lines of the audit log.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn note_audit(&self, records: Vec<AuditRecord>) -> Result<(), Error> {
        self.write(move |conn| {
            let records = records.clone();
            Box::pin(async move { audit::insert(conn, &records).await })
        })
        .await
    }

    /// A page of the audit log, newest first.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn audit(&self, query: &AuditQuery) -> Result<Vec<AuditRecord>, Error> {
        audit::list(&mut self.read().await?, query).await
    }

    /// Keeps the newest `keep` lines of the audit log that are not from before `until`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn prune_audit(&self, keep: i64, until: Timestamp) -> Result<u64, Error> {
        self.write(move |conn| Box::pin(async move { audit::prune(conn, keep, until).await })).await
    }
}
