//! The real application, in this process, on free ports over a fresh store.

use std::net::SocketAddr;

use restante::app::{self, Running};
use restante::config::{Config, Settings};
use restante::model::{Clock, Secret};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Database, Http, PATIENCE, Smtp};

/// A running application. Dropping it asks it to stop; [`Server::stop`] also waits until it has.
pub struct Server {
    running: Running,
    folder: TempDir,
    /// The settings that it was started with.
    pub config: Config,
    shutdown: DropGuard,
}

impl Server {
    /// As a new user has it, but on free ports and in a folder of its own, over SQLite.
    pub async fn start() -> Self {
        Self::with(|_| ()).await
    }

    /// The same over this database.
    pub async fn start_on(database: Database) -> Self {
        Self::with_on(database, |_| ()).await
    }

    /// The same over SQLite with other settings.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::with_on(Database::Sqlite, change).await
    }

    /// The same over this database with other settings.
    pub async fn with_on(database: Database, change: impl FnOnce(&mut Config)) -> Self {
        Self::with_clock(database, Clock::system(), change).await
    }

    /// The same with a clock that the test may hold in its hand.
    pub async fn with_clock(database: Database, clock: Clock, change: impl FnOnce(&mut Config)) -> Self {
        // Another test may have been first; what matters is that there is exactly one provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::Builder::new().prefix("restante-it-").tempdir().unwrap();
        let mut config = settings().config().unwrap();
        config.store.data = Some(folder.path().to_owned());
        config.store.url = database.fresh().await.map(Secret::new);
        change(&mut config);
        Self::over(folder, config, clock).await
    }

    /// Starts on what `folder` and `config` hold already.
    async fn over(folder: TempDir, config: Config, clock: Clock) -> Self {
        let shutdown = CancellationToken::new();
        let running =
            app::start(config.clone(), clock, shutdown.clone()).await.unwrap_or_else(|error| panic!("{error}"));
        Self { running, folder, config, shutdown: shutdown.drop_guard() }
    }

    /// Where SMTP listens.
    pub fn smtp_at(&self) -> SocketAddr {
        self.running.smtp[0]
    }

    /// Where SMTP over TLS listens.
    pub fn smtp_tls_at(&self) -> SocketAddr {
        self.running.smtp_tls[0]
    }

    /// Where LMTP listens, if the test turned it on.
    pub fn lmtp_at(&self) -> SocketAddr {
        self.running.lmtp[0]
    }

    /// Where the API listens.
    pub fn http_at(&self) -> SocketAddr {
        self.running.http[0]
    }

    /// A client of the API.
    pub fn http(&self) -> Http {
        Http::new(self.http_at())
    }

    /// A new SMTP connection that has read the greeting and said EHLO.
    pub async fn smtp(&self) -> Smtp {
        Smtp::connect(self.smtp_at()).await
    }

    /// The data folder.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Changes the database behind the running server's back.
    pub async fn tamper(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        if let Some(url) = &self.config.store.url {
            let mut connection = PgConnection::connect(url.expose()).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.map(drop).unwrap();
        } else {
            let url = format!("sqlite://{}/restante.db", self.folder().display());
            let mut connection = SqliteConnection::connect(&url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.map(drop).unwrap();
        }
    }

    /// Stops in order and waits for it.
    pub async fn stop(self) {
        self.end().await;
    }

    /// Stops in order and starts again over the same store, with the system's clock and other ports.
    pub async fn restart(self) -> Self {
        let (folder, config) = self.end().await;
        Self::over(folder, config, Clock::system()).await
    }

    async fn end(self) -> (TempDir, Config) {
        drop(self.shutdown);
        tokio::time::timeout(PATIENCE, self.running.stopped()).await.expect("stops in time");
        (self.folder, self.config)
    }
}

/// The manual's settings, with every listener on a free port.
fn settings() -> Settings {
    let mut settings = Settings::defaults().unwrap();
    for listener in ["smtp.listen", "smtp.listen_tls", "http.listen"] {
        settings.apply_set(&format!("{listener}=127.0.0.1:0")).unwrap();
    }
    settings
}
