//! Flags and keywords of messages: what IMAP STORE and the API's PATCH both do.

use std::collections::HashMap;

use super::Error;
use super::dialect::{Conn, on};
use crate::model::{Flags, InboxId, Keyword, MailboxId, ModSeq, Uid};

/// `$1` mailbox. Gives the new highest mod-sequence.
const TAKE_MOD_SEQ: &str =
    "UPDATE mailbox SET highest_mod_seq = highest_mod_seq + 1 WHERE id = $1 RETURNING highest_mod_seq";

/// Takes the next mod-sequence of a mailbox whose inbox is locked.
pub(super) async fn take_mod_seq(conn: &mut Conn, mailbox: MailboxId) -> Result<ModSeq, Error> {
    let (mod_seq,): (i64,) = on!(conn, c => sqlx::query_as(TAKE_MOD_SEQ).bind(mailbox.uuid()).fetch_one(c).await)?;
    Ok(ModSeq(mod_seq))
}

/// `$1` mailbox, `$2` uid, `$3` flags, `$4` mod-sequence.
const SET: &str = "UPDATE entry SET flags = $3, mod_seq = $4 WHERE mailbox_id = $1 AND uid = $2";
/// `$1` inbox, `$2` how many more are unseen.
const COUNT_UNSEEN: &str = "UPDATE inbox SET unseen = unseen + $2 WHERE id = $1";

/// Sets the flags of one entry, and counts.
pub(super) async fn set(
    conn: &mut Conn,
    inbox: InboxId,
    mailbox: MailboxId,
    uid: Uid,
    was: Flags,
    flags: Flags,
    mod_seq: ModSeq,
) -> Result<(), Error> {
    on!(conn, c => sqlx::query(SET).bind(mailbox.uuid()).bind(i64::from(uid.get())).bind(i64::from(flags.bits()))
        .bind(mod_seq.0).execute(c).await.map(drop))?;
    let unseen = i64::from(was.contains(Flags::SEEN)) - i64::from(flags.contains(Flags::SEEN));
    if unseen != 0 {
        on!(conn, c => sqlx::query(COUNT_UNSEEN).bind(inbox.uuid()).bind(unseen).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// `$1` mailbox.
const KEYWORDS: &str = "SELECT number, name_key FROM keyword WHERE mailbox_id = $1";
const NEW_KEYWORD: &str = "INSERT INTO keyword (mailbox_id, number, name, name_key) VALUES ($1,$2,$3,$4)";
const CLEAR: &str = "DELETE FROM entry_keyword WHERE mailbox_id = $1 AND uid = $2";
const MARK: &str = "INSERT INTO entry_keyword (mailbox_id, uid, number) VALUES ($1,$2,$3)";

/// Replaces the keywords of one entry; the mailbox learns those that are new to it.
pub(super) async fn set_keywords(
    conn: &mut Conn,
    mailbox: MailboxId,
    uid: Uid,
    keywords: &[Keyword],
) -> Result<(), Error> {
    let known: Vec<(i64, String)> = on!(conn, c => sqlx::query_as(KEYWORDS).bind(mailbox.uuid()).fetch_all(c).await)?;
    let mut next = known.iter().map(|(number, _)| number + 1).max().unwrap_or(0);
    let mut numbers: HashMap<String, i64> = known.into_iter().map(|(number, key)| (key, number)).collect();
    let uid = i64::from(uid.get());
    on!(conn, c => sqlx::query(CLEAR).bind(mailbox.uuid()).bind(uid).execute(c).await.map(drop))?;
    for keyword in keywords {
        let key = keyword.as_str().to_ascii_lowercase();
        let number = match numbers.get(&key) {
            Some(number) => *number,
            None => {
                on!(conn, c => sqlx::query(NEW_KEYWORD).bind(mailbox.uuid()).bind(next).bind(keyword.as_str())
                    .bind(key.as_str()).execute(c).await.map(drop))?;
                numbers.insert(key, next);
                next += 1;
                next - 1
            }
        };
        on!(conn, c => sqlx::query(MARK).bind(mailbox.uuid()).bind(uid).bind(number).execute(c).await.map(drop))?;
    }
    Ok(())
}
