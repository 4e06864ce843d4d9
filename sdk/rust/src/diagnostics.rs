//! Why a wait was in vain: what came close, what came too early, what went elsewhere, what was refused.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::value::{More, tame};

/// Why a wait was in vain. Its text is a table for people.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Diagnostics {
    /// One line that a person can act on.
    pub summary: String,
    /// Messages that came and did not match.
    pub arrived: u64,
    /// The ones among them that came closest, the closest first.
    pub candidates: Vec<Candidate>,
    /// Messages that came before the cursor.
    pub excluded_by_since: Vec<Excluded>,
    /// Mail to similar addresses.
    pub elsewhere: Vec<Elsewhere>,
    /// Mail that was refused.
    pub rejected: Vec<Rejected>,
    /// What the doors for mail have seen.
    pub smtp: Connections,
    /// What other inboxes received meanwhile.
    pub other_inboxes_received: u64,
    /// What a newer server tells.
    #[serde(flatten)]
    pub more: More,
}

/// A message that came close.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Candidate {
    /// Its id.
    pub message_id: String,
    /// When it was taken, RFC 3339.
    pub received_at: String,
    /// The share of conditions that it meets, 0 to 1.
    pub score: f64,
    /// Each condition.
    pub conditions: Vec<Checked>,
    /// What a newer server tells.
    #[serde(flatten)]
    pub more: More,
}

/// One condition, and how a message did.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Checked {
    /// Where it stands in the filter, `all/0`.
    pub path: String,
    /// Whether it holds.
    pub passed: bool,
    /// What was looked at.
    pub field: String,
    /// Which header field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How it was compared.
    pub op: String,
    /// With what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What stands in the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// Why it probably failed, as a stable word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// What a newer server tells.
    #[serde(flatten)]
    pub more: More,
}

/// A message that came too early.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Excluded {
    /// Its id.
    pub message_id: String,
    /// How long before.
    pub received_before_cursor_ms: u64,
    /// Whether it meets every condition.
    pub would_have_matched: bool,
    /// What a newer server tells.
    #[serde(flatten)]
    pub more: More,
}

/// Mail to a similar address.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Elsewhere {
    /// The address.
    pub address: String,
    /// Its inbox, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbox_id: Option<String>,
    /// How many letters differ.
    pub distance: u32,
    /// Whether it meets every condition; missing where nobody has seen it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub would_have_matched: Option<bool>,
    /// What was answered, where it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
    /// What a newer server tells.
    #[serde(flatten)]
    pub more: More,
}

/// Mail that was refused.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Rejected {
    /// When, RFC 3339.
    pub at: String,
    /// At which stage of the session, `RCPT`.
    pub stage: String,
    /// What was answered.
    pub reply: String,
    /// Why, as a stable word.
    pub cause: String,
    /// The reverse-path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub envelope_from: Option<String>,
    /// The forward-path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub envelope_to: Option<String>,
    /// What a newer server tells.
    #[serde(flatten)]
    pub more: More,
}

/// What the doors for mail have seen since the server started.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Connections {
    /// Connections; none says that the sender is pointed elsewhere.
    pub connections: u64,
    /// When the last one came, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_connection_at: Option<String>,
    /// What a newer server tells.
    #[serde(flatten)]
    pub more: More,
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", tame(&self.summary))?;
        for candidate in &self.candidates {
            write!(out, "\n{candidate}")?;
        }
        for early in &self.excluded_by_since {
            let (id, ms) = (&early.message_id, early.received_before_cursor_ms);
            write!(out, "\nbefore the cursor  {id}, {ms} ms too early{}", would(Some(early.would_have_matched)))?;
        }
        for other in &self.elsewhere {
            write!(out, "\nelsewhere          {}{}", tame(&other.address), would(other.would_have_matched))?;
            if let Some(reply) = &other.reply {
                write!(out, ", refused with {}", tame(reply))?;
            }
        }
        for refused in &self.rejected {
            write!(out, "\nrefused            {} at {}", tame(&refused.reply), refused.stage)?;
            if let Some(to) = &refused.envelope_to {
                write!(out, ", to {}", tame(to))?;
            }
            write!(out, ", {}", refused.at)?;
        }
        write!(out, "\nSMTP               {} connections", self.smtp.connections)?;
        match &self.smtp.last_connection_at {
            Some(at) => write!(out, ", the last at {at}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Candidate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "close              {}, {:.0} %, {}", self.message_id, self.score * 100.0, self.received_at)?;
        for condition in &self.conditions {
            write!(out, "\n  {condition}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.passed { "holds" } else { "fails" };
        let name = self.name.as_deref().map(|name| format!(" {}", tame(name))).unwrap_or_default();
        write!(out, "{mark}  {}{name} {}", self.field, self.op)?;
        if let Some(expected) = &self.expected {
            write!(out, " \"{}\"", tame(expected))?;
        }
        if self.passed {
            return Ok(());
        }
        match &self.actual {
            Some(actual) => write!(out, ": it is \"{}\"", tame(actual))?,
            None => write!(out, ": there is none")?,
        }
        match &self.hint {
            Some(hint) => write!(out, " ({hint})"),
            None => Ok(()),
        }
    }
}

fn would(have_matched: Option<bool>) -> &'static str {
    match have_matched {
        Some(true) => ", would have matched",
        Some(false) => ", would not have matched",
        None => "",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Diagnostics;

    #[test]
    fn table_says_all_that_is_known() {
        let told: Diagnostics = serde_json::from_value(json!({
            "summary": "1 message arrived, none matched.",
            "candidates": [{"message_id": "msg_b", "received_at": "2026-11-20T09:00:00Z", "score": 0.5, "conditions": [
                {"path": "all/0", "passed": false, "field": "subject", "op": "contains", "expected": "reset",
                 "actual": "Passwort\u{1b}[2J", "hint": "no_overlap"},
                {"path": "all/1", "passed": true, "field": "header", "name": "X-Env", "op": "equals", "expected": "ci"},
                {"path": "all/2", "passed": false, "field": "code", "op": "exists"}
            ]}],
            "excluded_by_since": [{"message_id": "msg_a", "received_before_cursor_ms": 1240, "would_have_matched": true}],
            "elsewhere": [{"address": "sign-up7@t.test", "distance": 1, "would_have_matched": false},
                          {"address": "sign7@t.test", "distance": 2, "reply": "550 5.1.1 no"}],
            "rejected": [{"at": "2026-11-20T09:00:01Z", "stage": "RCPT", "reply": "550 5.1.1 no", "cause": "unknown_inbox",
                          "envelope_to": "x@t.test"}],
            "smtp": {"connections": 2, "last_connection_at": "2026-11-20T09:00:02Z"},
            "of_a_newer_server": true
        }))
        .unwrap();
        assert_eq!(
            told.to_string(),
            "1 message arrived, none matched.\n\
             close              msg_b, 50 %, 2026-11-20T09:00:00Z\n\
             \x20 fails  subject contains \"reset\": it is \"Passwort\\u{1b}[2J\" (no_overlap)\n\
             \x20 holds  header X-Env equals \"ci\"\n\
             \x20 fails  code exists: there is none\n\
             before the cursor  msg_a, 1240 ms too early, would have matched\n\
             elsewhere          sign-up7@t.test, would not have matched\n\
             elsewhere          sign7@t.test, refused with 550 5.1.1 no\n\
             refused            550 5.1.1 no at RCPT, to x@t.test, 2026-11-20T09:00:01Z\n\
             SMTP               2 connections, the last at 2026-11-20T09:00:02Z"
        );
    }
}
