//! How much mail came, by hour, inbox, sender's domain or run: counted by the database.

use sqlx::FromRow;
use uuid::Uuid;

use super::Error;
use super::dialect::{Conn, on};
use super::handle::Store;
use crate::model::{InboxId, ProjectId, Timestamp};

/// What messages are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// The hour that they were received in.
    Hour,
    /// The day, in UTC.
    Day,
    /// The inbox's address.
    Inbox,
    /// The domain of the first address of From.
    FromDomain,
    /// The inbox's run.
    Run,
}

/// Which messages to count.
#[derive(Clone, Debug)]
pub struct StatsQuery {
    /// Of this project.
    pub project: ProjectId,
    /// Of this inbox.
    pub inbox: Option<InboxId>,
    /// Of inboxes with this tag.
    pub tag: Option<String>,
    /// Of inboxes of this run.
    pub run: Option<String>,
    /// Not received before this.
    pub since: Timestamp,
    /// Received before this.
    pub until: Timestamp,
    /// At most so many groups.
    pub limit: usize,
}

/// Messages that belong together.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Counted {
    /// Hours or days since 1970, an address, a domain, a run; empty for what has none.
    pub key: String,
    /// How many.
    pub messages: i64,
    /// Their octets as received.
    pub bytes: i64,
}

/// `$1` project, `$2` id from, `$3` received from, `$4` received before, `$5` inbox, `$6` tag, `$7` run, `$8` most.
///
/// Ids ascend with time, and a message is received before it is named: the id finds where to begin without another index.
macro_rules! count {
    ($find:literal, $key:expr, $order:literal) => {
        concat!(
            "SELECT ",
            $key,
            " AS key, COUNT(*) AS messages, CAST(COALESCE(SUM(m.size), 0) AS BIGINT) AS bytes FROM message m \
             JOIN inbox i ON i.id = m.inbox_id WHERE m.project_id = $1 AND m.id >= $2 AND m.received_at >= $3 \
             AND m.received_at < $4 AND ($5 IS NULL OR m.inbox_id = $5) AND ($6 IS NULL OR ",
            $find,
            "(i.tags, $6) > 0) AND ($7 IS NULL OR i.run_id = $7) GROUP BY 1 ORDER BY ",
            $order,
            " LIMIT $8"
        )
    };
}

/// `from_key` is `\naddress\tname\n`, folded.
macro_rules! statements {
    ($find:literal, $char:literal) => {
        [
            count!($find, "CAST(m.received_at / 3600000000 AS TEXT)", "1 DESC"),
            count!($find, "CAST(m.received_at / 86400000000 AS TEXT)", "1 DESC"),
            count!($find, "i.address", "2 DESC, 1"),
            count!(
                $find,
                concat!(
                    "CASE WHEN ",
                    $find,
                    "(m.from_key, '@') > 0 THEN substr(m.from_key, ",
                    $find,
                    "(m.from_key, '@') + 1, CASE WHEN ",
                    $find,
                    "(m.from_key, ",
                    $char,
                    "(9)) > ",
                    $find,
                    "(m.from_key, '@') THEN ",
                    $find,
                    "(m.from_key, ",
                    $char,
                    "(9)) - ",
                    $find,
                    "(m.from_key, '@') - 1 ELSE 0 END) ELSE '' END"
                ),
                "2 DESC, 1"
            ),
            count!($find, "COALESCE(i.run_id, '')", "2 DESC, 1"),
            count!($find, "''", "1"),
        ]
    };
}

const SQLITE: [&str; 6] = statements!("instr", "char");
const POSTGRES: [&str; 6] = statements!("strpos", "chr");

impl Store {
    /// The groups, the newest or the largest first, and all of them together.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn stats(&self, grouping: Grouping, query: &StatsQuery) -> Result<(Vec<Counted>, Counted), Error> {
        let mut conn = self.read().await?;
        let [hour, day, inbox, from_domain, run, total] = conn.dialect().pick(SQLITE, POSTGRES);
        let sql = match grouping {
            Grouping::Hour => hour,
            Grouping::Day => day,
            Grouping::Inbox => inbox,
            Grouping::FromDomain => from_domain,
            Grouping::Run => run,
        };
        let groups = count(&mut conn, sql, query).await?;
        let total = count(&mut conn, total, query).await?.pop();
        Ok((groups, total.unwrap_or(Counted { key: String::new(), messages: 0, bytes: 0 })))
    }
}

async fn count(conn: &mut Conn, sql: &'static str, query: &StatsQuery) -> Result<Vec<Counted>, Error> {
    Ok(on!(conn, c => sqlx::query_as(sql)
        .bind(query.project.uuid())
        .bind(first_id(query.since))
        .bind(query.since.micros())
        .bind(query.until.micros())
        .bind(query.inbox.map(InboxId::uuid))
        .bind(query.tag.as_ref().map(|tag| format!("\n{tag}\n")))
        .bind(query.run.as_deref())
        .bind(i64::try_from(query.limit).unwrap_or(i64::MAX))
        .fetch_all(c).await)?)
}

/// Below every id that is made from `time` on: a UUID v7 begins with milliseconds (RFC 9562 §5.7).
fn first_id(time: Timestamp) -> Uuid {
    let millis = u128::try_from(time.micros() / 1000).unwrap_or(0);
    Uuid::from_u128((millis & 0xffff_ffff_ffff) << 80)
}
