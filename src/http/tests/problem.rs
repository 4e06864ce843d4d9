//! The form of errors.

use std::collections::HashSet;

use axum::body::to_bytes;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::{Value, json};
use utoipa::PartialSchema as _;

use crate::http::{Code, Problem};

async fn body(response: axum::response::Response) -> Value {
    serde_json::from_slice(&to_bytes(response.into_body(), 1 << 20).await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_bare_problem_has_the_five_members_that_all_have() {
    let response = Problem::not_found("inbox").into_response();
    assert_eq!(response.status(), 404);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    let expected = json!({
        "type": "urn:restante:problem:not_found",
        "title": "There is no such thing",
        "status": 404,
        "detail": "There is no such inbox.",
        "code": "not_found",
    });
    assert_eq!(body(response).await, expected);
}

#[tokio::test]
async fn a_full_problem_has_all_members() {
    let problem = Problem::invalid("/ttl_s", "range", "ttl_s is 0 to 31536000")
        .error("/tags/3", "type", "a tag is a string")
        .hint("Leave ttl_s out for the default.")
        .instance("/v1/inboxes")
        .with("diagnostics", json!({"seen": 2}))
        .of_request("abc-1");
    let expected = json!({
        "type": "urn:restante:problem:validation_failed",
        "title": "The request has invalid values",
        "status": 422,
        "detail": "ttl_s is 0 to 31536000",
        "instance": "/v1/inboxes",
        "code": "validation_failed",
        "request_id": "abc-1",
        "errors": [
            {"pointer": "/ttl_s", "code": "range", "message": "ttl_s is 0 to 31536000"},
            {"pointer": "/tags/3", "code": "type", "message": "a tag is a string"},
        ],
        "hint": "Leave ttl_s out for the default.",
        "diagnostics": {"seen": 2},
    });
    assert_eq!(body(problem.into_response()).await, expected);
}

#[test]
fn headers_that_belong_to_a_status_are_there() {
    let busy = Problem::new(Code::StorageBusy, "Busy.").retry_after_s(2).into_response();
    assert_eq!(busy.status(), 503);
    assert_eq!(busy.headers()[header::RETRY_AFTER], "2");
    let keyless = Problem::new(Code::Unauthenticated, "No key.").into_response();
    assert!(keyless.headers().contains_key(header::WWW_AUTHENTICATE));
}

#[test]
fn codes_are_distinct_words_with_statuses_of_errors() {
    let texts: HashSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(texts.len(), Code::ALL.len());
    for code in Code::ALL {
        assert!(code.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{}", code.as_str());
        assert!(code.status().is_client_error() || code.status().is_server_error());
        assert!(!code.title().is_empty() && !code.title().ends_with('.'));
    }
    assert!(Code::ALL.is_sorted_by_key(|code| code.status().as_u16()));
}

#[test]
fn the_schema_names_what_is_always_there_and_leaves_codes_open() {
    let schema = serde_json::to_value(Problem::schema()).unwrap();
    let mut required: Vec<_> = schema["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    required.sort_unstable();
    assert_eq!(required, ["code", "detail", "status", "title", "type"]);
    assert_eq!(schema["properties"]["code"]["type"], "string");
    assert_eq!(schema["properties"]["hint"]["type"], "string");
    assert!(schema["properties"].get("members").is_none());
}
