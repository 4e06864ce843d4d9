//! The README's examples do what it says, as they stand there; only ports and the program's path are put in.

use std::process::Output;
use std::time::{Duration, Instant};

use serde_json::Value;
use sqlx::{Connection, Executor, PgConnection};

use crate::support::cluster::Cluster;
use crate::support::process::{Process, bash, is_installed, restante};
use crate::support::{Database, Server, keys, mail};

const README: &str = include_str!("../../README.md");

/// Examples that a test below takes on; `docker` is compared with the Dockerfile, because not everyone has it.
const TESTED: [&str; 10] = ["swaks", "curl", "wait", "raw", "inbox", "shell", "settings", "postgres", "docker", "keys"];

/// The shell block behind `<!-- example: name -->`.
fn example(name: &str) -> &'static str {
    let (_, rest) = README.split_once(&format!("<!-- example: {name} -->\n```sh\n")).expect("an example of this name");
    rest.split_once("```").expect("an end").0
}

/// All shell blocks without a mark.
fn commands() -> Vec<&'static str> {
    let mut blocks = README.split("```sh\n");
    let mut before = blocks.next().unwrap();
    let mut found = Vec::new();
    for block in blocks {
        let (inside, after) = block.split_once("```").unwrap();
        if !before.trim_end().ends_with("-->") {
            found.push(inside.trim());
        }
        before = after;
    }
    found
}

/// Runs a block as a reader would, against the server.
async fn run(name: &str, server: &Server) -> Output {
    let script = format!("export RESTANTE_URL=http://localhost:8025\n{}", example(name))
        .replace("localhost:1025", &server.smtp_at().to_string())
        .replace("localhost:8025", &server.http_at().to_string());
    let output = tokio::task::spawn_blocking(move || bash(&script)).await.unwrap();
    assert!(output.status.success(), "{name}: {output:?}");
    output
}

#[test]
fn each_example_has_its_test_and_the_two_commands_are_there() {
    let marked: Vec<&str> =
        README.lines().filter_map(|line| line.strip_prefix("<!-- example: ")?.strip_suffix(" -->")).collect();
    assert_eq!(marked, TESTED);
    assert_eq!(commands(), ["cargo run --release", "./test"]);
}

#[test]
fn continuous_integration_runs_the_test_command_and_nothing_else() {
    let script = include_str!("../../.ci/run");
    let lines: Vec<&str> = script.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines, ["set -eu", "cd \"$(dirname \"$0\")/..\"", "export CI=1", "exec ./test"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn swaks_and_curl_send() {
    for tool in ["swaks", "curl"].into_iter().filter(|tool| is_installed(tool)) {
        let server = Server::start().await;
        run(tool, &server).await;
        let message = server.http().wait("ada@restante.test", "Welcome").await;
        assert_eq!(message["envelope"]["from"], "app@example.com", "{tool}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn curl_waits_and_reads_the_message_as_it_was_sent() {
    if !is_installed("curl") {
        return;
    }
    let server = Server::start().await;
    let sent = mail().to("ada@restante.test").subject("Welcome");
    server.smtp().await.deliver(sent.clone()).await;
    let answer: Value = serde_json::from_slice(&run("wait", &server).await.stdout).unwrap();
    assert_eq!(answer["outcome"], "matched", "{answer}");
    assert_eq!(run("raw", &server).await.stdout, sent.octets());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn curl_creates_an_inbox() {
    if !is_installed("curl") {
        return;
    }
    let server = Server::start().await;
    let inbox: Value = serde_json::from_slice(&run("inbox", &server).await.stdout).unwrap();
    assert!(inbox["address"].as_str().unwrap().starts_with("signup-"), "{inbox}");
    assert!(inbox["cursor"].is_string() && inbox["expires_at"].is_string(), "{inbox}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn curl_makes_a_key_that_opens_what_it_says() {
    if !is_installed("curl") {
        return;
    }
    let server = Server::with(keys::locked).await;
    let block = example("keys").replace("localhost:8025", &server.http_at().to_string());
    let script = format!("export RESTANTE_ROOT_KEY={}\n{block}", keys::ROOT);
    let made = tokio::task::spawn_blocking(move || bash(&script)).await.unwrap();
    let key: Value = serde_json::from_slice(&made.stdout).unwrap();
    let http = server.http().with_key(key["secret"].as_str().unwrap());
    http.get("/v1/messages").await.expect(reqwest::StatusCode::OK);
    http.get("/v1/projects").await.problem(403, "scope_missing");
}

/// The README says under a second; three starts of a program that was not optimised may take longer on a busy machine.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shell_story_ends_with_the_code_at_once() {
    let server = Server::start().await;
    let began = Instant::now();
    let said = run("shell", &server).await.stdout;
    let took = began.elapsed();
    assert!(said.ends_with(b"\n482913\n"), "{}", String::from_utf8_lossy(&said));
    assert!(took < Duration::from_secs(if cfg!(debug_assertions) { 5 } else { 1 }), "{took:?}");
}

#[test]
fn settings_are_changed_by_flag_and_by_variable() {
    let output = bash(&format!("export XDG_DATA_HOME=/nonexistent\n{}", example("settings")));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed.matches("max_recipients = 10  # ").count(), 2, "{printed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_example_makes_a_database_that_the_server_uses() {
    if !Database::Postgres.is_here() || !Cluster::get().unwrap().is_ours {
        return;
    }
    let cluster = Cluster::get().unwrap();
    let block = example("postgres");
    let mut connection = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
    for line in block.lines().filter_map(|line| line.strip_prefix("sudo -u postgres psql -c \"")) {
        connection.execute(sqlx::AssertSqlSafe(line.trim_end_matches('"').to_owned())).await.unwrap();
    }
    let last = block.lines().last().unwrap();
    let (name, rest) = last.split_once('=').unwrap();
    let url = rest.strip_suffix(" restante serve").unwrap();
    let tcp = cluster.tcp_url("");
    let at = tcp.rsplit('@').next().unwrap().trim_end_matches('/');
    let folder = tempfile::tempdir().unwrap();
    let mut command = restante(&["serve", "--ready-json", "--data", folder.path().to_str().unwrap()]);
    for listener in ["smtp.listen", "smtp.listen_tls", "http.listen"] {
        command.args(["--set", &format!("{listener}=127.0.0.1:0")]);
    }
    let server = Process::start(command.env(name, url.replace("localhost", at)));
    assert_eq!(server.at("http").ip().to_string(), "127.0.0.1");
    let tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'";
    let mut connection = PgConnection::connect(&cluster.url("restante")).await.unwrap();
    let tables: i64 = sqlx::query_scalar(tables).fetch_one(&mut connection).await.unwrap();
    assert!(tables > 0);
}

#[test]
fn docker_example_fits_the_dockerfile() {
    let (block, file) = (example("docker"), include_str!("../../Dockerfile"));
    let line = |start: &str| file.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("no {start}"));
    for port in ["1025", "8025"] {
        assert!(block.contains(&format!(":{port}:{port} ")) && line("EXPOSE ").contains(port));
    }
    assert!(block.contains(":/data ") && line("VOLUME ").ends_with(" /data"));
    assert!(block.contains("-e RESTANTE_AUTH=open "));
    assert!(line("USER ") != "USER root" && !line("USER ").ends_with(" 0"));
    assert!(line("HEALTHCHECK ").ends_with("CMD [\"restante\", \"health\"]"));
    let toolchain: toml::Table = include_str!("../../rust-toolchain.toml").parse().unwrap();
    let channel = toolchain["toolchain"]["channel"].as_str().unwrap().trim_end_matches(".0");
    assert!(line("FROM rust:").starts_with(&format!("FROM rust:{channel}-")));
}

#[test]
fn settings_of_the_image_start_only_with_a_key_or_consent() {
    let variables = include_str!("../../Dockerfile").lines().map(|line| line.trim_start_matches("ENV ").trim());
    let variables: Vec<(&str, &str)> = variables
        .filter(|line| line.starts_with("RESTANTE_"))
        .filter_map(|line| line.trim_end_matches(" \\").split_once('='))
        .collect();
    assert_eq!(variables.len(), 5);
    let decided = |more: &[(&str, &str)]| {
        let mut settings = restante::config::Settings::defaults().unwrap();
        let all = variables.iter().chain(more).map(|(name, value)| (name.into(), value.into()));
        settings.apply_environment(all).unwrap();
        settings.config()
    };
    assert!(decided(&[]).is_err());
    assert!(decided(&[("RESTANTE_AUTH", "open")]).is_ok());
    assert!(decided(&[("RESTANTE_ROOT_KEY", "0123456789abcdef")]).is_ok());
}
