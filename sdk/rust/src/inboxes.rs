//! All inboxes of the project: making, finding.

use std::collections::BTreeMap;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use reqwest::Method;
use serde::Serialize;

use crate::transport::Call;
use crate::value::encoded;
use crate::{Client, Inbox, InboxInfo, Page, Pages, Result};

/// The inboxes of the key's project.
#[derive(Clone, Debug)]
pub struct Inboxes {
    client: Client,
}

/// An inbox to be made; `.await` it. Without settings its address is made up.
#[derive(Clone, Debug)]
#[must_use = "nothing is made before it is awaited"]
pub struct CreateInbox {
    client: Client,
    wanted: Wanted,
}

#[derive(Clone, Debug, Default, Serialize)]
struct Wanted {
    #[serde(skip_serializing_if = "Option::is_none")]
    local_part: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl_s: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_ref: Option<String>,
}

impl Inboxes {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Makes an inbox.
    pub fn create(&self) -> CreateInbox {
        let wanted = Wanted { run_id: self.client.run_id().map(str::to_owned), ..Wanted::default() };
        CreateInbox { client: self.client.clone(), wanted }
    }

    /// The inbox of this address, which is made where it is missing.
    ///
    /// # Errors
    /// As every call.
    pub async fn ensure(&self, address: &str) -> Result<Inbox> {
        let wanted = Wanted { run_id: self.client.run_id().map(str::to_owned), ..Wanted::default() };
        let path = format!("/v1/inboxes/by-address/{}", encoded(address));
        let info: InboxInfo = self.client.value(Call::new(Method::PUT, path).json(&wanted)).await?;
        Ok(Inbox::new(self.client.clone(), info))
    }

    /// Lists them, newest first.
    pub fn list(&self) -> ListInboxes {
        ListInboxes { client: self.client.clone(), query: Vec::new() }
    }
}

impl CreateInbox {
    /// The whole address, `signup@t.test`.
    pub fn address(mut self, address: &str) -> Self {
        let (local_part, domain) = address.rsplit_once('@').unwrap_or((address, ""));
        self.wanted.local_part = Some(local_part.to_owned());
        self.wanted.domain = Some(domain.to_owned()).filter(|domain| !domain.is_empty());
        self
    }

    /// What stands before the `@`.
    pub fn local_part(mut self, local_part: impl Into<String>) -> Self {
        self.wanted.local_part = Some(local_part.into());
        self
    }

    /// What stands behind the `@`.
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.wanted.domain = Some(domain.into());
        self
    }

    /// Begins a made-up address.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.wanted.prefix = Some(prefix.into());
        self
    }

    /// How long it lives, in whole seconds; zero is for ever.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.wanted.ttl_s = Some(ttl.as_secs());
        self
    }

    /// One more of your words on it.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.wanted.tags.push(tag.into());
        self
    }

    /// One more fact of yours.
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.wanted.metadata.insert(name.into(), value.into());
        self
    }

    /// The CI run that it belongs to, when it is not that of the [`Config`](crate::Config).
    pub fn run_id(mut self, run_id: impl Into<String>) -> Self {
        self.wanted.run_id = Some(run_id.into());
        self
    }

    /// Your own name for it: making it again with the same name gives the same inbox.
    pub fn client_ref(mut self, client_ref: impl Into<String>) -> Self {
        self.wanted.client_ref = Some(client_ref.into());
        self
    }
}

impl IntoFuture for CreateInbox {
    type Output = Result<Inbox>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let call = Call::post("/v1/inboxes").json(&self.wanted).once();
            let info: InboxInfo = self.client.value(call).await?;
            Ok(Inbox::new(self.client, info))
        })
    }
}

/// A list of inboxes, narrowed down.
#[derive(Clone, Debug)]
#[must_use]
pub struct ListInboxes {
    client: Client,
    query: Vec<(&'static str, String)>,
}

impl ListInboxes {
    /// Only those with this tag; several must all be there.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.query.push(("tag", tag.into()));
        self
    }

    /// Only those of this CI run.
    pub fn run_id(mut self, run_id: impl Into<String>) -> Self {
        self.query.push(("run_id", run_id.into()));
        self
    }

    /// Only those with this text in the address.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.query.push(("q", text.into()));
        self
    }

    /// How many a page holds, 1 to 200.
    pub fn limit(mut self, limit: u16) -> Self {
        self.query.push(("limit", limit.to_string()));
        self
    }

    /// The first page.
    ///
    /// # Errors
    /// As every call.
    pub async fn page(&self) -> Result<Page<InboxInfo>> {
        self.pages().page().await
    }

    /// All of them, one after the other.
    pub fn pages(&self) -> Pages<InboxInfo> {
        Pages::new(self.client.clone(), "/v1/inboxes".to_owned(), self.query.clone())
    }
}
