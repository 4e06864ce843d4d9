//! Searching: a page of matches, on request with the reasons, and what came nearest when there is none.

use super::Error;
use super::list::MessageSearch;
use super::service::Inboxes;
use crate::filter::{Explanation, Filter};
use crate::store::{Listed, Order};

/// A message that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// It, with its number in the order.
    pub listed: Listed,
    /// What the filter says of it, where that was asked for.
    pub explanation: Option<Explanation>,
}

/// A page of a search.
#[derive(Clone, Debug)]
pub struct SearchPage {
    /// What passed.
    pub hits: Vec<Hit>,
    /// Whether more come behind them.
    pub has_more: bool,
    /// When nothing passed and reasons were asked for: what came nearest, nearest first, newer before older.
    pub nearest: Vec<Hit>,
}

/// Newest messages that are looked through for the nearest.
const LOOK_THROUGH: usize = 200;
/// Of them, those that are told.
const TELL: usize = 10;

impl Inboxes {
    /// A page of what passes.
    ///
    /// # Errors
    /// [`Error::CursorInvalid`], or if they cannot be read.
    pub async fn search(&self, search: &MessageSearch, explain: bool) -> Result<SearchPage, Error> {
        let page = self.messages(search).await?;
        let mut hits = Vec::with_capacity(page.items.len());
        for listed in page.items {
            hits.push(self.hit(&search.filter, listed, explain).await?);
        }
        let is_miss = explain && hits.is_empty() && search.after.is_none();
        let nearest = if is_miss { self.nearest(search).await? } else { Vec::new() };
        Ok(SearchPage { hits, has_more: page.has_more, nearest })
    }

    async fn hit(&self, filter: &Filter, listed: Listed, explain: bool) -> Result<Hit, Error> {
        let explanation = if explain { Some(self.explain(filter, &listed.found).await?) } else { None };
        Ok(Hit { listed, explanation })
    }

    async fn nearest(&self, search: &MessageSearch) -> Result<Vec<Hit>, Error> {
        let all =
            MessageSearch { filter: Filter::default(), order: Order::Newest, limit: LOOK_THROUGH, ..search.clone() };
        let mut scored = Vec::new();
        for listed in self.messages(&all).await?.items {
            scored.push((self.score(&search.filter, &listed.found).await?, listed));
        }
        // The sort is stable: of two that are as near, the newer one stays first.
        scored.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        let mut nearest = Vec::new();
        for (_, listed) in scored.into_iter().take(TELL) {
            nearest.push(self.hit(&search.filter, listed, true).await?);
        }
        Ok(nearest)
    }
}
