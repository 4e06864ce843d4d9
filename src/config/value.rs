//! A setting's value before it has its type: one of five kinds, which the manual's default decides.

use toml::de::{DeArray, DeValue};

use super::size::{parse_size, write_size};

/// What may be written for a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Switch(bool),
    Number(i64),
    Size(u64),
    Text(String),
    List(Vec<String>),
}

/// The kind of a [`Value`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Switch,
    Number,
    Size,
    Text,
    List,
}

impl Kind {
    /// The kind of the setting `key`, whose default in the manual is `default`; `None` for dates, floats and tables.
    pub(super) fn of(key: &str, default: &DeValue<'_>) -> Option<Self> {
        match default {
            _ if key.ends_with("_bytes") => Some(Self::Size),
            DeValue::Boolean(_) => Some(Self::Switch),
            DeValue::Integer(_) => Some(Self::Number),
            DeValue::String(_) => Some(Self::Text),
            DeValue::Array(_) => Some(Self::List),
            DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => None,
        }
    }

    /// The value that a file gives, or `None` when it is of another kind.
    pub(super) fn read_toml(self, value: &DeValue<'_>) -> Option<Value> {
        match (self, value) {
            (Self::Switch, DeValue::Boolean(on)) => Some(Value::Switch(*on)),
            (Self::Number, DeValue::Integer(number)) => {
                i64::from_str_radix(number.as_str(), number.radix()).ok().map(Value::Number)
            }
            (Self::Size, DeValue::Integer(number)) => {
                u64::from_str_radix(number.as_str(), number.radix()).ok().map(Value::Size)
            }
            (Self::Size, DeValue::String(text)) => parse_size(text).map(Value::Size),
            (Self::Text, DeValue::String(text)) => Some(Value::Text(text.to_string())),
            (Self::List, DeValue::Array(items)) => texts(items).map(Value::List),
            // One item needs no brackets.
            (Self::List, DeValue::String(text)) => Some(Value::List(vec![text.to_string()])),
            _ => None,
        }
    }

    /// The value that a variable or a flag gives, or `None` when it is of another kind.
    pub(super) fn read_text(self, text: &str) -> Option<Value> {
        match self {
            Self::Switch => match text {
                "true" | "1" | "yes" | "on" => Some(Value::Switch(true)),
                "false" | "0" | "no" | "off" => Some(Value::Switch(false)),
                _ => None,
            },
            Self::Number => text.parse().ok().map(Value::Number),
            Self::Size => parse_size(text).map(Value::Size),
            Self::Text => Some(Value::Text(text.to_owned())),
            Self::List => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Some(Value::List(items.map(str::to_owned).collect()))
            }
        }
    }

    /// What may be written, for people.
    pub(super) const fn allowed(self) -> &'static str {
        match self {
            Self::Switch => "true or false",
            Self::Number => "a whole number",
            Self::Size => "a number of octets, or a size such as \"50MiB\"",
            Self::Text => "text in quotation marks",
            Self::List => "a list of texts, [\"one\", \"two\"]; in the environment and in flags one,two",
        }
    }
}

impl Value {
    /// As TOML.
    pub(super) fn to_toml(&self) -> String {
        match self {
            Self::Switch(on) => on.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Size(octets) => quoted(&write_size(*octets)),
            Self::Text(text) => quoted(text),
            Self::List(items) => format!("[{}]", items.iter().map(|item| quoted(item)).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// A TOML string, escaped where it must be.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn texts(items: &DeArray<'_>) -> Option<Vec<String>> {
    items.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
}
