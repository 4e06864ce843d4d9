//! The two databases, and how one body of code runs on both.

use sqlx::pool::PoolConnection;
use sqlx::{Postgres, Sqlite};

/// Which SQL the database speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// The one of two statements that this database understands; most statements need no such pair.
    pub(super) const fn pick<T: Copy>(self, sqlite: T, postgres: T) -> T {
        match self {
            Self::Sqlite => sqlite,
            Self::Postgres => postgres,
        }
    }
}

/// A connection to either database.
pub(super) enum Conn {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Conn {
    pub(super) const fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs a statement without parameters that is not worth preparing: BEGIN, COMMIT, a pragma.
    pub(super) async fn command(&mut self, sql: &'static str) -> Result<(), super::Error> {
        on!(self, conn => sqlx::raw_sql(sql).execute(conn).await.map(drop))?;
        Ok(())
    }
}

/// Runs one body on whichever database `$conn` (a `&mut Conn`) is connected to; `$c` is its connection there.
macro_rules! on {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::store::dialect::Conn::Sqlite(connection) => {
                let $c = &mut **connection;
                $body
            }
            $crate::store::dialect::Conn::Postgres(connection) => {
                let $c = &mut **connection;
                $body
            }
        }
    };
}
pub(super) use on;
