//! Projects: their walls, their rules, their mail.

use reqwest::StatusCode;
use restante::model::Clock;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::bare_store::START;
use crate::support::http::{send, text};
use crate::support::keys::{ROOT, admin_of, locked, project};
use crate::support::routes::{Real, routes};
use crate::support::{Database, Http, PATIENCE, Server, Smtp, mail};

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| text(item, "id")).collect()
}

both_databases! {
    async fn a_project_is_made_read_changed_and_removed(server) {
        let http = server.http();
        let asked = json!({
            "name": "checkout", "domains": ["Checkout.test", "bücher.test"], "unknown_recipient": "reject", "default_ttl_s": 60,
            "retention": {"max_age_s": 3600}, "quotas": {"max_inboxes": 3}
        });
        let made = http.post("/v1/projects", asked).await.expect(StatusCode::CREATED);
        let project = made.json();
        let place = format!("/v1/projects/{}", text(&project, "id"));
        assert_eq!(made.header("location"), place);
        assert_eq!(project["domains"], json!(["checkout.test", "xn--bcher-kva.test"]));
        assert_eq!((&project["unknown_recipient"], &project["default_ttl_s"]), (&json!("reject"), &json!(60)));
        let found = http.get("/v1/projects/checkout").await.expect(StatusCode::OK);
        assert_eq!(found.json()["counts"], json!({"inboxes": 0, "messages": 0, "bytes": 0}));
        let etag = found.header("etag").to_owned();
        assert_eq!(http.get_with(&place, "if-none-match", &etag).await.status, StatusCode::NOT_MODIFIED);

        let changed = http.patch(&place, json!({"unknown_recipient": "inherit", "retention": {}})).await;
        let changed = changed.expect(StatusCode::OK).json();
        assert!(changed["unknown_recipient"].is_null() && changed["retention"] == json!({}), "{changed}");
        assert_eq!((&changed["domains"], &changed["quotas"]), (&project["domains"], &project["quotas"]));
        let stale = http.request(reqwest::Method::PATCH, &place).header("if-match", etag).json(&json!({}));
        send(stale).await.problem(412, "precondition_failed");

        http.post("/v1/projects", json!({"name": "checkout"})).await.problem(409, "name_taken");
        http.post("/v1/projects", json!({"name": "b", "domains": ["CHECKOUT.test"]})).await.problem(409, "domain_taken");
        for (body, pointer) in [
            (json!({"name": ""}), "/name"),
            (json!({"name": "a b"}), "/name"),
            (json!({"name": "prj_x"}), "/name"),
            (json!({"name": "c", "domains": ["ok.test", "not a domain"]}), "/domains/1"),
            (json!({"name": "c", "unknown_recipient": "explode"}), "/unknown_recipient"),
            (json!({"name": "c", "default_ttl_s": 400_000_000}), "/default_ttl_s"),
            (json!({"name": "c", "retention": {"max_messages": 0}}), "/retention/max_messages"),
        ] {
            let problem = http.post("/v1/projects", body).await.problem(422, "validation_failed");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        assert_eq!(http.get("/v1/projects").await.json()["items"].as_array().unwrap().len(), 2);
        http.delete("/v1/projects/default").await.problem(422, "validation_failed");
        http.delete(&place).await.expect(StatusCode::NO_CONTENT);
        http.get(&place).await.problem(404, "not_found");
    }
}

both_databases! {
    async fn nothing_of_a_project_is_there_for_the_key_of_another(server, |config| locked(config)) {
        let root = server.http().with_key(ROOT);
        let real = Real::make(&root).await;
        let other = project(&root, json!({"name": "other"})).await;
        let http = admin_of(&root, "other").await;
        for route in routes().into_iter().filter(|route| route.path.contains('{') && !route.is_open && !route.path.contains("{address}")) {
            let answer = send(route.call(&http, &real).json(&json!({}))).await;
            // A body is looked at before what it is for, which tells nothing of what is there.
            let is_hidden = answer.status == StatusCode::NOT_FOUND || answer.json()["code"] == "validation_failed";
            assert!(is_hidden, "{route}: {} {}", answer.status, answer.text());
        }
        for list in ["/v1/inboxes", "/v1/messages"] {
            assert_eq!(http.get(list).await.json()["items"], json!([]), "{list}");
            assert_eq!(root.get_with(list, "restante-project", "other").await.json()["items"], json!([]), "{list}");
            assert_eq!(root.get(list).await.json()["items"].as_array().unwrap().len(), 1, "{list}");
        }
        assert_eq!(ids(&http.get("/v1/projects").await.json()), [other.as_str()]);
        // Its own project may be named, another may not.
        assert_eq!(http.get_with("/v1/inboxes", "restante-project", &other).await.status, StatusCode::OK);
        http.get_with("/v1/inboxes", "restante-project", "default").await.problem(404, "not_found");
        http.post("/v1/keys", json!({"name": "k", "scopes": ["admin"], "restrict": {"project": "default"}})).await
            .problem(404, "not_found");
        // A project's own admin changes its rules, not its limits.
        let place = format!("/v1/projects/{other}");
        http.patch(&place, json!({"retention": {"max_age_s": 5}})).await.expect(StatusCode::OK);
        for limit in [json!({"quotas": {"max_inboxes": 5}}), json!({"domains": ["mine.test"]}), json!({"name": "mine"})] {
            http.patch(&place, limit).await.problem(403, "root_only");
        }
        http.delete(&place).await.problem(403, "root_only");
        http.post("/v1/projects", json!({"name": "more"})).await.problem(403, "root_only");
    }
}

/// What RCPT is answered.
async fn recipient(smtp: &mut Smtp, address: &str) -> String {
    assert!(smtp.command("MAIL FROM:<a@b.test>").await.starts_with("250"));
    let reply = smtp.command(&format!("RCPT TO:<{address}>")).await;
    assert!(smtp.command("RSET").await.starts_with("250"));
    reply
}

both_databases! {
    async fn mail_goes_where_the_owner_of_its_domain_wants_it(server) {
        let http = server.http();
        let caught = json!({"name": "caught", "domains": ["caught.test"], "unknown_recipient": "catch_all:all@caught.test"});
        let caught = project(&http, caught).await;
        let strict = json!({"name": "strict", "domains": ["strict.test"], "unknown_recipient": "reject"});
        project(&http, strict).await;
        let made = project(&http, json!({"name": "made", "domains": ["made.test"], "default_ttl_s": 600})).await;

        let mut smtp = server.smtp().await;
        for to in ["one@caught.test", "two@caught.test", "new@made.test", "free@other.test"] {
            smtp.deliver(mail().to(to).subject("hello")).await;
        }
        assert!(recipient(&mut smtp, "x@strict.test").await.starts_with("550 5.1.1"));

        let of = |project: &str| {
            let project = project.to_owned();
            let http = http.clone();
            async move { http.get_with("/v1/inboxes", "restante-project", &project).await.json()["items"].clone() }
        };
        assert_eq!(of(&caught).await[0]["address"], "all@caught.test");
        assert_eq!(of("caught").await[0]["counts"]["messages"], 2);
        assert_eq!(of(&made).await[0]["address"], "new@made.test");
        assert!(of(&made).await[0]["expires_at"].is_string());
        assert_eq!(of("strict").await, json!([]));
        assert_eq!(of("default").await[0]["address"], "free@other.test");

        // Nobody else makes an inbox in a domain that is someone's.
        http.post("/v1/inboxes", json!({"domain": "caught.test"})).await.problem(422, "domain_not_hosted");
        http.put("/v1/inboxes/by-address/a%40caught.test", json!({})).await.problem(422, "domain_not_hosted");
        let own = http.request(reqwest::Method::POST, "/v1/inboxes").header("restante-project", "strict").json(&json!({}));
        let own = send(own).await.expect(StatusCode::CREATED).json();
        assert!(text(&own, "address").ends_with("@strict.test"), "{own}");
        assert!(recipient(&mut smtp, text(&own, "address")).await.starts_with("250"));

        // A change of the policy holds for the next recipient.
        http.patch("/v1/projects/strict", json!({"unknown_recipient": "create"})).await.expect(StatusCode::OK);
        assert!(recipient(&mut smtp, "x@strict.test").await.starts_with("250"));
    }
}

both_databases! {
    async fn quotas_of_a_project_are_kept(server) {
        let http = server.http();
        let quotas = json!({"max_inboxes": 2, "max_inbox_messages": 3});
        project(&http, json!({"name": "small", "domains": ["small.test"], "quotas": quotas})).await;
        let make = |body: Value| send(http.request(reqwest::Method::POST, "/v1/inboxes").header("restante-project", "small").json(&body));
        let first = make(json!({})).await.expect(StatusCode::CREATED).json();
        assert_eq!(first["quota"]["max_messages"], 3);
        let problem = make(json!({"quota": {"max_messages": 4}})).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], "/quota/max_messages");
        make(json!({"quota": {"max_messages": 2}})).await.expect(StatusCode::CREATED);
        make(json!({})).await.problem(507, "over_quota");
        let place = format!("/v1/inboxes/{}", text(&first, "id"));
        send(http.request(reqwest::Method::PATCH, &place).header("restante-project", "small").json(&json!({"quota": {"max_messages": 9}})))
            .await.problem(422, "validation_failed");
    }
}

both_databases! {
    async fn a_project_with_inboxes_goes_only_by_force_and_its_keys_with_it(server, |config| locked(config)) {
        let root = server.http().with_key(ROOT);
        project(&root, json!({"name": "gone", "domains": ["gone.test"]})).await;
        let http = admin_of(&root, "gone").await;
        let inbox = http.inbox(json!({})).await;
        http.inject(text(&inbox, "id"), "Subject: 1\r\n\r\n").await;
        root.delete("/v1/projects/gone").await.problem(409, "project_not_empty");
        root.delete("/v1/projects/gone?force=perhaps").await.problem(422, "validation_failed");
        root.delete("/v1/projects/gone?force=true").await.expect(StatusCode::NO_CONTENT);
        http.get("/v1/inboxes").await.problem(401, "unauthenticated");
        root.get("/v1/projects/gone").await.problem(404, "not_found");
        // Its domain is free again.
        project(&root, json!({"name": "next", "domains": ["gone.test"]})).await;
    }
}

async fn messages(http: &Http) -> usize {
    http.get("/v1/messages?limit=200").await.json()["items"].as_array().unwrap().len()
}

async fn until_there_are(http: &Http, count: usize) {
    let shrunk = async {
        while messages(http).await != count {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, shrunk).await.expect("it is pruned in time");
}

async fn pruned_on(database: Database) {
    let clock = Clock::manual(START);
    let server = Server::with_clock(database, clock.clone(), |_| ()).await;
    let http = server.http();
    let first = http.inbox(json!({})).await;
    let other = http.inbox(json!({})).await;
    for number in 0..10 {
        let inbox = if number % 2 == 0 { &first } else { &other };
        http.inject(text(inbox, "id"), format!("Subject: {number}\r\n\r\n")).await;
    }
    let cursor = http.get("/v1/cursor").await.json()["cursor"].clone();
    http.patch("/v1/projects/default", json!({"retention": {"max_messages": 4}})).await.expect(StatusCode::OK);
    until_there_are(&http, 4).await;
    let left = http.get("/v1/messages?order=oldest").await.json();
    let subjects: Vec<&str> = left["items"].as_array().unwrap().iter().map(|item| text(item, "subject")).collect();
    assert_eq!(subjects, ["6", "7", "8", "9"]);
    // Each removal is an event: the project's position has moved by six.
    let position =
        |cursor: &Value| -> i64 { cursor.as_str().unwrap()[2..].split(':').next().unwrap().parse().unwrap() };
    let now = http.get("/v1/cursor").await.json()["cursor"].clone();
    assert_eq!(position(&now) - position(&cursor), 6);

    http.patch("/v1/projects/default", json!({"retention": {"max_age_s": 3600}})).await.expect(StatusCode::OK);
    clock.set(START.plus_seconds(1800));
    http.inject(text(&first, "id"), "Subject: young\r\n\r\n").await;
    clock.set(START.plus_seconds(3601));
    until_there_are(&http, 1).await;
    assert_eq!(http.get("/v1/messages").await.json()["items"][0]["subject"], "young");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_project_does_not_keep_leaves_oldest_first_sqlite() {
    pruned_on(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_project_does_not_keep_leaves_oldest_first_postgres() {
    if Database::Postgres.is_here() {
        pruned_on(Database::Postgres).await;
    }
}
