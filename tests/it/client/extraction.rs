//! Codes and links through the client.

use std::time::Duration;

use restante_client::{Draft, Error, Purpose};

use super::client;
use crate::both_databases;
use crate::support::PATIENCE;

fn draft(text: &str) -> Draft {
    Draft::from("App <no-reply@app.test>").subject("Verify").text(text)
}

both_databases! {
    async fn code_comes_with_the_message_and_by_the_inbox(server) {
        let inbox = client(&server).inboxes().create().await.unwrap();
        let send = async { inbox.send(&draft("Your verification code is 482913.")).await.unwrap() };
        let (code, _) = tokio::join!(inbox.otp().wait(PATIENCE).into_future(), send);
        assert_eq!(code.unwrap().value, "482913");
        assert_eq!(inbox.wait().subject("Verify").await.unwrap().code().unwrap().value, "482913");
    }
}

both_databases! {
    async fn ambiguous_code_is_refused_unless_the_best_will_do(server) {
        let inbox = client(&server).inboxes().create().await.unwrap();
        inbox.send(&draft("Your code is 482913.\n\nYour code is 771204.")).await.unwrap();
        for error in [inbox.otp().await.unwrap_err(), inbox.wait().await.unwrap().code().unwrap_err()] {
            let Error::AmbiguousCode { candidates } = error else { panic!("{error:?}") };
            assert_eq!(candidates.len(), 2);
        }
        assert!(["482913", "771204"].contains(&inbox.otp().pick_best().await.unwrap().value.as_str()));
    }
}

both_databases! {
    async fn no_code_is_said_to_be_none(server) {
        let inbox = client(&server).inboxes().create().await.unwrap();
        inbox.send(&draft("Thank you for your order.")).await.unwrap();
        let error = inbox.otp().wait(Duration::from_secs(1)).await.unwrap_err();
        assert!(matches!(error, Error::NoCode(_) | Error::WaitTimeout(_)), "{error:?}");
        assert!(matches!(inbox.wait().await.unwrap().code(), Err(Error::NoCode(_))));
    }
}

both_databases! {
    async fn link_is_found_by_its_purpose(server) {
        let inbox = client(&server).inboxes().create().await.unwrap();
        let url = "https://app.test/reset?token=8f14e45fceea167a5a36dedd4bea2543";
        let html = format!("<p>You asked for a new password.</p><a href=\"{url}\">Reset password</a>");
        inbox.send(&draft("").html(html)).await.unwrap();
        assert_eq!(inbox.link(Purpose::Reset).wait(PATIENCE).await.unwrap().url, url);
        assert_eq!(inbox.wait().await.unwrap().link(Purpose::Reset).unwrap().url, url);
    }
}
