//! The description as others read it: a validator of OpenAPI, and one of JSON Schema for every example.

use restante::http::OpenapiVersion;

use super::pinned;
use crate::support::python::python_tool;

#[test]
fn both_files_are_valid_and_every_example_fits_its_schema() {
    let Some(mut python) = python_tool("python") else { return };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/http/description/others.py");
    let checked = python.arg(script).args(OpenapiVersion::ALL.map(pinned::path)).output().expect("python starts");
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success(), "{said}{}", String::from_utf8_lossy(&checked.stderr));
    assert!(said.contains("examples fit"), "{said}");
}

/// The same value, read by a YAML reader.
#[tokio::test]
async fn yaml_is_read_as_the_same_value() {
    let Some(mut python) = python_tool("python") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("openapi.yaml");
    let server = crate::support::Server::start().await;
    std::fs::write(&path, server.http().get("/v1/openapi.yaml").await.body).unwrap();
    let script = "import json, sys, yaml; assert yaml.safe_load(open(sys.argv[1])) == json.load(open(sys.argv[2]))";
    let compared = python.args(["-c", script]).arg(&path).arg(pinned::path(OpenapiVersion::Newer)).output();
    let compared = compared.expect("python starts");
    assert!(compared.status.success(), "{}", String::from_utf8_lossy(&compared.stderr));
}
