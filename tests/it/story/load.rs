//! Mail without end from many connections, and what became of it.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::ledger::{INBOX, Ledger};
use crate::support::smtp::stuffed;
use crate::support::{PATIENCE, mail};

/// Connections that send one mail after the other, and come again when the server does.
pub(super) struct Load {
    shared: Arc<Shared>,
    stop: CancellationToken,
    senders: JoinSet<()>,
}

struct Shared {
    ledger: Mutex<Ledger>,
    acknowledged: watch::Sender<usize>,
    /// Where the server is now; `None` while it is down.
    server: watch::Sender<Option<SocketAddr>>,
}

/// The seed of this run: `RESTANTE_TEST_SEED`, or a new one. It is printed, so that a failure can be repeated.
pub(super) fn seed() -> u64 {
    let given = std::env::var("RESTANTE_TEST_SEED").ok().map(|text| text.parse().expect("a number"));
    let seed = given.unwrap_or_else(rand::random);
    eprintln!("RESTANTE_TEST_SEED={seed}");
    seed
}

impl Load {
    /// Starts so many connections; they wait until [`Load::server_is_at`] says where the server is.
    pub(super) fn start(connections: u64, seed: u64) -> Self {
        let shared = Arc::new(Shared {
            ledger: Mutex::default(),
            acknowledged: watch::Sender::new(0),
            server: watch::Sender::new(None),
        });
        let stop = CancellationToken::new();
        let mut senders = JoinSet::new();
        for number in 0..connections {
            let sender = Sender {
                shared: shared.clone(),
                stop: stop.clone(),
                random: StdRng::seed_from_u64(seed ^ (number << 32)),
                number,
                sent: 0,
            };
            senders.spawn(sender.run());
        }
        Self { shared, stop, senders }
    }

    /// Tells the senders where the server is now.
    pub(super) fn server_is_at(&self, at: SocketAddr) {
        self.shared.ledger().is_void = false;
        self.shared.server.send_replace(Some(at));
    }

    /// Tells the senders that the server is down for a while.
    pub(super) fn server_is_down(&self) {
        self.shared.server.send_replace(None);
    }

    /// From now until the server is back, no 250 counts.
    ///
    /// A real power cut ends server and disk at one moment. Here the server outlives its disk by some milliseconds,
    /// and a sync that was under way at that moment may be told that it succeeded.
    pub(super) fn power_goes(&self) {
        self.shared.ledger().is_void = true;
    }

    /// Lets it run for this long; fails if a sender does.
    pub(super) async fn run_for(&mut self, time: Duration) {
        if let Ok(ended) = timeout(time, self.senders.join_next()).await {
            panic!("a sender has ended: {ended:?}");
        }
    }

    /// Waits until so many more mails have got their 250.
    pub(super) async fn acknowledged(&self, more: usize) {
        let mut count = self.shared.acknowledged.subscribe();
        let goal = *count.borrow_and_update() + more;
        let reached = timeout(PATIENCE, count.wait_for(|count| *count >= goal)).await;
        reached
            .unwrap_or_else(|_| panic!("no {more} mails in time; refused: {:?}", self.shared.ledger().refused))
            .unwrap();
    }

    /// How many mails have got their 250.
    pub(super) fn count(&self) -> usize {
        self.shared.ledger().len()
    }

    /// Ends when the mails under way have their replies, or their connection is gone.
    pub(super) async fn stop(mut self) -> Ledger {
        self.stop.cancel();
        while let Some(ended) = timeout(PATIENCE, self.senders.join_next()).await.expect("senders end in time") {
            ended.unwrap();
        }
        std::mem::take(&mut *self.shared.ledger())
    }
}

impl Shared {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Sender {
    shared: Arc<Shared>,
    stop: CancellationToken,
    random: StdRng,
    number: u64,
    sent: u64,
}

impl Sender {
    async fn run(mut self) {
        let (mut server, stop) = (self.shared.server.subscribe(), self.stop.clone());
        while !stop.is_cancelled() {
            let at = *server.borrow_and_update();
            if let Some(at) = at {
                // A connection that breaks is what these tests are about.
                let _ = self.send_to(at).await;
            }
            let _ = stop.run_until_cancelled(server.changed()).await;
        }
    }

    async fn send_to(&mut self, at: SocketAddr) -> io::Result<()> {
        let stream = TcpStream::connect(at).await?;
        stream.set_nodelay(true)?;
        let mut stream = BufReader::new(stream);
        reply(&mut stream).await?;
        stream.get_mut().write_all(b"EHLO load.example\r\n").await?;
        reply(&mut stream).await?;
        while !self.stop.is_cancelled() {
            self.send(&mut stream).await?;
        }
        stream.get_mut().write_all(b"QUIT\r\n").await
    }

    async fn send(&mut self, stream: &mut BufReader<TcpStream>) -> io::Result<()> {
        self.sent += 1;
        let subject = format!("mail {}-{}", self.number, self.sent);
        let octets = mail().to(INBOX).subject(&subject).body(&self.body()).octets();
        let envelope = format!("MAIL FROM:<load@example.com>\r\nRCPT TO:<{INBOX}>\r\nDATA\r\n");
        stream.get_mut().write_all(envelope.as_bytes()).await?;
        let mut refused = None;
        for wanted in ["250", "250", "354"] {
            let line = reply(stream).await?;
            if !line.starts_with(wanted) {
                refused.get_or_insert(line);
            }
        }
        if refused.is_none() {
            stream.get_mut().write_all(&stuffed(&octets)).await?;
            stream.get_mut().write_all(b".\r\n").await?;
            let line = reply(stream).await?;
            if line.starts_with("250") {
                self.shared.ledger().acknowledge(&subject, &octets);
                self.shared.acknowledged.send_modify(|count| *count += 1);
                return Ok(());
            }
            refused = Some(line);
        }
        *self.shared.ledger().refused.entry(refused.unwrap_or_default()).or_default() += 1;
        Ok(())
    }

    /// Text of 10 octets to 9 kB, and now and then of 300 kB; some of its lines begin with a dot.
    fn body(&mut self) -> String {
        let octets = if self.random.random_ratio(1, 300) { 300_000 } else { self.random.random_range(10..9_000) };
        let mut body = String::with_capacity(octets + 80);
        while body.len() < octets {
            if self.random.random_ratio(1, 8) {
                body.push('.');
            }
            body.push_str(&format!("{:016x}{:016x}\r\n", self.random.random::<u64>(), self.random.random::<u64>()));
        }
        body
    }
}

/// The first line of a reply, read to its last line.
async fn reply(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut first = String::new();
    loop {
        let mut line = String::new();
        let read = timeout(PATIENCE, stream.read_line(&mut line)).await;
        if read.expect("a reply or an end in time")? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let is_last = line.as_bytes().get(3) != Some(&b'-');
        if first.is_empty() {
            first = line.trim_end().to_owned();
        }
        if is_last {
            return Ok(first);
        }
    }
}
