//! What a strict receiver would miss in the header.

use crate::model::Content;
use crate::model::content::Warning;
use crate::model::receipt::Lint;

/// The fields that RFC 5322 §3.6 asks for and that are missing.
#[must_use]
pub fn lints(content: &Content) -> Vec<Lint> {
    let has_date = content.date.is_some() || content.warnings.contains(&Warning::BadDate);
    let missing = [
        (has_date, Lint::MissingDate),
        (content.message_id.is_some(), Lint::MissingMessageId),
        (!content.from.is_empty(), Lint::MissingFrom),
    ];
    missing.into_iter().filter_map(|(is_there, lint)| (!is_there).then_some(lint)).collect()
}
