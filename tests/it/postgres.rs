//! The cluster that the other tests rely on.

use sqlx::{Connection, PgConnection};

use crate::support::Database;
use crate::support::cluster::Cluster;

#[tokio::test]
async fn each_test_has_an_empty_database_of_its_own() {
    if !Database::Postgres.is_here() {
        return;
    }
    let (one, two) = (Database::Postgres.fresh().await.unwrap(), Database::Postgres.fresh().await.unwrap());
    assert_ne!(one, two);
    let mut connection = PgConnection::connect(&one).await.unwrap();
    sqlx::query("CREATE TABLE t (n BIGINT)").execute(&mut connection).await.unwrap();
    let mut other = PgConnection::connect(&two).await.unwrap();
    assert!(sqlx::query("SELECT n FROM t").execute(&mut other).await.is_err());
}

#[tokio::test]
async fn cluster_syncs_and_can_be_reached_through_tcp_with_a_password() {
    if !Database::Postgres.is_here() {
        return;
    }
    let url = Cluster::get().unwrap().tcp_url("postgres");
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let sync: String = sqlx::query_scalar("SHOW fsync").fetch_one(&mut connection).await.unwrap();
    assert_eq!(sync, "on");
}
