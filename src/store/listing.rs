//! Pages of messages in an order of commits, narrowed by what the message row itself knows.

use super::Error;
use super::dialect::{Conn, Dialect, on};
use super::message::{Row, StoredMessage, select, stored};
use super::owners::Oldest;
use crate::filter::Needles;
use crate::model::{InboxId, ProjectId, Seq, Timestamp};

/// Whose messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Of one inbox, by [`crate::model::Seq`].
    Inbox(InboxId),
    /// Of a whole project, by [`crate::model::Position`].
    Project(ProjectId),
}

/// Which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// In the order of commits.
    #[default]
    Oldest,
    /// Against it.
    Newest,
}

/// What to look for.
#[derive(Clone, Debug)]
pub struct MessageQuery {
    /// Whose.
    pub scope: Scope,
    /// Which way.
    pub order: Order,
    /// Numbers above this one.
    pub above: i64,
    /// Numbers below this one.
    pub below: i64,
    /// What their rows must have. Texts are compared with the folded keys of a message and are folded the same way.
    pub needles: Needles,
    /// Only in inboxes with this tag.
    pub inbox_tag: Option<String>,
    /// Only in inboxes of this run.
    pub inbox_run: Option<String>,
    /// At most so many.
    pub limit: usize,
}

impl MessageQuery {
    /// Everything in `scope`, oldest first.
    #[must_use]
    pub fn all(scope: Scope, limit: usize) -> Self {
        Self {
            scope,
            order: Order::Oldest,
            above: 0,
            below: i64::MAX,
            needles: Needles::default(),
            inbox_tag: None,
            inbox_run: None,
            limit,
        }
    }
}

/// A found message with its number in the scope's order.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its seq or position.
    pub number: i64,
    /// The message.
    pub found: StoredMessage,
}

/// `$1` scope, `$2` above, `$3` below, `$4` subject, `$5` from, `$6` to, `$7` tag, `$8` folder, `$9` flags that are set,
/// `$10` flags that are not, `$11` received from, `$12` received until, `$13` least size, `$14` greatest size, `$15` run,
/// `$16` inboxes as hex with commas, `$17` limit, `$18` tag and `$19` run of their inboxes.
macro_rules! on_message {
    ($find:literal, $inboxes:literal, $owner:literal, $number:literal) => {
        concat!(
            "WHERE m.",
            $owner,
            " = $1 AND m.",
            $number,
            " > $2 AND m.",
            $number,
            " < $3 \
            AND ($4 IS NULL OR ",
            $find,
            "(m.subject_key, $4) > 0) AND ($5 IS NULL OR ",
            $find,
            "(m.from_key, $5) > 0) \
            AND ($6 IS NULL OR ",
            $find,
            "(m.to_key, $6) > 0) AND ($7 IS NULL OR ",
            $find,
            "(m.tags, $7) > 0) \
            AND ($11 IS NULL OR m.received_at >= $11) AND ($12 IS NULL OR m.received_at < $12) \
            AND ($13 IS NULL OR m.size >= $13) AND ($14 IS NULL OR m.size <= $14) \
            AND ($15 IS NULL OR m.inbox_id IN (SELECT id FROM inbox WHERE run_id = $15)) \
            AND ($16 IS NULL OR m.inbox_id ",
            $inboxes,
            ") AND ($18 IS NULL OR EXISTS (SELECT 1 FROM inbox i WHERE i.id = m.inbox_id AND ",
            $find,
            "(i.tags, $18) > 0)) \
            AND ($19 IS NULL OR EXISTS (SELECT 1 FROM inbox i WHERE i.id = m.inbox_id AND i.run_id = $19)) "
        )
    };
}

pub(super) use on_message;

macro_rules! list {
    ($agg:literal, $find:literal, $inboxes:literal, $owner:literal, $number:literal, $direction:literal) => {
        concat!(
            select!($agg),
            on_message!($find, $inboxes, $owner, $number),
            "AND ($8 IS NULL OR x.name = $8) AND (e.flags & $9) = $9 AND (e.flags & $10) = 0 ORDER BY m.",
            $number,
            $direction,
            " LIMIT $17"
        )
    };
}

macro_rules! lists {
    ($agg:literal, $find:literal, $inboxes:literal) => {
        [
            list!($agg, $find, $inboxes, "inbox_id", "seq", ""),
            list!($agg, $find, $inboxes, "inbox_id", "seq", " DESC"),
            list!($agg, $find, $inboxes, "project_id", "position", ""),
            list!($agg, $find, $inboxes, "project_id", "position", " DESC"),
        ]
    };
}

const SQLITE: [&str; 4] = lists!(
    "group_concat(k.name, ' ')",
    "instr",
    "IN (SELECT unhex(value) FROM json_each('[\"' || replace($16, ',', '\",\"') || '\"]'))"
);
const POSTGRES: [&str; 4] =
    lists!("string_agg(k.name, ' ' ORDER BY k.number)", "strpos", "= ANY (string_to_array($16, ',')::uuid[])");

fn statement(dialect: Dialect, query: &MessageQuery) -> &'static str {
    let [oldest_in_inbox, newest_in_inbox, oldest_in_project, newest_in_project] = dialect.pick(SQLITE, POSTGRES);
    match (query.scope, query.order) {
        (Scope::Inbox(_), Order::Oldest) => oldest_in_inbox,
        (Scope::Inbox(_), Order::Newest) => newest_in_inbox,
        (Scope::Project(_), Order::Oldest) => oldest_in_project,
        (Scope::Project(_), Order::Newest) => newest_in_project,
    }
}

/// A page of messages.
pub(super) async fn list(conn: &mut Conn, query: &MessageQuery) -> Result<Vec<Listed>, Error> {
    let sql = statement(conn.dialect(), query);
    let scope = match query.scope {
        Scope::Inbox(inbox) => inbox.uuid(),
        Scope::Project(project) => project.uuid(),
    };
    let needles = &query.needles;
    let rows: Vec<Row> = on!(conn, c => sqlx::query_as(sql)
        .bind(scope)
        .bind(query.above)
        .bind(query.below)
        .bind(needles.subject.as_deref())
        .bind(needles.from.as_deref())
        .bind(needles.to.as_deref())
        .bind(needles.tag.as_ref().map(|tag| format!("\n{tag}\n")))
        .bind(needles.folder.as_deref())
        .bind(i64::from(needles.set.bits()))
        .bind(i64::from(needles.unset.bits()))
        .bind(needles.received_from.map(Timestamp::micros))
        .bind(needles.received_until.map(Timestamp::micros))
        .bind(needles.min_size)
        .bind(needles.max_size)
        .bind(needles.run.as_deref())
        .bind(hex(&needles.inboxes))
        .bind(i64::try_from(query.limit).unwrap_or(i64::MAX))
        .bind(query.inbox_tag.as_ref().map(|tag| format!("\n{tag}\n")))
        .bind(query.inbox_run.as_deref())
        .fetch_all(c).await)?;
    listed(rows, query.scope)
}

pub(super) fn listed(rows: Vec<Row>, scope: Scope) -> Result<Vec<Listed>, Error> {
    let found = rows.into_iter().map(stored);
    found
        .map(|found| {
            found.map(|found| {
                let number = match scope {
                    Scope::Inbox(_) => found.message.seq.0,
                    Scope::Project(_) => found.position.0,
                };
                Listed { number, found }
            })
        })
        .collect()
}

/// Ids as the statements take them: hex with commas between; `None` when there are none.
pub(super) fn hex(inboxes: &[InboxId]) -> Option<String> {
    let ids: Vec<String> = inboxes.iter().map(|id| id.uuid().simple().to_string()).collect();
    (!ids.is_empty()).then(|| ids.join(","))
}

/// `$1` project, `$2` most.
const OLDEST: &str =
    "SELECT inbox_id, seq, received_at, size FROM message WHERE project_id = $1 ORDER BY position LIMIT $2";

/// The oldest messages of a project.
pub(super) async fn oldest(conn: &mut Conn, project: ProjectId, most: i64) -> Result<Vec<Oldest>, Error> {
    let rows: Vec<(uuid::Uuid, i64, i64, i64)> =
        on!(conn, c => sqlx::query_as(OLDEST).bind(project.uuid()).bind(most).fetch_all(c).await)?;
    let oldest = |(inbox, seq, received_at, size)| Oldest {
        inbox: InboxId::from_uuid(inbox),
        seq: Seq(seq),
        received_at: Timestamp::from_micros(received_at),
        size: u64::try_from(size).unwrap_or(0),
    };
    Ok(rows.into_iter().map(oldest).collect())
}
