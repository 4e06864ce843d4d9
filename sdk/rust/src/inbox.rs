//! One inbox, and what can be done with it.

use std::ops::Deref;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::transport::Call;
use crate::value::{More, encoded};
use crate::{Client, Cursor, Draft, FindCode, FindLink, ListMessages, Message, Purpose, Result, Tail, Wait};

/// An inbox named by its id or address.
#[derive(Clone, Debug)]
pub struct InboxHandle {
    client: Client,
    path: String,
}

/// An inbox as it was when the server told of it.
///
/// All that can be done with it is on [`InboxHandle`], to which it dereferences.
#[derive(Clone, Debug)]
pub struct Inbox {
    /// Its id.
    pub id: String,
    /// Its address, for your app to write to.
    pub address: String,
    /// All that the server told.
    pub info: InboxInfo,
    handle: InboxHandle,
}

/// What the server tells of an inbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InboxInfo {
    /// Its id.
    pub id: String,
    /// Its address.
    pub address: String,
    /// Where it stands: the position in front of all later mail.
    pub cursor: Cursor,
    /// `active` or `frozen`.
    #[serde(default)]
    pub state: String,
    /// When it was made, RFC 3339.
    #[serde(default)]
    pub created_at: String,
    /// When its mail is removed; `None` is never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// What it holds: `messages`, `unseen`, `bytes`.
    #[serde(default)]
    pub counts: Map<String, Value>,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// What emptying did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Emptied {
    /// Messages that were removed.
    pub deleted: u64,
    /// Behind them.
    pub cursor: Cursor,
}

impl InboxHandle {
    pub(crate) fn new(client: Client, name: String) -> Self {
        Self { client, path: format!("/v1/inboxes/{}", encoded(&name)) }
    }

    /// The inbox as it is now.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) when there is none, or no longer.
    pub async fn get(&self) -> Result<Inbox> {
        let info = self.client.value(Call::get(&self.path)).await?;
        Ok(Inbox::new(self.client.clone(), info))
    }

    /// Where it stands now. Take it before the action that sends mail, and give it to a wait as `since`.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn mark(&self) -> Result<Cursor> {
        Ok(self.get().await?.info.cursor)
    }

    /// Waits for mail to it; without conditions any mail will do.
    pub fn wait(&self) -> Wait {
        Wait::new(self.client.clone(), format!("{}/wait", self.path))
    }

    /// Every message behind this cursor, as it arrives; begin at [`mark`](Self::mark).
    #[must_use]
    pub fn tail(&self, since: Cursor) -> Tail {
        Tail::new(self.wait(), since)
    }

    /// The newest one-time code.
    pub fn otp(&self) -> FindCode {
        FindCode::new(self.client.clone(), format!("{}/otp", self.path))
    }

    /// The newest link for this purpose, or for any.
    pub fn link(&self, purpose: impl Into<Option<Purpose>>) -> FindLink {
        FindLink::new(self.client.clone(), format!("{}/link", self.path), purpose.into())
    }

    /// Its messages.
    pub fn messages(&self) -> ListMessages {
        ListMessages::new(self.client.clone(), format!("{}/messages", self.path))
    }

    /// Puts a message into it, without SMTP. Codes are looked for when it is waited for or got.
    ///
    /// # Errors
    /// As every call.
    pub async fn send(&self, draft: &Draft) -> Result<Message> {
        let call = Call::post(format!("{}/messages", self.path)).json(draft).once();
        self.client.value(call).await
    }

    /// Puts a message into it as these octets, which are kept exactly.
    ///
    /// # Errors
    /// As every call.
    pub async fn send_raw(&self, octets: impl Into<Vec<u8>>) -> Result<Message> {
        let call = Call::post(format!("{}/messages", self.path)).octets("message/rfc822", octets.into()).once();
        self.client.value(call).await
    }

    /// Removes its messages: all, or those before a cursor.
    ///
    /// # Errors
    /// As every call.
    pub async fn empty(&self, before: Option<&Cursor>) -> Result<Emptied> {
        let body: Map<String, Value> =
            before.map(|cursor| ("before".to_owned(), cursor.as_str().into())).into_iter().collect();
        self.client.value(Call::post(format!("{}/empty", self.path)).json(&body).once()).await
    }

    /// Deletes it with all its mail.
    ///
    /// # Errors
    /// As every call.
    pub async fn delete(&self) -> Result<()> {
        self.client.octets(Call::new(reqwest::Method::DELETE, &self.path)).await.map(drop)
    }
}

impl Inbox {
    pub(crate) fn new(client: Client, info: InboxInfo) -> Self {
        let handle = InboxHandle::new(client, info.id.clone());
        Self { id: info.id.clone(), address: info.address.clone(), info, handle }
    }
}

impl Deref for Inbox {
    type Target = InboxHandle;

    fn deref(&self) -> &InboxHandle {
        &self.handle
    }
}
