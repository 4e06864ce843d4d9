//! The examples of the RFCs, and what no mechanism may take.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::*;
use crate::config::AuthPolicy;
use crate::inboxes::Login;
use crate::model::{Secret, Timestamp};
use crate::smtp::command::Mechanism;

fn checks(policy: AuthPolicy, nonce: &str) -> Checks<'_> {
    Checks { policy, hostname: "mx.test", nonce, salt_key: &[7; 32] }
}

fn login(identity: &str) -> Login {
    Login { identity: identity.to_owned(), inbox: None, verified: true }
}

/// Answers the first response under a policy that checks: what is asked, or what was refused.
fn first(mechanism: Mechanism, response: &str) -> String {
    let checks = checks(AuthPolicy::Required, "nonce");
    match Exchange::new(mechanism, &checks).respond(response.as_bytes(), &checks) {
        Step::Password(_, username, password) => format!("password {username} {}", password.expose()),
        Step::SharedSecret(exchange) => format!("secret {}", exchange.username()),
        Step::ScramKeys(exchange) => format!("keys {}", exchange.username()),
        Step::Challenge(_, challenge) => format!("challenge {}", String::from_utf8(challenge).unwrap()),
        Step::Explain(_, username, why) => format!("explain {username} {}", String::from_utf8(why).unwrap()),
        Step::Acknowledged(username) => format!("acknowledged {username}"),
        Step::Accept(login) => format!("accept {}", login.identity),
        Step::Refuse(_, reply) => format!("refuse {}", reply.code),
    }
}

#[test]
fn responses_are_read_as_each_mechanism_writes_them() {
    use Mechanism::{CramMd5, Login, OauthBearer, Plain, ScramSha256, Xoauth2};
    let cases = [
        (Plain, "\0tim\0tanstaaftanstaaf", "password tim tanstaaftanstaaf"),
        (Plain, "tim\0tim\0pass", "password tim pass"),
        (Plain, "Ursel\0Kurt\0xipj3plmq", "refuse 535"),
        (Plain, "\0tim\0", "refuse 535"),
        (Plain, "\0\0pass", "refuse 501"),
        (Plain, "tim\0pass", "refuse 501"),
        (Plain, "\0tim\0pass\0more", "refuse 501"),
        (Login, "tim", "challenge Password:"),
        (Login, "", "refuse 501"),
        (CramMd5, "tim b913a602c7eda7a495b4e6e7334d3890", "secret tim"),
        (CramMd5, "tim of all b913a602c7eda7a495b4e6e7334d3890", "secret tim of all"),
        (CramMd5, "tim b913", "refuse 501"),
        (CramMd5, "tim", "refuse 501"),
        (ScramSha256, "n,,n=us=2Cer=3D,r=abc", "keys us,er="),
        (ScramSha256, "y,a=me,n=user,r=abc", "keys user"),
        (ScramSha256, "p=tls-unique,,n=user,r=abc", "refuse 501"),
        (ScramSha256, "n,,m=ext,n=user,r=abc", "refuse 501"),
        (ScramSha256, "n,,n=us=2er,r=abc", "refuse 501"),
        (ScramSha256, "n,,n=,r=abc", "refuse 501"),
        (Xoauth2, "user=a@b.test\u{1}auth=Bearer tok en\u{1}\u{1}", "password a@b.test tok en"),
        (Xoauth2, "user=a@b.test\u{1}auth=Basic token\u{1}\u{1}", "refuse 501"),
        (
            OauthBearer,
            "n,a=a@b.test,\u{1}host=h\u{1}port=587\u{1}auth=Bearer token\u{1}\u{1}",
            "password a@b.test token",
        ),
        (OauthBearer, "n,a=a@b.test,\u{1}auth=Bearer \u{1}\u{1}", "refuse 501"),
    ];
    for (mechanism, response, expected) in cases {
        assert_eq!(first(mechanism, response), expected, "{mechanism:?} {response:?}");
    }
}

/// RFC 2195 §2 has the challenge and the digest.
#[test]
fn cram_md5_proves_the_secret_of_the_rfc() {
    let checks = Checks { hostname: "postoffice.reston.mci.net", ..checks(AuthPolicy::Optional, "1896.697170952") };
    let exchange = || {
        let exchange = Exchange::new(Mechanism::CramMd5, &checks);
        assert_eq!(exchange.invitation(), b"<1896.697170952@postoffice.reston.mci.net>");
        match exchange.respond(b"tim b913a602c7eda7a495b4e6e7334d3890", &checks) {
            Step::SharedSecret(exchange) => exchange,
            other => panic!("{other:?}"),
        }
    };
    let outcome = |known| matches!(exchange().verify(known), Step::Accept(_));
    assert!(outcome(Some((Secret::new("tanstaaftanstaaf"), login("tim")))));
    assert!(!outcome(Some((Secret::new("wrong"), login("tim")))));
    assert!(!outcome(None));
}

/// Plays the client of RFC 7677 §3 against `password`; gives the last step.
fn scram(password: &str, known: bool, policy: AuthPolicy) -> Step {
    let checks = checks(policy, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
    let client_first = b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    let Step::ScramKeys(exchange) = Exchange::new(Mechanism::ScramSha256, &checks).respond(client_first, &checks)
    else {
        panic!("no keys asked for");
    };
    let keys = scram::Keys::derive(&Secret::new("pencil"), exchange.salt());
    let step = exchange.keys(keys, known.then(|| login("user")), policy);
    let Step::Challenge(exchange, server_first) = step else { return step };
    let server_first = String::from_utf8(server_first).unwrap();
    let nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    assert!(server_first.starts_with(&format!("r={nonce},s=")) && server_first.ends_with(",i=4096"));

    let client_final = client::client_final(password, &server_first, nonce);
    match exchange.respond(client_final.as_bytes(), &checks) {
        Step::Challenge(exchange, server_final) => {
            assert!(server_final.starts_with(b"v="));
            exchange.respond(b"", &checks)
        }
        step => step,
    }
}

#[test]
fn scram_proves_the_password_and_nothing_else() {
    assert!(matches!(scram("pencil", true, AuthPolicy::Required), Step::Accept(_)));
    assert!(matches!(scram("pencil", true, AuthPolicy::Any), Step::Accept(_)));
    let Step::Refuse(_, wrong) = scram("stylus", true, AuthPolicy::Required) else {
        panic!("a wrong password was taken")
    };
    let Step::Refuse(_, unknown) = scram("pencil", false, AuthPolicy::Required) else { panic!("a stranger was taken") };
    assert_eq!(wrong, unknown);
    let Step::Refuse(_, helpful) = scram("pencil", false, AuthPolicy::Any) else { panic!("a stranger was taken") };
    assert!(helpful.text.contains("PLAIN"));
}

/// The messages of RFC 7677 §3, whose salt and proof are given there.
#[test]
fn scram_keys_are_those_of_the_rfc() {
    let proof = client::proof_of_the_rfc();
    assert_eq!(BASE64.encode(proof), "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
}

#[test]
fn a_refused_token_is_explained_before_it_is_final() {
    let checks = checks(AuthPolicy::Required, "nonce");
    let response = b"user=a@b.test\x01auth=Bearer token\x01\x01";
    let Step::Password(exchange, username, _) = Exchange::new(Mechanism::Xoauth2, &checks).respond(response, &checks)
    else {
        panic!("no check asked for");
    };
    let Step::Explain(exchange, _, why) = exchange.checked(username, None) else { panic!("no explanation") };
    assert!(why.starts_with(b"{\"status\":\"401\""));
    assert!(matches!(exchange.respond(b"", &checks), Step::Acknowledged(username) if username == "a@b.test"));
}

#[test]
fn the_policy_any_takes_every_secret_and_says_that_it_checked_none() {
    let checks = checks(AuthPolicy::Any, "nonce");
    for (mechanism, response) in [
        (Mechanism::Plain, "other\0tim\0"),
        (Mechanism::CramMd5, "tim 00000000000000000000000000000000"),
        (Mechanism::Xoauth2, "user=tim\u{1}auth=Bearer x\u{1}\u{1}"),
    ] {
        match Exchange::new(mechanism, &checks).respond(response.as_bytes(), &checks) {
            Step::Accept(login) => assert_eq!((login.identity.as_str(), login.verified), ("tim", false)),
            other => panic!("{mechanism:?} came to {other:?}"),
        }
    }
}

#[test]
fn the_throttle_counts_by_address_and_by_name() {
    let throttle = Throttle::default();
    let start = Timestamp::from_micros(0);
    let [here, there] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().ok());
    for _ in 0..10 {
        assert!(throttle.allows(here, "a@b", start));
        throttle.failed(here, "A@b", start);
    }
    assert!(!throttle.allows(here, "other", start), "the address is known");
    assert!(!throttle.allows(there, "a@b", start), "the name is known");
    assert!(throttle.allows(there, "other", start));
    assert!(throttle.allows(here, "a@b", start.plus_seconds(60)), "a minute later it is heard again");
    for minute in 1..5 {
        (0..10).for_each(|_| throttle.failed(here, "", start.plus_seconds(60 * minute)));
    }
    assert!(!throttle.allows(here, "", start.plus_seconds(3600)), "fifty in a day are enough");
    assert!(throttle.allows(here, "", start.plus_seconds(24 * 3600)));
}

#[test]
fn the_throttle_stays_small() {
    let throttle = Throttle::default();
    for name in 0..30_000 {
        throttle.failed(None, &name.to_string(), Timestamp::from_micros(name * 60_000));
    }
    assert!(format!("{throttle:?}").matches("Account").count() <= 10_001);
}

/// The client's half of SCRAM, written from RFC 5802 §3 with the other crates that we have.
mod client {
    use hmac::{Hmac, KeyInit, Mac};
    use sha2::{Digest, Sha256};

    use super::*;

    fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
        Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(message).finalize().into_bytes().to_vec()
    }

    fn proof(password: &str, salt: &[u8], message: &str) -> Vec<u8> {
        let mut block = mac(password.as_bytes(), &[salt, &[0, 0, 0, 1]].concat());
        let mut salted = block.clone();
        for _ in 1..4096 {
            block = mac(password.as_bytes(), &block);
            salted.iter_mut().zip(&block).for_each(|(a, b)| *a ^= b);
        }
        let key = mac(&salted, b"Client Key");
        let signature = mac(&Sha256::digest(&key), message.as_bytes());
        key.iter().zip(signature).map(|(a, b)| a ^ b).collect()
    }

    pub(super) fn proof_of_the_rfc() -> Vec<u8> {
        let salt = BASE64.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let message = "n=user,r=rOprNGfwEbeRWgbNEkqO,\
            r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,\
            c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        proof("pencil", &salt, message)
    }

    pub(super) fn client_final(password: &str, server_first: &str, nonce: &str) -> String {
        let salt = server_first.split(',').find_map(|part| part.strip_prefix("s=")).unwrap();
        let without_proof = format!("c=biws,r={nonce}");
        let message = format!("n=user,r=rOprNGfwEbeRWgbNEkqO,{server_first},{without_proof}");
        let proof = proof(password, &BASE64.decode(salt).unwrap(), &message);
        format!("{without_proof},p={}", BASE64.encode(proof))
    }
}
