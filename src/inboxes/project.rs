//! Projects: made, changed and removed. Only who holds the root key stands above them.

use std::sync::Arc;

use super::Error;
use super::create::MAX_TTL_S;
use super::policy::MAX_LIMIT;
use super::service::Inboxes;
use crate::model::address::domain_key;
use crate::model::project::{Project, ProjectRules, UnknownRecipient};
use crate::model::{Address, Principal, ProjectId};
use crate::store::{self, Constraint, InboxQuery, ProjectChange};

/// How much a project holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holds {
    /// Inboxes, expired ones whose address still answers included.
    pub inboxes: u64,
    /// Messages.
    pub messages: u64,
    /// Octets of messages as received.
    pub bytes: u64,
}

/// What may be changed of a project; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct ProjectPatch {
    /// Its name.
    pub name: Option<String>,
    /// Its rules.
    pub rules: Option<ProjectRules>,
    /// The version that the change was made for.
    pub if_version: Option<i64>,
}

/// Longest name.
const MAX_NAME: usize = 100;
/// Most domains of one project.
const MAX_DOMAINS: usize = 100;
/// Most projects.
const MAX_PROJECTS: usize = 10_000;
/// Inboxes that are removed before others are looked for.
const STRIDE: usize = 200;

impl Inboxes {
    /// The projects that `who` may know of, oldest first: their own, and with the root key all.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn projects(&self, who: &Principal) -> Result<Vec<Arc<Project>>, Error> {
        let mut all = self.policies().await?.all();
        all.retain(|project| who.is_root() || project.id == who.project);
        Ok(all)
    }

    /// The project of this id or name, when `who` may know of it.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn project_named(&self, who: &Principal, text: &str) -> Result<Arc<Project>, Error> {
        let project = self.policies().await?.named(text).cloned();
        let project = project.filter(|project| who.is_root() || project.id == who.project);
        project.ok_or(Error::NotFound { what: "project" })
    }

    /// How much a project holds.
    ///
    /// # Errors
    /// If it cannot be counted.
    pub async fn project_holds(&self, id: ProjectId) -> Result<Holds, Error> {
        let (inboxes, messages, bytes) = self.0.store.project_holds(id).await?;
        Ok(Holds { inboxes, messages, bytes })
    }

    /// Makes a project.
    ///
    /// # Errors
    /// [`Error::RootOnly`], [`Error::NameTaken`], [`Error::DomainTaken`], [`Error::Invalid`].
    pub async fn create_project(&self, who: &Principal, name: &str, rules: ProjectRules) -> Result<Project, Error> {
        only_root(who)?;
        check_name(name)?;
        let rules = checked(rules)?;
        self.check_catch_all(None, &rules).await?;
        if self.0.store.projects().await?.len() >= MAX_PROJECTS {
            return Err(Error::invalid("", format!("there are {MAX_PROJECTS} projects, which is the limit")));
        }
        let made = self.0.store.create_project(name.to_owned(), rules).await;
        self.0.policies.forget();
        made.map_err(taken)
    }

    /// Unknown mail of one project is never put into a domain of another: its inboxes would be made there.
    async fn check_catch_all(&self, project: Option<ProjectId>, rules: &ProjectRules) -> Result<(), Error> {
        let Some(UnknownRecipient::CatchAll(address)) = &rules.unknown_recipient else { return Ok(()) };
        match self.policies().await?.owner(address.domain()) {
            Some(owner) if Some(owner) != project => {
                Err(Error::invalid("/unknown_recipient", "the domain of this address belongs to another project"))
            }
            _ => Ok(()),
        }
    }

    /// Changes a project. Its own admin may change all but its name, its domains and its quotas.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::RootOnly`], [`Error::Changed`], [`Error::NameTaken`], [`Error::DomainTaken`],
    /// [`Error::Invalid`].
    pub async fn update_project(
        &self,
        who: &Principal,
        project: &Project,
        patch: ProjectPatch,
    ) -> Result<Project, Error> {
        let rules = patch.rules.map(checked).transpose()?;
        if let Some(rules) = &rules {
            self.check_catch_all(Some(project.id), rules).await?;
        }
        let touches_limits = rules
            .as_ref()
            .is_some_and(|new| new.domains != project.rules.domains || new.quotas != project.rules.quotas);
        let renames = patch.name.as_ref().is_some_and(|name| *name != project.name);
        if touches_limits || renames {
            only_root(who)?;
        }
        if let Some(name) = patch.name.as_deref().filter(|_| renames) {
            check_name(name)?;
            if project.id == self.project() {
                return Err(Error::invalid(
                    "/name",
                    "the project default keeps its name: it is what calls without another mean",
                ));
            }
        }
        let change = ProjectChange { name: patch.name, rules, if_version: patch.if_version };
        let updated = self.0.store.update_project(project.id, change).await;
        self.0.policies.forget();
        updated.map_err(taken)
    }

    /// Removes a project; with `force` also its inboxes and all their mail.
    ///
    /// # Errors
    /// [`Error::RootOnly`], [`Error::NotFound`], [`Error::ProjectNotEmpty`], [`Error::Invalid`] for the project default.
    pub async fn delete_project(&self, who: &Principal, project: &Project, force: bool) -> Result<(), Error> {
        only_root(who)?;
        if project.id == self.project() {
            return Err(Error::invalid(
                "",
                "the project default cannot be removed: it is what calls without another mean",
            ));
        }
        if force {
            self.delete_inboxes_of(project.id).await?;
        }
        let deleted = self.0.store.delete_project(project.id).await;
        self.0.policies.forget();
        deleted.map_err(taken)
    }

    async fn delete_inboxes_of(&self, project: ProjectId) -> Result<(), Error> {
        let query = InboxQuery {
            project,
            before: None,
            tags: Vec::new(),
            metadata: Vec::new(),
            run: None,
            domain: None,
            state: None,
            text: None,
            limit: STRIDE,
        };
        loop {
            let inboxes = self.0.store.inboxes(&query).await?;
            if inboxes.is_empty() {
                return Ok(());
            }
            for inbox in inboxes {
                match self.delete(&inbox).await {
                    // Someone else, or its time, was quicker.
                    Ok(()) | Err(Error::NotFound { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }
}

fn only_root(who: &Principal) -> Result<(), Error> {
    if who.is_root() { Ok(()) } else { Err(Error::RootOnly) }
}

fn taken(error: store::Error) -> Error {
    match error {
        store::Error::Taken(Constraint::ProjectName) => Error::NameTaken,
        store::Error::Taken(Constraint::Domain) => Error::DomainTaken,
        other => other.into(),
    }
}

/// ```abnf
/// name = ( ALPHA / DIGIT ) *99( ALPHA / DIGIT / "." / "_" / "-" )    ; but not an id
/// ```
fn check_name(name: &str) -> Result<(), Error> {
    let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if begins && is_plain && name.len() <= MAX_NAME && !name.starts_with(ProjectId::PREFIX) {
        return Ok(());
    }
    Err(Error::invalid(
        "/name",
        format!("1 to {MAX_NAME} letters, digits, dots, underlines and hyphens, such as \"checkout\""),
    ))
}

/// The rules with their domains folded and sorted.
fn checked(mut rules: ProjectRules) -> Result<ProjectRules, Error> {
    if rules.domains.len() > MAX_DOMAINS {
        return Err(Error::invalid("/domains", format!("at most {MAX_DOMAINS} domains")));
    }
    for (place, domain) in rules.domains.iter_mut().enumerate() {
        let address = Address::new("postmaster", domain.as_str());
        let address = address.map_err(|_| Error::invalid(format!("/domains/{place}"), "not a domain"))?;
        *domain = domain_key(address.domain());
    }
    rules.domains.sort();
    rules.domains.dedup();
    if rules.default_ttl_s.is_some_and(|ttl_s| ttl_s > MAX_TTL_S) {
        return Err(Error::invalid(
            "/default_ttl_s",
            format!("at most {MAX_TTL_S} seconds (ten years); 0 is for ever"),
        ));
    }
    if let Some(UnknownRecipient::CatchAll(address)) = &rules.unknown_recipient
        && address.to_string().len() > 320
    {
        return Err(Error::invalid("/unknown_recipient", "the address is too long"));
    }
    for (pointer, number) in [
        ("/retention/max_age_s", rules.retention.max_age_s),
        ("/retention/max_messages", rules.retention.max_messages),
        ("/retention/max_bytes", rules.retention.max_bytes),
    ] {
        if number.is_some_and(|number| !(1..=MAX_LIMIT).contains(&number)) {
            return Err(Error::invalid(pointer, format!("1 to {MAX_LIMIT}; leave it out for no limit")));
        }
    }
    for (pointer, number) in [
        ("/quotas/max_inboxes", rules.quotas.max_inboxes),
        ("/quotas/max_inbox_messages", rules.quotas.max_inbox_messages),
        ("/quotas/max_inbox_bytes", rules.quotas.max_inbox_bytes),
    ] {
        if number.is_some_and(|number| number > MAX_LIMIT) {
            return Err(Error::invalid(pointer, format!("at most {MAX_LIMIT}; leave it out for no limit")));
        }
    }
    Ok(rules)
}
