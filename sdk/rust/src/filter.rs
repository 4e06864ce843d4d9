//! Conditions on messages, for what the short forms of a wait do not say.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Three flat lists of conditions: all of the first hold, one of the second, none of the third.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Every one holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<Condition>,
    /// At least one holds, unless there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<Condition>,
    /// None holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub none: Vec<Condition>,
}

impl Filter {
    /// Every one of these holds.
    pub fn all(conditions: impl IntoIterator<Item = Condition>) -> Self {
        Self { all: conditions.into_iter().collect(), ..Self::default() }
    }
}

/// One condition: a field, how to compare, and with what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Condition {
    /// What to look at: `subject`, `from`, `attachment.filename`, …
    pub field: String,
    /// Which header field, when `field` is `header`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How to compare: `contains`, `equals`, `regex`, `exists`, …
    pub op: String,
    /// With what; a text, a number or a boolean.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub value: Value,
    /// Whether upper and lower case differ.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub case_sensitive: bool,
}

impl Condition {
    /// `Condition::new("attachment.filename", "ends_with", ".pdf")`.
    pub fn new(field: impl Into<String>, op: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { field: field.into(), op: op.into(), value: value.into(), ..Self::default() }
    }

    /// The same for a header field: `Condition::header("X-Env", "equals", "ci")`.
    pub fn header(name: impl Into<String>, op: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { name: Some(name.into()), ..Self::new("header", op, value) }
    }
}
