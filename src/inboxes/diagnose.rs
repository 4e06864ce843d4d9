//! Why a wait was in vain, as far as it can be told.

use super::service::Inboxes;
use super::{Error, Within};
use crate::model::{Address, InboxId, Narrowing, Timestamp};
use crate::store::RejectionRecord;

/// What is known about a miss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics {
    /// One line that a person can act on.
    pub summary: String,
    /// Messages or events that came since the wait's cursor and did not match.
    pub arrived: u64,
    /// Mail for this address (or any, for a whole project) that was refused lately, newest first.
    pub rejected: Vec<RejectionRecord>,
    /// Connections to SMTP and LMTP since the start of this server.
    pub connections: u64,
    /// When the last one came.
    pub last_connection_at: Option<Timestamp>,
}

/// Refusals that are looked through.
const LOOK_THROUGH: i64 = 500;
/// Refusals that are told.
const TELL: usize = 10;

impl Inboxes {
    pub(super) async fn diagnose(
        &self,
        within: Within,
        reach: &Narrowing,
        inbox: Option<InboxId>,
        arrived: u64,
    ) -> Result<Diagnostics, Error> {
        let address = match inbox {
            Some(id) => self.0.store.inbox(id).await?.map(|inbox| inbox.address),
            None => None,
        };
        let mut rejected = self.rejections(LOOK_THROUGH).await?;
        if let Some(address) = &address {
            rejected.retain(|record| record.envelope_to.as_deref().is_some_and(|to| is_for(to, address)));
        }
        if let Within::Project(project) = within {
            // Of refused mail only the domain says whose it would have been; a narrowed key is not told of others' mail.
            let policies = self.policies().await?;
            let owner = |to: &Address| policies.owner(to.domain()).unwrap_or_else(|| self.project());
            rejected.retain(|record| {
                let to = record.envelope_to.as_deref().and_then(|to| Address::parse(to).ok());
                reach.is_whole() && to.map_or(project == self.project(), |to| owner(&to) == project)
            });
        }
        rejected.truncate(TELL);
        let (connections, last_connection_at) = self.connections();
        let summary = summary(arrived, &rejected, connections, last_connection_at);
        Ok(Diagnostics { summary, arrived, rejected, connections, last_connection_at })
    }
}

fn is_for(envelope_to: &str, address: &Address) -> bool {
    Address::parse(envelope_to).is_ok_and(|to| {
        to.key() == address.key() || to.without_detail().is_some_and(|base| base.key() == address.key())
    })
}

fn summary(arrived: u64, rejected: &[RejectionRecord], connections: u64, last: Option<Timestamp>) -> String {
    if let Some(newest) = rejected.first() {
        return format!(
            "{arrived} messages arrived, none matched; {} were refused, the last with \"{}\".",
            rejected.len(),
            newest.reply
        );
    }
    match (arrived, last) {
        (0, None) => "Nothing has connected to SMTP since the server started: is the sender pointed here?".to_owned(),
        (0, Some(at)) => format!(
            "No message arrived. {connections} connections came in all, the last at {at}: was the mail sent to this address?"
        ),
        (1, _) => "1 message arrived, and it did not match.".to_owned(),
        (_, _) => format!("{arrived} messages arrived, none matched."),
    }
}
