//! What was refused, kept for a while.

use super::Error;
use super::dialect::{Conn, on};
use super::multi_row::{MultiRow, pieces};
use crate::model::{EventId, Timestamp};

/// A refusal as stored; texts hold no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectionRecord {
    /// When.
    pub at: Timestamp,
    /// At which stage of the session, `RCPT`.
    pub stage: String,
    /// What was answered.
    pub reply: String,
    /// Why, as a stable word.
    pub cause: String,
    /// The reverse-path.
    pub envelope_from: Option<String>,
    /// The forward-path.
    pub envelope_to: Option<String>,
    /// What EHLO said.
    pub helo: Option<String>,
    /// The client's address and port.
    pub peer: String,
}

static INSERT: MultiRow = MultiRow::rows(
    "INSERT INTO rejection (id, at, stage, reply, cause, envelope_from, envelope_to, helo, peer) VALUES ",
    "(?,?,?,?,?,?,?,?,?)",
    "",
);
/// `$1` most.
const RECENT: &str = "SELECT at, stage, reply, cause, envelope_from, envelope_to, helo, peer FROM rejection \
    ORDER BY id DESC LIMIT $1";
/// `$1` how many stay.
const PRUNE: &str = "DELETE FROM rejection WHERE id <= (SELECT id FROM rejection ORDER BY id DESC LIMIT 1 OFFSET $1)";

/// Adds refusals.
pub(super) async fn insert(conn: &mut Conn, records: &[RejectionRecord]) -> Result<(), Error> {
    for piece in pieces(records) {
        let sql = INSERT.sql(conn.dialect(), piece.len());
        on!(conn, c => {
            let mut query = sqlx::query(sql);
            for record in piece {
                query = query
                    .bind(EventId::new(record.at).uuid())
                    .bind(record.at.micros())
                    .bind(record.stage.as_str())
                    .bind(record.reply.as_str())
                    .bind(record.cause.as_str())
                    .bind(record.envelope_from.as_deref())
                    .bind(record.envelope_to.as_deref())
                    .bind(record.helo.as_deref())
                    .bind(record.peer.as_str());
            }
            query.execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

type Row = (i64, String, String, String, Option<String>, Option<String>, Option<String>, String);

/// The newest refusals, newest first.
pub(super) async fn recent(conn: &mut Conn, most: i64) -> Result<Vec<RejectionRecord>, Error> {
    let rows: Vec<Row> = on!(conn, c => sqlx::query_as(RECENT).bind(most).fetch_all(c).await)?;
    let record = |(at, stage, reply, cause, envelope_from, envelope_to, helo, peer): Row| RejectionRecord {
        at: Timestamp::from_micros(at),
        stage,
        reply,
        cause,
        envelope_from,
        envelope_to,
        helo,
        peer,
    };
    Ok(rows.into_iter().map(record).collect())
}

/// Keeps the newest `keep`; gives how many left.
pub(super) async fn prune(conn: &mut Conn, keep: i64) -> Result<u64, Error> {
    Ok(on!(conn, c => sqlx::query(PRUNE).bind(keep).execute(c).await.map(|done| done.rows_affected()))?)
}
