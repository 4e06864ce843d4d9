//! The running program against its description, by a tool that others wrote: schemathesis makes up thousands of calls
//! from the description, right ones and wrong ones, and finds each answer that the description does not tell.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use serde_json::json;

use crate::support::Http;
use crate::support::process::Process;
use crate::support::python::python_tool;
use crate::support::routes::Real;

const KEY: &str = "sesame-sesame-sesame";
/// Sets of things that exist. Each is used up when a call removes something of it.
const SETS: usize = 12;
/// The same calls in every run.
const SEED: &str = "20260302";

/// What may be answered to a call that the schema allows. An address, a cursor or a regular expression is text to the
/// schema, so 422 is among them; a call that cannot be read, 400, 413 or 415, is not.
const TAKEN: [&str; 11] = ["2xx", "3xx", "401", "403", "404", "409", "410", "412", "416", "422", "429"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_is_answered_in_a_way_that_is_not_described() {
    if python_tool("st").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let server = Process::serve(
        &folder.path().join("data"),
        // Waits are held for a moment only, and the disk is not what is looked at here.
        &["--set", "http.max_hold_ms=20", "--set", "http.auth=key", "--set", &format!("http.root_key={KEY}")],
    );
    let http = Http::new(server.at("http")).with_key(KEY);
    let mut values: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for _ in 0..SETS {
        for (name, value) in Real::make(&http).await.values() {
            values.entry(name).or_default().push(value);
        }
    }
    let base = http.base().to_owned();
    let started = Instant::now();
    for (who, key, most) in [("with a key", Some(KEY), "8"), ("without a key", None, "2")] {
        let folder = folder.path().join(who);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("schemathesis.toml"), settings(&values)).unwrap();
        let (passed, said) = tokio::task::block_in_place(|| run(&folder, &base, key, most));
        assert!(passed, "{who}:\n{said}");
        assert!(said.contains("No issues found") || said.contains("passed"), "{who}:\n{said}");
    }
    println!("schemathesis took {:?}", started.elapsed());
}

/// One run of the tool; whether it found nothing, and what it said.
fn run(folder: &Path, base: &str, key: Option<&str>, most: &str) -> (bool, String) {
    let mut tool = python_tool("st").expect("looked for above");
    tool.current_dir(folder).args(["run", &format!("{base}/v1/openapi.json")]);
    tool.args(["--phases", "examples,coverage,fuzzing", "--max-examples", most, "--seed", SEED]);
    tool.args(["--workers", "2", "--continue-on-failure", "--request-timeout", "20", "--no-color"]);
    // Nothing is remembered from run to run: each is the same.
    tool.args(["--generation-database", "none", "--warnings", "off"]);
    if let Some(key) = key {
        tool.args(["--header", &format!("Authorization: Bearer {key}")]);
    }
    let ended = tool.output().expect("schemathesis starts");
    let said = [ended.stdout, ended.stderr].concat();
    (ended.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// The tool's settings: in most calls the placeholders of a path stand for things that exist.
fn settings(values: &BTreeMap<&str, Vec<String>>) -> String {
    let mut text = format!("[checks.positive_data_acceptance]\nexpected-statuses = {}\n", json!(TAKEN));
    for (name, values) in values {
        text += &format!("[dictionaries.{name}]\nvalues = {}\n", json!(values));
        text += &format!("[parameters.\"path.{name}\"]\ndictionary = \"{name}\"\nprobability = 0.8\n");
    }
    text
}
