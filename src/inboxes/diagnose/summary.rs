//! The one line that people read first: what happened, and what to do about it.

use super::told::{Candidate, ConditionTold, Diagnostics, Excluded, Misdirected, Refused};
use crate::inboxes::wait::Count;
use crate::model::Timestamp;
use crate::store::Listed;

/// What the line is made of.
pub(super) struct Case<'a> {
    /// How many messages were wanted.
    pub(super) count: Count,
    /// What matched.
    pub(super) matched: &'a [Listed],
    /// The address that was waited on, where it is one.
    pub(super) address: Option<String>,
    /// Whether it was a whole project that was waited on: then any refusal in it is told, whosever it is.
    pub(super) is_project: bool,
    /// Refusals before then have hardly been what was waited for.
    pub(super) refusals_from: Timestamp,
    /// Everything else.
    pub(super) told: &'a Diagnostics,
}

/// Longest value in the line, in characters.
const MAX_VALUE: usize = 60;
/// Messages before the cursor that are older have hardly been what was waited for.
const RECENT_MS: u64 = 600_000;

/// The line for a case. What explains a miss for certain comes before what may explain it: one too many, too early,
/// refused, at another address, not quite as expected, not there at all. In a whole project a refusal explains little.
pub(super) fn summary(case: &Case<'_>) -> String {
    if let Some(line) = too_many(case) {
        return line;
    }
    let line = too_early(case)
        .or_else(|| refused(case).filter(|_| !case.is_project))
        .or_else(|| at_another_address(case))
        .or_else(|| not_matched(case))
        .or_else(|| refused(case))
        .or_else(|| refused_at_another_address(case))
        .unwrap_or_else(|| nothing(case));
    match (case.count, case.matched.len()) {
        (_, 0) => line,
        (Count::AtLeast { min: wanted, .. } | Count::Exactly { count: wanted, .. }, found) => {
            format!("{found} of {wanted} messages matched. {line}")
        }
    }
}

fn too_many(case: &Case<'_>) -> Option<String> {
    let Count::Exactly { count, .. } = case.count else { return None };
    let one_too_many = case.matched.get(count)?;
    let (wanted, found) = (messages(count as u64), case.matched.len());
    let id = one_too_many.found.message.id;
    let subject = cut(one_too_many.found.content.subject.as_deref().unwrap_or_default());
    Some(match count {
        0 => format!("No message was wanted, and one matched: {id} \"{subject}\"."),
        1 => format!("Exactly 1 message was wanted, and {found} matched: {id} \"{subject}\" is one too many."),
        _ => format!("Exactly {wanted} were wanted, and {found} matched: {id} \"{subject}\" is one too many."),
    })
}

fn too_early(case: &Case<'_>) -> Option<String> {
    let is_it = |one: &&Excluded| one.would_have_matched && one.before_ms <= RECENT_MS;
    let Excluded { subject, .. } = case.told.excluded_by_since.iter().find(is_it)?;
    let id = case.told.excluded_by_since.iter().find(is_it)?.id();
    let subject = cut(subject);
    Some(format!(
        "A message that matches came before the wait's beginning: {id} \"{subject}\". \
         Take the cursor before the action that sends the mail."
    ))
}

fn refused(case: &Case<'_>) -> Option<String> {
    let newest = lately_refused(case).find(|refused| refused.envelope_to.is_some())?;
    let to = newest.envelope_to.as_deref().unwrap_or_default();
    Some(format!("Mail for {to} was refused at {}: \"{}\" (cause: {}).", newest.stage, newest.reply, newest.cause))
}

fn lately_refused<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Refused> {
    let from = case.refusals_from;
    case.told.rejected.iter().filter(move |refused| refused.at >= from)
}

fn at_another_address(case: &Case<'_>) -> Option<String> {
    let is_it = |one: &&Misdirected| one.would_have_matched == Some(true);
    let Misdirected { address, similar_to, .. } = case.told.elsewhere.iter().find(is_it)?;
    Some(format!(
        "A message that matches went to {address}, not to {similar_to}. Check the address that the mail is sent to."
    ))
}

fn not_matched(case: &Case<'_>) -> Option<String> {
    let arrived = case.told.arrived;
    let came = match arrived {
        0 => return None,
        1 => "1 message arrived and did not match.".to_owned(),
        _ => format!("{arrived} messages arrived, none matched."),
    };
    let Some(closest) = case.told.candidates.first() else { return Some(came) };
    let came = if case.matched.is_empty() { came } else { format!("{} more arrived and did not match.", arrived) };
    Some(format!("{came} Closest: {}", how_close(closest)))
}

/// Which condition a message failed, what it has there, and what that hints at.
fn how_close(closest: &Candidate) -> String {
    let id = closest.id();
    let failed: Vec<&ConditionTold> = closest.conditions.iter().filter(|condition| !condition.passed).collect();
    let Some(first) = failed.first() else { return format!("{id}.") };
    let others = match failed.len() {
        1 => String::new(),
        2 => " and 1 other condition".to_owned(),
        more => format!(" and {} other conditions", more - 1),
    };
    let field = match &first.name {
        Some(name) => format!("{} {name}", first.field),
        None => first.field.clone(),
    };
    let value = first.expected.as_deref().map(|value| format!(" \"{}\"", cut(value))).unwrap_or_default();
    let is_unwanted = if first.path.starts_with("none/") { "not " } else { "" };
    let actual = match first.actual.as_deref() {
        Some(actual) => format!("it is \"{}\"", cut(actual)),
        None => "it has none".to_owned(),
    };
    // Where there is nothing at all, it has been said.
    let hint = first.hint.as_deref().filter(|hint| first.actual.is_some() || *hint != "no_overlap");
    let advice = hint.and_then(advice).map(|advice| format!(" {advice}")).unwrap_or_default();
    format!("{id} failed {is_unwanted}{field} {}{value}{others}: {actual}.{advice}", first.op)
}

/// A hint in words; what says no more than the values themselves has none.
fn advice(hint: &str) -> Option<String> {
    if let Some(field) = hint.strip_prefix("in_other_field(").and_then(|rest| rest.strip_suffix(')')) {
        return Some(format!("It would match in {field}: look there."));
    }
    let words = match hint {
        "case_only" => "Only upper and lower case differ: leave out case_sensitive.",
        "whitespace" => "Only white space differs: write it as it stands there.",
        "encoded_header" => "Header fields are decoded before they are compared: write it as people read it.",
        "html_entity" => "Only HTML's way of writing a character differs: write it as it stands there.",
        "plus_tag" => "Only the part behind the plus differs.",
        "in_html_not_text" => "The HTML has it, the plain text has not: look in html or body.",
        "part_of_actual" => "There is more around it: use contains.",
        "substring_of_expected" => "It is a part of what was expected: expect less.",
        "edit_distance" => "It looks like a typing mistake.",
        "no_overlap" => "Nothing of it is there.",
        _ => return None,
    };
    Some(words.to_owned())
}

fn refused_at_another_address(case: &Case<'_>) -> Option<String> {
    let refused = case.told.elsewhere.iter().find(|one| one.reply.is_some())?;
    let Misdirected { address, similar_to, reply, .. } = refused;
    let reply = reply.as_deref().unwrap_or_default();
    Some(format!(
        "Mail for {address}, not {similar_to}, was refused: \"{reply}\". Check the address that the mail is sent to."
    ))
}

fn nothing(case: &Case<'_>) -> String {
    let Diagnostics { connections, last_connection_at, other_inboxes_received, .. } = case.told;
    if !case.matched.is_empty() {
        return "Nothing else arrived.".to_owned();
    }
    let for_whom = case.address.as_deref().map(|address| format!(" for {address}")).unwrap_or_default();
    let Some(last) = last_connection_at else {
        return "No message arrived, and nothing has connected to SMTP since the server started: is the sender pointed \
                at this server?"
            .to_owned();
    };
    if let Some(newest) = lately_refused(case).next() {
        return format!(
            "No message arrived{for_whom}. A client was refused at {}: \"{}\" (cause: {}).",
            newest.stage, newest.reply, newest.cause
        );
    }
    let came = if *connections == 1 { "1 connection".to_owned() } else { format!("{connections} connections") };
    let others = match *other_inboxes_received {
        0 => String::new(),
        count => format!(" Other inboxes received {}.", messages(count)),
    };
    format!(
        "No message arrived{for_whom}, though SMTP had {came}, the last at {last}.{others} \
         Was the mail sent, and to this address?"
    )
}

fn messages(count: u64) -> String {
    if count == 1 { "1 message".to_owned() } else { format!("{count} messages") }
}

/// A value that fits into the line.
fn cut(text: &str) -> String {
    let text: String = text.chars().filter(|c| c.is_whitespace() || !c.is_control()).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= MAX_VALUE {
        return text;
    }
    text.chars().take(MAX_VALUE - 1).chain(std::iter::once('…')).collect()
}
