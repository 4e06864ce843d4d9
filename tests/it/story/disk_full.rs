//! The disk fills up: mail is refused for the time being, what is there can be read, and room is all it takes.

use std::fs::File;
use std::io::Write;
use std::time::Instant;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::StatusCode;

use super::disk::{Disk, is_root};
use super::load::seed;
use crate::support::mail::Mail;
use crate::support::process::{Process, serve};
use crate::support::{Http, PATIENCE, Smtp, mail};

const INBOX: &str = "full@example.test";
/// What is taken from the disk before, and given back.
const FILLER: usize = 24 << 20;
/// Mails that are tried while the disk is full.
const ATTEMPTS: u32 = 20;

/// A disk of this kind; where root cannot have it, CI fails.
fn disk(made: Result<Disk, String>) -> Option<Disk> {
    let is_must = std::env::var_os("CI").is_some() && is_root();
    made.inspect_err(|why| assert!(!is_must, "{why}")).inspect_err(|why| eprintln!("not run: {why}")).ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn disk_that_fills_up_is_survived_with_the_guard_in_memory() {
    if let Some(disk) = disk(Disk::in_memory(64)) {
        survive(&disk, Guard::On).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn disk_that_fills_up_is_survived_without_the_guard_in_memory() {
    if let Some(disk) = disk(Disk::in_memory(48)) {
        survive(&disk, Guard::Off).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn disk_that_fills_up_is_survived_without_the_guard_on_ext4() {
    if let Some(disk) = disk(Disk::ext4(64)) {
        survive(&disk, Guard::Off).await;
    }
}

/// Whether mail is refused before the last octets are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guard {
    On,
    Off,
}

async fn survive(disk: &Disk, guard: Guard) {
    let settings: &[&str] = if guard == Guard::On { &[] } else { &["--set", "store.min_free_bytes=0"] };
    let mut random = StdRng::seed_from_u64(seed());
    let server = Process::start(&mut disk.command(&serve(&disk.path(), settings)));
    let http = Http::new(server.at("http"));
    let filler = disk.seen().join("filler");
    File::create(&filler).unwrap().write_all(&vec![1; FILLER]).unwrap();

    let mut smtp = Smtp::connect(server.at("smtp")).await;
    let mut kept = Vec::new();
    let reply = loop {
        let mail = large(&mut random, kept.len());
        let reply = attempt(&mut smtp, &mail).await;
        if !reply.starts_with("250") {
            break reply;
        }
        kept.push(mail);
        assert!(kept.len() < 2_000, "the disk never fills up");
    };
    assert!(reply.starts_with("452 4.3.1 "), "{reply}");
    eprintln!("full after {} mails", kept.len());
    let mut other = Smtp::connect(server.at("smtp")).await;
    for _ in 0..ATTEMPTS {
        let mail = large(&mut random, kept.len());
        let reply = attempt(&mut other, &mail).await;
        match guard {
            // Without the guard a mail may fit where the log was moved into the database meanwhile.
            Guard::Off if reply.starts_with("250") => kept.push(mail),
            _ => assert!(reply.starts_with("452 4.3.1 "), "{reply}"),
        }
    }
    if guard == Guard::On {
        http.get("/readyz").await.expect(StatusCode::INSUFFICIENT_STORAGE);
    }
    assert_kept(&http, &kept).await;

    std::fs::remove_file(&filler).unwrap();
    // It finds out by itself, without a mail that has to be refused first.
    let removed = Instant::now();
    while http.get("/readyz").await.status != StatusCode::OK {
        assert!(removed.elapsed() < PATIENCE, "there is room, and nobody has noticed");
    }
    let late = large(&mut random, kept.len());
    let reply = attempt(&mut smtp, &late).await;
    assert!(reply.starts_with("250"), "{reply}");
    kept.push(late);
    assert_kept(&http, &kept).await;
}

/// About 100 kB, of which compression saves half at most.
fn large(random: &mut StdRng, number: usize) -> Mail {
    let lines: Vec<String> =
        (0..1_500).map(|_| format!("{:032x}{:032x}\r\n", random.random::<u128>(), random.random::<u128>())).collect();
    mail().to(INBOX).subject(&format!("mail {number}")).body(&lines.concat())
}

/// Sends a mail as far as it is let; gives the reply that ended it.
async fn attempt(smtp: &mut Smtp, mail: &Mail) -> String {
    for command in ["RSET", "MAIL FROM:<a@b.test>", &format!("RCPT TO:<{INBOX}>"), "DATA"] {
        let reply = smtp.command(command).await;
        if !reply.starts_with("250") && !reply.starts_with("354") {
            return reply;
        }
    }
    smtp.write(&mail.octets()).await;
    smtp.command(".").await
}

/// Exactly these mails are there, with these octets.
async fn assert_kept(http: &Http, mails: &[Mail]) {
    let mut found = Vec::new();
    let mut path = format!("/v1/inboxes/{INBOX}/messages?limit=200&order=oldest");
    loop {
        let page = http.get(&path).await.expect(StatusCode::OK).json();
        for message in page["items"].as_array().unwrap() {
            let raw = http.get(&format!("/v1/messages/{}/raw", message["id"].as_str().unwrap())).await;
            found.push(raw.expect(StatusCode::OK).body);
        }
        let Some(after) = page["next_after"].as_str().filter(|_| page["has_more"] == true) else { break };
        path = format!("/v1/inboxes/{INBOX}/messages?limit=200&order=oldest&after={after}");
    }
    assert_eq!(found.len(), mails.len(), "mails that were acknowledged, and no others");
    assert!(found.iter().zip(mails).all(|(found, sent)| *found == sent.octets()), "the octets differ");
}
