//! Where a reader stands: an opaque token of a position in an order of commits.

use std::fmt;
use std::str::FromStr;

use super::{InboxId, ProjectId, Seq};

/// Names one life of a store; a cursor of another life is refused instead of silently starting over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Epoch(pub u32);

/// Position of a change in its project's order of commits; 1 and up, the number of its event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub i64);

/// A place in the order of commits of an inbox or of a whole project; what comes "since" it comes strictly after.
///
/// Shown as `c_<number>:<inbox or project id>:<epoch>`; callers treat it as opaque.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cursor {
    /// After the message `seq` of `inbox`.
    Inbox {
        /// The inbox whose order it is.
        inbox: InboxId,
        /// The last message that lies before the cursor; 0 before all.
        seq: Seq,
        /// The store's life that the cursor was made in.
        epoch: Epoch,
    },
    /// After the event `position` of `project`.
    Project {
        /// The project whose order it is.
        project: ProjectId,
        /// The last event that lies before the cursor; 0 before all.
        position: Position,
        /// The store's life that the cursor was made in.
        epoch: Epoch,
    },
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inbox { inbox, seq, epoch } => write!(f, "c_{}:{inbox}:{:08x}", seq.0, epoch.0),
            Self::Project { project, position, epoch } => write!(f, "c_{}:{project}:{:08x}", position.0, epoch.0),
        }
    }
}

/// The text is not a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor: expected the text c_… that an earlier answer gave")]
pub struct ParseCursorError;

impl FromStr for Cursor {
    type Err = ParseCursorError;

    fn from_str(text: &str) -> Result<Self, ParseCursorError> {
        let mut fields = text.strip_prefix("c_").ok_or(ParseCursorError)?.split(':');
        let (Some(number), Some(owner), Some(epoch), None) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return Err(ParseCursorError);
        };
        let number: i64 = number.parse().ok().filter(|n| *n >= 0).ok_or(ParseCursorError)?;
        let epoch = Epoch(u32::from_str_radix(epoch, 16).map_err(|_| ParseCursorError)?);
        if let Ok(inbox) = owner.parse() {
            return Ok(Self::Inbox { inbox, seq: Seq(number), epoch });
        }
        let project = owner.parse().map_err(|_| ParseCursorError)?;
        Ok(Self::Project { project, position: Position(number), epoch })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    #[test]
    fn text_and_value_are_inverses() {
        let inbox = InboxId::new(Timestamp::from_micros(1));
        let project = ProjectId::new(Timestamp::from_micros(1));
        let cursors = [
            Cursor::Inbox { inbox, seq: Seq(7), epoch: Epoch(0xdead_beef) },
            Cursor::Project { project, position: Position(i64::MAX), epoch: Epoch(0) },
        ];
        for cursor in cursors {
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
    }

    #[test]
    fn what_is_not_a_cursor_is_refused() {
        for text in ["", "c_", "c_1", "c_-1:inb_0:0", "now", "c_1:msg_00000000000000000000000000:0"] {
            assert_eq!(text.parse::<Cursor>(), Err(ParseCursorError), "{text}");
        }
    }
}
