//! The JSON of one change of many messages.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bulk::too_many;
use super::filter::{FilterBody, compile};
use crate::filter::{Filter, Shorthands};
use crate::http::{Code, Problem};
use crate::inboxes::{Change, Destination};
use crate::model::{Flags, MessageId};

/// Most ids of one call.
const MOST: usize = 500;

/// Which messages, by `ids` or by `inbox_id` with conditions, and what happens to each of them.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"inbox_id": "signup-7@t.test", "subject": "newsletter", "op": "move", "folder": "Archive"}))]
pub(in crate::http::v1) struct BatchBody {
    /// These messages, 1 to 500, wherever they lie. Those that are not there are passed over.
    #[serde(default)]
    #[schema(nullable = false, max_items = 500)]
    ids: Option<Vec<String>>,
    /// The messages of this inbox, by its id or address, that meet the conditions.
    #[serde(default)]
    #[schema(nullable = false)]
    pub(in crate::http::v1) inbox_id: Option<String>,
    /// Conditions on any field. Those below are short for the most usual.
    #[serde(default)]
    #[schema(nullable = false)]
    filter: Option<FilterBody>,
    /// An address, a part of a name or address, or a pattern with `*` and `?`.
    #[serde(default)]
    #[schema(nullable = false)]
    from: Option<String>,
    /// The same for To, Cc, Bcc and the envelope's recipients.
    #[serde(default)]
    #[schema(nullable = false)]
    to: Option<String>,
    /// Text in the subject.
    #[serde(default)]
    #[schema(nullable = false)]
    subject: Option<String>,
    /// Text in the text or the HTML.
    #[serde(default)]
    #[schema(nullable = false)]
    body: Option<String>,
    /// What happens to each of them.
    op: BatchOp,
    /// With `move`: the folder.
    #[serde(default)]
    #[schema(nullable = false)]
    folder: Option<String>,
    /// With `move`: another inbox, by its id or address; the folder is `INBOX` there when it is missing.
    #[serde(default)]
    #[schema(nullable = false)]
    to_inbox_id: Option<String>,
    /// With `tag` and `untag`: the tags.
    #[serde(default)]
    #[schema(nullable = false, max_items = 50)]
    tags: Option<Vec<String>>,
}

/// What happens to a message: it is removed, a mark is set or taken away, it moves, or tags are put on or taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum BatchOp {
    Delete,
    Seen,
    Unseen,
    Flag,
    Unflag,
    Answered,
    Unanswered,
    Move,
    Tag,
    Untag,
}

/// Which messages, as far as the body says.
#[derive(Clone, Debug)]
pub(in crate::http::v1) enum Chosen {
    Ids(Vec<MessageId>),
    Like(String, Filter),
}

/// A change whose destination has not been looked up.
#[derive(Clone, Debug)]
pub(in crate::http::v1) enum Wanted {
    Change(Change),
    /// Into a folder of this inbox.
    MoveTo(String, Option<String>),
}

impl BatchBody {
    /// Which messages; never all of them by saying nothing.
    pub(in crate::http::v1) fn chosen(&self) -> Result<Chosen, Problem> {
        let short = Shorthands {
            from: self.from.clone(),
            to: self.to.clone(),
            subject: self.subject.clone(),
            body: self.body.clone(),
        };
        let filter = compile(self.filter.as_ref(), &short)?;
        match (&self.ids, &self.inbox_id) {
            (Some(_), Some(_)) => Err(Problem::invalid("/ids", "invalid", "give either ids or inbox_id")),
            (Some(_), None) if !filter.is_empty() => {
                Err(Problem::invalid("/ids", "invalid", "conditions go with inbox_id: ids name the messages already"))
            }
            (Some(ids), None) if ids.is_empty() => Err(required("ids is empty: it names no message")),
            (Some(ids), None) if ids.len() > MOST => Err(too_many("/ids", MOST as u64)),
            (Some(ids), None) => {
                let read = |(place, id): (usize, &String)| {
                    id.parse().map_err(|_| Problem::invalid(format!("/ids/{place}"), "format", "not a message's id"))
                };
                let mut ids: Vec<MessageId> = ids.iter().enumerate().map(read).collect::<Result<_, _>>()?;
                ids.sort_unstable();
                ids.dedup();
                Ok(Chosen::Ids(ids))
            }
            (None, Some(_)) if filter.is_empty() => {
                Err(required("there are no conditions").hint("POST /v1/inboxes/{inbox}/empty removes all of them"))
            }
            (None, Some(inbox)) => Ok(Chosen::Like(inbox.clone(), filter)),
            (None, None) => Err(required("give ids, or inbox_id with conditions")),
        }
    }

    /// What happens to them.
    pub(in crate::http::v1) fn wanted(&self) -> Result<Wanted, Problem> {
        let is_move = self.op == BatchOp::Move;
        let is_tags = matches!(self.op, BatchOp::Tag | BatchOp::Untag);
        for (name, is_given, belongs) in [
            ("folder", self.folder.is_some(), is_move),
            ("to_inbox_id", self.to_inbox_id.is_some(), is_move),
            ("tags", self.tags.is_some(), is_tags),
        ] {
            if is_given && !belongs {
                return Err(Problem::invalid(
                    format!("/{name}"),
                    "invalid",
                    format!("{name} means nothing with this op"),
                ));
            }
        }
        let tags = self.tags.clone().unwrap_or_default();
        if is_tags && tags.is_empty() {
            return Err(Problem::invalid("/tags", "required", "which tags?"));
        }
        let set = |flag| Change::Flags { add: flag, remove: Flags::NONE };
        let clear = |flag| Change::Flags { add: Flags::NONE, remove: flag };
        Ok(Wanted::Change(match self.op {
            BatchOp::Delete => Change::Delete,
            BatchOp::Seen => set(Flags::SEEN),
            BatchOp::Unseen => clear(Flags::SEEN),
            BatchOp::Flag => set(Flags::FLAGGED),
            BatchOp::Unflag => clear(Flags::FLAGGED),
            BatchOp::Answered => set(Flags::ANSWERED),
            BatchOp::Unanswered => clear(Flags::ANSWERED),
            BatchOp::Tag => Change::Tags { add: tags, remove: Vec::new() },
            BatchOp::Untag => Change::Tags { add: Vec::new(), remove: tags },
            BatchOp::Move => match (&self.to_inbox_id, &self.folder) {
                (Some(inbox), folder) => return Ok(Wanted::MoveTo(inbox.clone(), folder.clone())),
                (None, Some(folder)) => Change::Move(Destination::Folder(folder.clone())),
                (None, None) => return Err(Problem::invalid("/folder", "required", "where to?")),
            },
        }))
    }
}

fn required(detail: &str) -> Problem {
    Problem::new(Code::FilterRequired, format!("{detail}: nothing here means all messages"))
}

/// What a change of many messages did.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(example = json!({"affected": 3}))]
pub(in crate::http::v1) struct Affected {
    /// Messages that were changed; one that was so already is not counted.
    pub(in crate::http::v1) affected: u64,
}
