//! The log of who changed what, and who was refused.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Error;
use super::service::{Auth, Note};
use crate::model::{EventId, KeyId, Principal, ProjectId};
use crate::store::{AuditQuery, AuditRecord};

/// What goes into the log. No part of it may be a secret.
#[derive(Clone, Debug)]
pub struct Line {
    /// What was done or refused, a stable word such as `key.created`.
    pub action: &'static str,
    /// The id of what it was done to.
    pub target: Option<String>,
    /// More about it, for people.
    pub detail: Option<String>,
}

/// For so long the same refusal of the same caller is not written down again.
const ONCE_IN: Duration = Duration::from_secs(10);
/// Refusals that are remembered for that; when there are more, none is written down until some are over.
const REMEMBERED: usize = 1_000;
/// Longest text of a field, in bytes.
const MAX_TEXT: usize = 512;

/// Which refusals were written down lately, so that a flood of them cannot fill the log.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<HashMap<Refusal, Instant>>);

/// From where, by which key, and what was refused.
type Refusal = (IpAddr, Option<KeyId>, &'static str);

impl Refusals {
    fn is_worth_writing(&self, what: Refusal, now: Instant) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, until| *until > now);
        }
        if known.len() >= REMEMBERED || known.get(&what).is_some_and(|until| *until > now) {
            return false;
        }
        known.insert(what, now + ONCE_IN);
        true
    }
}

impl Auth {
    /// Writes a change down; returns when that is done.
    ///
    /// The change stands whatever becomes of its line: a line that cannot be written is told in the server's log.
    pub async fn note(&self, who: &Principal, peer: IpAddr, line: Line) {
        let record = self.record(Some(who.project), who.key, peer, line);
        let action = record.action.clone();
        if let Err(error) = self.0.store.note_audit(vec![record]).await {
            tracing::error!(error = %error, action, "a change could not be written into the audit log");
        }
    }

    /// Writes a refusal down when there is time; the same one again only after ten seconds.
    pub fn note_refusal(&self, who: Option<&Principal>, peer: IpAddr, line: Line) {
        let key = who.and_then(|who| who.key);
        metrics::counter!("restante_calls_refused_total", "action" => line.action).increment(1);
        if self.0.refusals.is_worth_writing((peer, key, line.action), Instant::now()) {
            let record = self.record(who.map(|who| who.project), key, peer, line);
            self.note_later(Note::Refused(record));
        }
    }

    /// A page of the log, newest first, and whether there is more.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn audit(&self, mut query: AuditQuery) -> Result<(Vec<AuditRecord>, bool), Error> {
        let limit = query.limit;
        query.limit += 1;
        let mut records = self.0.store.audit(&query).await?;
        let has_more = records.len() > limit;
        records.truncate(limit);
        Ok((records, has_more))
    }

    fn record(&self, project: Option<ProjectId>, key: Option<KeyId>, peer: IpAddr, line: Line) -> AuditRecord {
        let at = self.0.store.clock().now();
        AuditRecord {
            id: EventId::new(at),
            at,
            project,
            key,
            peer: peer.to_canonical().to_string(),
            action: line.action.to_owned(),
            target: line.target.as_deref().map(printable),
            detail: line.detail.as_deref().map(printable),
        }
    }
}

/// Without control characters (PostgreSQL takes no NUL), and not longer than is kept.
fn printable(text: &str) -> String {
    let mut kept: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    while kept.len() > MAX_TEXT {
        kept.pop();
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_refusals_is_written_down_once_in_a_while() {
        let (refusals, now) = (Refusals::default(), Instant::now());
        let peer: IpAddr = "192.0.2.1".parse().unwrap();
        let written = (0..100).filter(|_| refusals.is_worth_writing((peer, None, "key.refused"), now)).count();
        assert_eq!(written, 1);
        assert!(refusals.is_worth_writing((peer, None, "scope.refused"), now));
        assert!(refusals.is_worth_writing((peer, None, "key.refused"), now + ONCE_IN));
        let strangers = (0..10_000_u32).map(|number| IpAddr::V4(std::net::Ipv4Addr::from_bits(number)));
        let written = strangers.filter(|peer| refusals.is_worth_writing((*peer, None, "key.refused"), now)).count();
        assert!(written <= REMEMBERED, "{written}");
    }
}
