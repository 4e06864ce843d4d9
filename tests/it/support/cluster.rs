//! A PostgreSQL cluster of the tests' own: one for each run of the binary, made on the first need.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Where a PostgreSQL can be reached that may be filled with databases.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// `postgres://…` without a database; the local socket where the cluster is ours.
    base: String,
    /// The same through TCP and with a password.
    tcp: String,
    /// What stands behind the database's name in a URL.
    query: String,
    /// Whether it is gone when the tests end.
    pub is_ours: bool,
}

/// Held open until the process ends, however it ends: that is what tells `cluster.sh` to clean up.
static LIFELINE: Mutex<Option<ChildStdin>> = Mutex::new(None);

static CLUSTER: LazyLock<Option<Cluster>> = LazyLock::new(Cluster::make);

impl Cluster {
    /// The cluster of this run, or `None` where there is no PostgreSQL and none is demanded.
    ///
    /// `RESTANTE_TEST_POSTGRES`, a URL of a role that may create databases, is used instead of one of our own.
    /// With `CI` set, a missing PostgreSQL is a failure.
    pub fn get() -> Option<&'static Self> {
        CLUSTER.as_ref()
    }

    /// The URL of a database of this cluster.
    pub fn url(&self, database: &str) -> String {
        format!("{}/{database}{}", self.base, self.query)
    }

    /// The URL of a database of this cluster through TCP, with a password.
    pub fn tcp_url(&self, database: &str) -> String {
        format!("{}/{database}", self.tcp)
    }

    fn make() -> Option<Self> {
        if let Ok(given) = std::env::var("RESTANTE_TEST_POSTGRES") {
            let (base, query) = given
                .split_once('?')
                .map_or((given.as_str(), String::new()), |(base, query)| (base, format!("?{query}")));
            let authority_at = base.find("://").map_or(0, |at| at + 3);
            let end = base[authority_at..].find('/').map_or(base.len(), |at| authority_at + at);
            let base = base[..end].to_owned();
            return Some(Self { tcp: base.clone(), base, query, is_ours: false });
        }
        if !installed() {
            assert!(std::env::var_os("CI").is_none(), "PostgreSQL is not installed, and CI runs every test");
            eprintln!("not run on PostgreSQL: its programs are not installed (Debian: apt-get install postgresql)");
            return None;
        }
        Some(Self::start())
    }

    fn start() -> Self {
        #[expect(clippy::zombie_processes, reason = "it outlives this process on purpose, to clean up behind it")]
        let mut supervisor = Command::new("sh")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/cluster.sh"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Ctrl-C reaches the tests alone; the cluster then ends through its lifeline.
            .process_group(0)
            .spawn()
            .expect("sh starts");
        *LIFELINE.lock().unwrap_or_else(PoisonError::into_inner) = supervisor.stdin.take();
        let mut line = String::new();
        BufReader::new(supervisor.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line of text");
        let words: Vec<&str> = line.split_whitespace().collect();
        let [folder, port, password] = words[..] else { panic!("PostgreSQL did not start: see above") };
        Self {
            base: "postgres://tester@localhost".to_owned(),
            tcp: format!("postgres://tester:{password}@127.0.0.1:{port}"),
            query: format!("?host={folder}&port={port}"),
            is_ours: true,
        }
    }
}

fn installed() -> bool {
    let debian = std::fs::read_dir("/usr/lib/postgresql").is_ok_and(|mut versions| versions.next().is_some());
    debian || Command::new("initdb").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}
