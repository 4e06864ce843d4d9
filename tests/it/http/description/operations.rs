//! Each operation: named, explained, with its problems and its examples.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::reading::operations;
use crate::support::routes::description;

#[test]
fn operation_ids_are_unique_and_camel_case() {
    let description = description();
    let mut known = BTreeSet::new();
    for (route, operation) in operations(&description) {
        let id = operation["operationId"].as_str().unwrap_or_default();
        let is_camel_case =
            id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(|c| c.is_ascii_alphanumeric());
        assert!(is_camel_case, "{route}: {id:?}");
        assert!(known.insert(id), "{route}: {id} names another operation");
    }
}

#[test]
fn every_operation_tells_its_success_and_its_problems() {
    let description = description();
    let codes: Vec<&str> = restante::http::Code::ALL.iter().map(|code| code.as_str()).collect();
    for (route, operation) in operations(&description) {
        for text in ["summary", "description"] {
            assert!(operation[text].as_str().is_some_and(|text| !text.trim().is_empty()), "{route}: no {text}");
        }
        assert!(operation["tags"][0].is_string(), "{route}: no tag");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{route}");
        for (status, response) in responses {
            let told = response["description"].as_str().unwrap_or_default();
            assert!(!told.is_empty(), "{route} {status}: OpenAPI wants a description");
            if status.starts_with(['4', '5']) {
                let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/Problem", "{route} {status}");
                let named: Vec<&str> = told.split('`').skip(1).step_by(2).collect();
                let is_code = |name: &&str| codes.contains(name);
                assert!(named.first().is_some_and(is_code), "{route} {status}: no code in {told:?}");
            }
        }
        let changes = !route.starts_with("get ");
        let is_open = operation["security"] == json!([{}]);
        let has_body = operation.get("requestBody").is_some();
        for (status, code, holds) in [
            ("400", "malformed_json", has_body),
            ("400", "malformed_request", has_body || route.contains('{')),
            ("401", "unauthenticated", !is_open),
            ("403", "scope_missing", !is_open),
            ("403", "origin_forbidden", changes),
            ("408", "request_timeout", has_body),
            ("413", "payload_too_large", has_body),
            ("415", "unsupported_media_type", has_body),
            ("421", "host_not_allowed", true),
            ("422", "validation_failed", has_body),
            ("500", "internal", true),
            ("503", "storage_busy", true),
        ] {
            let told = responses.get(status).map_or("", |response| response["description"].as_str().unwrap());
            assert!(!holds || told.contains(&format!("`{code}`")), "{route} {status}: {code} is not told in {told:?}");
        }
    }
}

#[test]
fn codes_that_are_told_stand_at_their_status() {
    let description = description();
    for (route, operation) in operations(&description) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let told = response["description"].as_str().unwrap_or_default();
            for named in told.split('`').skip(1).step_by(2) {
                if let Some(code) = restante::http::Code::ALL.iter().find(|code| code.as_str() == named) {
                    assert_eq!(code.status().as_str(), status, "{route}: {named}");
                }
            }
        }
    }
}

#[test]
fn placeholders_of_a_path_are_its_parameters() {
    let description = description();
    for (route, operation) in operations(&description) {
        let placeholders: BTreeSet<&str> =
            route.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let named: BTreeSet<&str> =
            parameters.filter(|one| one["in"] == "path").filter_map(|one| one["name"].as_str()).collect();
        assert_eq!(named, placeholders, "{route}");
    }
}

/// Whether a JSON body has an example, at itself or at its schema.
fn has_example(description: &Value, content: &Value) -> bool {
    let name = content["schema"]["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    let schema = &description["components"]["schemas"][name.unwrap_or_default()];
    [content, schema].iter().any(|place| place.get("example").is_some())
}

/// That each fits its schema is asked in `others`.
#[test]
fn every_json_that_is_taken_or_given_has_an_example() {
    let description = description();
    let mut missing = BTreeSet::new();
    for (route, operation) in operations(&description) {
        let given = operation["responses"].as_object().unwrap().iter();
        let contents = given.map(|(status, response)| (status.as_str(), &response["content"]));
        for (place, content) in contents.chain([("body", &operation["requestBody"]["content"])]) {
            let Some(content) = content.as_object() else { continue };
            for (kind, content) in content.iter().filter(|(kind, _)| kind.ends_with("json")) {
                if !has_example(&description, content) {
                    missing.insert(format!("{route} {place} {kind}: {}", content["schema"]));
                }
            }
        }
    }
    assert!(missing.is_empty(), "without an example (src/http/openapi/examples.json): {missing:#?}");
}
