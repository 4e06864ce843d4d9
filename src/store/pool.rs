//! Connections: one that writes, some that read.

use sqlx::{PgPool, SqlitePool};

use super::Error;
use super::dialect::{Conn, Dialect};

/// The connections to one database. Writers are kept apart so that no reader can hold up mail.
#[derive(Clone, Debug)]
pub(super) enum Pool {
    Sqlite { write: SqlitePool, read: SqlitePool, maintain: SqlitePool },
    Postgres { write: PgPool, read: PgPool },
}

impl Pool {
    pub(super) const fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite { .. } => Dialect::Sqlite,
            Self::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// A connection for reading; waits until one is free.
    pub(super) async fn read(&self) -> Result<Conn, Error> {
        Ok(match self {
            Self::Sqlite { read, .. } => Conn::Sqlite(read.acquire().await?),
            Self::Postgres { read, .. } => Conn::Postgres(read.acquire().await?),
        })
    }

    /// The connection for writing; only the writer task takes it.
    pub(super) async fn write(&self) -> Result<Conn, Error> {
        Ok(match self {
            Self::Sqlite { write, .. } => Conn::Sqlite(write.acquire().await?),
            Self::Postgres { write, .. } => Conn::Postgres(write.acquire().await?),
        })
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { write, read, maintain } => {
                read.close().await;
                maintain.close().await;
                write.close().await;
            }
            Self::Postgres { write, read } => {
                read.close().await;
                write.close().await;
            }
        }
    }
}
