//! The schemas: of the kinds that generators of clients understand, and strict where requests are.

use std::collections::BTreeSet;

use serde_json::Value;

use super::reading::{everything, operations, references};
use crate::support::routes::description;

#[test]
fn schemas_are_of_the_kind_that_generators_understand() {
    let description = description();
    let schemas = description["components"]["schemas"].as_object().unwrap();
    for (pointer, value) in everything(&description) {
        let Some(members) = value.as_object() else { continue };
        for choice in ["oneOf", "anyOf"] {
            assert!(
                !members.contains_key(choice) || members.contains_key("discriminator"),
                "{pointer}: a bare {choice}"
            );
        }
        // With the member that is there in every case, and without `null` as one more type.
        assert!(members.get("default").is_none_or(|default| !default.is_null()), "{pointer}: null is no default");
        let is_one_type = members.get("type").is_none_or(|kind| !kind.is_array() && kind != "null");
        assert!(is_one_type && !members.contains_key("nullable"), "{pointer}: null is no value here, absence is");
        if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
            let name = reference.strip_prefix("#/components/schemas/").unwrap_or_default();
            assert!(schemas.contains_key(name), "{pointer}: {reference} is nowhere");
        }
    }
}

#[test]
fn no_schema_holds_itself() {
    let description = description();
    let schemas = description["components"]["schemas"].as_object().unwrap();
    for name in schemas.keys() {
        let mut reached = BTreeSet::new();
        let mut next = references(&schemas[name]);
        while let Some(one) = next.pop_first() {
            if reached.insert(one.clone()) {
                next.extend(references(&schemas[&one]));
            }
        }
        assert!(!reached.contains(name), "{name} is recursive");
    }
}

#[test]
fn every_schema_is_used_and_every_request_refuses_unknown_fields() {
    let description = description();
    let used = references(&description);
    for (name, schema) in description["components"]["schemas"].as_object().unwrap() {
        assert!(used.contains(name), "{name} is used nowhere");
        assert!(schema["type"].is_string() || schema["allOf"].is_array(), "{name}");
    }
    for (route, operation) in operations(&description) {
        let Some(body) = operation["requestBody"]["content"].get("application/json") else { continue };
        for name in references(body) {
            let schema = &description["components"]["schemas"][&name];
            assert_eq!(schema["additionalProperties"], false, "{route}: {name}");
        }
    }
}
