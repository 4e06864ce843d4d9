//! The inboxes of a batch, locked: who has room, and which numbers come next.

use super::*;

/// `$1` inbox … : the row with its mailbox INBOX, in the order in which every node locks.
const SELECT_HEAD: &str = "SELECT i.id, i.project_id, i.state, i.expires_at, i.last_seq, i.messages, i.bytes, \
    i.max_messages, i.max_bytes, i.on_full, m.id, m.uid_next, m.highest_mod_seq \
    FROM inbox i JOIN mailbox m ON m.inbox_id = i.id AND m.name = 'INBOX' WHERE i.id IN (";
const SELECT_TAIL: &str = ") ORDER BY i.id";
const LOCK_TAIL: &str = ") ORDER BY i.id FOR UPDATE OF i, m";

static SELECT_SQLITE: MultiRow = MultiRow::rows(SELECT_HEAD, "?", SELECT_TAIL);
static SELECT_POSTGRES: MultiRow = MultiRow::rows(SELECT_HEAD, "?", LOCK_TAIL);

/// Each row: inbox, messages that came, octets that came, new last_seq.
static UPDATE_INBOX: MultiRow = MultiRow::rows(
    "UPDATE inbox SET messages = messages + v.column2, unseen = unseen + v.column2, \
         bytes = bytes + v.column3, last_seq = v.column4 FROM (VALUES ",
    "(?,?,?,?)",
    ") AS v WHERE inbox.id = v.column1",
);

/// Each row: mailbox, new uid_next, new highest_mod_seq.
static UPDATE_MAILBOX: MultiRow = MultiRow::rows(
    "UPDATE mailbox SET uid_next = v.column2, highest_mod_seq = v.column3 FROM (VALUES ",
    "(?,?,?)",
    ") AS v WHERE mailbox.id = v.column1",
);

type Row = (Uuid, Uuid, String, Option<i64>, i64, i64, i64, Option<i64>, Option<i64>, String, Uuid, i64, i64);

/// One inbox as the batch sees it.
pub(super) struct Account {
    pub(super) project: ProjectId,
    pub(super) mailbox: MailboxId,
    pub(super) mod_seq: ModSeq,
    state: InboxState,
    expires_at: Option<i64>,
    on_full: OnFull,
    max_messages: Option<i64>,
    max_bytes: Option<i64>,
    messages: i64,
    bytes: i64,
    last_seq: i64,
    uid_next: i64,
    came: i64,
    came_bytes: i64,
}

/// All inboxes of a batch.
pub(super) struct Ledger {
    accounts: BTreeMap<InboxId, Account>,
}

impl Ledger {
    /// Reads the inboxes and, on PostgreSQL, locks them in the order of their ids.
    pub(super) async fn lock(conn: &mut Conn, mut inboxes: Vec<InboxId>) -> Result<Self, Error> {
        inboxes.sort_unstable();
        inboxes.dedup();
        let statement: &'static MultiRow = conn.dialect().pick(&SELECT_SQLITE, &SELECT_POSTGRES);
        let mut accounts = BTreeMap::new();
        for piece in pieces(&inboxes) {
            let sql = statement.sql(conn.dialect(), piece.len());
            let rows: Vec<Row> = on!(conn, c => {
                let mut query = sqlx::query_as(sql);
                for inbox in piece {
                    query = query.bind(inbox.uuid());
                }
                query.fetch_all(c).await
            })?;
            accounts.extend(rows.into_iter().map(|row| (InboxId::from_uuid(row.0), account(&row))));
        }
        Ok(Self { accounts })
    }

    pub(super) fn account(&self, inbox: InboxId) -> Result<&Account, Error> {
        self.accounts.get(&inbox).ok_or(Error::NoInbox(inbox))
    }

    /// Gives the parcel its numbers in every inbox, or says why one of them does not take it.
    ///
    /// # Errors
    /// The outer error is the transaction's, the inner one the parcel's.
    pub(super) async fn admit(
        &mut self,
        conn: &mut Conn,
        parcel: &Parcel,
        now: Timestamp,
    ) -> Result<Result<Vec<Stored>, Error>, Error> {
        let size = i64::try_from(parcel.packed.size).unwrap_or(i64::MAX);
        for target in &parcel.targets {
            let Some(account) = self.accounts.get_mut(&target.inbox) else {
                return Ok(Err(Error::NoInbox(target.inbox)));
            };
            if let Err(error) = account.takes_mail(target.inbox, now).and_then(|()| account.can_fit(target.inbox, size))
            {
                return Ok(Err(error));
            }
        }
        // Only now is anything removed to make room: no mail leaves for one that is refused.
        for target in &parcel.targets {
            let Some(account) = self.accounts.get_mut(&target.inbox) else { continue };
            if let Err(error) = account.make_room(conn, target.inbox, size, now).await? {
                return Ok(Err(error));
            }
        }
        let stored = parcel.targets.iter().filter_map(|target| {
            let account = self.accounts.get_mut(&target.inbox)?;
            account.take(target.inbox, size, now)
        });
        Ok(Ok(stored.collect()))
    }

    /// Adds the new counters to what is written.
    pub(super) fn write(&self, script: &mut Script) -> Result<(), Error> {
        let changed: Vec<_> = self.accounts.iter().filter(|(_, account)| account.came > 0).collect();
        for piece in pieces(&changed) {
            script.add(&UPDATE_INBOX, piece.len());
            for (inbox, account) in piece {
                script.bind(inbox.uuid())?;
                script.bind(account.came)?;
                script.bind(account.came_bytes)?;
                script.bind(account.last_seq)?;
            }
            script.add(&UPDATE_MAILBOX, piece.len());
            for (_, account) in piece {
                script.bind(account.mailbox.uuid())?;
                script.bind(account.uid_next)?;
                script.bind(account.mod_seq.0)?;
            }
        }
        Ok(())
    }
}

impl Account {
    fn takes_mail(&self, inbox: InboxId, now: Timestamp) -> Result<(), Error> {
        let is_over = self.expires_at.is_some_and(|at| at <= now.micros());
        match self.state {
            InboxState::Expired => Err(Error::Expired(inbox)),
            _ if is_over => Err(Error::Expired(inbox)),
            InboxState::Frozen => Err(Error::Frozen(inbox)),
            InboxState::Active => Ok(()),
        }
    }

    /// Whether one more message of `size` octets fits, or can be made to fit. What came in this very batch has no row yet
    /// and cannot be removed.
    fn can_fit(&self, inbox: InboxId, size: i64) -> Result<(), Error> {
        let Some(full) = self.full(inbox, size) else { return Ok(()) };
        let fits_alone = self.max_messages.is_none_or(|most| self.came < most)
            && self.max_bytes.is_none_or(|most| self.came_bytes + size <= most);
        if self.on_full == OnFull::EvictOldest && fits_alone { Ok(()) } else { Err(full) }
    }

    /// Removes the oldest messages until one more of `size` octets fits.
    async fn make_room(
        &mut self,
        conn: &mut Conn,
        inbox: InboxId,
        size: i64,
        now: Timestamp,
    ) -> Result<Result<(), Error>, Error> {
        while let Some(full) = self.full(inbox, size) {
            let messages_over = self.max_messages.map_or(0, |most| self.messages + self.came + 1 - most);
            let bytes_over = self.max_bytes.map_or(0, |most| self.bytes + self.came_bytes + size - most);
            let gone = removal::evict_oldest(conn, self.project, inbox, messages_over, bytes_over, now).await?;
            if gone.messages == 0 {
                return Ok(Err(full));
            }
            self.messages -= gone.messages;
            self.bytes -= gone.bytes;
            if let Some(mod_seq) = gone.mod_seq {
                self.mod_seq = ModSeq(self.mod_seq.0.max(mod_seq));
            }
        }
        Ok(Ok(()))
    }

    fn full(&self, inbox: InboxId, size: i64) -> Option<Error> {
        let over = |limit: Option<i64>, would_be: i64, unit| {
            limit.filter(|most| would_be > *most).map(|most| Error::OverQuota {
                inbox,
                limit: u64::try_from(most).unwrap_or(0),
                unit,
            })
        };
        over(self.max_messages, self.messages + self.came + 1, "messages")
            .or_else(|| over(self.max_bytes, self.bytes + self.came_bytes + size, "bytes"))
    }

    fn take(&mut self, inbox: InboxId, size: i64, now: Timestamp) -> Option<Stored> {
        let uid = Uid::new(self.uid_next)?;
        if self.came == 0 {
            self.mod_seq.0 += 1;
        }
        self.came += 1;
        self.came_bytes += size;
        self.last_seq += 1;
        self.uid_next += 1;
        Some(Stored { id: MessageId::new(now), inbox, project: self.project, seq: Seq(self.last_seq), uid })
    }
}

fn account(row: &Row) -> Account {
    Account {
        project: ProjectId::from_uuid(row.1),
        state: InboxState::parse(&row.2).unwrap_or(InboxState::Frozen),
        expires_at: row.3,
        last_seq: row.4,
        messages: row.5,
        bytes: row.6,
        max_messages: row.7,
        max_bytes: row.8,
        on_full: if row.9 == "evict_oldest" { OnFull::EvictOldest } else { OnFull::Reject },
        mailbox: MailboxId::from_uuid(row.10),
        uid_next: row.11,
        mod_seq: ModSeq(row.12),
        came: 0,
        came_bytes: 0,
    }
}
