//! What a key may do: a matrix of every operation and every scope.

use reqwest::StatusCode;
use restante::model::Scope;
use serde_json::json;

use crate::both_databases;
use crate::support::http::{send, text};
use crate::support::keys::{ROOT, locked, narrowed};
use crate::support::routes::{Real, routes};

both_databases! {
    async fn every_operation_takes_its_scope_and_no_other(server, |config| locked(config)) {
        let root = server.http().with_key(ROOT);
        for scope in Scope::ALL {
            let http = narrowed(&root, &[scope.as_str()], json!({})).await;
            for route in routes().into_iter().filter(|route| !route.is_open) {
                // A wait without end would be answered only at its end.
                let answer = send(route.call(&http, &Real::nothing()).json(&json!({"timeout_ms": 1}))).await;
                let may = *scope == Scope::Admin || route.scope.as_deref().is_none_or(|wanted| wanted == scope.as_str());
                if may {
                    assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{route} with {scope}");
                    if answer.status == StatusCode::FORBIDDEN {
                        // Some things of the root key's no scope opens.
                        answer.problem(403, "root_only");
                    }
                } else {
                    let problem = answer.problem(403, "scope_missing");
                    assert_eq!(text(&problem, "scope"), route.scope.as_deref().unwrap(), "{route} with {scope}");
                }
            }
        }
    }
}

#[test]
fn every_operation_declares_its_scope_and_every_scope_is_known() {
    let known: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let any_key = ["GET /v1/meta"];
    for route in routes().into_iter().filter(|route| !route.is_open) {
        match &route.scope {
            Some(scope) => assert!(known.contains(&scope.as_str()), "{route}: {scope}"),
            None => assert!(any_key.contains(&route.to_string().as_str()), "{route} takes any key"),
        }
    }
}

both_databases! {
    async fn a_method_that_is_not_described_is_not_opened_by_a_narrow_key(server, |config| locked(config)) {
        let root = server.http().with_key(ROOT);
        let http = narrowed(&root, &["messages:r"], json!({})).await;
        http.put("/v1/inboxes", json!({})).await.problem(405, "method_not_allowed");
        root.put("/v1/inboxes", json!({})).await.problem(405, "method_not_allowed");
        // HEAD wants what GET wants.
        assert_eq!(http.head("/v1/inboxes").await.status, StatusCode::FORBIDDEN);
        assert_eq!(http.head("/v1/messages").await.status, StatusCode::OK);
    }
}
