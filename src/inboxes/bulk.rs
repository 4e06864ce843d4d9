//! Many inboxes at once: made together, removed together.

use std::collections::HashSet;

use super::create::{self, TRIES, check};
use super::route::Known;
use super::service::Inboxes;
use super::{CreateInbox, Created, Credential, Error};
use crate::model::inbox::{Inbox, InboxState};
use crate::model::project::Project;
use crate::model::{Address, Principal};
use crate::store::{self, Constraint, InboxQuery, NewInbox};

/// Which inboxes to remove; both must hold, and one must be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboxSelection {
    /// With all these tags.
    pub tags: Vec<String>,
    /// Of this run.
    pub run: Option<String>,
}

/// Inboxes that are looked at together before they are removed, one after the other.
const PAGE: usize = 200;

/// One of many that are asked for: the one that is there, or what is to be made.
enum Wish {
    Present(Box<Inbox>),
    New(Credential),
}

impl Inboxes {
    /// Makes inboxes, all or none, in one transaction. One whose `client_ref` was used before is given as it is. Each
    /// comes with the JSON pointer of its place in the request.
    ///
    /// # Errors
    /// As [`Inboxes::create`]. None was made then.
    pub async fn create_all(&self, who: &Principal, asked: &[(String, CreateInbox)]) -> Result<Vec<Created>, Error> {
        let project = self.rules_of(who.project).await?;
        let mut confined = Vec::with_capacity(asked.len());
        for (place, asked) in asked {
            check(asked).map_err(|error| error.below(place))?;
            let asked = create::confined(who, asked.clone()).map_err(|error| error.below(place))?;
            confined.push((place.clone(), asked));
        }
        let asked = confined.as_slice();
        let mut tries = 0;
        loop {
            tries += 1;
            let (wishes, new) = self.wishes(who, &project, asked).await?;
            let addresses: Vec<Address> = new.iter().map(|new| new.address.clone()).collect();
            match self.0.store.create_inboxes(new).await {
                Ok(made) => return Ok(self.created(wishes, made)),
                Err(store::Error::Taken(constraint)) => {
                    // Another call was quicker; or a made-up address was made up before.
                    if constraint != Constraint::ClientRef {
                        self.check_free(&addresses, asked).await?;
                    }
                    if tries >= TRIES {
                        return Err(Error::ClientRefConflict);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn wishes(
        &self,
        who: &Principal,
        project: &Project,
        asked: &[(String, CreateInbox)],
    ) -> Result<(Vec<Wish>, Vec<NewInbox>), Error> {
        let mut wishes = Vec::with_capacity(asked.len());
        let mut new = Vec::with_capacity(asked.len());
        let mut addresses = HashSet::new();
        let mut names = HashSet::new();
        for (place, asked) in asked {
            if asked.client_ref.as_ref().is_some_and(|name| !names.insert(name)) {
                return Err(Error::ClientRefConflict);
            }
            if let Some(present) = self.by_client_ref(who, asked).await? {
                wishes.push(Wish::Present(Box::new(present)));
                continue;
            }
            let address = self.address_for(project, asked).await.map_err(|error| error.below(place))?;
            if !addresses.insert(address.key()) {
                return Err(Error::AddressTaken { address: address.to_string() });
            }
            let (new_one, credential) = self.prepare(project, asked, address)?;
            new.push(new_one);
            wishes.push(Wish::New(credential));
        }
        Ok((wishes, new))
    }

    fn created(&self, wishes: Vec<Wish>, made: Vec<Inbox>) -> Vec<Created> {
        let mut made = made.into_iter();
        let each = wishes.into_iter().filter_map(|wish| match wish {
            Wish::Present(inbox) => Some(Created::Present(*inbox)),
            Wish::New(credential) => {
                let inbox = made.next()?;
                self.0.routes.remember(inbox.address.key(), Known::of(&inbox));
                self.hint(inbox.id, inbox.project);
                Some(Created::New(inbox, credential))
            }
        });
        each.collect()
    }

    /// Says which of the addresses that were asked for by name is taken.
    async fn check_free(&self, addresses: &[Address], asked: &[(String, CreateInbox)]) -> Result<(), Error> {
        let named: HashSet<&str> = asked.iter().filter_map(|(_, asked)| asked.local_part.as_deref()).collect();
        for address in addresses {
            if named.contains(address.local()) && self.0.store.inbox_by_key(&address.key()).await?.is_some() {
                return Err(Error::AddressTaken { address: address.to_string() });
            }
        }
        Ok(())
    }

    /// Removes every inbox of the selection that `who` may reach, one after the other; gives how many. With `is_dry`
    /// none is removed. Tombstones stay: their time is their own.
    ///
    /// # Errors
    /// If the store fails; some are removed then.
    pub async fn delete_all(&self, who: &Principal, selection: InboxSelection, is_dry: bool) -> Result<u64, Error> {
        let mut query = InboxQuery {
            project: who.project,
            before: None,
            tags: selection.tags,
            metadata: Vec::new(),
            run: selection.run,
            domain: None,
            state: None,
            text: None,
            limit: PAGE,
        };
        let mut count = 0;
        loop {
            let page = self.0.store.inboxes(&query).await?;
            let is_last = page.len() < PAGE;
            query.before = page.last().map(|last| last.id);
            for inbox in page.into_iter().filter(|inbox| inbox.state != InboxState::Expired) {
                let Ok(inbox) = Self::admit(who, inbox) else { continue };
                match if is_dry { Ok(()) } else { self.delete(&inbox).await } {
                    Ok(()) => count += 1,
                    // Someone else was quicker.
                    Err(Error::NotFound { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            if is_last {
                return Ok(count);
            }
        }
    }
}
