//! Hints between nodes that share one PostgreSQL: "look again at these inboxes", and nothing else.
//!
//! NOTIFY stands outside of the transactions that store mail: inside, it would make all commits wait for each other.
//! A call that is lost costs whoever waits a second, because they look again by themselves.

use std::collections::BTreeSet;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::Error;
use crate::model::InboxId;

const CHANNEL: &str = "restante_inboxes";
/// Calls are gathered for so long: at most one NOTIFY in this time.
const GATHER: Duration = Duration::from_millis(20);
/// Calls that may wait; more are dropped, because those that wait make everyone look anyway.
pub(super) const QUEUE: usize = 4096;
/// Inboxes in one NOTIFY: its text may have 8,000 bytes. More of them are called as "all".
const MOST: usize = 200;

/// What another node changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rung {
    /// These inboxes.
    Inboxes(Vec<InboxId>),
    /// Any of them: too many to name, or calls may have been lost.
    All,
}

/// The calls of other nodes.
#[derive(Debug)]
pub struct Bell {
    listener: PgListener,
    node: String,
}

impl Bell {
    pub(super) async fn listen(pool: &PgPool, node: &str) -> Result<Self, Error> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(Self { listener, node: node.to_owned() })
    }

    /// The next call. Cancel-safe.
    ///
    /// # Errors
    /// If the connection is lost and cannot be made anew at once; asking again tries again.
    pub async fn next(&mut self) -> Result<Rung, Error> {
        loop {
            // After a lost connection there may have been calls that no one heard.
            let Some(call) = self.listener.try_recv().await? else { return Ok(Rung::All) };
            if let Some((node, inboxes)) = call.payload().split_once(' ')
                && node != self.node
            {
                return Ok(parse(inboxes));
            }
        }
    }
}

/// Tells other nodes until no one can ring any more.
pub(super) async fn ring(pool: PgPool, node: String, mut queue: mpsc::Receiver<InboxId>) {
    let mut waiting = Vec::new();
    while queue.recv_many(&mut waiting, QUEUE).await > 0 {
        tokio::time::sleep(GATHER).await;
        while let Ok(inbox) = queue.try_recv() {
            waiting.push(inbox);
        }
        let inboxes: BTreeSet<InboxId> = waiting.drain(..).collect();
        let text = format!("{node} {}", write(&inboxes));
        let rung = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(text).execute(&pool).await;
        if let Err(error) = rung {
            tracing::debug!(error = %error, "other nodes could not be called; they look by themselves");
        }
    }
}

fn write(inboxes: &BTreeSet<InboxId>) -> String {
    if inboxes.len() > MOST {
        return "*".to_owned();
    }
    let texts: Vec<String> = inboxes.iter().map(|inbox| inbox.uuid().simple().to_string()).collect();
    texts.join(",")
}

fn parse(text: &str) -> Rung {
    let inboxes: Option<Vec<InboxId>> =
        text.split(',').map(|id| Uuid::try_parse(id).ok().map(InboxId::from_uuid)).collect();
    inboxes.map_or(Rung::All, Rung::Inboxes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    #[test]
    fn a_call_fits_into_a_notify_and_can_be_read() {
        let inboxes: BTreeSet<InboxId> = (0..MOST).map(|_| InboxId::new(Timestamp::from_micros(0))).collect();
        let text = write(&inboxes);
        assert!(text.len() < 7_900);
        assert_eq!(parse(&text), Rung::Inboxes(inboxes.iter().copied().collect()));
    }

    #[test]
    fn too_many_and_nonsense_mean_everything() {
        let inboxes: BTreeSet<InboxId> = (0..=MOST).map(|_| InboxId::new(Timestamp::from_micros(0))).collect();
        assert_eq!(parse(&write(&inboxes)), Rung::All);
        assert_eq!(parse("nonsense"), Rung::All);
    }
}
