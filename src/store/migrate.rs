//! Bringing the database up to date at start, once, whoever starts first.

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use super::Error;
use super::dialect::Dialect;
use super::pool::Pool;

/// Every migration: number, name, and its text for SQLite and for PostgreSQL. Never edited once released.
const MIGRATIONS: [(i64, &str, &str, &str); 4] = [
    (
        1,
        "base",
        include_str!("../../migrations/sqlite/0001_base.sql"),
        include_str!("../../migrations/postgres/0001_base.sql"),
    ),
    (
        2,
        "keys",
        include_str!("../../migrations/sqlite/0002_keys.sql"),
        include_str!("../../migrations/postgres/0002_keys.sql"),
    ),
    (
        3,
        "wait_log",
        include_str!("../../migrations/sqlite/0003_wait_log.sql"),
        include_str!("../../migrations/postgres/0003_wait_log.sql"),
    ),
    (
        4,
        "idempotency",
        include_str!("../../migrations/sqlite/0004_idempotency.sql"),
        include_str!("../../migrations/postgres/0004_idempotency.sql"),
    ),
];

/// Runs what is missing. On PostgreSQL under an advisory lock; a SQLite file belongs to one process anyway.
pub(super) async fn run(pool: &Pool) -> Result<(), Error> {
    let known = MIGRATIONS.last().map_or(0, |last| last.0);
    let migrator = migrator(pool.dialect());
    let outcome = match pool {
        Pool::Sqlite { write, .. } => migrator.run(write).await,
        Pool::Postgres { write, .. } => migrator.run(write).await,
    };
    outcome.map_err(|error| match error {
        sqlx::migrate::MigrateError::VersionMissing(found) if found > known => Error::Newer { found, known },
        sqlx::migrate::MigrateError::Execute(error) => error.into(),
        error => Error::Migrate(Box::new(error)),
    })
}

fn migrator(dialect: Dialect) -> Migrator {
    let migrations = MIGRATIONS.map(|(number, name, sqlite, postgres)| {
        let sql = dialect.pick(sqlite, postgres).into_sql_str();
        Migration::new(number, name.into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.to_vec())
}
