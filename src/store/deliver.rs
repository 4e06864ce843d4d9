//! The statements of a group commit: many deliveries, a handful of multi-row statements.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::blob::{self, Packed};
use super::dialect::{Conn, on};
use super::event::{self, NewEvent};
use super::multi_row::{MultiRow, pieces};
use super::removal;
use super::script::Script;
use super::{Error, receipt};
use crate::filter::Keys;
use crate::model::event::EventKind;
use crate::model::inbox::{InboxState, OnFull};
use crate::model::{
    Content, Flags, InboxId, MailboxId, MessageId, ModSeq, ProjectId, Receipt, ReceiptId, Seq, Timestamp, Uid,
};

mod ledger;
mod rows;

use ledger::Ledger;

/// One message on its way into one or more inboxes: all of them take it, or none.
#[derive(Clone, Debug)]
pub struct Parcel {
    pub(super) packed: Packed,
    pub(super) content: Vec<u8>,
    pub(super) subject_key: String,
    pub(super) from_key: String,
    pub(super) to_key: String,
    pub(super) receipt_id: ReceiptId,
    pub(super) receipt: Vec<u8>,
    pub(super) received_at: Timestamp,
    pub(super) targets: Vec<Target>,
}

/// An inbox that a [`Parcel`] is for.
#[derive(Clone, Debug)]
pub struct Target {
    /// The inbox.
    pub inbox: InboxId,
    /// The forward-paths that led there, as written.
    pub delivered_to: Vec<String>,
}

impl Parcel {
    /// A parcel of packed octets and what was read in them.
    ///
    /// # Errors
    /// [`Error::Damaged`] if content or receipt cannot be written down.
    pub fn new(
        packed: Packed,
        content: &Content,
        receipt: &Receipt,
        keys: Keys,
        received_at: Timestamp,
        targets: Vec<Target>,
    ) -> Result<Self, Error> {
        Ok(Self {
            packed,
            content: blob::write_content(content)?,
            subject_key: keys.subject,
            from_key: keys.from,
            to_key: keys.to,
            receipt_id: ReceiptId::new(received_at),
            receipt: receipt::write(receipt)?,
            received_at,
            targets,
        })
    }

    /// Octets that the store will write for it, about.
    pub(super) const fn weight(&self) -> usize {
        self.packed.bytes.len() + self.content.len() + self.receipt.len() + 512 * self.targets.len()
    }
}

/// A message in one inbox, committed.
#[derive(Clone, Copy, Debug)]
pub struct Stored {
    /// Its id.
    pub id: MessageId,
    /// The inbox that has it.
    pub inbox: InboxId,
    /// The inbox's project.
    pub project: ProjectId,
    /// Its place in the inbox.
    pub seq: Seq,
    /// Its number in the mailbox `INBOX`.
    pub uid: Uid,
}

/// How each parcel ended, and the statements that store it, which the caller runs together with the commit.
pub(super) type Delivered = (Vec<Result<Vec<Stored>, Error>>, Script);

/// Locks the inboxes of `parcels` and gives each parcel its numbers; each succeeds or fails alone.
///
/// # Errors
/// An error of the whole transaction, which must then be rolled back.
pub(super) async fn deliver(
    conn: &mut Conn,
    parcels: &mut [&mut Parcel],
    now: Timestamp,
    is_last_try: bool,
) -> Result<Delivered, Error> {
    let inboxes = parcels.iter().flat_map(|parcel| parcel.targets.iter().map(|target| target.inbox));
    let mut ledger = Ledger::lock(conn, inboxes.collect()).await?;
    let mut outcomes = Vec::with_capacity(parcels.len());
    for parcel in parcels.iter() {
        outcomes.push(ledger.admit(conn, parcel, now).await?);
    }
    let admitted = rows::Admitted::gather(parcels, &outcomes);
    let mut script = Script::new(conn.dialect());
    if !admitted.is_empty() {
        rows::insert_blobs(&mut script, parcels, &admitted, is_last_try)?;
        rows::insert_receipts(&mut script, parcels, &admitted)?;
        ledger.write(&mut script)?;
        rows::insert_entries(&mut script, parcels, &admitted, &ledger)?;
        rows::insert_messages(&mut script, parcels, &admitted, &ledger, now)?;
    }
    Ok((outcomes, script))
}
