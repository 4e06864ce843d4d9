//! Messages: whole, in short, and their parts.

use std::fmt;

use reqwest::Method;
use serde::{Deserialize, Serialize};

use crate::transport::Call;
use crate::value::{More, encoded};
use crate::{Client, Code, Error, Extraction, Link, Purpose, Result};

/// A name and an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// The display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address as the header has it.
    pub address: String,
}

/// A message as lists show it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// Its id.
    pub id: String,
    /// The inbox that has it.
    pub inbox_id: String,
    /// Its place in the inbox's order of arrival.
    pub seq: i64,
    /// When it was taken, RFC 3339.
    pub received_at: String,
    /// The envelope's recipients that led to this inbox.
    pub envelope_to: Vec<String>,
    /// The first address of From.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Address>,
    /// The To field.
    pub to: Vec<Address>,
    /// The Subject field; empty when there is none.
    pub subject: String,
    /// Octets as received.
    pub size: u64,
    /// Whether someone has read it.
    pub seen: bool,
    /// Your words on it.
    pub tags: Vec<String>,
    /// Its first words.
    pub snippet: String,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// A message with everything, codes and links too.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// The inbox that has it.
    pub inbox_id: String,
    /// Its place in the inbox's order of arrival.
    pub seq: i64,
    /// When it was taken, RFC 3339.
    pub received_at: String,
    /// The envelope's recipients that led to this inbox.
    pub envelope_to: Vec<String>,
    /// The first address of From.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Address>,
    /// The To field.
    pub to: Vec<Address>,
    /// The Subject field; empty when there is none.
    pub subject: String,
    /// The text part, or the HTML as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The HTML part as sent: hostile until proven otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The attachments.
    pub attachments: Vec<Attachment>,
    /// Octets as received.
    pub size: u64,
    /// Whether someone has read it.
    pub seen: bool,
    /// Your words on it.
    pub tags: Vec<String>,
    /// Codes and links; `None` when they were not looked for.
    #[serde(skip)]
    pub extraction: Option<Extraction>,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// A file of a message.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Attachment {
    /// Its id.
    pub id: String,
    /// Its name, safe to save under.
    pub filename: String,
    /// What it says to be.
    pub content_type: String,
    /// Its octets, decoded.
    pub size: u64,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// A field of a message's header.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value, decoded and unfolded.
    pub value: String,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

impl Message {
    /// The one-time code in it.
    ///
    /// # Errors
    /// [`Error::NoCode`]; [`Error::AmbiguousCode`] when two are equally likely; [`Error::Unfit`] when the server does not
    /// look for codes.
    pub fn code(&self) -> Result<&Code> {
        self.extraction()?.code()
    }

    /// The link for this purpose in it.
    ///
    /// # Errors
    /// [`Error::NoLink`]; [`Error::Unfit`] when the server does not look for links.
    pub fn link(&self, purpose: Purpose) -> Result<&Link> {
        self.extraction()?.link(purpose)
    }

    fn extraction(&self) -> Result<&Extraction> {
        self.extraction.as_ref().ok_or_else(|| Error::Unfit {
            url: "the server".to_owned(),
            reason: "it did not look for codes and links in this message".to_owned(),
        })
    }
}

/// `Name <address>`, or the address alone.
impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(out, "{name} <{}>", self.address),
            None => out.write_str(&self.address),
        }
    }
}

/// A message named by its id.
#[derive(Clone, Debug)]
pub struct MessageHandle {
    client: Client,
    path: String,
}

#[derive(Deserialize)]
struct Fields {
    items: Vec<Field>,
}

impl MessageHandle {
    pub(crate) fn new(client: Client, id: String) -> Self {
        Self { client, path: format!("/v1/messages/{}", encoded(&id)) }
    }

    /// All of it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, or no longer.
    pub async fn get(&self) -> Result<Message> {
        complete(&self.client, self.client.value(Call::get(&self.path)).await?).await
    }

    /// Its exact octets.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn raw(&self) -> Result<Vec<u8>> {
        self.client.octets(Call::get(format!("{}/raw", self.path)).accept("message/rfc822")).await
    }

    /// Its text, or its HTML as text.
    ///
    /// # Errors
    /// As [`get`](Self::get), also when it has neither.
    pub async fn text(&self) -> Result<String> {
        self.part("text", "text/plain").await
    }

    /// Its HTML as sent: hostile until proven otherwise.
    ///
    /// # Errors
    /// As [`get`](Self::get), also when it has none.
    pub async fn html(&self) -> Result<String> {
        self.part("html", "text/html").await
    }

    /// Its header: every field in order.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn headers(&self) -> Result<Vec<Field>> {
        let fields: Fields = self.client.value(Call::get(format!("{}/headers", self.path))).await?;
        Ok(fields.items)
    }

    /// Codes and links in it.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn extract(&self) -> Result<Extraction> {
        self.client.value(Call::get(format!("{}/extract", self.path))).await
    }

    /// Removes it.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn delete(&self) -> Result<()> {
        self.client.octets(Call::new(Method::DELETE, &self.path)).await.map(drop)
    }

    async fn part(&self, name: &str, content_type: &'static str) -> Result<String> {
        let octets = self.client.octets(Call::get(format!("{}/{name}", self.path)).accept(content_type)).await?;
        Ok(String::from_utf8_lossy(&octets).into_owned())
    }
}

/// The message with its codes and links, so that asking for them later needs no call.
pub(crate) async fn complete(client: &Client, mut message: Message) -> Result<Message> {
    if message.extraction.is_some() {
        return Ok(message);
    }
    message.extraction = match client.message(&message.id).extract().await {
        // Either the message is gone again, or the server does not look for codes.
        Err(Error::NotFound(_)) => None,
        found => Some(found?),
    };
    Ok(message)
}
