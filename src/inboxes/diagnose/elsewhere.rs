//! Mail that went to an address like the one that was waited on.

use std::collections::{BTreeMap, HashMap};

use super::super::Error;
use super::super::service::Inboxes;
use super::collect::Miss;
use super::similar::similar;
use super::told::Misdirected;
use crate::model::Address;

/// Addresses that are told.
const TELL: usize = 10;
/// Messages that are looked at for that.
const READ: usize = 20;
/// Newest messages of the project whose addresses are looked through.
const LOOK_THROUGH: i64 = 2_000;

impl Inboxes {
    /// Mail at similar addresses, the likeliest first, and how much other inboxes received lately.
    pub(super) async fn elsewhere(
        &self,
        miss: &Miss<'_>,
        addresses: &[Address],
    ) -> Result<(Vec<Misdirected>, u64), Error> {
        if addresses.is_empty() {
            return Ok((Vec::new(), 0));
        }
        let own = miss.wait.inboxes();
        let lately = self.0.store.arrived_lately(miss.wait.who.project, miss.look_from(), LOOK_THROUGH).await?;
        let mut reached = HashMap::new();
        let mut arrivals = Vec::new();
        for arrival in lately {
            if !own.contains(&arrival.inbox) && self.reaches(miss.wait, arrival.inbox, &mut reached).await? {
                arrivals.push(arrival);
            }
        }
        let others = u64::try_from(arrivals.len()).unwrap_or(u64::MAX);
        let mut found: BTreeMap<String, Misdirected> = BTreeMap::new();
        let mut reads = 0;
        for arrival in arrivals {
            let paths = arrival.delivered_to.iter().filter_map(|path| Address::parse(path).ok());
            let near = paths.filter_map(|path| similar(&path, addresses).map(|(to, distance)| (path, to, distance)));
            let Some((path, to, distance)) = near.min_by_key(|(_, _, distance)| *distance) else { continue };
            let known = found.get(&path.key());
            if reads == READ || known.is_some_and(|known| known.would_have_matched == Some(true)) {
                continue;
            }
            reads += 1;
            // A message that was removed meanwhile matches nothing.
            let Some(message) = self.0.store.message(arrival.message).await? else { continue };
            let would_have_matched = self.passes(&miss.wait.filter, &message).await?;
            if known.is_some() && !would_have_matched {
                continue;
            }
            let misdirected = Misdirected {
                address: path.to_string(),
                inbox: Some(arrival.inbox.uuid().as_u128()),
                distance,
                would_have_matched: Some(would_have_matched),
                similar_to: to.to_string(),
                reply: None,
            };
            found.insert(path.key(), misdirected);
        }
        let mut found: Vec<Misdirected> = found.into_values().collect();
        found.sort_by_key(|one| (one.would_have_matched != Some(true), one.distance));
        found.truncate(TELL);
        Ok((found, others))
    }
}
