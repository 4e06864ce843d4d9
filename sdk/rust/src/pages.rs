//! Lists that come in pages.

use std::collections::VecDeque;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::transport::Call;
use crate::value::encoded;
use crate::{Client, Cursor, Result, Summary};

/// One page of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Whether more come behind it.
    #[serde(default)]
    pub has_more: bool,
    /// Where the next page begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_after: Option<String>,
    /// Of messages: behind everything that had arrived when the page was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
}

/// The items of a list, one after the other; pages are fetched as they are needed.
#[derive(Clone, Debug)]
pub struct Pages<T> {
    client: Client,
    path: String,
    query: Vec<(&'static str, String)>,
    fetched: VecDeque<T>,
    next: Next,
}

#[derive(Clone, Debug)]
enum Next {
    First,
    After(String),
    End,
}

impl<T: DeserializeOwned> Pages<T> {
    pub(crate) fn new(client: Client, path: String, query: Vec<(&'static str, String)>) -> Self {
        Self { client, path, query, fetched: VecDeque::new(), next: Next::First }
    }

    /// The next item; `None` behind the last. Cancel-safe.
    ///
    /// # Errors
    /// As every call.
    pub async fn next(&mut self) -> Result<Option<T>> {
        while self.fetched.is_empty() {
            if matches!(self.next, Next::End) {
                return Ok(None);
            }
            let page = self.page().await?;
            self.fetched = page.items.into();
        }
        Ok(self.fetched.pop_front())
    }

    /// The next page, empty behind the last.
    pub(crate) async fn page(&mut self) -> Result<Page<T>> {
        let after = match &self.next {
            Next::First => None,
            Next::After(after) => Some(format!("after={}", encoded(after))),
            Next::End => return Ok(Page { items: Vec::new(), has_more: false, next_after: None, cursor: None }),
        };
        let query = self.query.iter().map(|(name, value)| format!("{name}={}", encoded(value))).chain(after);
        let query = query.collect::<Vec<_>>().join("&");
        let separator = if query.is_empty() { "" } else { "?" };
        let page: Page<T> = self.client.value(Call::get(format!("{}{separator}{query}", self.path))).await?;
        self.next = page.next_after.clone().filter(|_| page.has_more).map_or(Next::End, Next::After);
        Ok(page)
    }
}

/// A list of messages, narrowed down.
#[derive(Clone, Debug)]
#[must_use]
pub struct ListMessages {
    client: Client,
    path: String,
    query: Vec<(&'static str, String)>,
}

impl ListMessages {
    pub(crate) fn new(client: Client, path: String) -> Self {
        Self { client, path, query: Vec::new() }
    }

    /// Only those behind this cursor.
    pub fn since(self, cursor: &Cursor) -> Self {
        self.with("since", cursor.as_str())
    }

    /// Only those from this address, part of a name, or pattern.
    pub fn from(self, from: impl Into<String>) -> Self {
        self.with("from", from)
    }

    /// Only those to this address, part of a name, or pattern.
    pub fn to(self, to: impl Into<String>) -> Self {
        self.with("to", to)
    }

    /// Only those with this text in the subject.
    pub fn subject(self, subject: impl Into<String>) -> Self {
        self.with("subject", subject)
    }

    /// Only those that the search box would find: `from:a@b.test subject:"reset code" -tag:x`.
    pub fn query(self, query: impl Into<String>) -> Self {
        self.with("q", query)
    }

    /// The oldest first, instead of the newest.
    pub fn oldest_first(self) -> Self {
        self.with("order", "oldest")
    }

    /// How many a page holds, 1 to 200.
    pub fn limit(self, limit: u16) -> Self {
        self.with("limit", limit.to_string())
    }

    /// The first page.
    ///
    /// # Errors
    /// As every call.
    pub async fn page(&self) -> Result<Page<Summary>> {
        self.pages().page().await
    }

    /// All of them, one after the other.
    pub fn pages(&self) -> Pages<Summary> {
        Pages::new(self.client.clone(), self.path.clone(), self.query.clone())
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }
}
