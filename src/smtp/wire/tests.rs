//! The driver over a pipe, with a clock that stands still while nothing waits.

use std::sync::Arc;

use tokio::io::{DuplexStream, duplex};

use super::*;
use crate::config::{AuthPolicy, SmtpSection};
use crate::inboxes::Route;
use crate::model::receipt::Side;
use crate::smtp::rules::Rules;
use crate::smtp::session::{Answer, Link, Protocol};

const COMMAND: Duration = Duration::from_secs(300);
const PACE: Pace = Pace { command: COMMAND, min_rate: 500 };

fn session() -> Session {
    let section = SmtpSection {
        listen: vec![],
        listen_tls: vec![],
        listen_lmtp: vec![],
        starttls: true,
        hostname: "mx.test".to_owned(),
        max_message_bytes: 10_000_000,
        max_in_flight_bytes: 1 << 30,
        max_recipients: 100,
        auth: AuthPolicy::Optional,
        auth_without_tls: true,
        strict_line_ends: false,
        max_connections: 10,
        max_connections_per_ip: 10,
        max_connections_per_ip_per_minute: 100,
        limit_loopback: false,
        command_timeout_s: 300,
        min_data_rate: 500,
        xclient_networks: vec![],
    };
    let address = "127.0.0.1:25".parse().unwrap();
    let link = Link { protocol: Protocol::Smtp, peer: address, local: address, tls: None };
    Session::new(Arc::new(Rules::new(section, true)), link, Clock::system().now())
}

/// Serves until the connection is over; says yes to everything. Gives the octets of each message that was delivered.
async fn serve(wire: &mut Wire<DuplexStream>, session: &mut Session, shutdown: &CancellationToken) -> Vec<usize> {
    let clock = Clock::system();
    let mut delivered = Vec::new();
    let mut next = Next::Read;
    loop {
        next = match wire.turn(session, next, &clock, shutdown).await {
            Turn::Ask(question) => {
                let answer = match question {
                    Question::Availability => Answer::Availability(None),
                    Question::Resolve(path) => Answer::Resolve(Ok(Route::to(
                        path,
                        crate::model::InboxId::new(crate::model::Timestamp::from_micros(0)),
                    ))),
                    Question::Deliver(delivery) => {
                        assert_eq!(delivery.receipt.transcript.last().map(|line| line.side), Some(Side::Client));
                        delivered.push(delivery.raw.len());
                        Answer::Deliver(Ok(vec![]))
                    }
                    _ => Answer::Password(Err(crate::inboxes::Error::Denied)),
                };
                session.answer(answer, clock.now())
            }
            Turn::Note => Next::Read,
            Turn::StartTls | Turn::Over => return delivered,
        };
    }
}

/// A session over a pipe of `size` octets, and the client's end of it.
fn open(size: usize) -> (Wire<DuplexStream>, Session, DuplexStream) {
    let (ours, theirs) = duplex(size);
    (Wire::new(ours, PACE), session(), theirs)
}

/// Lets time pass; the clock is paused, so nobody waits.
async fn pass(length: Duration) {
    let _ = timeout(length, std::future::pending::<()>()).await;
}

/// Reads what is there to be read, in one piece.
async fn read(client: &mut DuplexStream) -> String {
    let mut buffer = vec![0; 64 * 1024];
    let length = client.read(&mut buffer).await.unwrap();
    String::from_utf8(buffer[..length].to_vec()).unwrap()
}

async fn read_all(client: &mut DuplexStream) -> String {
    let mut text = String::new();
    client.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test(start_paused = true)]
async fn replies_to_a_pipelined_batch_come_in_one_piece() {
    let (mut wire, mut session, mut client) = open(64 * 1024);
    let stop = CancellationToken::new();
    let talk = async {
        assert_eq!(read(&mut client).await, "220 mx.test ESMTP Restante\r\n");
        client.write_all(b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nDATA\r\n").await.unwrap();
        let replies = read(&mut client).await;
        let codes: Vec<_> = replies.lines().map(|line| &line[..3]).collect();
        assert_eq!(codes, ["250", "250", "250", "354"]);
        client.write_all(b"hi\r\n.\r\nMAIL FROM:<a@b>\r\nNOOP\r\nQUIT\r\n").await.unwrap();
        let codes = read_all(&mut client).await.lines().map(|line| line[..3].to_owned()).collect::<Vec<_>>();
        assert_eq!(codes, ["250", "250", "250", "221"]);
    };
    let (delivered, ()) = tokio::join!(serve(&mut wire, &mut session, &stop), talk);
    assert_eq!(delivered, [4]);
}

#[tokio::test(start_paused = true)]
async fn a_dripping_command_ends_at_its_deadline() {
    let (mut wire, mut session, mut client) = open(1024);
    let stop = CancellationToken::new();
    let start = Instant::now();
    let drip = async {
        read(&mut client).await;
        for _ in 0..20 {
            if client.write_all(b"N").await.is_err() {
                break;
            }
            pass(Duration::from_secs(30)).await;
        }
        read_all(&mut client).await
    };
    let (_, said) = tokio::join!(
        async {
            serve(&mut wire, &mut session, &stop).await;
            assert!((300..=302).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
            drop(wire);
        },
        drip
    );
    assert!(said.starts_with("421 4.4.2"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn a_line_without_end_ends_at_the_same_deadline() {
    let (mut wire, mut session, mut client) = open(1024);
    let stop = CancellationToken::new();
    let start = Instant::now();
    let flood = async {
        read(&mut client).await;
        while client.write_all(&[b'x'; 1000]).await.is_ok() {
            pass(Duration::from_millis(500)).await;
        }
    };
    tokio::join!(
        async {
            serve(&mut wire, &mut session, &stop).await;
            assert!(start.elapsed().as_secs() < 303);
            drop(wire);
        },
        flood
    );
}

/// Sends a message of `pieces` times 3,000 octets with `gap` between them; gives what the server said at last.
async fn send_message(pieces: usize, gap: Duration, silence: Duration) -> (Vec<usize>, String, Duration) {
    let (mut wire, mut session, mut client) = open(64 * 1024);
    let stop = CancellationToken::new();
    let start = Instant::now();
    let send = async {
        client.write_all(b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n").await.unwrap();
        for _ in 0..pieces {
            pass(gap).await;
            if client.write_all(&[b'x'; 3000]).await.is_err() {
                break;
            }
        }
        pass(silence).await;
        let _ = client.write_all(b"\r\n.\r\nQUIT\r\n").await;
        read_all(&mut client).await
    };
    let serve = async {
        let delivered = serve(&mut wire, &mut session, &stop).await;
        drop(wire);
        (delivered, start.elapsed())
    };
    let ((delivered, took), said) = tokio::join!(serve, send);
    (delivered, said.lines().last().unwrap_or_default().to_owned(), took)
}

#[tokio::test(start_paused = true)]
async fn a_message_that_keeps_its_pace_may_take_long() {
    let (delivered, said, took) = send_message(500, Duration::from_secs(5), Duration::ZERO).await;
    assert_eq!((delivered, said.as_str()), (vec![1_500_002], "221 2.0.0 bye"));
    assert!(took > COMMAND * 5);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_drips_is_cut_off() {
    let (delivered, said, took) = send_message(1000, Duration::from_secs(60), Duration::ZERO).await;
    assert!(delivered.is_empty() && said.starts_with("421 4.4.2"), "{said}");
    assert!(took < COMMAND * 2, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_fast_message_that_stalls_is_cut_off() {
    let (delivered, said, took) = send_message(1000, Duration::ZERO, Duration::from_secs(3600)).await;
    assert!(delivered.is_empty() && said.starts_with("421 4.4.2"), "{said}");
    assert!(took < COMMAND + Duration::from_secs(5), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_is_cut_off() {
    let (mut wire, mut session, mut client) = open(16);
    let stop = CancellationToken::new();
    let start = Instant::now();
    let noise = b"NOOP\r\n".repeat(1000);
    let (_, written) = tokio::join!(
        async {
            serve(&mut wire, &mut session, &stop).await;
            assert!(start.elapsed() <= COMMAND + Duration::from_secs(1));
            drop(wire);
        },
        client.write_all(&noise)
    );
    assert!(written.is_err());
}

#[tokio::test(start_paused = true)]
async fn an_idle_session_ends_at_once_when_the_server_stops() {
    let (mut wire, mut session, mut client) = open(1024);
    let stop = CancellationToken::new();
    let start = Instant::now();
    let (_, said) = tokio::join!(serve(&mut wire, &mut session, &stop), async {
        read(&mut client).await;
        stop.cancel();
        let said = read(&mut client).await;
        drop(client);
        said
    });
    assert_eq!(said, "421 4.3.2 shutting down; try again soon\r\n");
    assert!(start.elapsed() < LINGER);
}

#[tokio::test(start_paused = true)]
async fn a_transaction_may_end_when_the_server_stops_but_has_little_time() {
    for finishes in [true, false] {
        let (mut wire, mut session, mut client) = open(1024);
        let stop = CancellationToken::new();
        let start = Instant::now();
        let (delivered, said) = tokio::join!(serve(&mut wire, &mut session, &stop), async {
            client.write_all(b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nhi").await.unwrap();
            while !read(&mut client).await.ends_with("CRLF . CRLF\r\n") {}
            stop.cancel();
            if finishes {
                client.write_all(b"\r\n.\r\nMAIL FROM:<a@b>\r\n").await.unwrap();
            }
            let said = read(&mut client).await;
            drop(client);
            said
        });
        let codes: Vec<_> = said.lines().map(|line| line[..9].to_owned()).collect();
        if finishes {
            assert_eq!((delivered.len(), codes), (1, vec!["250 2.0.0".to_owned(), "421 4.3.2".to_owned()]));
        } else {
            assert_eq!((delivered.len(), codes), (0, vec!["421 4.4.2".to_owned()]));
            assert_eq!(start.elapsed().as_secs(), 8);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_speaks_before_the_greeting_is_noticed() {
    let (mut wire, _, mut client) = open(1024);
    assert!(!wire.has_spoken().await);
    client.write_all(b"EHLO x\r\n").await.unwrap();
    assert!(wire.has_spoken().await);
}

#[tokio::test(start_paused = true)]
async fn the_buffer_is_small_again_after_a_large_message() {
    let (mut wire, mut session, mut client) = open(1024 * 1024);
    let stop = CancellationToken::new();
    let send = async {
        client.write_all(b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n").await.unwrap();
        client.write_all(&vec![b'x'; 5_000_000]).await.unwrap();
        client.write_all(b"\r\n.\r\nNOOP\r\n").await.unwrap();
        while !read(&mut client).await.ends_with("250 2.0.0 ok\r\n") {}
        drop(client);
    };
    let (delivered, ()) = tokio::join!(serve(&mut wire, &mut session, &stop), send);
    assert_eq!(delivered, [5_000_002]);
    assert!(wire.input.capacity() <= READ_BYTES, "{}", wire.input.capacity());
}
