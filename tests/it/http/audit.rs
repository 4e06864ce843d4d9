//! The log of who changed what, and who was refused.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::http::text;
use crate::support::keys::{self, ROOT, admin_of, locked, project};
use crate::support::{Http, PATIENCE};

async fn lines(http: &Http, query: &str) -> Vec<Value> {
    let page = http.get(&format!("/v1/admin/audit?{query}")).await.expect(StatusCode::OK).json();
    page["items"].as_array().unwrap().clone()
}

/// The lines once there is one: refusals are written down when there is time.
async fn lines_in_time(http: &Http, query: &str) -> Vec<Value> {
    let written = async {
        loop {
            let lines = lines(http, query).await;
            if !lines.is_empty() {
                break lines;
            }
        }
    };
    tokio::time::timeout(PATIENCE, written).await.expect("it is written down in time")
}

both_databases! {
    async fn changes_of_keys_and_projects_are_written_down_without_their_secrets(server, |config| locked(config)) {
        let root = server.http().with_key(ROOT);
        let other = project(&root, json!({"name": "other"})).await;
        let admin = keys::key(&root, json!({"scopes": ["admin"], "restrict": {"project": "other"}})).await;
        let http = server.http().with_key(&admin.secret);
        let key = keys::key(&http, json!({"scopes": ["messages:r"]})).await;
        let place = format!("/v1/keys/{}", key.id);
        let rotated = http.post(&format!("{place}/rotate"), json!({})).await.expect(StatusCode::OK).json();
        http.delete(&place).await.expect(StatusCode::NO_CONTENT);
        http.patch("/v1/projects/other", json!({"default_ttl_s": 60})).await.expect(StatusCode::OK);

        let all = lines(&root, "").await;
        let told: Vec<(&str, &str)> = all.iter().map(|line| (text(line, "action"), text(line, "target"))).collect();
        let wanted = [
            ("project.updated", other.as_str()), ("key.deleted", &key.id), ("key.rotated", &key.id), ("key.created", &key.id),
            ("key.created", &admin.id), ("project.created", &other),
        ];
        assert_eq!(told, wanted);
        assert!(all.iter().take(4).all(|line| line["key_id"] == *admin.id && line["project_id"] == *other), "{all:?}");
        assert!(all[4]["key_id"].is_null() && all[4]["project_id"] == *other && text(&all[4], "peer") == "127.0.0.1");
        let page = root.get("/v1/admin/audit").await.text();
        for secret in [&admin.secret, &key.secret, text(&rotated, "secret"), ROOT] {
            // The first letters of a key are what it is found by; the rest is the secret.
            assert!(!page.contains(secret.get(16..).unwrap_or(secret)), "the log shows a secret");
        }
        assert_eq!(lines(&root, "action=key.created").await.len(), 2);
        assert_eq!(lines(&root, &format!("target={}", key.id)).await.len(), 3);
        assert_eq!(lines(&root, &format!("key_id={}&project=other", admin.id)).await.len(), 4);
        assert_eq!(lines(&root, "from=2999-01-01T00:00:00Z").await.len(), 0);
        assert_eq!(lines(&root, "until=2999-01-01T00:00:00Z").await.len(), 6);
        let first = root.get("/v1/admin/audit?limit=4").await.json();
        let rest = lines(&root, &format!("after={}", text(&first, "next_after"))).await;
        assert_eq!((first["items"].as_array().unwrap().len(), rest.len()), (4, 2));
        root.get("/v1/admin/audit?key_id=x").await.problem(422, "validation_failed");
    }
}

both_databases! {
    async fn a_projects_admin_reads_the_log_of_that_project(server, |config| locked(config)) {
        let root = server.http().with_key(ROOT);
        project(&root, json!({"name": "other"})).await;
        keys::key(&root, json!({"scopes": ["messages:r"]})).await;
        let http = admin_of(&root, "other").await;
        let own: Vec<Value> = lines(&http, "").await;
        assert_eq!(own.iter().map(|line| text(line, "action")).collect::<Vec<_>>(), ["key.created", "project.created"]);
        http.get("/v1/admin/audit?project=default").await.problem(404, "not_found");
    }
}

both_databases! {
    async fn who_is_refused_is_written_down_once_in_a_while(server, |config| locked(config)) {
        let root = server.http().with_key(ROOT);
        let key = keys::key(&root, json!({"scopes": ["messages:r"]})).await;
        let narrow = server.http().with_key(&key.secret);
        let wrong = server.http().with_key("nonsense-nonsense");
        for _ in 0..5 {
            narrow.get("/v1/inboxes").await.problem(403, "scope_missing");
            wrong.get("/v1/inboxes").await.problem(401, "unauthenticated");
            // Nothing shown is a browser that was not told yet, and nothing to tell.
            server.http().get("/v1/inboxes").await.problem(401, "unauthenticated");
        }
        let scope = lines_in_time(&root, "action=scope.refused").await;
        assert_eq!((scope.len(), &scope[0]["key_id"]), (1, &json!(key.id)));
        assert_eq!((text(&scope[0], "target"), text(&scope[0], "detail")), ("GET /v1/inboxes", "it wants inboxes:r"));
        let refused = lines_in_time(&root, "action=key.refused").await;
        assert!(refused.len() == 1 && refused[0]["key_id"].is_null() && !refused[0].to_string().contains("nonsense"));
    }
}
