//! RCPT: where an address leads, or why it leads nowhere.

use super::route::{Known, Route, Target};
use super::service::{Inboxes, Login};
use super::{Error, Refusal};
use crate::config::UnknownRecipient;
use crate::model::address::domain_key;
use crate::model::inbox::{InboxState, OnFull};
use crate::model::project::Project;
use crate::model::{Address, InboxId};

impl Inboxes {
    /// Where a forward-path leads: exact address, then without its `+detail`, then by the policy for unknown ones.
    ///
    /// A session that logged in as an inbox reaches what others reach: the login is only recorded.
    ///
    /// # Errors
    /// [`Refusal`] says what RCPT is answered.
    pub async fn resolve(&self, path: &Address, _login: Option<&Login>) -> Result<Route, Refusal> {
        if let Some(refusal) = self.0.section.bounce_address.then(|| scripted(path)).flatten() {
            return Err(refusal);
        }
        let route = |target| Ok(Route { path: path.clone(), target });
        for address in std::iter::once(path.clone()).chain(path.without_detail()) {
            if let Some(known) = self.known(&address).await.map_err(Refusal::Store)? {
                self.takes_mail(known).await?;
                return route(Target::Inbox(known.inbox));
            }
        }
        let project = self.host_of(path.domain()).await.map_err(Refusal::Store)?;
        let target = match self.on_unknown(&project) {
            UnknownRecipient::Reject => return Err(Refusal::UnknownInbox),
            UnknownRecipient::Create if !self.hosts(&project, path.domain()) => return Err(Refusal::UnknownInbox),
            UnknownRecipient::Create => path.without_detail().unwrap_or_else(|| path.clone()),
            UnknownRecipient::CatchAll(address) => address.clone(),
        };
        match self.known(&target).await.map_err(Refusal::Store)? {
            // A project's unknown mail is never put into another's inbox.
            Some(known) if known.project != project.id => Err(Refusal::UnknownInbox),
            Some(known) => {
                self.takes_mail(known).await?;
                route(Target::Inbox(known.inbox))
            }
            // Nor is one made in a domain that is another's.
            None => match self.policies().await.map_err(Refusal::Store)?.owner(target.domain()) {
                Some(owner) if owner != project.id => Err(Refusal::UnknownInbox),
                _ => route(Target::New(target, project.id)),
            },
        }
    }

    /// Whether inboxes of `project` may have this domain: it is the project's own, or one of the settings'.
    pub(super) fn hosts(&self, project: &Project, domain: &str) -> bool {
        let domains = &self.0.section.domains;
        let wanted = domain_key(domain);
        domains.is_empty()
            || project.rules.domains.contains(&wanted)
            || domains.iter().any(|hosted| domain_key(hosted) == wanted)
    }

    /// What is known of an address: remembered, or read and remembered.
    pub(super) async fn known(&self, address: &Address) -> Result<Option<Known>, Error> {
        let key = address.key();
        // A refusal is not remembered: a tombstone fades, and another node may have thawed the inbox.
        if let Some(known) = self.0.routes.get(&key).filter(|known| self.refusal(*known).is_none()) {
            return Ok(Some(known));
        }
        let Some(inbox) = self.0.store.inbox_by_key(&key).await? else {
            self.0.routes.forget(address);
            return Ok(None);
        };
        let known = Known::of(&inbox);
        self.0.routes.remember(key, known);
        Ok(Some(known))
    }

    /// Why an inbox takes no mail, by its state and its end alone.
    fn refusal(&self, known: Known) -> Option<Refusal> {
        let is_over = known.expires_at.is_some_and(|at| at <= self.clock().now());
        match known.state {
            InboxState::Expired => Some(Refusal::Expired),
            _ if is_over => Some(Refusal::Expired),
            InboxState::Frozen => Some(Refusal::Frozen),
            InboxState::Active => None,
        }
    }

    async fn takes_mail(&self, known: Known) -> Result<(), Refusal> {
        if let Some(refusal) = self.refusal(known) {
            return Err(refusal);
        }
        if known.has_quota && self.is_full(known.inbox).await.map_err(Refusal::Store)? {
            return Err(Refusal::OverQuota);
        }
        Ok(())
    }

    /// Whether not even one more octet fits, and nothing is removed to make room.
    async fn is_full(&self, id: InboxId) -> Result<bool, Error> {
        let Some(inbox) = self.0.store.inbox(id).await? else { return Ok(false) };
        let reached = |limit: Option<u64>, has: u64| limit.is_some_and(|limit| has >= limit);
        let is_reached = reached(inbox.quota.max_messages, inbox.counts.messages)
            || reached(inbox.quota.max_bytes, inbox.counts.bytes);
        Ok(is_reached && inbox.quota.on_full == OnFull::Reject)
    }
}

/// The answer that `bounce+451+try-later@…` asks for.
fn scripted(path: &Address) -> Option<Refusal> {
    let rest =
        path.local().get(..7).filter(|start| start.eq_ignore_ascii_case("bounce+")).and(path.local().get(7..))?;
    let (code, text) = rest.split_once('+').unwrap_or((rest, ""));
    let code = code.parse().ok().filter(|code| (400..600).contains(code))?;
    let words = text.replace(['-', '+'], " ");
    let is_sayable = words.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    let text = if is_sayable && !words.trim().is_empty() { words } else { "as the address asked for".to_owned() };
    Some(Refusal::Scripted { code, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounce_address_says_what_to_answer() {
        let answer = |local: &str| match scripted(&Address::new(local, "x.test").unwrap()) {
            Some(Refusal::Scripted { code, text }) => Some((code, text)),
            _ => None,
        };
        assert_eq!(answer("bounce+451+try-later"), Some((451, "try later".into())));
        assert_eq!(answer("BOUNCE+550"), Some((550, "as the address asked for".into())));
        assert_eq!(answer("bounce+250+fine"), None);
        assert_eq!(answer("bounce+999"), None);
        assert_eq!(answer("bounces"), None);
        assert_eq!(answer("jörgen+550"), None);
    }
}
