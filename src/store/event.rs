//! The log of everything that happened.

use uuid::Uuid;

use super::Error;
use super::dialect::{Conn, on};
use super::multi_row::{MultiRow, pieces};
use super::script::Script;
use crate::model::event::EventKind;
use crate::model::{EventId, InboxId, MessageId, Position, ProjectId, Timestamp};

/// An event that is about to be written.
pub(super) struct NewEvent {
    pub(super) kind: EventKind,
    pub(super) inbox: Option<InboxId>,
    pub(super) message: Option<MessageId>,
}

/// One row: project, how many positions it takes. The row lock keeps the log in order of commits.
static TAKE_POSITIONS: MultiRow = MultiRow::rows(
    "UPDATE project SET last_position = last_position + v.column2 FROM (VALUES ",
    "(?,?)",
    ") AS v WHERE project.id = v.column1",
);

/// Each row: project, project, how far before the last position, id, kind, time, inbox, message.
static INSERT: MultiRow = MultiRow::rows(
    "INSERT INTO event (project_id, position, id, kind, at, inbox_id, message_id) VALUES ",
    "(?,(SELECT p.last_position FROM project p WHERE p.id = ?) - ?,?,?,?,?,?)",
    "",
);

/// Takes the next `count` positions of a project: the last of them is its `last_position` from here on.
///
/// From here to the commit no one else can write to this project's log, so it comes late in a transaction.
pub(super) fn take_positions(script: &mut Script, project: ProjectId, count: usize) -> Result<(), Error> {
    script.add(&TAKE_POSITIONS, 1);
    script.bind(project.uuid())?;
    script.bind(i64::try_from(count).unwrap_or(i64::MAX))
}

/// How far before the last of `count` positions the one at `place` is.
pub(super) fn before_last(count: usize, place: usize) -> i64 {
    i64::try_from(count.saturating_sub(place + 1)).unwrap_or(i64::MAX)
}

/// Writes events at the positions that were just taken for them.
pub(super) fn insert(script: &mut Script, project: ProjectId, at: Timestamp, events: &[NewEvent]) -> Result<(), Error> {
    let mut place = 0;
    for piece in pieces(events) {
        script.add(&INSERT, piece.len());
        for event in piece {
            script.bind(project.uuid())?;
            script.bind(project.uuid())?;
            script.bind(before_last(events.len(), place))?;
            script.bind(EventId::new(at).uuid())?;
            script.bind(event.kind.as_str())?;
            script.bind(at.micros())?;
            script.bind(event.inbox.map(InboxId::uuid))?;
            script.bind(event.message.map(MessageId::uuid))?;
            place += 1;
        }
    }
    Ok(())
}

/// Takes positions for `events` and writes them.
pub(super) async fn append(
    conn: &mut Conn,
    project: ProjectId,
    at: Timestamp,
    events: &[NewEvent],
) -> Result<(), Error> {
    if events.is_empty() {
        return Ok(());
    }
    let mut script = Script::new(conn.dialect());
    take_positions(&mut script, project, events.len())?;
    insert(&mut script, project, at, events)?;
    script.run(conn).await
}

/// `$1` project.
const LAST: &str = "SELECT last_position FROM project WHERE id = $1";

/// The position of the project's last event.
pub(super) async fn last(conn: &mut Conn, project: ProjectId) -> Result<Position, Error> {
    let id: Uuid = project.uuid();
    let last: Option<(i64,)> = on!(conn, c => sqlx::query_as(LAST).bind(id).fetch_optional(c).await)?;
    last.map(|(last,)| Position(last)).ok_or(Error::NoProject(project))
}

/// `$1` project, `$2` time, `$3` most rows.
const PRUNE: &str = "DELETE FROM event WHERE project_id = $1 AND position IN (SELECT position FROM \
    (SELECT position, at FROM event WHERE project_id = $1 ORDER BY position LIMIT $3) AS head WHERE head.at < $2)";

/// Removes up to `most` events from before `until`; gives how many.
pub(super) async fn prune(conn: &mut Conn, project: ProjectId, until: Timestamp, most: i64) -> Result<u64, Error> {
    Ok(on!(conn, c => sqlx::query(PRUNE).bind(project.uuid()).bind(until.micros()).bind(most)
        .execute(c).await.map(|done| done.rows_affected()))?)
}
