//! Going over many messages with little of each, to pick those that are worth reading.

use sqlx::FromRow;

use super::dialect::{Dialect, on};
use super::handle::Store;
use super::listing::{hex, listed, on_message};
use super::message::{Row, select};
use super::{Error, Listed, MessageQuery, Order, Scope};
use crate::model::{MessageId, Timestamp};

/// A message of which little is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skimmed {
    /// Its seq or position.
    pub number: i64,
    /// Its public id.
    pub id: MessageId,
    /// Whether the text that was asked for is in its subject or among its addresses.
    pub in_keys: bool,
}

/// As in a list of messages; `$20` a text in the keys. Gives `number id in_keys` of all of them in one line: a row for
/// each would take several times as long.
macro_rules! skim {
    ($agg:literal, $id:literal, $find:literal, $inboxes:literal, $owner:literal, $number:literal, $direction:literal) => {
        concat!(
            "SELECT ",
            $agg,
            " AS line FROM (SELECT m.",
            $number,
            " AS number, ",
            $id,
            " AS id, CASE WHEN $20 IS NULL THEN 0 WHEN ",
            $find,
            "(m.subject_key, $20) > 0 OR ",
            $find,
            "(m.from_key, $20) > 0 OR ",
            $find,
            "(m.to_key, $20) > 0 THEN 1 ELSE 0 END AS in_keys FROM message m ",
            on_message!($find, $inboxes, $owner, $number),
            "ORDER BY m.",
            $number,
            $direction,
            " LIMIT $17) AS skimmed"
        )
    };
}

macro_rules! skims {
    ($agg:literal, $id:literal, $find:literal, $inboxes:literal) => {
        [
            skim!($agg, $id, $find, $inboxes, "inbox_id", "seq", ""),
            skim!($agg, $id, $find, $inboxes, "inbox_id", "seq", " DESC"),
            skim!($agg, $id, $find, $inboxes, "project_id", "position", ""),
            skim!($agg, $id, $find, $inboxes, "project_id", "position", " DESC"),
        ]
    };
}

const SQLITE: [&str; 4] = skims!(
    "group_concat(number || ' ' || id || ' ' || in_keys, ',')",
    "hex(m.id)",
    "instr",
    "IN (SELECT unhex(value) FROM json_each('[\"' || replace($16, ',', '\",\"') || '\"]'))"
);
const POSTGRES: [&str; 4] = skims!(
    "string_agg(number || ' ' || id || ' ' || in_keys, ',')",
    "m.id",
    "strpos",
    "= ANY (string_to_array($16, ',')::uuid[])"
);

/// `$1` scope, `$2` numbers with commas.
const PICK_SQLITE: [&str; 2] = [
    concat!(
        select!("group_concat(k.name, ' ')"),
        "WHERE m.inbox_id = $1 AND m.seq IN (SELECT value FROM json_each('[' || $2 || ']')) ORDER BY m.seq"
    ),
    concat!(
        select!("group_concat(k.name, ' ')"),
        "WHERE m.project_id = $1 AND m.position IN (SELECT value FROM json_each('[' || $2 || ']')) ORDER BY m.position"
    ),
];
const PICK_POSTGRES: [&str; 2] = [
    concat!(
        select!("string_agg(k.name, ' ' ORDER BY k.number)"),
        "WHERE m.inbox_id = $1 AND m.seq = ANY (string_to_array($2, ',')::bigint[]) ORDER BY m.seq"
    ),
    concat!(
        select!("string_agg(k.name, ' ' ORDER BY k.number)"),
        "WHERE m.project_id = $1 AND m.position = ANY (string_to_array($2, ',')::bigint[]) ORDER BY m.position"
    ),
];

#[derive(FromRow)]
struct Line {
    line: Option<String>,
}

impl Store {
    /// Goes over the messages of `query`, of whose needles the folder and the flags do not count. `key` is a text that may be
    /// in the subject or among the addresses.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn skim(&self, query: &MessageQuery, key: Option<&str>) -> Result<Vec<Skimmed>, Error> {
        let mut conn = self.read().await?;
        let sql = statement(conn.dialect(), query);
        let needles = &query.needles;
        let line: Line = on!(&mut conn, c => sqlx::query_as(sql)
            .bind(scope(query.scope))
            .bind(query.above)
            .bind(query.below)
            .bind(needles.subject.as_deref())
            .bind(needles.from.as_deref())
            .bind(needles.to.as_deref())
            .bind(needles.tag.as_ref().map(|tag| format!("\n{tag}\n")))
            .bind(None::<&str>)
            .bind(0_i64)
            .bind(0_i64)
            .bind(needles.received_from.map(Timestamp::micros))
            .bind(needles.received_until.map(Timestamp::micros))
            .bind(needles.min_size)
            .bind(needles.max_size)
            .bind(needles.run.as_deref())
            .bind(hex(&needles.inboxes))
            .bind(i64::try_from(query.limit).unwrap_or(i64::MAX))
            .bind(query.inbox_tag.as_ref().map(|tag| format!("\n{tag}\n")))
            .bind(query.inbox_run.as_deref())
            .bind(key)
            .fetch_one(c).await)?;
        let text = line.line.unwrap_or_default();
        let mut skimmed: Vec<Skimmed> = text.split(',').filter_map(parse).collect();
        // An aggregate promises no order.
        match query.order {
            Order::Oldest => skimmed.sort_unstable_by_key(|one| one.number),
            Order::Newest => skimmed.sort_unstable_by_key(|one| std::cmp::Reverse(one.number)),
        }
        Ok(skimmed)
    }

    /// The messages of these numbers, in the same order.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn pick(&self, query: &MessageQuery, numbers: &[i64]) -> Result<Vec<Listed>, Error> {
        let mut conn = self.read().await?;
        let [in_inbox, in_project] = conn.dialect().pick(PICK_SQLITE, PICK_POSTGRES);
        let sql = match query.scope {
            Scope::Inbox(_) => in_inbox,
            Scope::Project(_) => in_project,
        };
        let list: Vec<String> = numbers.iter().map(i64::to_string).collect();
        let rows: Vec<Row> =
            on!(&mut conn, c => sqlx::query_as(sql).bind(scope(query.scope)).bind(list.join(",")).fetch_all(c).await)?;
        let mut listed = listed(rows, query.scope)?;
        if query.order == Order::Newest {
            listed.reverse();
        }
        Ok(listed)
    }
}

fn statement(dialect: Dialect, query: &MessageQuery) -> &'static str {
    let [oldest_in_inbox, newest_in_inbox, oldest_in_project, newest_in_project] = dialect.pick(SQLITE, POSTGRES);
    match (query.scope, query.order) {
        (Scope::Inbox(_), Order::Oldest) => oldest_in_inbox,
        (Scope::Inbox(_), Order::Newest) => newest_in_inbox,
        (Scope::Project(_), Order::Oldest) => oldest_in_project,
        (Scope::Project(_), Order::Newest) => newest_in_project,
    }
}

const fn scope(scope: Scope) -> uuid::Uuid {
    match scope {
        Scope::Inbox(inbox) => inbox.uuid(),
        Scope::Project(project) => project.uuid(),
    }
}

fn parse(triple: &str) -> Option<Skimmed> {
    let mut parts = triple.split(' ');
    let number = parts.next()?.parse().ok()?;
    let id = MessageId::from_uuid(uuid::Uuid::parse_str(parts.next()?).ok()?);
    Some(Skimmed { number, id, in_keys: parts.next()? == "1" })
}
