//! How a condition compares.

/// What a condition asks of the values of its field; one value that holds is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// All of it is the given text, number or truth.
    Equals,
    /// The text stands in it.
    Contains,
    /// It begins with the text.
    StartsWith,
    /// It ends with the text.
    EndsWith,
    /// A regular expression is found in it; `^` and `$` are its ends.
    Regex,
    /// All of it fits a pattern of `*` (any run) and `?` (any one character).
    Glob,
    /// There is a value; with the value `false`, there is none.
    Exists,
    /// It is greater or later.
    Gt,
    /// It is less or earlier.
    Lt,
}

impl Op {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Equals,
        Self::Contains,
        Self::StartsWith,
        Self::EndsWith,
        Self::Regex,
        Self::Glob,
        Self::Exists,
        Self::Gt,
        Self::Lt,
    ];

    /// `starts_with` and so on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equals => "equals",
            Self::Contains => "contains",
            Self::StartsWith => "starts_with",
            Self::EndsWith => "ends_with",
            Self::Regex => "regex",
            Self::Glob => "glob",
            Self::Exists => "exists",
            Self::Gt => "gt",
            Self::Lt => "lt",
        }
    }

    /// The op of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.as_str() == name)
    }
}
