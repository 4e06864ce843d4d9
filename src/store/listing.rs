//! Pages of messages in an order of commits, narrowed by what the message row itself knows.

use super::Error;
use super::dialect::{Conn, Dialect, on};
use super::message::{Row, StoredMessage, select, stored};
use super::owners::Oldest;
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

/// What to look for. Texts are compared with the folded keys of a message and are folded the same way.
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
    /// Text in the subject.
    pub subject: Option<String>,
    /// Text in From.
    pub from: Option<String>,
    /// Text in To, Cc, Bcc or the envelope.
    pub to: Option<String>,
    /// A tag.
    pub tag: Option<String>,
    /// A mailbox's name.
    pub folder: Option<String>,
    /// Whether `\Seen` is set.
    pub seen: Option<bool>,
    /// Not received before this.
    pub received_from: Option<Timestamp>,
    /// Received before this.
    pub received_until: Option<Timestamp>,
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
    pub const fn all(scope: Scope, limit: usize) -> Self {
        Self {
            scope,
            order: Order::Oldest,
            above: 0,
            below: i64::MAX,
            subject: None,
            from: None,
            to: None,
            tag: None,
            folder: None,
            seen: None,
            received_from: None,
            received_until: None,
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

/// `$1` scope, `$2` above, `$3` below, `$4` subject, `$5` from, `$6` to, `$7` tag, `$8` folder, `$9` seen (0 or 1),
/// `$10` received from, `$11` received until, `$12` limit, `$13` inboxes' tag, `$14` inboxes' run.
macro_rules! list {
    ($agg:literal, $find:literal, $owner:literal, $number:literal, $direction:literal) => {
        concat!(
            select!($agg),
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
            AND ($8 IS NULL OR x.name = $8) AND ($9 IS NULL OR (e.flags & 1) = $9) \
            AND ($10 IS NULL OR m.received_at >= $10) AND ($11 IS NULL OR m.received_at < $11) \
            AND ($13 IS NULL OR EXISTS (SELECT 1 FROM inbox i WHERE i.id = m.inbox_id AND ",
            $find,
            "(i.tags, $13) > 0)) \
            AND ($14 IS NULL OR EXISTS (SELECT 1 FROM inbox i WHERE i.id = m.inbox_id AND i.run_id = $14)) \
            ORDER BY m.",
            $number,
            $direction,
            " LIMIT $12"
        )
    };
}

macro_rules! lists {
    ($agg:literal, $find:literal) => {
        [
            list!($agg, $find, "inbox_id", "seq", ""),
            list!($agg, $find, "inbox_id", "seq", " DESC"),
            list!($agg, $find, "project_id", "position", ""),
            list!($agg, $find, "project_id", "position", " DESC"),
        ]
    };
}

const SQLITE: [&str; 4] = lists!("group_concat(k.name, ' ')", "instr");
const POSTGRES: [&str; 4] = lists!("string_agg(k.name, ' ' ORDER BY k.number)", "strpos");

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
    let rows: Vec<Row> = on!(conn, c => sqlx::query_as(sql)
        .bind(scope)
        .bind(query.above)
        .bind(query.below)
        .bind(query.subject.as_deref())
        .bind(query.from.as_deref())
        .bind(query.to.as_deref())
        .bind(query.tag.as_ref().map(|tag| format!("\n{tag}\n")))
        .bind(query.folder.as_deref())
        .bind(query.seen.map(i64::from))
        .bind(query.received_from.map(Timestamp::micros))
        .bind(query.received_until.map(Timestamp::micros))
        .bind(i64::try_from(query.limit).unwrap_or(i64::MAX))
        .bind(query.inbox_tag.as_ref().map(|tag| format!("\n{tag}\n")))
        .bind(query.inbox_run.as_deref())
        .fetch_all(c).await)?;
    let found = rows.into_iter().map(stored);
    found
        .map(|found| {
            found.map(|found| {
                let number = match query.scope {
                    Scope::Inbox(_) => found.message.seq.0,
                    Scope::Project(_) => found.position.0,
                };
                Listed { number, found }
            })
        })
        .collect()
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
