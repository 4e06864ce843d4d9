//! The files, the program and the server give the same description.

use restante::http::OpenapiVersion;
use serde_json::Value;

use crate::support::Server;
use crate::support::process::output;

/// The pinned file of a version.
pub(super) fn path(version: OpenapiVersion) -> &'static str {
    match version {
        OpenapiVersion::Newer => concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/restante.v1.json"),
        OpenapiVersion::Older => concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/restante.v1.oas30.json"),
    }
}

fn pinned(version: OpenapiVersion) -> String {
    std::fs::read_to_string(path(version)).unwrap_or_default()
}

#[test]
fn pinned_files_are_what_the_handlers_say() {
    for version in OpenapiVersion::ALL {
        let made = restante::http::openapi_text(&restante::http::description(), version);
        assert!(
            pinned(version) == made,
            "openapi/ is not what the handlers say. If the change of the API is wanted, run:\n    \
             cargo run -- openapi > openapi/restante.v1.json\n    \
             cargo run -- openapi --version 3.0 > openapi/restante.v1.oas30.json"
        );
    }
}

#[test]
fn the_program_prints_it() {
    let text = |arguments: &[&str]| {
        let printed = output(arguments);
        assert_eq!(printed.status.code(), Some(0), "{arguments:?}");
        String::from_utf8(printed.stdout).unwrap()
    };
    assert_eq!(text(&["openapi"]), pinned(OpenapiVersion::Newer));
    assert_eq!(text(&["openapi", "--version", "3.1"]), pinned(OpenapiVersion::Newer));
    assert_eq!(text(&["openapi", "--version", "3.0"]), pinned(OpenapiVersion::Older));
    assert_eq!(output(&["openapi", "--version", "2.0"]).status.code(), Some(2));
}

#[tokio::test]
async fn the_server_serves_it() {
    let server = Server::start().await;
    let http = server.http();
    for (query, version) in
        [("", OpenapiVersion::Newer), ("?version=3.1", OpenapiVersion::Newer), ("?version=3.0", OpenapiVersion::Older)]
    {
        let served = http.get(&format!("/v1/openapi.json{query}")).await;
        assert_eq!(served.header("content-type"), "application/json");
        assert_eq!(served.text(), pinned(version), "{query}");
        let served = http.get(&format!("/v1/openapi.yaml{query}")).await;
        assert_eq!(served.header("content-type"), "application/yaml");
        let first = serde_json::from_str::<Value>(&pinned(version)).unwrap()["openapi"].clone();
        assert!(served.text().starts_with(&format!("openapi: {first}\n")), "{query}");
    }
    for path in ["/v1/openapi.json?version=2.0", "/v1/openapi.yaml?version=3"] {
        http.get(path).await.problem(422, "validation_failed");
    }
    http.get("/v1/openapi.json?versoin=3.0").await.problem(422, "unknown_field");
}
