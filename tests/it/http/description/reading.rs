//! Ways through the description.

use std::collections::BTreeSet;

use serde_json::Value;

/// Every operation with its path and method.
pub(super) fn operations(description: &Value) -> Vec<(String, &Value)> {
    let paths = description["paths"].as_object().unwrap().iter();
    let each = paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (format!("{method} {path}"), operation))
    });
    each.collect()
}

/// Every schema, reference and property below `value`, with its JSON pointer.
fn walk<'a>(pointer: &str, value: &'a Value, found: &mut Vec<(String, &'a Value)>) {
    found.push((pointer.to_owned(), value));
    match value {
        Value::Object(members) => {
            members.iter().filter(|(name, _)| *name != "example").for_each(|(name, inside)| {
                walk(&format!("{pointer}/{name}"), inside, found);
            });
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(place, inside)| walk(&format!("{pointer}/{place}"), inside, found));
        }
        _ => {}
    }
}

pub(super) fn everything(value: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    walk("", value, &mut found);
    found
}

/// The names of the schemas that `schema` refers to.
pub(super) fn references(schema: &Value) -> BTreeSet<String> {
    let every = everything(schema).into_iter().filter_map(|(_, value)| value.get("$ref")?.as_str());
    every.map(|reference| reference.rsplit('/').next().unwrap_or_default().to_owned()).collect()
}
