//! The rows of a batch.

use super::ledger::Ledger;
use super::*;

/// Each row: id, project, project, how far before the last position, inbox, seq, mailbox, uid, digest, receipt, time,
/// size, subject, from, to, forward-paths, tags.
static INSERT_MESSAGE: MultiRow = MultiRow::rows(
    "INSERT INTO message (id, project_id, position, inbox_id, seq, mailbox_id, uid, blob_id, receipt_id, \
     received_at, size, subject_key, from_key, to_key, delivered_to, tags) VALUES ",
    "(?,?,(SELECT p.last_position FROM project p WHERE p.id = ?) - ?,?,?,?,?,\
     (SELECT b.id FROM blob b WHERE b.digest = ?),?,?,?,?,?,?,?,?)",
    "",
);
static INSERT_ENTRY: MultiRow = MultiRow::rows(
    "INSERT INTO entry (mailbox_id, uid, message_id, flags, mod_seq, received_at, size) VALUES ",
    "(?,?,?,?,?,?,?)",
    "",
);

/// Which parcels were taken, and the messages that they become.
pub(super) struct Admitted {
    /// (place of the parcel, how many inboxes take it)
    parcels: Vec<(usize, i64)>,
    /// (place of the parcel, place of the target, the message), in order of the projects
    messages: Vec<(usize, usize, Stored)>,
}

impl Admitted {
    pub(super) fn gather(parcels: &[&mut Parcel], outcomes: &[Result<Vec<Stored>, Error>]) -> Self {
        let mut admitted = Self { parcels: Vec::with_capacity(parcels.len()), messages: Vec::new() };
        for (place, outcome) in outcomes.iter().enumerate() {
            if let Ok(stored) = outcome {
                admitted.parcels.push((place, i64::try_from(stored.len()).unwrap_or(i64::MAX)));
                admitted.messages.extend(stored.iter().enumerate().map(|(target, stored)| (place, target, *stored)));
            }
        }
        admitted.messages.sort_by_key(|(_, _, stored)| stored.project);
        admitted
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }
}

/// Stores the octets that are new, counts the uses of those that are not.
///
/// `is_last_try` says that no one needs the octets again: then they are moved, so that a large message is in memory once.
pub(super) fn insert_blobs(
    script: &mut Script,
    parcels: &mut [&mut Parcel],
    admitted: &Admitted,
    is_last_try: bool,
) -> Result<(), Error> {
    // In order of digests, so that two nodes cannot wait for each other.
    let mut refs: BTreeMap<[u8; 32], (usize, i64)> = BTreeMap::new();
    for (place, uses) in &admitted.parcels {
        if let Some(parcel) = parcels.get(*place) {
            refs.entry(parcel.packed.digest).or_insert((*place, 0)).1 += uses;
        }
    }
    let rows: Vec<([u8; 32], (usize, i64))> = refs.into_iter().collect();
    for piece in pieces(&rows) {
        script.add(&blob::UPSERT, piece.len());
        for (digest, (place, uses)) in piece {
            let parcel = parcels.get_mut(*place).ok_or(Error::Damaged("batch"))?;
            let packed = &mut parcel.packed;
            let bytes = if is_last_try { std::mem::take(&mut packed.bytes) } else { packed.bytes.clone() };
            script.bind(digest.to_vec())?;
            script.bind(*uses)?;
            script.bind(i64::try_from(packed.size).unwrap_or(i64::MAX))?;
            script.bind(packed.codec as i64)?;
            script.bind(parcel.content.as_slice())?;
            script.bind(bytes)?;
        }
    }
    Ok(())
}

pub(super) fn insert_receipts(script: &mut Script, parcels: &[&mut Parcel], admitted: &Admitted) -> Result<(), Error> {
    for piece in pieces(&admitted.parcels) {
        script.add(&receipt::INSERT, piece.len());
        for (place, uses) in piece {
            let parcel = parcels.get(*place).ok_or(Error::Damaged("batch"))?;
            script.bind(parcel.receipt_id.uuid())?;
            script.bind(*uses)?;
            script.bind(parcel.receipt.as_slice())?;
        }
    }
    Ok(())
}

pub(super) fn insert_entries(
    script: &mut Script,
    parcels: &[&mut Parcel],
    admitted: &Admitted,
    ledger: &Ledger,
) -> Result<(), Error> {
    for piece in pieces(&admitted.messages) {
        script.add(&INSERT_ENTRY, piece.len());
        for (place, _, stored) in piece {
            let parcel = parcels.get(*place).ok_or(Error::Damaged("batch"))?;
            let account = ledger.account(stored.inbox)?;
            script.bind(account.mailbox.uuid())?;
            script.bind(i64::from(stored.uid.get()))?;
            script.bind(stored.id.uuid())?;
            script.bind(i64::from(Flags::NONE.bits()))?;
            script.bind(account.mod_seq.0)?;
            script.bind(parcel.received_at.micros())?;
            script.bind(i64::try_from(parcel.packed.size).unwrap_or(i64::MAX))?;
        }
    }
    Ok(())
}

/// Writes messages and events. Takes the projects' positions, so nothing but the commit should come after it.
pub(super) fn insert_messages(
    script: &mut Script,
    parcels: &[&mut Parcel],
    admitted: &Admitted,
    ledger: &Ledger,
    now: Timestamp,
) -> Result<(), Error> {
    for of_one_project in admitted.messages.chunk_by(|a, b| a.2.project == b.2.project) {
        let Some(project) = of_one_project.first().map(|(_, _, stored)| stored.project) else { continue };
        event::take_positions(script, project, of_one_project.len())?;
        let mut place_in_log = 0;
        for piece in pieces(of_one_project) {
            script.add(&INSERT_MESSAGE, piece.len());
            for (place, target, stored) in piece {
                let parcel = parcels.get(*place).ok_or(Error::Damaged("batch"))?;
                let target = parcel.targets.get(*target).ok_or(Error::Damaged("batch"))?;
                script.bind(stored.id.uuid())?;
                script.bind(project.uuid())?;
                script.bind(project.uuid())?;
                script.bind(event::before_last(of_one_project.len(), place_in_log))?;
                script.bind(stored.inbox.uuid())?;
                script.bind(stored.seq.0)?;
                script.bind(ledger.account(stored.inbox)?.mailbox.uuid())?;
                script.bind(i64::from(stored.uid.get()))?;
                script.bind(parcel.packed.digest.as_slice())?;
                script.bind(parcel.receipt_id.uuid())?;
                script.bind(parcel.received_at.micros())?;
                script.bind(i64::try_from(parcel.packed.size).unwrap_or(i64::MAX))?;
                script.bind(parcel.subject_key.as_str())?;
                script.bind(parcel.from_key.as_str())?;
                script.bind(parcel.to_key.as_str())?;
                script.bind(target.delivered_to.join("\n"))?;
                script.bind("")?;
                place_in_log += 1;
            }
        }
        let events: Vec<NewEvent> = of_one_project
            .iter()
            .map(|(_, _, stored)| NewEvent {
                kind: EventKind::MessageReceived,
                inbox: Some(stored.inbox),
                message: Some(stored.id),
            })
            .collect();
        event::insert(script, project, now, &events)?;
    }
    Ok(())
}
