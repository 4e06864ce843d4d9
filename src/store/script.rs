//! Statements that give nothing back, gathered so that they go to the database together.
//!
//! SQLite takes them all in one trip to its thread, and a trip costs more than a small statement. PostgreSQL prepares
//! one statement at a time, so it is given them one after the other.

use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, AssertSqlSafe, Encode, Postgres, Sqlite, Type};

use super::Error;
use super::dialect::{Conn, Dialect};
use super::multi_row::MultiRow;

/// Statements in their order, each with its arguments.
pub(super) enum Script {
    Sqlite { text: String, arguments: SqliteArguments },
    Postgres(Vec<(&'static str, PgArguments)>),
}

impl Script {
    pub(super) fn new(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Sqlite => Self::Sqlite { text: String::new(), arguments: SqliteArguments::default() },
            Dialect::Postgres => Self::Postgres(Vec::new()),
        }
    }

    /// Adds `statement` for exactly `rows` rows, whose arguments are bound next.
    pub(super) fn add(&mut self, statement: &'static MultiRow, rows: usize) {
        let dialect = match self {
            Self::Sqlite { .. } => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        };
        self.add_text(statement.sql(dialect, rows));
    }

    /// Adds a statement without arguments.
    pub(super) fn add_text(&mut self, sql: &'static str) {
        match self {
            Self::Sqlite { text, .. } => {
                if !text.is_empty() {
                    text.push(';');
                }
                text.push_str(sql);
            }
            Self::Postgres(statements) => statements.push((sql, PgArguments::default())),
        }
    }

    /// Binds the next argument of the statement that was added last.
    pub(super) fn bind<'v, T>(&mut self, value: T) -> Result<(), Error>
    where
        T: Encode<'v, Sqlite> + Type<Sqlite> + Encode<'v, Postgres> + Type<Postgres>,
    {
        let added = match self {
            Self::Sqlite { arguments, .. } => arguments.add(value),
            Self::Postgres(statements) => match statements.last_mut() {
                Some((_, arguments)) => arguments.add(value),
                None => Ok(()),
            },
        };
        added.map_err(|error| Error::Database(Box::new(sqlx::Error::Encode(error))))
    }

    /// Runs everything.
    pub(super) async fn run(self, conn: &mut Conn) -> Result<(), Error> {
        match (self, conn) {
            (Self::Sqlite { text, arguments }, Conn::Sqlite(conn)) if !text.is_empty() => {
                // The text is made of constants and nothing else; see `add` and `add_text`.
                sqlx::query_with(AssertSqlSafe(text), arguments).execute(&mut **conn).await?;
            }
            (Self::Postgres(statements), Conn::Postgres(conn)) => {
                for (sql, arguments) in statements {
                    sqlx::query_with(sql, arguments).execute(&mut **conn).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}
