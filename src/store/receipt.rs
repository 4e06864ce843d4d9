//! What was noted when a message was taken.

use uuid::Uuid;

use super::Error;
use super::dialect::{Conn, on};
use super::multi_row::MultiRow;
use crate::model::{Receipt, ReceiptId};

/// First octet of a stored receipt: the form it is written in.
const FORM: u8 = 1;

/// Each row: receipt, uses, record.
pub(super) static INSERT: MultiRow = MultiRow::rows("INSERT INTO receipt (id, refs, record) VALUES ", "(?,?,?)", "");

/// `$1` receipt.
const LOAD: &str = "SELECT record FROM receipt WHERE id = $1";

/// The receipt `id`; `None` when it is gone.
pub(super) async fn load(conn: &mut Conn, id: ReceiptId) -> Result<Option<Receipt>, Error> {
    let id: Uuid = id.uuid();
    let row: Option<(Vec<u8>,)> = on!(conn, c => sqlx::query_as(LOAD).bind(id).fetch_optional(c).await)?;
    row.map(|(record,)| parse(&record)).transpose()
}

pub(super) fn write(receipt: &Receipt) -> Result<Vec<u8>, Error> {
    postcard::to_extend(receipt, vec![FORM]).map_err(|_| Error::Damaged("receipt"))
}

fn parse(record: &[u8]) -> Result<Receipt, Error> {
    match record.split_first() {
        Some((&FORM, rest)) => postcard::from_bytes(rest).map_err(|_| Error::Damaged("receipt")),
        _ => Err(Error::Damaged("receipt")),
    }
}
