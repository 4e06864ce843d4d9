//! The client: one server, one key.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use crate::transport::{Call, Transport};
use crate::value::More;
use crate::{Config, Cursor, Error, Extraction, InboxHandle, Inboxes, ListMessages, MessageHandle, Result, Tail, Wait};

/// The version of the API that this client is written for; the second number may be higher.
const API: (u32, u32) = (1, 0);

/// Calls one server with one key. Cheap to clone: all clones share their connections.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    transport: Transport,
    run_id: Option<String>,
    /// What the server said it is, asked for before the first call.
    meta: OnceCell<Meta>,
}

/// What a server is and can do.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Meta {
    /// The server's version.
    pub version: String,
    /// The API's version, `1.0`.
    pub api: String,
    /// What may be relied on.
    pub features: Vec<String>,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

#[derive(Deserialize)]
struct CursorNow {
    cursor: Cursor,
}

impl Client {
    /// A client as the environment has it: see [`Config::from_env`].
    ///
    /// # Errors
    /// [`Error::Config`] when `RESTANTE_URL` is no address.
    pub fn from_env() -> Result<Self> {
        Self::with(Config::from_env())
    }

    /// A client of the server at `url`, with a key or, where the server is open, none.
    ///
    /// # Errors
    /// [`Error::Config`] when `url` is no address.
    pub fn new(url: impl Into<String>, key: Option<&str>) -> Result<Self> {
        Self::with(Config { url: url.into(), key: key.map(str::to_owned), run_id: None })
    }

    /// A client with this configuration. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Config`] when the address cannot be one, or this machine trusts no certificates and it is `https`.
    pub fn with(config: Config) -> Result<Self> {
        let transport = Transport::new(&config)?;
        Ok(Self(Arc::new(Inner { transport, run_id: config.run_id, meta: OnceCell::new() })))
    }

    /// The inboxes of the key's project.
    #[must_use]
    pub fn inboxes(&self) -> Inboxes {
        Inboxes::new(self.clone())
    }

    /// The inbox of this id or address. Nothing is asked yet.
    pub fn inbox(&self, id_or_address: impl Into<String>) -> InboxHandle {
        InboxHandle::new(self.clone(), id_or_address.into())
    }

    /// The message of this id. Nothing is asked yet.
    pub fn message(&self, id: impl Into<String>) -> MessageHandle {
        MessageHandle::new(self.clone(), id.into())
    }

    /// The messages of the whole project.
    pub fn messages(&self) -> ListMessages {
        ListMessages::new(self.clone(), "/v1/messages".to_owned())
    }

    /// Where the project stands now: the cursor for waits and tails over all its inboxes.
    ///
    /// # Errors
    /// As every call.
    pub async fn mark(&self) -> Result<Cursor> {
        let now: CursorNow = self.value(Call::get("/v1/cursor")).await?;
        Ok(now.cursor)
    }

    /// Waits for mail to any inbox of the project.
    pub fn wait(&self) -> Wait {
        Wait::new(self.clone(), "/v1/wait".to_owned())
    }

    /// Every message to any inbox behind this cursor, as it arrives; begin at [`mark`](Self::mark).
    #[must_use]
    pub fn tail(&self, since: Cursor) -> Tail {
        Tail::new(self.wait(), since)
    }

    /// Codes and links of a message that is stored nowhere.
    ///
    /// # Errors
    /// As every call.
    pub async fn extract(&self, octets: impl Into<Vec<u8>>) -> Result<Extraction> {
        self.value(Call::post("/v1/extract").octets("message/rfc822", octets.into())).await
    }

    /// What the server is; asked once.
    ///
    /// # Errors
    /// [`Error::Unfit`] when it is no Restante, or speaks an API that this client does not know.
    pub async fn meta(&self) -> Result<&Meta> {
        let inner = &self.0;
        inner.meta.get_or_try_init(|| async { fits(&inner.transport).await }).await
    }

    pub(crate) fn run_id(&self) -> Option<&str> {
        self.0.run_id.as_deref()
    }

    /// The answer as a value.
    pub(crate) async fn value<T: serde::de::DeserializeOwned>(&self, call: Call) -> Result<T> {
        self.meta().await?;
        self.0.transport.value(call).await
    }

    /// The answer as it came.
    pub(crate) async fn octets(&self, call: Call) -> Result<Vec<u8>> {
        self.meta().await?;
        self.0.transport.octets(call).await
    }
}

/// Asks what the server is, and compares it with what this client is written for.
async fn fits(transport: &Transport) -> Result<Meta> {
    let unfit = |reason: String| Error::Unfit { url: transport.url().to_owned(), reason };
    let meta: Meta = match transport.value(Call::get("/v1/meta")).await {
        Err(Error::NotFound(_) | Error::Unfit { .. }) => return Err(unfit("it is no Restante".to_owned())),
        answered => answered?,
    };
    let mut numbers = meta.api.split('.').map(|number| number.parse::<u32>().ok());
    let (Some(Some(major)), Some(Some(minor))) = (numbers.next(), numbers.next()) else {
        return Err(unfit("it does not say which API it speaks".to_owned()));
    };
    if major != API.0 || minor < API.1 {
        let (version, api, (wants, at_least)) = (&meta.version, &meta.api, API);
        let reason = format!("Restante {version} speaks API {api}, this client {wants}.{at_least} or later of {wants}");
        return Err(unfit(reason));
    }
    Ok(meta)
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Client").field("url", &self.0.transport.url()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::fits;
    use crate::Error;
    use crate::transport::tests::server;

    const NEWER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 31\r\n\r\n{\"version\":\"7.0.0\",\"api\":\"2.0\"}";
    const LATER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 31\r\n\r\n{\"version\":\"0.9.0\",\"api\":\"1.9\"}";
    const OTHER: &str = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";

    async fn said(answer: &'static [&'static str]) -> Result<String, Error> {
        let (transport, seen) = server(answer);
        let found = fits(&transport).await;
        seen.join().unwrap();
        found.map(|meta| meta.version)
    }

    #[tokio::test]
    async fn additions_to_the_api_are_fine() {
        assert_eq!(said(&[LATER]).await.unwrap(), "0.9.0");
    }

    #[tokio::test]
    async fn other_api_is_refused_with_both_versions() {
        let refused = said(&[NEWER]).await.unwrap_err();
        assert!(matches!(refused, Error::Unfit { .. }));
        let text = refused.to_string();
        assert!(text.ends_with("Restante 7.0.0 speaks API 2.0, this client 1.0 or later of 1"), "{text}");
    }

    #[tokio::test]
    async fn what_is_no_restante_is_refused() {
        assert!(said(&[OTHER]).await.unwrap_err().to_string().ends_with("it is no Restante"));
    }
}
