//! Who may call: a matrix of every route and every way to show a key.

use base64::Engine as _;
use reqwest::StatusCode;
use restante::model::Clock;
use serde_json::json;

use crate::both_databases;
use crate::support::bare_store::START;
use crate::support::http::{Answer, send, text};
use crate::support::keys::{self, ROOT as KEY, narrowed};
use crate::support::routes::{Real, routes};
use crate::support::{Database, Http, PATIENCE, Server};

async fn locked() -> Server {
    Server::with(keys::locked).await
}

fn basic(pair: &str) -> String {
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

async fn get(http: &Http, path: &str, key: Option<&str>) -> Answer {
    let request = http.request(reqwest::Method::GET, path);
    send(match key {
        Some(key) => request.header("authorization", key),
        None => request,
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_wants_the_key_and_takes_it_in_both_forms() {
    let server = locked().await;
    let http = server.http();
    let wrong = [
        "Bearer sesame".to_owned(),
        format!("Bearer {KEY}x"),
        format!("Bearer {}", KEY.to_uppercase()),
        "Bearer ".to_owned(),
        format!("Digest {KEY}"),
        KEY.to_owned(),
        basic(&format!("{KEY}:")),
        basic("key:sesame"),
        "Basic !!!".to_owned(),
    ];
    let right =
        [format!("Bearer {KEY}"), format!("bearer {KEY}"), basic(&format!(":{KEY}")), basic(&format!("any:{KEY}"))];
    for route in routes() {
        let call = || route.call(&http, &Real::nothing());
        let without = send(call()).await;
        assert_eq!(without.status == StatusCode::UNAUTHORIZED, !route.is_open, "{route}: {}", without.status);
        for key in &wrong {
            let refused = send(call().header("authorization", key)).await;
            if route.is_open {
                assert_eq!(refused.status, without.status, "{route} with {key:?}");
            } else {
                refused.problem(401, "unauthenticated");
                let schemes: Vec<&str> =
                    refused.headers.get_all("www-authenticate").iter().map(|scheme| scheme.to_str().unwrap()).collect();
                assert!(schemes[0].starts_with("Bearer ") && schemes[1].starts_with("Basic "), "{route}: {schemes:?}");
                assert!(!refused.text().contains("sesame"), "{route}: the answer shows a key");
            }
        }
        for key in &right {
            // A wait without end would be answered only at its end.
            let answer = send(call().header("authorization", key).json(&serde_json::json!({"timeout_ms": 1}))).await;
            assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{route} with {key:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_outside_the_description_is_open_on_purpose() {
    let server = locked().await;
    for path in ["/", "/healthz", "/v1/openapi.json", "/docs", "/docs/"] {
        assert_ne!(get(&server.http(), path, None).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_shown_twice_is_not_searched_for_the_right_one() {
    let server = locked().await;
    let request = server.http().request(reqwest::Method::GET, "/v1/meta").header("authorization", "Bearer wrong");
    send(request.header("authorization", format!("Bearer {KEY}"))).await.problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_server_looks_at_no_key() {
    let server = Server::start().await;
    assert_eq!(get(&server.http(), "/v1/meta", None).await.status, StatusCode::OK);
    assert_eq!(get(&server.http(), "/v1/meta", Some("Bearer whatever")).await.status, StatusCode::OK);
}

both_databases! {
    async fn a_key_is_shown_once_and_opens_what_it_was_made_for(server, |config| keys::locked(config)) {
        let root = server.http().with_key(KEY);
        let asked = json!({"name": "ci", "scopes": ["messages:r", "inboxes:w"], "restrict": {"tag": "a"}, "expires_at": "2999-01-01T00:00:00Z"});
        let made = root.post("/v1/keys", asked).await.expect(StatusCode::CREATED);
        let key = made.json();
        let place = format!("/v1/keys/{}", text(&key, "id"));
        assert_eq!(made.header("location"), place);
        assert_eq!(key["scopes"], json!(["inboxes:w", "messages:r"]));
        let secret = text(&key, "secret").to_owned();
        assert!(secret.starts_with("rst_") && secret.len() == 75, "{secret}");
        let http = server.http().with_key(&secret);
        http.get("/v1/messages").await.expect(StatusCode::OK);
        http.get("/v1/inboxes").await.problem(403, "scope_missing");
        http.get("/v1/keys").await.problem(403, "scope_missing");
        // As the password of Basic, too.
        let basic = basic(&format!("any:{secret}"));
        assert_eq!(get(&server.http(), "/v1/messages", Some(&basic)).await.status, StatusCode::OK);

        let used = async {
            loop {
                let found = root.get(&place).await.expect(StatusCode::OK).json();
                if found["last_used_at"].is_string() {
                    break found;
                }
            }
        };
        let found = tokio::time::timeout(PATIENCE, used).await.expect("its use is written down");
        assert!(found["secret"].is_null(), "{found}");
        assert_eq!((&found["name"], &found["restrict"]["tag"]), (&json!("ci"), &json!("a")));
        let listed = root.get("/v1/keys").await;
        assert!(!listed.text().contains(&secret[16..]), "the list shows a secret");
        root.delete(&place).await.expect(StatusCode::NO_CONTENT);
        http.get("/v1/messages").await.problem(401, "unauthenticated");
        root.get(&place).await.problem(404, "not_found");
        root.delete(&place).await.problem(404, "not_found");
    }
}

both_databases! {
    async fn a_key_reaches_only_what_it_is_narrowed_to(server, |config| keys::locked(config)) {
        let root = server.http().with_key(KEY);
        let all = ["inboxes:r", "inboxes:w", "messages:r", "messages:w"];
        let tagged = root.inbox(json!({"tags": ["a", "x"], "run_id": "r"})).await;
        let other = root.inbox(json!({"tags": ["b"], "run_id": "r"})).await;
        let (inside, outside) = (text(&tagged, "id"), text(&other, "id"));
        let message = root.inject(inside, "Subject: inside\r\n\r\n").await;
        let foreign = root.inject(outside, "Subject: outside\r\n\r\n").await;
        for restrict in [json!({"tag": "a"}), json!({"inbox": inside}), json!({"inbox": text(&tagged, "address")}), json!({"tag": "x", "run": "r"})] {
            let http = narrowed(&root, &all, restrict.clone()).await;
            let ids = |list: serde_json::Value| -> Vec<String> {
                list["items"].as_array().unwrap().iter().map(|item| text(item, "id").to_owned()).collect()
            };
            assert_eq!(ids(http.get("/v1/inboxes").await.json()), [inside], "{restrict}");
            if restrict["inbox"].is_null() {
                assert_eq!(ids(http.get("/v1/messages").await.json()), [text(&message, "id")], "{restrict}");
                let waited = http.post("/v1/wait", json!({"order": "newest", "timeout_ms": 5_000})).await.json();
                assert_eq!(waited["messages"][0]["id"], message["id"], "{restrict}");
                let missed = http.post("/v1/wait", json!({"subject": "outside", "timeout_ms": 1})).await.json();
                assert_eq!(missed["outcome"], "timeout", "{restrict}");
            }
            http.get(&format!("/v1/inboxes/{inside}")).await.expect(StatusCode::OK);
            for path in [format!("/v1/inboxes/{outside}"), format!("/v1/inboxes/{outside}/messages"), format!("/v1/messages/{}", text(&foreign, "id"))] {
                http.get(&path).await.problem(404, "not_found");
            }
            http.patch(&format!("/v1/inboxes/{outside}"), json!({"tags": ["a"]})).await.problem(404, "not_found");
            http.post(&format!("/v1/inboxes/{outside}/wait"), json!({"timeout_ms": 1})).await.problem(404, "not_found");
        }
        // What a narrowed key makes lies within what it reaches.
        let http = narrowed(&root, &all, json!({"tag": "a", "run": "r"})).await;
        let own = http.inbox(json!({"tags": ["mine"]})).await;
        assert_eq!((&own["tags"], &own["run_id"]), (&json!(["a", "mine"]), &json!("r")));
        http.post("/v1/inboxes", json!({"run_id": "q"})).await.problem(403, "key_narrowed");
        let one = narrowed(&root, &all, json!({"inbox": inside})).await;
        one.post("/v1/inboxes", json!({})).await.problem(403, "key_narrowed");
        // A client_ref of elsewhere tells nothing of what it made.
        root.inbox(json!({"client_ref": "theirs", "tags": ["b"]})).await;
        http.post("/v1/inboxes", json!({"client_ref": "theirs", "tags": ["b"]})).await.problem(409, "client_ref_conflict");
    }
}

both_databases! {
    async fn no_key_makes_one_that_is_wider_than_itself(server, |config| keys::locked(config)) {
        let root = server.http().with_key(KEY);
        let inbox = root.inbox(json!({"tags": ["a"]})).await;
        let tokens = format!("/v1/inboxes/{}/tokens", text(&inbox, "id"));
        let http = narrowed(&root, &["inboxes:w", "messages:r"], json!({"tag": "a"})).await;
        let token = http.post(&tokens, json!({"scopes": ["messages:r"], "ttl_s": 60})).await.expect(StatusCode::CREATED).json();
        assert_eq!((&token["restrict"]["inbox"], &token["restrict"]["tag"]), (&inbox["id"], &json!("a")));
        assert!(token["expires_at"].is_string(), "{token}");
        for scopes in [json!(["messages:w"]), json!(["messages:r", "inboxes:r"]), json!(["faults:w"])] {
            http.post(&tokens, json!({"scopes": scopes})).await.problem(403, "scope_escalation");
        }
        for (body, pointer) in [(json!({"scopes": []}), "/scopes"), (json!({"scopes": ["admin"]}), "/restrict"), (json!({"scopes": ["messages:x"]}), "/scopes/0")] {
            let problem = root.post(&tokens, body).await.problem(422, "validation_failed");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        let deputy = keys::key(&root, json!({"scopes": ["admin"], "expires_at": "2900-01-01T00:00:00Z"})).await;
        let deputy = server.http().with_key(&deputy.secret);
        let later = json!({"name": "k", "scopes": ["messages:r"], "expires_at": "2901-01-01T00:00:00Z"});
        deputy.post("/v1/keys", later).await.problem(403, "scope_escalation");
        // Without an end of its own it ends with its maker.
        let made = deputy.post("/v1/keys", json!({"name": "k", "scopes": ["messages:r"]})).await.json();
        assert_eq!(made["expires_at"], "2900-01-01T00:00:00.000Z");
        // Nor does it take one over that lasts longer.
        let lasting = keys::key(&root, json!({"scopes": ["messages:r"]})).await;
        let rotate = format!("/v1/keys/{}/rotate", lasting.id);
        deputy.post(&rotate, json!({})).await.problem(403, "scope_escalation");
        // The token goes with its inbox.
        let holder = server.http().with_key(text(&token, "secret"));
        holder.get(&format!("/v1/inboxes/{}/messages", text(&inbox, "id"))).await.expect(StatusCode::OK);
        root.delete(&format!("/v1/inboxes/{}", text(&inbox, "id"))).await.expect(StatusCode::NO_CONTENT);
        root.get(&format!("/v1/keys/{}", text(&token, "id"))).await.problem(404, "not_found");
    }
}

async fn time_passes(database: Database) {
    let clock = Clock::manual(START);
    let server = Server::with_clock(database, clock.clone(), keys::locked).await;
    let root = server.http().with_key(KEY);
    let end = START.plus_seconds(3_600).to_string();
    let key = keys::key(&root, json!({"scopes": ["messages:r"], "expires_at": end})).await;
    let lists = async |secret: &str| server.http().with_key(secret).get("/v1/messages").await;
    lists(&key.secret).await.expect(StatusCode::OK);

    // Two rotations: each secret goes on for its overlap, and the first not longer than it was given.
    let rotate = format!("/v1/keys/{}/rotate", key.id);
    let second = root.post(&rotate, json!({"overlap_s": 60})).await.expect(StatusCode::OK).json();
    let second = text(&second, "secret").to_owned();
    let third = root.post(&rotate, json!({"overlap_s": 600})).await.expect(StatusCode::OK).json();
    let third = text(&third, "secret").to_owned();
    for secret in [&key.secret, &second, &third] {
        lists(secret).await.expect(StatusCode::OK);
    }
    clock.set(START.plus_seconds(61));
    let told = lists(&key.secret).await.problem(401, "unauthenticated");
    assert!(text(&told, "detail").contains("expired"), "{told}");
    lists(&second).await.expect(StatusCode::OK);
    clock.set(START.plus_seconds(601));
    lists(&second).await.problem(401, "unauthenticated");
    lists(&third).await.expect(StatusCode::OK);
    let problem = root.post(&rotate, json!({"overlap_s": 9_999_999})).await.problem(422, "validation_failed");
    assert_eq!(problem["errors"][0]["pointer"], "/overlap_s");
    // Without an overlap the one before ends at once.
    let fourth = root.post(&rotate, json!({})).await.expect(StatusCode::OK).json();
    lists(&third).await.problem(401, "unauthenticated");
    clock.set(START.plus_seconds(3_601));
    lists(text(&fourth, "secret")).await.problem(401, "unauthenticated");
    root.post(&rotate, json!({})).await.problem(422, "validation_failed");
    let past = json!({"name": "k", "scopes": ["messages:r"], "expires_at": START.to_string()});
    root.post("/v1/keys", past).await.problem(422, "validation_failed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_end_and_secrets_overlap_sqlite() {
    time_passes(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_end_and_secrets_overlap_postgres() {
    if Database::Postgres.is_here() {
        time_passes(Database::Postgres).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_in_the_address_is_refused_with_advice() {
    let server = locked().await;
    let root = server.http().with_key(KEY);
    let key = keys::key(&root, json!({"scopes": ["messages:r"]})).await;
    for query in [
        "access_token=x".to_owned(),
        "API_KEY=x".to_owned(),
        format!("q={}", key.secret),
        format!("key={}", key.secret),
    ] {
        let problem = root.get(&format!("/v1/inboxes?{query}")).await.problem(400, "malformed_request");
        assert!(text(&problem, "hint").contains("Authorization"), "{problem}");
        assert!(!problem.to_string().contains(&key.secret), "{problem}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_server_heeds_a_key_of_its_own_that_is_shown() {
    let server = Server::start().await;
    let key = keys::key(&server.http(), json!({"scopes": ["messages:r"]})).await;
    let http = server.http().with_key(&key.secret);
    http.get("/v1/messages").await.expect(StatusCode::OK);
    http.get("/v1/inboxes").await.problem(403, "scope_missing");
    server.http().delete(&format!("/v1/keys/{}", key.id)).await.expect(StatusCode::NO_CONTENT);
    http.get("/v1/messages").await.problem(401, "unauthenticated");
}

both_databases! {
    async fn keys_are_listed_newest_first_a_page_at_a_time(server) {
        let http = server.http();
        let mut made = Vec::new();
        for _ in 0..7 {
            made.insert(0, keys::key(&http, json!({"scopes": ["events:r"]})).await.id);
        }
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let page = http.get(&format!("/v1/keys?limit=3{after}")).await.expect(StatusCode::OK).json();
            found.extend(page["items"].as_array().unwrap().iter().map(|key| text(key, "id").to_owned()));
            if page["has_more"] == false {
                break;
            }
            after = format!("&after={}", text(&page, "next_after"));
        }
        assert_eq!(found, made);
    }
}
