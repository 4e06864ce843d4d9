//! Other people's programs: Postfix's sender and sink, and a PostgreSQL of the run's own.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::{Connection, Executor, PgConnection};

use super::cluster::Cluster;
use super::{CONNECTIONS, MAIL_BYTES};

/// Where `smtp-source` and `smtp-sink` lie: Debian has them outside of an ordinary path.
fn postfix(program: &str) -> Command {
    let debian = format!("/usr/sbin/{program}");
    Command::new(if std::path::Path::new(&debian).exists() { debian } else { program.to_owned() })
}

/// Sends so many mails from [`CONNECTIONS`] connections, kept or one for each mail; gives how many a second.
pub fn smtp_source(at: SocketAddr, messages: u32, is_kept: bool) -> f64 {
    let mut command = postfix("smtp-source");
    if is_kept {
        command.arg("-d");
    }
    command.args(["-s", &CONNECTIONS.to_string(), "-m", &messages.to_string(), "-l", &MAIL_BYTES.to_string()]);
    command.args(["-f", "a@example.com", "-t", INBOX, &at.to_string()]);
    let started = Instant::now();
    let status = command.status().expect("smtp-source is installed (Debian: postfix)");
    assert!(status.success(), "smtp-source: {status}");
    f64::from(messages) / started.elapsed().as_secs_f64()
}

/// The inbox that `smtp-source` sends to.
pub const INBOX: &str = "b@example.com";

/// Postfix's `smtp-sink`, which throws everything away; it ends with this value.
pub struct Sink(Child, pub SocketAddr);

impl Sink {
    pub fn start() -> Self {
        let at = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
        let mut command = postfix("smtp-sink");
        if rustix::process::geteuid().is_root() {
            command.args(["-u", "nobody"]);
        }
        command.args([&at.to_string(), "1000"]).stdout(Stdio::null());
        let sink = Self(command.spawn().expect("smtp-sink is installed (Debian: postfix)"), at);
        let started = Instant::now();
        while TcpStream::connect(at).is_err() {
            assert!(started.elapsed() < Duration::from_secs(10), "smtp-sink does not listen");
        }
        sink
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `store.url=…` of a new database, or `None` where PostgreSQL is not installed.
pub async fn postgres() -> Option<String> {
    let cluster = Cluster::get()?;
    let name = format!("bench_{:08x}", rand::random::<u32>());
    let mut connection = PgConnection::connect(&cluster.url("postgres")).await.expect("PostgreSQL answers");
    connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.expect("a database");
    Some(format!("store.url={}", cluster.url(&name)))
}
