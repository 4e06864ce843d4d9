//! What arrived where: as little of it as waiting needs, over several inboxes or a whole project.

use uuid::Uuid;

use super::Error;
use super::dialect::on;
use super::handle::Store;
use super::listing::hex;
use crate::model::{InboxId, MessageId, Principal, ProjectId, Timestamp};

/// That a message arrived, without what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The message.
    pub message: MessageId,
    /// Where it lies.
    pub inbox: InboxId,
    /// The forward-paths that led there.
    pub delivered_to: Vec<String>,
}

/// `$1` inboxes as hex with commas, so that any number of them is one statement: how many of them stand.
const STANDING_SQLITE: &str = "SELECT count(*) FROM inbox WHERE state <> 'expired' AND id IN \
    (SELECT unhex(value) FROM json_each('[\"' || replace($1, ',', '\",\"') || '\"]'))";
const STANDING_POSTGRES: &str =
    "SELECT count(*) FROM inbox WHERE state <> 'expired' AND id = ANY (string_to_array($1, ',')::uuid[])";

/// `$1` project, `$2` received from, `$3` most: of the newest.
const LATELY: &str = "SELECT id, inbox_id, delivered_to FROM (SELECT id, inbox_id, delivered_to, received_at, position \
    FROM message WHERE project_id = $1 ORDER BY position DESC LIMIT $3) AS newest \
    WHERE received_at >= $2 ORDER BY position DESC";

/// `$1` inbox, `$2` above, `$3` received from.
const COUNT_IN_INBOX: &str = "SELECT count(*) FROM message WHERE inbox_id = $1 AND seq > $2 \
    AND ($3 IS NULL OR received_at >= $3)";
/// `$1` project, `$2` above, `$3` received from, `$4` tag and `$5` run of the inboxes.
macro_rules! count_in_project {
    ($find:literal) => {
        concat!(
            "SELECT count(*) FROM message m WHERE m.project_id = $1 AND m.position > $2 \
            AND ($3 IS NULL OR m.received_at >= $3) \
            AND ($4 IS NULL OR EXISTS (SELECT 1 FROM inbox i WHERE i.id = m.inbox_id AND ",
            $find,
            "(i.tags, $4) > 0)) \
            AND ($5 IS NULL OR EXISTS (SELECT 1 FROM inbox i WHERE i.id = m.inbox_id AND i.run_id = $5))"
        )
    };
}

/// `$1` project, `$2` position above, `$3` received from, `$4` inboxes as above.
const COUNT_AMONG_SQLITE: &str = "SELECT count(*) FROM message WHERE project_id = $1 AND position > $2 \
    AND ($3 IS NULL OR received_at >= $3) \
    AND inbox_id IN (SELECT unhex(value) FROM json_each('[\"' || replace($4, ',', '\",\"') || '\"]'))";
const COUNT_AMONG_POSTGRES: &str = "SELECT count(*) FROM message WHERE project_id = $1 AND position > $2 \
    AND ($3 IS NULL OR received_at >= $3) AND inbox_id = ANY (string_to_array($4, ',')::uuid[])";

impl Store {
    /// How many of these inboxes are there and have not expired.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn standing(&self, inboxes: &[InboxId]) -> Result<i64, Error> {
        let mut conn = self.read().await?;
        let sql = conn.dialect().pick(STANDING_SQLITE, STANDING_POSTGRES);
        let (standing,): (i64,) = on!(&mut conn, c => sqlx::query_as(sql).bind(hex(inboxes)).fetch_one(c).await)?;
        Ok(standing)
    }

    /// What arrived in a project since `from`, newest first: of the newest `most` messages.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn arrived_lately(&self, project: ProjectId, from: Timestamp, most: i64) -> Result<Vec<Arrival>, Error> {
        let mut conn = self.read().await?;
        let rows: Vec<(Uuid, Uuid, String)> = on!(&mut conn, c => sqlx::query_as(LATELY)
            .bind(project.uuid()).bind(from.micros()).bind(most).fetch_all(c).await)?;
        let arrival = |(message, inbox, delivered_to): (Uuid, Uuid, String)| Arrival {
            message: MessageId::from_uuid(message),
            inbox: InboxId::from_uuid(inbox),
            delivered_to: delivered_to.split('\n').map(str::to_owned).collect(),
        };
        Ok(rows.into_iter().map(arrival).collect())
    }

    /// How many messages of some inboxes lie above a position, not received before `from`.
    ///
    /// # Errors
    /// If they cannot be counted.
    pub async fn arrived_among(
        &self,
        project: ProjectId,
        inboxes: &[InboxId],
        above: i64,
        from: Option<Timestamp>,
    ) -> Result<i64, Error> {
        let mut conn = self.read().await?;
        let sql = conn.dialect().pick(COUNT_AMONG_SQLITE, COUNT_AMONG_POSTGRES);
        let (count,): (i64,) = on!(&mut conn, c => sqlx::query_as(sql)
            .bind(project.uuid())
            .bind(above)
            .bind(from.map(Timestamp::micros))
            .bind(hex(inboxes))
            .fetch_one(c).await)?;
        Ok(count)
    }

    /// How many messages of an inbox lie above a seq, not received before `from`.
    ///
    /// # Errors
    /// If they cannot be counted.
    pub async fn arrived_in(&self, inbox: InboxId, above: i64, from: Option<Timestamp>) -> Result<i64, Error> {
        let mut conn = self.read().await?;
        let (count,): (i64,) = on!(&mut conn, c => sqlx::query_as(COUNT_IN_INBOX)
            .bind(inbox.uuid()).bind(above).bind(from.map(Timestamp::micros)).fetch_one(c).await)?;
        Ok(count)
    }

    /// The same of all inboxes of the project that `who` may reach, above a position.
    ///
    /// # Errors
    /// If they cannot be counted.
    pub async fn arrived(&self, who: &Principal, above: i64, from: Option<Timestamp>) -> Result<i64, Error> {
        let mut conn = self.read().await?;
        let sql = conn.dialect().pick(count_in_project!("instr"), count_in_project!("strpos"));
        let (count,): (i64,) = on!(&mut conn, c => sqlx::query_as(sql)
            .bind(who.project.uuid())
            .bind(above)
            .bind(from.map(Timestamp::micros))
            .bind(who.narrowed.tag.as_ref().map(|tag| format!("\n{tag}\n")))
            .bind(who.narrowed.run.as_deref())
            .fetch_one(c).await)?;
        Ok(count)
    }
}
