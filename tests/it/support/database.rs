//! A fresh database for each test: SQLite in the test's folder, or one of the PostgreSQL cluster.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection, Executor, PgConnection};

use super::cluster::Cluster;

/// What the store of a test's server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

static COUNT: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// Whether tests on this database can run; where they cannot and must, this fails.
    pub fn is_here(self) -> bool {
        self == Self::Sqlite || on_a_thread(Cluster::get).is_some()
    }

    /// `store.url` for a new, empty database; `None` is SQLite.
    pub async fn fresh(self) -> Option<String> {
        if self == Self::Sqlite {
            return None;
        }
        let cluster = on_a_thread(Cluster::get).expect("PostgreSQL is installed: ask is_here first");
        let name = format!("restante_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(&cluster.url("postgres")).await.expect("PostgreSQL answers");
        let create = format!("CREATE DATABASE {name}");
        connection.execute(sqlx::AssertSqlSafe(create)).await.expect("a database can be created");
        connection.close().await.expect("PostgreSQL closes in order");
        Some(cluster.url(&name))
    }
}

/// Making the cluster takes a second: not on a thread that others wait for.
fn on_a_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
}

/// Writes a test once and runs it on both databases; the server may be given other settings by a closure.
///
/// ```text
/// both_databases! { async fn mail_is_kept(server) { … } }
/// both_databases! { async fn small_mail_only(server, |config| config.smtp.max_message_bytes = 100_000) { … } }
/// ```
#[macro_export]
macro_rules! both_databases {
    (async fn $name:ident($server:ident) $body:block) => {
        $crate::both_databases! { async fn $name($server, |_config| ()) $body }
    };
    (async fn $name:ident($server:ident, |$config:ident| $change:expr) $body:block) => {
        mod $name {
            #[allow(unused_imports, reason = "not every test needs what stands around it")]
            use super::*;
            use $crate::support::{Database, Server};

            async fn on(database: Database) {
                let change = |$config: &mut restante::config::Config| $change;
                let $server = Server::with_on(database, change).await;
                $body
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                on(Database::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if Database::Postgres.is_here() {
                    on(Database::Postgres).await;
                }
            }
        }
    };
}
