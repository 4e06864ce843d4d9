//! A filter as the caller wrote it, before anything of it is checked.

/// Three flat lists of conditions; none at all is met by every message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    /// Each must hold.
    pub all: Vec<WrittenCondition>,
    /// One must hold, unless there are none.
    pub any: Vec<WrittenCondition>,
    /// None may hold.
    pub none: Vec<WrittenCondition>,
}

/// One condition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WrittenCondition {
    /// See [`super::Field`].
    pub field: String,
    /// The name of the header field, where `field` is `header`.
    pub name: Option<String>,
    /// See [`super::Op`].
    pub op: String,
    /// What to compare with; may be missing for `exists` alone.
    pub value: Option<Value>,
    /// Whether upper and lower case differ.
    pub case_sensitive: bool,
}

/// What a condition compares with.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Bool(bool),
}

/// The four short conditions, all of which must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shorthands {
    /// An address, a part of a name or address, or a pattern with `*` and `?`; the From field.
    pub from: Option<String>,
    /// The same for To, Cc, Bcc and the envelope's recipients.
    pub to: Option<String>,
    /// Text in the subject.
    pub subject: Option<String>,
    /// Text in the text or the HTML.
    pub body: Option<String>,
}

/// What of a written filter cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct FilterError {
    /// Where it stands: a JSON pointer from the body that holds the filter, `/filter/all/0/value`.
    pub pointer: String,
    /// Why, and what it may be.
    pub reason: String,
}

impl WrittenCondition {
    /// A condition on a text, case ignored.
    #[must_use]
    pub fn text(field: &str, op: super::Op, value: impl Into<String>) -> Self {
        Self { value: Some(Value::Text(value.into())), ..Self::bare(field, op) }
    }

    /// A condition without a value, such as `exists`.
    #[must_use]
    pub fn bare(field: &str, op: super::Op) -> Self {
        Self { field: field.to_owned(), op: op.as_str().to_owned(), ..Self::default() }
    }
}
