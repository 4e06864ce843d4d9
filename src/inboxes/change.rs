//! Changing and removing messages.

use super::Error;
use super::create::check_tags;
use super::folders::folder_name;
use super::service::Inboxes;
use crate::model::{Flags, Keyword, MessageId, Principal};
use crate::store::{MessageChange, MessageVersion, StoredMessage};

/// What may be changed of a message; `None` leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessagePatch {
    /// `\Seen`.
    pub seen: Option<bool>,
    /// `\Flagged`.
    pub flagged: Option<bool>,
    /// `\Answered`.
    pub answered: Option<bool>,
    /// All keywords.
    pub keywords: Option<Vec<String>>,
    /// All tags.
    pub tags: Option<Vec<String>>,
    /// The folder of its inbox that it lies in.
    pub folder: Option<String>,
    /// The version that the change was made for.
    pub if_version: Option<MessageVersion>,
}

/// Most keywords of a message.
const MAX_KEYWORDS: usize = 64;

impl Inboxes {
    /// Changes a message: the same change that IMAP STORE makes.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Changed`], [`Error::Invalid`].
    pub async fn update_message(
        &self,
        who: &Principal,
        id: MessageId,
        patch: &MessagePatch,
    ) -> Result<StoredMessage, Error> {
        self.message(who, id).await?;
        let mut change = MessageChange { if_version: patch.if_version, ..MessageChange::default() };
        for (flag, wanted) in
            [(Flags::SEEN, patch.seen), (Flags::FLAGGED, patch.flagged), (Flags::ANSWERED, patch.answered)]
        {
            match wanted {
                Some(true) => change.add = change.add.with(flag),
                Some(false) => change.remove = change.remove.with(flag),
                None => {}
            }
        }
        change.keywords = patch.keywords.as_deref().map(keywords).transpose()?;
        change.folder = patch.folder.as_deref().map(|name| folder_name("/folder", name)).transpose()?;
        if let Some(tags) = &patch.tags {
            check_tags(tags)?;
            let mut tags = tags.clone();
            tags.sort();
            tags.dedup();
            change.tags = Some(tags);
        }
        let stored = self.0.store.update_message(id, change).await?.ok_or(Error::NotFound { what: "message" })?;
        self.hint(stored.message.inbox, stored.message.project);
        Ok(stored)
    }

    /// Removes a message for good.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Changed`] when it is not of the version that is expected.
    pub async fn delete_message(
        &self,
        who: &Principal,
        id: MessageId,
        if_version: Option<MessageVersion>,
    ) -> Result<(), Error> {
        let known = self.message(who, id).await?;
        let inbox = self.0.store.delete_message(id, if_version).await?.ok_or(Error::NotFound { what: "message" })?;
        self.hint(inbox, known.message.project);
        Ok(())
    }
}

fn keywords(texts: &[String]) -> Result<Vec<Keyword>, Error> {
    if texts.len() > MAX_KEYWORDS {
        return Err(Error::invalid("/keywords", format!("at most {MAX_KEYWORDS} keywords")));
    }
    let mut keywords: Vec<Keyword> = Vec::with_capacity(texts.len());
    for (place, text) in texts.iter().enumerate() {
        let keyword = Keyword::new(text).ok_or_else(|| {
            let reason = format!(
                "an IMAP keyword is 1 to {} letters without spaces, quotes, brackets or \\",
                Keyword::MAX_BYTES
            );
            Error::invalid(format!("/keywords/{place}"), reason)
        })?;
        if !keywords.iter().any(|known| known.as_str().eq_ignore_ascii_case(keyword.as_str())) {
            keywords.push(keyword);
        }
    }
    Ok(keywords)
}
