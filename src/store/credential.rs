//! User names and sealed secrets of inboxes.

use uuid::Uuid;

use super::Error;
use super::dialect::{Conn, on};
use crate::model::{CredentialId, InboxId, Timestamp};

/// A credential as stored: whoever steals the database alone cannot read the secret.
#[derive(Clone, Debug)]
pub struct SealedCredential {
    /// The user name.
    pub username: String,
    /// The user name folded for comparison, as [`crate::model::Address::key`] does where it is an address.
    pub username_key: String,
    /// The secret, encrypted by the caller.
    pub secret: Vec<u8>,
}

const INSERT: &str =
    "INSERT INTO credential (id, inbox_id, username, username_key, secret, created_at) VALUES ($1,$2,$3,$4,$5,$6)";
/// `$1` user name, folded.
const BY_USERNAME: &str = "SELECT inbox_id, username, username_key, secret FROM credential WHERE username_key = $1";

/// Adds a credential.
///
/// # Errors
/// [`Error::Taken`] when another inbox has the user name.
pub(super) async fn insert(
    conn: &mut Conn,
    inbox: InboxId,
    credential: &SealedCredential,
    now: Timestamp,
) -> Result<(), Error> {
    on!(conn, c => sqlx::query(INSERT)
        .bind(CredentialId::new(now).uuid())
        .bind(inbox.uuid())
        .bind(credential.username.as_str())
        .bind(credential.username_key.as_str())
        .bind(credential.secret.clone())
        .bind(now.micros())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// The credential of a folded user name, with its inbox.
pub(super) async fn by_username(conn: &mut Conn, key: &str) -> Result<Option<(InboxId, SealedCredential)>, Error> {
    let row: Option<(Uuid, String, String, Vec<u8>)> =
        on!(conn, c => sqlx::query_as(BY_USERNAME).bind(key).fetch_optional(c).await)?;
    Ok(row.map(|(inbox, username, username_key, secret)| {
        (InboxId::from_uuid(inbox), SealedCredential { username, username_key, secret })
    }))
}
