//! What is repeated and what is not, against a socket that says what it is told to.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use super::{Call, Transport};
use crate::{Config, Error};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
const BUSY: &str = "HTTP/1.1 503 Busy\r\nretry-after: 0\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

fn transport(url: &str) -> Transport {
    Transport::new(&Config { url: url.to_owned(), key: Some("sesame".to_owned()), run_id: None }).unwrap()
}

/// Gives each answer to one connection; then the requests that it saw.
pub(crate) fn server(answers: &'static [&'static str]) -> (Transport, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = transport(&format!("http://{}/", listener.local_addr().unwrap()));
    let seen = std::thread::spawn(move || {
        let one = |answer: &&str| {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let count = stream.read(&mut request).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8_lossy(&request[..count]).into_owned()
        };
        answers.iter().map(one).collect()
    });
    (at, seen)
}

#[tokio::test]
async fn get_is_repeated_until_the_server_can() {
    let (transport, seen) = server(&[BUSY, BUSY, OK]);
    assert_eq!(transport.octets(Call::get("/x")).await.unwrap(), b"{}");
    for request in seen.join().unwrap() {
        assert!(request.starts_with("GET /x HTTP/1.1\r\n") && request.contains("authorization: Bearer sesame"));
    }
}

#[tokio::test]
async fn third_refusal_is_the_answer() {
    let (transport, seen) = server(&[BUSY, BUSY, BUSY]);
    assert!(matches!(transport.octets(Call::get("/x")).await, Err(Error::Unavailable(_))));
    assert_eq!(seen.join().unwrap().len(), 3);
}

#[tokio::test]
async fn post_is_not_repeated_for_it_might_have_had_its_effect() {
    let (transport, seen) = server(&[BUSY]);
    assert!(matches!(transport.octets(Call::post("/x").json(&())).await, Err(Error::Unavailable(_))));
    assert_eq!(seen.join().unwrap().len(), 1);
}

#[tokio::test]
async fn post_with_a_key_is_repeated_with_the_same_key() {
    let (transport, seen) = server(&[BUSY, OK]);
    transport.octets(Call::post("/x").json(&()).once()).await.unwrap();
    let key = |request: &String| {
        let mut lines = request.lines();
        lines.find_map(|line| line.strip_prefix("idempotency-key: ")).unwrap().to_owned()
    };
    let keys: Vec<String> = seen.join().unwrap().iter().map(key).collect();
    assert!(keys.len() == 2 && keys[0] == keys[1] && !keys[0].is_empty(), "{keys:?}");
}

#[tokio::test]
async fn key_is_not_carried_elsewhere() {
    let (transport, seen) = server(&["HTTP/1.1 302 Found\r\nlocation: http://a.test/\r\ncontent-length: 0\r\n\r\n"]);
    assert!(matches!(transport.octets(Call::get("/x")).await, Err(Error::Unfit { .. })));
    seen.join().unwrap();
}

#[tokio::test]
async fn what_is_no_restante_is_said_to_be_none() {
    let (transport, seen) = server(&["HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\n<html>"]);
    let error = transport.value::<serde_json::Value>(Call::get("/x")).await.unwrap_err();
    assert!(matches!(error, Error::Unfit { .. }), "{error}");
    seen.join().unwrap();
}

#[tokio::test]
async fn nobody_there_is_told_with_the_address() {
    let at = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = transport(&format!("http://{at}")).octets(Call::post("/x")).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { connected: false, .. }), "{error:?}");
    assert!(error.to_string().starts_with(&format!("cannot reach http://{at}: ")), "{error}");
}

#[test]
fn address_must_be_one() {
    for url in ["localhost:8025", "ftp://a.test", "", "http://"] {
        let config = Config { url: url.to_owned(), key: None, run_id: None };
        assert!(matches!(Transport::new(&config), Err(Error::Config(_))), "{url}");
    }
}
