//! Opening PostgreSQL so that a commit is on the disk when it returns.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use super::Error;
use super::pool::Pool;
use crate::model::Secret;

/// Connections live no longer, so that a failed-over server is left behind.
const LIFETIME: Duration = Duration::from_secs(600);

/// Statements that a connection keeps prepared. Batches vary in size, and each size of a multi-row statement is one.
const STATEMENTS: usize = 256;

/// Connects to `url`.
pub(super) async fn open(url: &Secret, readers: u32) -> Result<Pool, Error> {
    let options = PgConnectOptions::from_str(url.expose())?
        .application_name("restante")
        .statement_cache_capacity(STATEMENTS)
        // Whatever the server's default is: a 250 means that the commit is on its disk.
        .options([("synchronous_commit", "on"), ("statement_timeout", "30000"), ("lock_timeout", "10000")])
        .disable_statement_logging();
    let write = pool(1).connect_with(options.clone()).await?;
    assert_durable(&write).await?;
    // One more than reads: it listens for the calls of other nodes.
    let read = pool(readers.saturating_add(1)).connect_lazy_with(options);
    Ok(Pool::Postgres { write, read })
}

fn pool(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .max_lifetime(LIFETIME)
        .test_before_acquire(true)
}

async fn assert_durable(write: &PgPool) -> Result<(), Error> {
    let settings: [(&'static str, &'static str); 2] = [("synchronous_commit", "on"), ("fsync", "on")];
    for (setting, wanted) in settings {
        let (found,): (String,) = sqlx::query_as("SELECT current_setting($1)").bind(setting).fetch_one(write).await?;
        // The stricter `remote_apply` and `remote_write` are as good: they flush here first.
        if found != wanted && !found.starts_with("remote") {
            return Err(Error::NotDurable { setting, found, wanted });
        }
    }
    Ok(())
}
