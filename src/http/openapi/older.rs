//! The description as OpenAPI 3.0, for generators of clients that read nothing newer.
//!
//! It is made from the 3.1 description by the rules below and says the same, but for what 3.0 has no words for, which
//! is left out.

use serde_json::{Map, Value, json};

/// Keywords of a schema that 3.0 does not have, and without which it only allows more.
const UNKNOWN_TO_IT: [&str; 12] = [
    "$comment",
    "$schema",
    "contains",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedProperties",
];

/// Makes OpenAPI 3.0 of OpenAPI 3.1.
pub(in crate::http) fn of(mut description: Value) -> Value {
    let Some(root) = description.as_object_mut() else { return description };
    root.insert("openapi".to_owned(), "3.0.3".into());
    root.remove("webhooks");
    root.remove("jsonSchemaDialect");
    if let Some(info) = root.get_mut("info").and_then(Value::as_object_mut) {
        info.remove("summary");
        if let Some(license) = info.get_mut("license").and_then(Value::as_object_mut) {
            license.remove("identifier");
        }
    }
    if let Some(components) = root.get_mut("components").and_then(Value::as_object_mut) {
        components.remove("pathItems");
        for schema in members(components.get_mut("schemas")) {
            older_schema(schema);
        }
    }
    older_document(&mut description);
    description
}

/// All that is no schema: finds the schemas in it.
fn older_document(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (name, inside) in object {
                match name.as_str() {
                    "schema" => older_schema(inside),
                    "security" => inside.as_array_mut().into_iter().flatten().for_each(without_scopes),
                    // Already done, or no part of the language.
                    "schemas" | "example" | "examples" => {}
                    _ => older_document(inside),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(older_document),
        _ => {}
    }
}

/// 3.0 knows scopes only of OAuth and OpenID; what a key must have is said in words as well.
fn without_scopes(way: &mut Value) {
    for scopes in members(Some(way)) {
        *scopes = json!([]);
    }
}

fn older_schema(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else {
        // `true` is any value.
        *schema = json!({});
        return;
    };
    for keyword in UNKNOWN_TO_IT {
        object.remove(keyword);
    }
    null(object);
    single_value(object);
    bounds(object);
    octets(object);
    reference_alone(object);
    for keyword in ["properties", "$defs"] {
        members(object.get_mut(keyword)).for_each(older_schema);
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        object.get_mut(keyword).and_then(Value::as_array_mut).into_iter().flatten().for_each(older_schema);
    }
    for keyword in ["items", "not"] {
        object.get_mut(keyword).into_iter().for_each(older_schema);
    }
    if let Some(more) = object.get_mut("additionalProperties").filter(|more| more.is_object()) {
        older_schema(more);
    }
}

/// `null` as one more type, or as one more choice, is `nullable`.
fn null(object: &mut Map<String, Value>) {
    let mut is_nullable = false;
    if let Some(Value::Array(types)) = object.get_mut("type") {
        let before = types.len();
        types.retain(|kind| kind != "null");
        is_nullable = types.len() < before;
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        } else {
            let choices: Vec<Value> = types.iter().map(|kind| json!({ "type": kind })).collect();
            object.remove("type");
            object.insert("anyOf".to_owned(), choices.into());
        }
    }
    for keyword in ["oneOf", "anyOf"] {
        let Some(Value::Array(choices)) = object.get_mut(keyword) else { continue };
        let before = choices.len();
        choices.retain(|choice| choice["type"] != "null");
        is_nullable |= choices.len() < before;
    }
    if is_nullable {
        object.insert("nullable".to_owned(), true.into());
    }
}

/// `const` is an `enum` of one; of `examples` the first is kept.
fn single_value(object: &mut Map<String, Value>) {
    if let Some(only) = object.remove("const") {
        object.insert("enum".to_owned(), json!([only]));
    }
    if let Some(Value::Array(examples)) = object.remove("examples")
        && let Some(first) = examples.into_iter().next()
    {
        object.entry("example").or_insert(first);
    }
}

/// An exclusive bound was a flag beside the bound.
fn bounds(object: &mut Map<String, Value>) {
    for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if let Some(value) = object.get(exclusive).filter(|value| value.is_number()).cloned() {
            object.insert(bound.to_owned(), value);
            object.insert(exclusive.to_owned(), true.into());
        }
    }
}

/// Octets within JSON and octets as they are were formats of text.
fn octets(object: &mut Map<String, Value>) {
    let encoding = object.remove("contentEncoding");
    let kind = object.remove("contentMediaType");
    object.remove("contentSchema");
    let format = match (encoding, kind) {
        (Some(_), _) => "byte",
        (None, Some(_)) => "binary",
        (None, None) => return,
    };
    object.insert("format".to_owned(), format.into());
}

/// What stands beside `$ref` is not read: the reference goes into an `allOf`.
fn reference_alone(object: &mut Map<String, Value>) {
    if object.len() > 1
        && let Some(reference) = object.remove("$ref")
    {
        object.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
    }
}

fn members(value: Option<&mut Value>) -> impl Iterator<Item = &mut Value> {
    value.and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn schema(newer: Value) -> Value {
        let description = json!({"components": {"schemas": {"One": newer}}});
        super::of(description)["components"]["schemas"]["One"].take()
    }

    #[test]
    fn each_rule_of_schemas() {
        for (newer, older) in [
            (json!({"type": ["string", "null"]}), json!({"type": "string", "nullable": true})),
            (json!({"type": ["string", "integer"]}), json!({"anyOf": [{"type": "string"}, {"type": "integer"}]})),
            (
                json!({"oneOf": [{"type": "null"}, {"$ref": "#/x"}]}),
                json!({"oneOf": [{"$ref": "#/x"}], "nullable": true}),
            ),
            (json!({"const": "a"}), json!({"enum": ["a"]})),
            (json!({"type": "string", "examples": ["a", "b"]}), json!({"type": "string", "example": "a"})),
            (
                json!({"type": "integer", "exclusiveMinimum": 0}),
                json!({"type": "integer", "minimum": 0, "exclusiveMinimum": true}),
            ),
            (json!({"type": "string", "contentEncoding": "base64"}), json!({"type": "string", "format": "byte"})),
            (json!({"type": "string", "contentMediaType": "a/b"}), json!({"type": "string", "format": "binary"})),
            (json!({"$ref": "#/x", "description": "d"}), json!({"description": "d", "allOf": [{"$ref": "#/x"}]})),
            (json!({"$ref": "#/x"}), json!({"$ref": "#/x"})),
            (json!({"type": "array", "items": true}), json!({"type": "array", "items": {}})),
            (
                json!({"type": "object", "additionalProperties": false, "propertyNames": {"type": "string"}}),
                json!({"type": "object", "additionalProperties": false}),
            ),
        ] {
            assert_eq!(schema(newer.clone()), older, "{newer}");
        }
    }

    #[test]
    fn names_and_examples_are_no_keywords() {
        let newer = json!({
            "type": "object",
            "properties": {"const": {"const": 1}, "examples": {"type": "string"}},
            "example": {"const": 1, "type": ["string", "null"]},
        });
        let older = schema(newer.clone());
        assert_eq!(older["properties"], json!({"const": {"enum": [1]}, "examples": {"type": "string"}}));
        assert_eq!(older["example"], newer["example"]);
    }

    #[test]
    fn the_document_around_the_schemas() {
        let newer = json!({
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1", "summary": "s", "license": {"name": "n", "identifier": "i"}},
            "paths": {"/a": {"get": {
                "parameters": [{"name": "p", "in": "query", "schema": {"const": "x"}}],
                "security": [{}, {"key": ["inboxes:r"]}],
                "responses": {"200": {"content": {"application/json": {"schema": {"const": 1}, "examples": {"e": {}}}}}},
            }}},
            "webhooks": {},
        });
        let older = json!({
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1", "license": {"name": "n"}},
            "paths": {"/a": {"get": {
                "parameters": [{"name": "p", "in": "query", "schema": {"enum": ["x"]}}],
                "security": [{}, {"key": []}],
                "responses": {"200": {"content": {"application/json": {"schema": {"enum": [1]}, "examples": {"e": {}}}}}},
            }}},
        });
        assert_eq!(super::of(newer), older);
    }
}
