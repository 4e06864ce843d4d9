//! Mail that was refused, for the addresses that were waited on or for similar ones.

use super::super::Error;
use super::super::service::Inboxes;
use super::collect::Miss;
use super::similar::{is_one_of, similar};
use super::told::{Misdirected, Refused};
use crate::model::Address;
use crate::store::RejectionRecord;

/// Refusals that are looked through.
const LOOK_THROUGH: i64 = 500;
/// Refusals that are told.
const TELL: usize = 10;
/// Addresses whose owner is looked up.
const LOOK_UP: usize = 50;

/// What was refused lately.
#[derive(Default)]
pub(super) struct Refusals {
    /// For the addresses themselves, and before any recipient was named; newest first.
    pub(super) own: Vec<Refused>,
    /// For similar addresses.
    pub(super) similar: Vec<Misdirected>,
}

impl Inboxes {
    pub(super) async fn refusals(&self, miss: &Miss<'_>, addresses: &[Address]) -> Result<Refusals, Error> {
        let mut found = Refusals::default();
        let mut look_ups = 0;
        let mut records = self.rejections(LOOK_THROUGH).await?;
        records.retain(|record| record.at >= miss.look_from());
        for record in records {
            let path = record.envelope_to.as_deref().and_then(|path| Address::parse(path).ok());
            let Some(path) = path else {
                // Nobody knows whose mail it was to be, so whose it was is not told either.
                let nameless = RejectionRecord { envelope_from: None, envelope_to: None, ..record };
                push(&mut found.own, nameless);
                continue;
            };
            if is_one_of(&path, addresses) {
                push(&mut found.own, record);
                continue;
            }
            let near = similar(&path, addresses);
            let is_known = found.similar.iter().any(|one| one.address == path.to_string());
            if (near.is_none() && !addresses.is_empty()) || is_known || look_ups == LOOK_UP {
                continue;
            }
            look_ups += 1;
            // What belongs to no one is told in the project whose domain it is, but not to those who may see only a part.
            let is_told = match self.0.store.inbox_by_key(&path.key()).await? {
                Some(inbox) => Self::admit(&miss.wait.who, inbox).is_ok(),
                None => {
                    miss.wait.who.narrowed.is_whole() && self.host_of(path.domain()).await?.id == miss.wait.who.project
                }
            };
            if !is_told {
                continue;
            }
            match near {
                // A whole project was waited on: every address of it is its own.
                None => push(&mut found.own, record),
                Some((to, distance)) => found.similar.push(Misdirected {
                    address: path.to_string(),
                    inbox: None,
                    distance,
                    would_have_matched: None,
                    similar_to: to.to_string(),
                    reply: Some(record.reply),
                }),
            }
        }
        found.similar.sort_by_key(|one| one.distance);
        found.similar.truncate(TELL);
        // Those that name a recipient say more.
        found.own.sort_by_key(|one| one.envelope_to.is_none());
        Ok(found)
    }
}

fn push(told: &mut Vec<Refused>, record: RejectionRecord) {
    if told.len() < TELL {
        told.push(Refused {
            at: record.at,
            stage: record.stage,
            reply: record.reply,
            cause: record.cause,
            envelope_from: record.envelope_from,
            envelope_to: record.envelope_to,
        });
    }
}
