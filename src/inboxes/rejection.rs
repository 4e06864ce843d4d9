//! What was refused: kept for a while, so that a wait in vain can be explained.

use std::net::SocketAddr;

use tokio::sync::mpsc;

use super::Error;
use super::service::Inboxes;
use crate::model::Timestamp;
use crate::model::receipt::Stage;
use crate::store::{RejectionRecord, Store};

/// Something that was refused.
#[derive(Clone, Debug)]
pub struct Rejection {
    /// When.
    pub at: Timestamp,
    /// At which stage of the session.
    pub stage: Stage,
    /// The whole reply line, `550 5.1.1 no such inbox`.
    pub reply: String,
    /// A stable word: `unknown_inbox`, `expired`, `quota`, `frozen`, `size`, `auth`, `scripted`,
    /// `too_many_recipients`, `line_ends`, `store`, `syntax`.
    pub cause: &'static str,
    /// The reverse-path.
    pub envelope_from: Option<String>,
    /// The forward-path.
    pub envelope_to: Option<String>,
    /// What EHLO said.
    pub helo: Option<String>,
    /// The client.
    pub peer: SocketAddr,
}

/// Refusals that may wait to be written; when more come, the newest are dropped, because a flood of refusals must
/// not slow down mail that is taken.
pub(super) const QUEUE: usize = 256;
/// Refusals that are kept.
const KEEP: i64 = 10_000;
/// Refusals after which those above [`KEEP`] are removed.
const PRUNE_EVERY: usize = 1_000;
/// Longest text of a field, in bytes.
const MAX_TEXT: usize = 512;

impl Inboxes {
    /// Notes a refusal; never waits.
    pub fn note_rejection(&self, rejection: Rejection) {
        metrics::counter!("restante_rejections_total", "cause" => rejection.cause).increment(1);
        if self.0.rejections.try_send(rejection).is_err() {
            metrics::counter!("restante_rejections_dropped_total").increment(1);
        }
    }

    /// The newest refusals, newest first.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn rejections(&self, most: i64) -> Result<Vec<RejectionRecord>, Error> {
        Ok(self.0.store.rejections(most).await?)
    }
}

/// Writes down refusals until the service is gone.
pub(super) async fn keep(store: Store, mut queue: mpsc::Receiver<Rejection>) {
    let mut waiting = Vec::new();
    let mut since_prune = 0;
    while queue.recv_many(&mut waiting, QUEUE).await > 0 {
        let records: Vec<RejectionRecord> = waiting.drain(..).map(record).collect();
        since_prune += records.len();
        if let Err(error) = store.note_rejections(records).await {
            tracing::warn!(error = %error, "refusals could not be written down");
        }
        if since_prune >= PRUNE_EVERY {
            since_prune = 0;
            if let Err(error) = store.prune_rejections(KEEP).await {
                tracing::warn!(error = %error, "old refusals could not be removed");
            }
        }
    }
}

fn record(rejection: Rejection) -> RejectionRecord {
    RejectionRecord {
        at: rejection.at,
        stage: format!("{:?}", rejection.stage).to_uppercase(),
        reply: printable(&rejection.reply),
        cause: rejection.cause.to_owned(),
        envelope_from: rejection.envelope_from.as_deref().map(printable),
        envelope_to: rejection.envelope_to.as_deref().map(printable),
        helo: rejection.helo.as_deref().map(printable),
        peer: rejection.peer.to_string(),
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
