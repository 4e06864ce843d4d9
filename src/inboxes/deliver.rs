//! Taking a complete message: read once, committed, then told to whoever waits.

use std::collections::HashMap;

use bytes::Bytes;

use super::route::{Known, Route, Target};
use super::service::Inboxes;
use super::{CreateInbox, Error, Refusal};
use crate::config::UnknownRecipient;
use crate::filter;
use crate::mime;
use crate::model::{Address, Content, InboxId, MessageId, ProjectId, Receipt, Timestamp};
use crate::store::{self, Packed, Parcel};

/// A complete message for one or more recipients; taken by all or by none.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The octets as received.
    pub raw: Bytes,
    /// What was noted on the way.
    pub receipt: Receipt,
    /// Where each recipient of the receipt's envelope leads, in the same order.
    pub routes: Vec<Route>,
}

/// Above this many octets, reading and packing leave the thread that serves connections.
const ON_OTHER_THREAD: usize = 256 * 1024;

impl Inboxes {
    /// Stores the message; returns after the synced commit, with one id for each distinct inbox.
    ///
    /// Two forward-paths that lead to one inbox make one message there.
    ///
    /// # Errors
    /// What keeps an inbox from taking it, or what is wrong with the store. No inbox has it then.
    pub async fn deliver(&self, delivery: Delivery) -> Result<Vec<MessageId>, Error> {
        let Delivery { raw, mut receipt, routes } = delivery;
        let size = raw.len() as u64;
        if size > self.0.max_message_bytes {
            return Err(Error::TooLarge { size, limit: self.0.max_message_bytes });
        }
        let now = self.clock().now();
        let (content, packed) = read_and_pack(raw).await?;
        receipt.lints.extend(mime::lints(&content));
        // A remembered route may lead to an inbox that another node removed: it is looked up once more. A large
        // message is not kept twice for that: its sender is told to come again.
        let spare = (size <= ON_OTHER_THREAD as u64).then(|| packed.clone());
        let outcome = self.try_deliver(&content, packed, &receipt, &routes, now).await;
        if !matches!(&outcome, Err(Error::NotFound { what: "inbox" })) {
            return outcome;
        }
        self.forget(&routes).await?;
        let Some(packed) = spare else { return Err(store::Error::Unavailable.into()) };
        let mut again = Vec::with_capacity(routes.len());
        for route in &routes {
            again.push(self.resolve(&route.path, None).await.map_err(later)?);
        }
        self.try_deliver(&content, packed, &receipt, &again, now).await
    }

    async fn forget(&self, routes: &[Route]) -> Result<(), Error> {
        for route in routes {
            self.0.routes.forget(&route.path);
            if let Some(base) = route.path.without_detail() {
                self.0.routes.forget(&base);
            }
        }
        if let UnknownRecipient::CatchAll(address) = &self.0.section.unknown_recipient {
            self.0.routes.forget(address);
        }
        self.policies().await?.catch_alls().for_each(|address| self.0.routes.forget(address));
        Ok(())
    }

    async fn try_deliver(
        &self,
        content: &Content,
        packed: Packed,
        receipt: &Receipt,
        routes: &[Route],
        now: Timestamp,
    ) -> Result<Vec<MessageId>, Error> {
        let targets = self.targets(routes).await?;
        let paths = routes.iter().map(|route| route.path.to_string()).collect::<Vec<_>>();
        let keys = filter::keys(content, paths.iter().map(String::as_str));
        let parcel = Parcel::new(packed, content, receipt, keys, now, targets)?;
        let stored = self.0.store.deliver(parcel).await?;
        for message in &stored {
            self.hint(message.inbox, message.project);
        }
        metrics::counter!("restante_messages_stored_total").increment(stored.len() as u64);
        Ok(stored.into_iter().map(|message| message.id).collect())
    }

    /// The distinct inboxes of the routes, in order; those that are missing are made.
    async fn targets(&self, routes: &[Route]) -> Result<Vec<store::Target>, Error> {
        let mut targets: Vec<store::Target> = Vec::with_capacity(routes.len());
        let mut places: HashMap<InboxId, usize> = HashMap::with_capacity(routes.len());
        for route in routes {
            let inbox = match &route.target {
                Target::Inbox(inbox) => *inbox,
                Target::New(address, project) => self.ensure_for_mail(address, *project).await?,
            };
            let place = *places.entry(inbox).or_insert_with(|| {
                targets.push(store::Target { inbox, delivered_to: Vec::new() });
                targets.len() - 1
            });
            if let Some(target) = targets.get_mut(place) {
                target.delivered_to.push(route.path.to_string());
            }
        }
        Ok(targets)
    }

    /// The inbox of an address that had none at RCPT; another connection may have made it since.
    async fn ensure_for_mail(&self, address: &Address, project: ProjectId) -> Result<InboxId, Error> {
        let key = address.key();
        let own = |id, owner: ProjectId| if owner == project { Ok(id) } else { Err(Error::NotFound { what: "inbox" }) };
        if let Some(known) = self.0.routes.get(&key) {
            return own(known.inbox, known.project);
        }
        let rules = self.rules_of(project).await?;
        let new = self.new_inbox(&rules, &CreateInbox::default(), address.clone(), None, None)?;
        let inbox = match self.0.store.create_inbox(new).await {
            Err(store::Error::Taken(_)) => self.0.store.inbox_by_key(&key).await?.ok_or(store::Error::Unavailable)?,
            created => created?,
        };
        self.0.routes.remember(key, Known::of(&inbox));
        own(inbox.id, inbox.project)
    }
}

/// What a recipient that was taken at RCPT is refused with at the end of data.
fn later(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Store(error) => error,
        Refusal::Frozen => Error::Frozen,
        Refusal::Expired => Error::Expired { at: None },
        Refusal::OverQuota => store::Error::Unavailable.into(),
        Refusal::UnknownInbox | Refusal::Scripted { .. } => Error::NotFound { what: "inbox" },
    }
}

async fn read_and_pack(raw: Bytes) -> Result<(Content, Packed), Error> {
    let is_large = raw.len() > ON_OTHER_THREAD;
    let work = move || {
        let content = mime::parse(&raw);
        (content, store::pack(raw))
    };
    if is_large { tokio::task::spawn_blocking(work).await.map_err(|_| Error::StoreClosed) } else { Ok(work()) }
}
