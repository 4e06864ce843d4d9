//! A message to put into an inbox, in parts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

/// A message in parts; the server makes the octets.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Draft {
    from: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cc: Vec<String>,
    subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    headers: Vec<DraftHeader>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<DraftFile>,
}

#[derive(Clone, Debug, Serialize)]
struct DraftHeader {
    name: String,
    value: String,
}

#[derive(Clone, Debug, Serialize)]
struct DraftFile {
    filename: String,
    content_type: String,
    content_base64: String,
}

impl Draft {
    /// From `a@b.test` or `Name <a@b.test>`.
    pub fn from(from: impl Into<String>) -> Self {
        Self { from: from.into(), ..Self::default() }
    }

    /// One more address of the To field; the inbox's own when none is given.
    #[must_use]
    pub fn to(mut self, address: impl Into<String>) -> Self {
        self.to.push(address.into());
        self
    }

    /// One more address of the Cc field.
    #[must_use]
    pub fn cc(mut self, address: impl Into<String>) -> Self {
        self.cc.push(address.into());
        self
    }

    /// The Subject field.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = subject.into();
        self
    }

    /// The text part.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// The HTML part.
    #[must_use]
    pub fn html(mut self, html: impl Into<String>) -> Self {
        self.html = Some(html.into());
        self
    }

    /// One more header field.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push(DraftHeader { name: name.into(), value: value.into() });
        self
    }

    /// One more file; `content_type` is `application/pdf` and the like.
    #[must_use]
    pub fn attach(mut self, filename: impl Into<String>, content_type: impl Into<String>, octets: &[u8]) -> Self {
        let content_base64 = STANDARD.encode(octets);
        self.attachments.push(DraftFile {
            filename: filename.into(),
            content_type: content_type.into(),
            content_base64,
        });
        self
    }
}
