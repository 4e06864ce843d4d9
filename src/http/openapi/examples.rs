//! Examples of answers: one story of one inbox and its mail, told in `examples.json`.
//!
//! An example of a request stands at its shape, where it is a line; those of answers are long, and fit each other.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::openapi::{Components, RefOr, Schema};

/// By the name of the schema.
const STORY: &str = include_str!("examples.json");

/// Gives each schema that has no example of its own the one of the story; a list, the example of what it lists.
pub(super) fn add(components: &mut Components) {
    // A test reads the file, so that it cannot be broken here.
    let story: BTreeMap<String, Value> = serde_json::from_str(STORY).unwrap_or_default();
    for (name, example) in story {
        put(components, &name, example);
    }
    let all = serde_json::to_value(&components.schemas).unwrap_or_default();
    let lists = all.as_object().into_iter().flatten();
    for (name, example) in lists.filter_map(|(name, schema)| Some((name, list(schema, &all)?))) {
        put(components, name, example);
    }
}

fn put(components: &mut Components, name: &str, example: Value) {
    let place = match components.schemas.get_mut(name) {
        Some(RefOr::T(Schema::Object(object))) => &mut object.example,
        Some(RefOr::T(Schema::AllOf(all))) => &mut all.example,
        _ => return,
    };
    place.get_or_insert(example);
}

/// A page with one item and no other behind it, or a list with one item; `None` for anything else.
fn list(schema: &Value, all: &Value) -> Option<Value> {
    let item = schema.pointer("/properties/items/items/$ref")?.as_str()?.rsplit('/').next()?;
    let example = all.get(item)?.get("example")?;
    let required = schema.get("required")?.as_array()?;
    let is_page = required.iter().any(|name| name == "has_more");
    match required.len() {
        1 => Some(json!({ "items": [example] })),
        2 if is_page => Some(json!({ "items": [example], "has_more": false })),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    /// One that is not used would grow stale: its schema was renamed, or has an example of its own.
    #[test]
    fn every_part_of_the_story_is_told() {
        let story: BTreeMap<String, Value> = serde_json::from_str(super::STORY).unwrap();
        let description = serde_json::to_value(crate::http::description()).unwrap();
        for (name, example) in story {
            assert_eq!(description["components"]["schemas"][&name]["example"], example, "{name}");
        }
    }
}
