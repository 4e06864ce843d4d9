//! How much mail came.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::http::text;
use crate::support::mail;

fn groups(stats: &Value) -> Vec<(&str, i64)> {
    let each = stats["groups"].as_array().unwrap().iter();
    each.map(|group| (text(group, "key"), group["messages"].as_i64().unwrap())).collect()
}

both_databases! {
    async fn mail_is_counted_by_what_was_asked(server) {
        let http = server.http();
        for (name, run) in [("a", Some("one")), ("b", Some("one")), ("c", None)] {
            let mut body = json!({"local_part": name, "domain": "t.test"});
            if let Some(run) = run {
                body["run_id"] = json!(run);
            }
            http.inbox(body).await;
        }
        let mut smtp = server.smtp().await;
        for (from, to) in [("x@App.test", "a"), ("y@app.test", "a"), ("Zed <z@other.test>", "b"), ("x@app.test", "c")] {
            smtp.deliver(mail().from("x@env.test").to(&format!("{to}@t.test")).field("X", "y").subject(from)).await;
        }
        let by = async |query: &str| http.get(&format!("/v1/stats?group_by={query}")).await.expect(StatusCode::OK).json();
        assert_eq!(groups(&by("inbox").await), [("a@t.test", 2), ("b@t.test", 1), ("c@t.test", 1)]);
        assert_eq!(groups(&by("run").await), [("one", 3), ("", 1)]);
        assert_eq!(groups(&by("from_domain").await), [("env.test", 4)]);
        for (kind, rest) in [("hour", ":00:00.000Z"), ("day", "T00:00:00.000Z")] {
            let stats = by(kind).await;
            // A test may run over the end of an hour.
            assert_eq!(groups(&stats).iter().map(|(_, count)| count).sum::<i64>(), 4, "{stats}");
            assert!(groups(&stats).iter().all(|(key, _)| key.ends_with(rest)), "{stats}");
        }
        let few = by("inbox&limit=2").await;
        assert_eq!((groups(&few).len(), &few["has_more"], &few["messages"]), (2, &json!(true), &json!(4)));
        let size: i64 = few["bytes"].as_i64().unwrap();
        let page = http.get("/v1/messages").await.json();
        assert_eq!(size, page["items"].as_array().unwrap().iter().map(|item| item["size"].as_i64().unwrap()).sum::<i64>());
        let middle = text(&page["items"][1], "received_at").to_owned();
        // Times in JSON have milliseconds: what came within one is on the later side.
        let later = by(&format!("inbox&since={middle}")).await["messages"].as_i64().unwrap();
        let earlier = by(&format!("inbox&until={middle}")).await["messages"].as_i64().unwrap();
        assert!(later >= 2 && later + earlier == 4, "{later} {earlier}");
        assert_eq!(by("day&until=2020-01-01T00:00:00Z").await["groups"], json!([]));
        for query in ["", "group_by=week", "group_by=hour&since=now", "group_by=hour&limit=0"] {
            http.get(&format!("/v1/stats?{query}")).await.problem(422, "validation_failed");
        }
        http.get("/v1/stats?group_by=hour&inbox=a").await.problem(422, "unknown_field");
    }
}
