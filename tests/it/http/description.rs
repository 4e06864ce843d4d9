//! The description of the API: pinned, complete, and such that generators of clients understand it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::Server;
use crate::support::process::output;
use crate::support::routes::description;

const PINNED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/restante.v1.json");

/// Every operation with its path and method.
fn operations(description: &Value) -> Vec<(String, &Value)> {
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

fn everything(value: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    walk("", value, &mut found);
    found
}

/// The names of the schemas that `schema` refers to.
fn references(schema: &Value) -> BTreeSet<String> {
    let every = everything(schema).into_iter().filter_map(|(_, value)| value.get("$ref")?.as_str());
    every.map(|reference| reference.rsplit('/').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn pinned_file_is_what_the_handlers_say() {
    let pinned = std::fs::read_to_string(PINNED).unwrap_or_default();
    let made = restante::http::openapi_text(&restante::http::description());
    assert!(
        pinned == made,
        "openapi/restante.v1.json is not what the handlers say. If the change of the API is wanted, run:\n    \
         cargo run -- openapi > openapi/restante.v1.json"
    );
}

#[test]
fn the_program_prints_it() {
    let printed = output(&["openapi"]);
    assert_eq!(printed.status.code(), Some(0));
    assert_eq!(String::from_utf8(printed.stdout).unwrap(), std::fs::read_to_string(PINNED).unwrap());
}

#[tokio::test]
async fn the_server_serves_it() {
    let server = Server::start().await;
    let served = server.http().get("/v1/openapi.json").await;
    assert_eq!(served.header("content-type"), "application/json");
    assert_eq!(served.text(), std::fs::read_to_string(PINNED).unwrap());
}

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
        assert!(operation["summary"].is_string() && operation["tags"][0].is_string(), "{route}");
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
        let is_open = operation["security"] == serde_json::json!([{}]);
        let always =
            ["421", "500", "503"].into_iter().chain((!is_open).then_some("401")).chain(changes.then_some("403"));
        for status in always {
            assert!(responses.contains_key(status), "{route}: {status}");
        }
        if operation.get("requestBody").is_some() {
            assert!(["400", "413", "415", "422"].iter().all(|status| responses.contains_key(*status)), "{route}");
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
        assert!(
            members.get("type").is_none_or(|kind| !kind.is_array() || pointer.contains("/parameters/")),
            "{pointer}"
        );
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
