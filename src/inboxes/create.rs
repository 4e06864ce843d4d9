//! Making inboxes: alone, by address, or by the caller's own name.

use std::collections::BTreeMap;

use super::credentials::random_letters;
use super::policy::within;
use super::route::Known;
use super::service::Inboxes;
use super::{Error, InboxRef};
use crate::config::UnknownRecipient;
use crate::model::address::domain_key;
use crate::model::inbox::{Inbox, InboxState, Quota};
use crate::model::project::Project;
use crate::model::{Address, Narrowing, Principal, Scope, Secret, Timestamp};
use crate::store::{self, Constraint, NewInbox, SealedCredential};

/// What may be asked for when an inbox is made. All of it is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateInbox {
    /// What stands before the `@`; made up when it is missing.
    pub local_part: Option<String>,
    /// What stands behind it; the default domain when it is missing.
    pub domain: Option<String>,
    /// Begins a made-up local part: `prefix-` and ten letters.
    pub prefix: Option<String>,
    /// Seconds until its mail is removed.
    pub ttl_s: Option<u64>,
    /// What it may hold.
    pub quota: Quota,
    /// The user's words on it.
    pub tags: Vec<String>,
    /// The user's own facts.
    pub metadata: BTreeMap<String, String>,
    /// The CI run that it belongs to.
    pub run_id: Option<String>,
    /// The caller's own name for it.
    pub client_ref: Option<String>,
    /// The provider that it imitates.
    pub persona: Option<String>,
}

/// A user name with its password, shown once.
#[derive(Clone, Debug)]
pub struct Credential {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: Secret,
}

/// What creating gave.
#[derive(Clone, Debug)]
pub enum Created {
    /// A new inbox and its credential.
    New(Inbox, Credential),
    /// The one that was there.
    Present(Inbox),
}

/// Longest text of the caller's own: names, tags, facts.
const MAX_TEXT: usize = 200;
/// Most tags, and most facts.
const MAX_MANY: usize = 50;
/// Longest life of an inbox that has an end, in seconds: ten years.
pub(super) const MAX_TTL_S: u64 = 315_576_000;
/// Made-up addresses that are tried before the failure is told.
pub(super) const TRIES: usize = 3;

impl Inboxes {
    /// Makes an inbox; with a `client_ref` that was used before, gives the one that it made then.
    ///
    /// # Errors
    /// [`Error::AddressTaken`], [`Error::ClientRefConflict`], [`Error::DomainNotHosted`], [`Error::Invalid`].
    pub async fn create(&self, who: &Principal, asked: CreateInbox) -> Result<Created, Error> {
        check(&asked)?;
        let asked = confined(who, asked)?;
        let project = self.rules_of(who.project).await?;
        if let Some(present) = self.by_client_ref(who, &asked).await? {
            return Ok(Created::Present(present));
        }
        let mut tries = 0;
        loop {
            tries += 1;
            let address = self.address_for(&project, &asked).await?;
            match self.insert(&project, &asked, address.clone()).await? {
                Err(Constraint::ClientRef) => {
                    // Another call with the same name was quicker.
                    let present = self.by_client_ref(who, &asked).await?;
                    return present.map(Created::Present).ok_or(Error::ClientRefConflict);
                }
                Err(_) if asked.local_part.is_none() && tries < TRIES => {}
                Err(_) => return Err(Error::AddressTaken { address: address.to_string() }),
                Ok(created) => return Ok(created),
            }
        }
    }

    /// Sees to it that `address` has an inbox; settings are used only when it is made.
    ///
    /// # Errors
    /// [`Error::DomainNotHosted`], [`Error::Expired`] while its tombstone stands, [`Error::Invalid`].
    pub async fn ensure(&self, who: &Principal, address: &Address, asked: CreateInbox) -> Result<Created, Error> {
        check(&asked)?;
        let project = self.rules_of(who.project).await?;
        self.check_domain(&project, address.domain()).await?;
        if let Some(present) = self.0.store.inbox_by_key(&address.key()).await? {
            return alive(Self::admit(who, present)?).map(Created::Present);
        }
        let asked = confined(who, asked)?;
        match self.insert(&project, &asked, address.clone()).await? {
            Err(_) => {
                let present = self.0.store.inbox_by_key(&address.key()).await?;
                let present = Self::admit(who, present.ok_or(Error::NotFound { what: "inbox" })?)?;
                alive(present).map(Created::Present)
            }
            Ok(created) => Ok(created),
        }
    }

    /// The inbox of this name; where mail to an unknown address makes its inbox, so does waiting for it, and a test may
    /// begin to wait before its mail is sent.
    ///
    /// # Errors
    /// As [`Inboxes::inbox`].
    pub async fn inbox_to_wait_on(&self, who: &Principal, named: &InboxRef) -> Result<Inbox, Error> {
        match (self.inbox(who, named).await, named) {
            (Err(error @ Error::NotFound { .. }), InboxRef::Address(address)) => {
                let host = self.host_of(address.domain()).await?;
                let makes_it =
                    *self.on_unknown(&host) == UnknownRecipient::Create && self.hosts(&host, address.domain());
                if host.id != who.project || !who.may(Scope::InboxesWrite) || !makes_it || !who.narrowed.is_whole() {
                    return Err(error);
                }
                let address = address.without_detail().unwrap_or_else(|| address.clone());
                match self.ensure(who, &address, CreateInbox::default()).await? {
                    Created::New(inbox, _) | Created::Present(inbox) => Ok(inbox),
                }
            }
            (found, _) => found,
        }
    }

    /// Makes it; the inner error is what another inbox has already.
    async fn insert(
        &self,
        project: &Project,
        asked: &CreateInbox,
        address: Address,
    ) -> Result<Result<Created, Constraint>, Error> {
        let (new, credential) = self.prepare(project, asked, address)?;
        let inbox = match self.0.store.create_inbox(new).await {
            Err(store::Error::Taken(constraint)) => return Ok(Err(constraint)),
            made => made?,
        };
        self.0.routes.remember(inbox.address.key(), Known::of(&inbox));
        self.hint(inbox.id, inbox.project);
        Ok(Ok(Created::New(inbox, credential)))
    }

    /// The inbox that is asked for, with a new credential.
    pub(super) fn prepare(
        &self,
        project: &Project,
        asked: &CreateInbox,
        address: Address,
    ) -> Result<(NewInbox, Credential), Error> {
        let (credential, sealed) = self.make_credential(&address)?;
        let client_ref = asked.client_ref.clone().map(|name| (name, fingerprint(asked)));
        Ok((self.new_inbox(project, asked, address, client_ref, Some(sealed))?, credential))
    }

    pub(super) fn new_inbox(
        &self,
        project: &Project,
        asked: &CreateInbox,
        address: Address,
        client_ref: Option<(String, Vec<u8>)>,
        credential: Option<SealedCredential>,
    ) -> Result<NewInbox, Error> {
        let mut tags = asked.tags.clone();
        tags.sort();
        tags.dedup();
        let ttl_s = asked.ttl_s.or(project.rules.default_ttl_s).unwrap_or(self.0.section.default_ttl_s);
        Ok(NewInbox {
            project: project.id,
            address,
            tags,
            metadata: asked.metadata.clone(),
            run: asked.run_id.clone(),
            client_ref,
            persona: asked.persona.clone(),
            quota: within(asked.quota, &project.rules.quotas)?,
            max_inboxes: project.rules.quotas.max_inboxes,
            expires_at: (ttl_s > 0).then(|| self.expiry(ttl_s)),
            credential,
        })
    }

    pub(super) fn expiry(&self, ttl_s: u64) -> Timestamp {
        self.clock().now().plus_seconds(i64::try_from(ttl_s).unwrap_or(i64::MAX))
    }

    pub(super) async fn by_client_ref(&self, who: &Principal, asked: &CreateInbox) -> Result<Option<Inbox>, Error> {
        let Some(name) = &asked.client_ref else { return Ok(None) };
        let Some((inbox, hash)) = self.0.store.inbox_by_client_ref(who.project, name).await? else {
            return Ok(None);
        };
        let Ok(inbox) = Self::admit(who, inbox) else { return Err(Error::ClientRefConflict) };
        if hash == fingerprint(asked) { alive(inbox).map(Some) } else { Err(Error::ClientRefConflict) }
    }

    pub(super) async fn address_for(&self, project: &Project, asked: &CreateInbox) -> Result<Address, Error> {
        let own = project.rules.domains.first().unwrap_or(&self.0.section.default_domain);
        let domain = asked.domain.as_ref().unwrap_or(own);
        self.check_domain(project, domain).await?;
        let local = match (&asked.local_part, &asked.prefix) {
            (Some(local), _) => local.clone(),
            (None, prefix) => {
                let letters = random_letters(10).ok_or(Error::StoreClosed)?;
                prefix.as_ref().map_or_else(|| letters.clone(), |prefix| format!("{prefix}-{letters}"))
            }
        };
        let pointer = if asked.local_part.is_some() { "/local_part" } else { "/prefix" };
        Address::new(local, domain.clone()).map_err(|error| {
            let pointer = if error == crate::model::address::AddressError::Domain { "/domain" } else { pointer };
            Error::invalid(pointer, error.to_string())
        })
    }

    /// A domain of another project is not hosted for this one.
    async fn check_domain(&self, project: &Project, domain: &str) -> Result<(), Error> {
        let owner = self.policies().await?.owner(domain);
        if owner.is_none_or(|owner| owner == project.id) && self.hosts(project, domain) {
            return Ok(());
        }
        let hosted: Vec<&str> =
            project.rules.domains.iter().chain(&self.0.section.domains).map(String::as_str).collect();
        Err(Error::DomainNotHosted { domain: domain_key(domain), hosted: hosted.join(", ") })
    }
}

/// What is asked for within what the caller may reach: the tag and the run of its key are the inbox's too.
pub(super) fn confined(who: &Principal, mut asked: CreateInbox) -> Result<CreateInbox, Error> {
    let Narrowing { inbox, tag, run } = &who.narrowed;
    if inbox.is_some() {
        return Err(Error::Narrowed { to: "one inbox" });
    }
    asked.tags.extend(tag.clone().filter(|tag| !asked.tags.contains(tag)));
    if let Some(run) = run
        && asked.run_id.get_or_insert_with(|| run.clone()) != run
    {
        return Err(Error::Narrowed { to: "another run" });
    }
    Ok(asked)
}

fn alive(inbox: Inbox) -> Result<Inbox, Error> {
    match (inbox.state, inbox.expires_at) {
        (InboxState::Expired, at) => Err(Error::Expired { at }),
        _ => Ok(inbox),
    }
}

/// What was asked for, as octets that differ when the wishes differ.
fn fingerprint(asked: &CreateInbox) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA256, format!("{asked:?}").as_bytes()).as_ref().to_vec()
}

/// Whether everything in a wish may be so.
pub(super) fn check(asked: &CreateInbox) -> Result<(), Error> {
    check_tags(&asked.tags)?;
    check_metadata(&asked.metadata)?;
    for (pointer, text) in [
        ("/run_id", &asked.run_id),
        ("/client_ref", &asked.client_ref),
        ("/persona", &asked.persona),
        ("/prefix", &asked.prefix),
        ("/local_part", &asked.local_part),
    ] {
        if let Some(text) = text {
            check_text(pointer, text)?;
        }
    }
    if asked.local_part.is_some() && asked.prefix.is_some() {
        return Err(Error::invalid("/prefix", "give either local_part or prefix: a prefix is for made-up local parts"));
    }
    asked.ttl_s.map_or(Ok(()), check_ttl)
}

pub(super) fn check_ttl(ttl_s: u64) -> Result<(), Error> {
    if ttl_s <= MAX_TTL_S {
        return Ok(());
    }
    Err(Error::invalid("/ttl_s", format!("at most {MAX_TTL_S} seconds (ten years); 0 is for ever")))
}

pub(super) fn check_tags(tags: &[String]) -> Result<(), Error> {
    if tags.len() > MAX_MANY {
        return Err(Error::invalid("/tags", format!("at most {MAX_MANY} tags")));
    }
    tags.iter().enumerate().try_for_each(|(place, tag)| check_text(&format!("/tags/{place}"), tag))
}

pub(super) fn check_metadata(metadata: &BTreeMap<String, String>) -> Result<(), Error> {
    if metadata.len() > MAX_MANY {
        return Err(Error::invalid("/metadata", format!("at most {MAX_MANY} entries")));
    }
    metadata.iter().try_for_each(|(key, value)| {
        let pointer = format!("/metadata/{}", key.replace('~', "~0").replace('/', "~1"));
        check_text(&pointer, key)?;
        if value.is_empty() { Ok(()) } else { check_text(&pointer, value) }
    })
}

fn check_text(pointer: &str, text: &str) -> Result<(), Error> {
    if text.is_empty() || text.len() > MAX_TEXT {
        return Err(Error::invalid(pointer, format!("1 to {MAX_TEXT} bytes of text")));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::invalid(pointer, "no line breaks and no other control characters"));
    }
    Ok(())
}
