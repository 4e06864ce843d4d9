//! What the projects decide, kept in memory: whose a domain is, and what its owner wants of mail and inboxes.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use tokio::time::Instant;

use super::Error;
use super::service::Inboxes;
use crate::model::address::domain_key;
use crate::model::inbox::Quota;
use crate::model::project::{Project, ProjectQuotas, UnknownRecipient};
use crate::model::{Address, ProjectId};

/// The projects as they were read last.
#[derive(Debug, Default)]
pub(super) struct Policies {
    read: ArcSwapOption<Snapshot>,
    /// Raised by every change of a project: what was read before it is not believed after it.
    changes: AtomicU64,
}

/// All projects at one time.
#[derive(Debug)]
pub(super) struct Snapshot {
    projects: HashMap<ProjectId, Arc<Project>>,
    owners: HashMap<String, ProjectId>,
    read_at: Instant,
    changes: u64,
}

impl Policies {
    fn current(&self, believed: Duration) -> Option<Arc<Snapshot>> {
        let read = self.read.load_full()?;
        (read.changes == self.changes() && read.read_at.elapsed() < believed).then_some(read)
    }

    fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    pub(super) fn forget(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
    }
}

impl Snapshot {
    pub(super) fn project(&self, id: ProjectId) -> Option<&Arc<Project>> {
        self.projects.get(&id)
    }

    /// The project of this id or name.
    pub(super) fn named(&self, text: &str) -> Option<&Arc<Project>> {
        match text.parse() {
            Ok(id) => self.project(id),
            Err(_) => self.projects.values().find(|project| project.name == text),
        }
    }

    /// The project that has said that the domain is its own.
    pub(super) fn owner(&self, domain: &str) -> Option<ProjectId> {
        self.owners.get(&domain_key(domain)).copied()
    }

    /// All projects, oldest first.
    pub(super) fn all(&self) -> Vec<Arc<Project>> {
        let mut all: Vec<_> = self.projects.values().cloned().collect();
        all.sort_by_key(|project| project.id);
        all
    }

    /// The inboxes that take the mail of unknown addresses.
    pub(super) fn catch_alls(&self) -> impl Iterator<Item = &Address> {
        self.projects.values().filter_map(|project| match &project.rules.unknown_recipient {
            Some(UnknownRecipient::CatchAll(address)) => Some(address),
            _ => None,
        })
    }
}

impl Inboxes {
    /// The projects: at once after a change of this node, within a second or so after one of another.
    pub(super) async fn policies(&self) -> Result<Arc<Snapshot>, Error> {
        if let Some(current) = self.0.policies.current(self.0.store.look_again()) {
            return Ok(current);
        }
        let changes = self.0.policies.changes();
        let projects = self.0.store.projects().await?;
        let owned = projects.iter().flat_map(|project| project.rules.domains.iter().map(|domain| (domain, project.id)));
        let owners = owned.map(|(domain, owner)| (domain.clone(), owner)).collect();
        let projects = projects.into_iter().map(|project| (project.id, Arc::new(project))).collect();
        let read = Arc::new(Snapshot { projects, owners, read_at: Instant::now(), changes });
        self.0.policies.read.store(Some(read.clone()));
        Ok(read)
    }

    /// The rules of a project; [`Error::NotFound`] when it is gone.
    pub(super) async fn rules_of(&self, id: ProjectId) -> Result<Arc<Project>, Error> {
        let policies = self.policies().await?;
        policies.project(id).cloned().ok_or(Error::NotFound { what: "project" })
    }

    /// The project that mail to an unknown address of `domain` belongs to.
    pub(super) async fn host_of(&self, domain: &str) -> Result<Arc<Project>, Error> {
        let owner = self.policies().await?.owner(domain).unwrap_or_else(|| self.project());
        self.rules_of(owner).await
    }

    /// What happens to mail for an unknown address of a domain of `project`.
    pub(super) fn on_unknown<'a>(&'a self, project: &'a Project) -> &'a UnknownRecipient {
        project.rules.unknown_recipient.as_ref().unwrap_or(&self.0.section.unknown_recipient)
    }
}

/// The largest limit: what the databases, and most clients, can count to.
pub(super) const MAX_LIMIT: u64 = i64::MAX.unsigned_abs();

/// The quota of an inbox under its project's: what was not asked for is what there may be.
pub(super) fn within(asked: Quota, limits: &ProjectQuotas) -> Result<Quota, Error> {
    let check = |pointer: &str, asked: Option<u64>, limit: Option<u64>| match (asked, limit) {
        (Some(asked), _) if asked > MAX_LIMIT => {
            Err(Error::invalid(pointer, format!("at most {MAX_LIMIT}; leave it out for no limit")))
        }
        (Some(asked), Some(limit)) if asked > limit => {
            Err(Error::invalid(pointer, format!("at most {limit}, which is what the project allows its inboxes")))
        }
        (asked, limit) => Ok(asked.or(limit)),
    };
    Ok(Quota {
        max_messages: check("/quota/max_messages", asked.max_messages, limits.max_inbox_messages)?,
        max_bytes: check("/quota/max_bytes", asked.max_bytes, limits.max_inbox_bytes)?,
        on_full: asked.on_full,
    })
}
