//! Forgetting which numbers are gone: QRESYNC wants to know them, and nobody wants to keep them for ever.

use uuid::Uuid;

use super::Error;
use super::dialect::on;
use super::handle::Store;
use super::removal::CHUNK;
use crate::model::InboxId;

/// `$1` how many stay, `$2` most. Mailboxes with more, and how many more.
const CROWDED: &str = "SELECT v.mailbox_id, x.inbox_id, COUNT(*) - $1 FROM vanished v JOIN mailbox x ON x.id = v.mailbox_id \
    GROUP BY v.mailbox_id, x.inbox_id HAVING COUNT(*) > $1 LIMIT $2";
/// `$1` mailbox, `$2` how many before it.
const CUT: &str = "SELECT mod_seq FROM vanished WHERE mailbox_id = $1 ORDER BY mod_seq LIMIT 1 OFFSET $2";
/// `$1` mailbox, `$2` mod-sequence.
const FORGET: &str = "DELETE FROM vanished WHERE mailbox_id = $1 AND mod_seq <= $2";
/// `$1` mailbox, `$2` mod-sequence.
const NOTE: &str = "UPDATE mailbox SET forgotten_mod_seq = $2 WHERE id = $1 AND forgotten_mod_seq < $2";

impl Store {
    /// Forgets the oldest numbers of mailboxes that have more than `keep`, about 500 of each; gives how many.
    ///
    /// What went up to `mailbox.forgotten_mod_seq` is not told any more: a client whose mod-sequence is older must be told
    /// of every number below UIDNEXT that is not there, which RFC 7162 §3.2.10 allows.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn prune_vanished(&self, keep: i64) -> Result<u64, Error> {
        let crowded: Vec<(Uuid, Uuid, i64)> = {
            let mut conn = self.read().await?;
            on!(&mut conn, c => sqlx::query_as(CROWDED).bind(keep).bind(CHUNK).fetch_all(c).await)?
        };
        let mut forgotten = 0;
        for (mailbox, inbox, excess) in crowded {
            let outcome = self
                .write(move |conn| {
                    Box::pin(async move {
                        super::inbox::lock(conn, InboxId::from_uuid(inbox)).await?;
                        let last = excess.min(CHUNK) - 1;
                        let cut: Option<(i64,)> =
                            on!(conn, c => sqlx::query_as(CUT).bind(mailbox).bind(last).fetch_optional(c).await)?;
                        let Some((cut,)) = cut else { return Ok(0) };
                        on!(conn, c => sqlx::query(NOTE).bind(mailbox).bind(cut).execute(c).await.map(drop))?;
                        Ok(on!(conn, c => sqlx::query(FORGET).bind(mailbox).bind(cut).execute(c).await
                            .map(|done| done.rows_affected()))?)
                    })
                })
                .await;
            match outcome {
                Ok(count) => forgotten += count,
                // The inbox was removed meanwhile.
                Err(Error::NoInbox(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(forgotten)
    }
}
