//! Codes and links: taken out of an inbox in one call, told with a message, looked for in what is not stored.

use reqwest::StatusCode;
use serde_json::json;

use crate::both_databases;
use crate::support::http::{send, text};
use crate::support::{Http, Server, mail};

const CODE: &str = "Subject: Sign in\r\nFrom: App <no-reply@app.test>\r\n\r\nYour verification code is 482 913.\r\nIt expires in 10 minutes.\r\n";
const LINK: &str = "Subject: Password reset\r\nFrom: App <no-reply@app.test>\r\nContent-Type: text/html\r\n\r\n<p>You asked for a new \
    password.</p><p><a href=\"https://app.test/reset?token=8f14e45fceea167a5a36dedd4bea2543\">Reset password</a></p>\
    <p><a href=\"https://app.test/unsubscribe\">Unsubscribe</a></p>";

async fn inbox(http: &Http) -> String {
    text(&http.inbox(json!({})).await, "id").to_owned()
}

both_databases! {
    async fn a_code_is_taken_out_of_the_newest_message_that_has_one(server) {
        let http = server.http();
        let inbox = inbox(&http).await;
        let path = format!("/v1/inboxes/{inbox}/otp");
        http.inject(&inbox, CODE.replace("482 913", "111 204")).await;
        let first = http.get(&path).await.expect(StatusCode::OK).json();
        let message = http.inject(&inbox, CODE).await;
        http.inject(&inbox, "Subject: Thank you\r\n\r\nYour order has shipped.\r\n").await;
        let found = http.get(&path).await.expect(StatusCode::OK).json();
        assert_eq!((&found["value"], &found["display"], &found["expires_in_s"]), (&json!("482913"), &json!("482 913"), &json!(600)));
        assert_eq!((&found["message_id"], &found["source"]["part"]), (&message["id"], &json!("text")));
        assert!(found["confidence"].as_f64().unwrap() >= 0.8);
        // Behind the first one's cursor lies the second; behind that none.
        let since = |cursor: &serde_json::Value| format!("{path}?since={}", cursor.as_str().unwrap());
        assert_eq!(http.get(&since(&first["cursor"])).await.json()["value"], "482913");
        http.get(&since(&found["cursor"])).await.problem(404, "no_code");
        let alone = http.get_with(&path, "accept", "text/plain").await.expect(StatusCode::OK);
        assert_eq!((alone.text().as_str(), alone.header("content-type")), ("482913\n", "text/plain; charset=utf-8"));
    }
}

both_databases! {
    async fn a_code_is_waited_for_and_comes_when_its_mail_does(server) {
        let http = server.http();
        let inbox = http.inbox(json!({"local_part": "waits"})).await;
        let path = format!("/v1/inboxes/{}/otp?wait=30&subject=sign%20in", text(&inbox, "id"));
        let address = text(&inbox, "address").to_owned();
        let sends = async {
            let mut smtp = server.smtp().await;
            smtp.deliver(mail().to(&address).subject("Sign in twice").body("See you soon.\r\n")).await;
            smtp.deliver(mail().to(&address).subject("Sign in").body("Your verification code is 771204.\r\n")).await;
        };
        let (found, ()) = tokio::join!(http.get(&path), sends);
        assert_eq!(found.expect(StatusCode::OK).json()["value"], "771204");
    }
}

both_databases! {
    async fn what_is_not_there_or_not_clear_is_told(server) {
        let http = server.http();
        let inbox = inbox(&http).await;
        let (otp, link) = (format!("/v1/inboxes/{inbox}/otp"), format!("/v1/inboxes/{inbox}/link"));
        let none = http.get(&format!("{otp}?wait=1")).await.problem(404, "no_code");
        assert_eq!(none["detail"], none["diagnostics"]["summary"], "{none}");
        http.inject(&inbox, "Subject: Thank you\r\n\r\nYour order has shipped.\r\n").await;
        assert_eq!(http.get(&otp).await.problem(404, "no_code")["detail"], "the one message has no code");
        http.get(&link).await.problem(404, "no_link");
        http.inject(&inbox, "Subject: Sign in\r\n\r\nYour verification code is 482913.\r\n\r\nYour verification code is 771204.\r\n").await;
        let several = http.get(&otp).await.problem(409, "ambiguous_code");
        let values: Vec<&str> = several["candidates"].as_array().unwrap().iter().map(|one| text(one, "value")).collect();
        assert_eq!(values, ["482913", "771204"]);
        assert_eq!(http.get(&format!("{otp}?pick=best")).await.json()["value"], "482913");
        let button = |at: &str| format!("<p><a href=\"https://app.test/reset/{at}?token=8f14e45fceea167a5a36dedd4bea{at}\">Reset password</a></p>");
        http.inject(&inbox, format!("Subject: Reset your passwords\r\nFrom: no-reply@app.test\r\nContent-Type: text/html\r\n\r\n{}{}", button("2543"), button("7781"))).await;
        http.get(&format!("{link}?purpose=reset")).await.problem(409, "ambiguous_link");
    }
}

both_databases! {
    async fn a_link_is_taken_by_its_purpose_and_host(server) {
        let http = server.http();
        let inbox = inbox(&http).await;
        http.inject(&inbox, LINK).await;
        let path = format!("/v1/inboxes/{inbox}/link");
        for query in ["", "?purpose=reset", "?purpose=reset&host=app.test"] {
            let found = http.get(&format!("{path}{query}")).await.expect(StatusCode::OK).json();
            assert!(text(&found, "url").starts_with("https://app.test/reset?token="), "{query}");
            assert_eq!((&found["purpose"], &found["host_matches_sender"]), (&json!("reset"), &json!(true)));
        }
        for query in ["?purpose=magic_login", "?purpose=reset&host=pp.test", "?min_confidence=1"] {
            http.get(&format!("{path}{query}")).await.problem(404, "no_link");
        }
        for query in ["?purpose=rest", "?min_confidence=2", "?wait=56", "?pick=first", "?prupose=reset"] {
            assert_eq!(http.get(&format!("{path}{query}")).await.status, 422, "{query}");
        }
    }
}

both_databases! {
    async fn a_message_tells_its_codes_and_links_and_so_does_a_wait(server) {
        let http = server.http();
        let inbox = inbox(&http).await;
        let message = http.inject(&inbox, CODE).await;
        assert_eq!(message["codes"][0]["value"], "482913");
        let path = format!("/v1/messages/{}/extract", text(&message, "id"));
        assert_eq!(http.get(&path).await.expect(StatusCode::OK).json()["codes"], message["codes"]);
        assert_eq!(http.get(&format!("{path}?codes=false")).await.json()["codes"], json!([]));
        let digits = json!({"code": {"length": 4}});
        assert_eq!(http.post(&path, digits).await.expect(StatusCode::OK).json()["codes"], json!([]));
        let custom = json!({"code": {"pattern": "expires in (\\d+) minutes"}});
        let custom = http.post(&path, custom).await.expect(StatusCode::OK).json();
        assert_eq!((&custom["codes"][0]["value"], &custom["codes"][0]["kind"]), (&json!("10"), &json!("custom")));
        http.post(&path, json!({"code": {"pattern": "("}})).await.problem(422, "validation_failed");
        let wait = json!({"return": "ids", "extract": {"codes": true}});
        let waited = http.post(&format!("/v1/inboxes/{inbox}/wait"), wait).await.expect(StatusCode::OK).json();
        assert_eq!(waited["extraction"]["codes"][0]["value"], "482913");
        assert_eq!(waited["extraction"]["links"], json!([]));
        let listed = http.get(&format!("/v1/inboxes/{inbox}/messages?has=code")).await.json();
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
        assert_eq!((&listed["items"][0]["best_code"], &message["best_code"]), (&json!("482913"), &json!("482913")));
    }
}

#[tokio::test]
async fn what_is_not_stored_is_looked_through_and_not_kept() {
    let server = Server::start().await;
    let http = server.http();
    let draft = json!({"subject": "Sign in", "text": "Your verification code is 482913.", "from": "no-reply@app.test"});
    let found = http.post("/v1/extract", draft).await.expect(StatusCode::OK).json();
    assert_eq!(found["codes"][0]["value"], "482913");
    let octets = http.request(reqwest::Method::POST, "/v1/extract").header("content-type", "message/rfc822").body(LINK);
    assert_eq!(send(octets).await.expect(StatusCode::OK).json()["links"][0]["purpose"], "reset");
    assert_eq!(http.get("/v1/messages").await.json()["items"], json!([]));
}
