//! A module uses only modules of lower layers; a third-party crate has one home.

use super::source::{Source, code_of, in_name, rust_files};

/// From the bottom up. Modules of one row do not use each other.
const LAYERS: [&[&str]; 8] = [
    &["model"],
    &["mime", "extract", "sanitise", "checks", "filter", "events", "net", "config"],
    &["store"],
    &["inboxes", "auth", "webhooks", "faults", "outbound", "retention"],
    &["smtp", "imap", "pop3", "http", "ui"],
    &["app"],
    &["cli"],
    &["main"],
];

/// Each crate, as Rust spells it, with the modules that may name it.
const HOMES: [(&str, &[&str]); 20] = [
    ("sqlx", &["store"]),
    ("axum", &["http", "ui"]),
    ("hyper", &["http"]),
    ("hyper_util", &["http"]),
    ("tower", &["http", "ui"]),
    ("tower_http", &["http", "ui"]),
    ("utoipa", &["http", "ui"]),
    ("utoipa_axum", &["http"]),
    ("utoipa_swagger_ui", &["http"]),
    ("smtp_proto", &["smtp"]),
    ("mail_parser", &["mime"]),
    ("imap_codec", &["imap"]),
    ("tokio_rustls", &["net"]),
    // The program chooses the provider before anything else happens; all the rest is in `net`.
    ("rustls", &["net", "cli"]),
    ("rcgen", &["net"]),
    ("toml", &["config"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("restante_client", &["cli"]),
    ("tracing_subscriber", &["cli"]),
];

fn breaches(files: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.path != "src/lib.rs") {
        let parts: Vec<&str> = file.path.trim_start_matches("src/").trim_end_matches(".rs").split('/').collect();
        let module = parts[0];
        let Some(own) = layer(module) else {
            found.push(format!("{}: the module {module} has no layer yet: give it one in tidy/layers.rs", file.path));
            continue;
        };
        let code = code_of(&file.text);
        let depth = parts.iter().filter(|part| **part != "mod").count();
        let to_root = "super::".repeat(depth);
        for prefix in ["crate::", "restante::", &to_root] {
            for used in names_after(&code, prefix) {
                if used != module && layer(&used).is_some_and(|layer| layer >= own) {
                    found.push(format!("{}: {module} may not use {used}, which is not below it", file.path));
                }
            }
        }
        for (name, homes) in HOMES {
            if !homes.contains(&module) && names_crate(&code, name) {
                found.push(format!("{}: the home of {name} is {homes:?}", file.path));
            }
        }
    }
    found
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

/// The names that follow `prefix`: one, or those of a `{…}` group.
fn names_after(code: &str, prefix: &str) -> Vec<String> {
    let starts = code.match_indices(prefix).filter(|(at, _)| !code[..*at].ends_with(|c| in_name(c) || c == ':'));
    let rests = starts.map(|(at, _)| &code[at + prefix.len()..]);
    rests.flat_map(|rest| rest.strip_prefix('{').map_or_else(|| vec![name(rest)], group)).collect()
}

/// The first name of each item of a group whose brace has been opened.
fn group(inside: &str) -> Vec<String> {
    let (mut names, mut depth, mut item_begins) = (Vec::new(), 0, true);
    for (at, c) in inside.char_indices() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => item_begins = true,
            c if item_begins && in_name(c) => {
                names.push(name(&inside[at..]));
                item_begins = false;
            }
            _ => {}
        }
    }
    names
}

fn name(text: &str) -> String {
    text.chars().take_while(|c| in_name(*c)).collect()
}

/// Whether a path of the code begins with this crate.
fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].trim_end_matches(' ');
        let path_begins = !code[..at].ends_with(in_name) && !before.ends_with("::") && !before.ends_with('.');
        let after = &code[at + name.len()..];
        path_begins && (after.starts_with("::") || (before.ends_with("use") && after.starts_with([';', ' '])))
    })
}

#[test]
fn modules_use_only_lower_layers_and_crates_stay_at_home() {
    assert_eq!(breaches(&rust_files("src")), [""; 0]);
}

#[test]
fn breach_of_a_layer_is_found() {
    let planted = [
        ("src/model/id.rs", "use crate::store::Store;"),
        ("src/mime/mod.rs", "use crate::filter;"),
        ("src/store/mod.rs", "fn f() { crate::inboxes::g() }"),
        ("src/smtp/a.rs", "use crate::{model::Address, http::Guard};"),
        ("src/smtp/a.rs", "use crate::{\n    config::{http, smtp},\n    imap,\n};"),
        ("src/net/a/b.rs", "use super::super::super::smtp::Session;"),
        ("src/novelty.rs", ""),
    ];
    for (path, text) in planted {
        assert_eq!(breaches(&[Source::new(path, text)]).len(), 1, "{path}: {text}");
    }
}

#[test]
fn breach_of_a_home_is_found() {
    for text in ["use sqlx::Row;", "fn f() -> sqlx::Result<()> {}", "use sqlx as db;"] {
        assert_eq!(breaches(&[Source::new("src/inboxes/a.rs", text)]).len(), 1, "{text}");
    }
}

#[test]
fn what_is_allowed_is_not_found() {
    let allowed = [
        ("src/smtp/a.rs", "use crate::{model::Address, config::{http, SmtpSection}};\nuse crate::smtp::b;"),
        ("src/smtp/a.rs", "// crate::http is told by the service\nconst T: &str = \"crate::http\";"),
        ("src/smtp/a/b.rs", "use super::super::http;"),
        ("src/store/mod.rs", "use sqlx::Row;"),
        ("src/http/mod.rs", "use my_axum::x; fn f() { self.sqlx::<T>() }"),
        ("src/main.rs", "fn main() { restante::cli::main() }"),
    ];
    for (path, text) in allowed {
        assert_eq!(breaches(&[Source::new(path, text)]), [""; 0], "{path}: {text}");
    }
}
