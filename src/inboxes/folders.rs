//! Folders: the mailboxes of an inbox as the API shows them, and messages that move between them.

use super::Error;
use super::service::Inboxes;
use crate::model::inbox::Inbox;
use crate::model::{MessageId, Principal};
use crate::store::{BatchChange, Mailbox, MessageVersion, StoredMessage};

/// Where a message is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A folder of its own inbox.
    Folder(String),
    /// A folder of another inbox.
    Inbox(Box<Inbox>, String),
}

/// The folder that mail comes into; every inbox has it.
pub const INBOX: &str = "INBOX";

/// Longest name of a folder, in octets.
const MAX_NAME: usize = 200;

impl Inboxes {
    /// The folders of an inbox with what they hold, `INBOX` first.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn folders(&self, inbox: &Inbox) -> Result<Vec<Mailbox>, Error> {
        Ok(self.0.store.mailboxes(inbox.id).await?)
    }

    /// Makes a folder.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`], [`Error::Invalid`].
    pub async fn create_folder(&self, inbox: &Inbox, name: &str) -> Result<Mailbox, Error> {
        let name = folder_name("/name", name)?;
        let made = self.0.store.create_mailbox(inbox.id, name).await?;
        self.hint(inbox.id, inbox.project);
        Ok(made)
    }

    /// Removes a folder, given by its id or its name, that holds nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotEmpty`]; [`Error::Protected`] for `INBOX`.
    pub async fn delete_folder(&self, inbox: &Inbox, named: &str) -> Result<(), Error> {
        let found = match named.parse() {
            Ok(id) => self.0.store.mailbox(inbox.id, id).await?,
            Err(_) => self.0.store.mailbox_by_name(inbox.id, &canonical(named)).await?,
        };
        let folder = found.ok_or(Error::NotFound { what: "folder" })?;
        if folder.name == INBOX {
            return Err(Error::Protected);
        }
        self.0.store.delete_mailbox(inbox.id, folder.id).await?;
        self.hint(inbox.id, inbox.project);
        Ok(())
    }

    /// Puts a message elsewhere; gives it as it lies there. One that lies there already stays as it is.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the message or the folder; what keeps the other inbox from taking it;
    /// [`Error::Changed`] when it is not of the version that is expected.
    pub async fn move_message(
        &self,
        who: &Principal,
        id: MessageId,
        to: &Destination,
        if_version: Option<MessageVersion>,
    ) -> Result<StoredMessage, Error> {
        let known = self.message(who, id).await?;
        let (inbox, project) = (known.message.inbox, known.message.project);
        let moved = self.0.store.change_message(inbox, id, to.change(inbox), if_version).await?;
        // It left its inbox meanwhile, perhaps to where the caller may not look.
        moved.ok_or(Error::NotFound { what: "message" })?;
        self.hint(inbox, project);
        if let Destination::Inbox(target, _) = to {
            self.hint(target.id, target.project);
        }
        self.message(who, id).await
    }
}

impl Destination {
    /// The change that brings messages of `from` there.
    pub(super) fn change(&self, from: crate::model::InboxId) -> BatchChange {
        match self {
            Self::Folder(folder) => BatchChange::Folder(folder.clone()),
            Self::Inbox(target, folder) if target.id == from => BatchChange::Folder(folder.clone()),
            Self::Inbox(target, folder) => BatchChange::Inbox { to: target.id, folder: folder.clone() },
        }
    }
}

/// A folder's name as it is stored, when it may be one. `/` stands between levels; what IMAP's LIST reads as a pattern
/// cannot be in it.
///
/// # Errors
/// [`Error::Invalid`] at `pointer`.
pub fn folder_name(pointer: &str, name: &str) -> Result<String, Error> {
    if name.is_empty() || name.len() > MAX_NAME {
        return Err(Error::invalid(pointer, format!("1 to {MAX_NAME} bytes of text")));
    }
    if name.chars().any(|letter| letter.is_control() || matches!(letter, '*' | '%')) {
        return Err(Error::invalid(pointer, "no control characters, no * and no %"));
    }
    if name.split('/').any(|level| level.is_empty() || level.trim() != level) {
        return Err(Error::invalid(pointer, "each level between / has a name without spaces around it"));
    }
    // An id is no name: one word would mean two folders.
    if name.parse::<crate::model::MailboxId>().is_ok() {
        return Err(Error::invalid(pointer, "this is the form of a folder's id"));
    }
    Ok(canonical(name))
}

/// `INBOX` is the one name that is the same in every case (RFC 9051 §5.1).
fn canonical(name: &str) -> String {
    if name.eq_ignore_ascii_case(INBOX) { INBOX.to_owned() } else { name.to_owned() }
}
