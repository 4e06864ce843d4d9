//! Opening a store: the same one, another one, one that is in use, one from the future.

use restante::model::{Clock, Cursor, Seq};
use restante::store::{Error, Location};

use crate::both_stores;
use crate::support::bare_store::open;
use crate::support::{BareStore, Database};

/// A migration that this version does not know, in the words of both databases.
const FROM_THE_FUTURE: &str = "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time) \
     SELECT 9999, 'from the future', installed_on, success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";

both_stores! {
    async fn a_store_that_is_opened_again_is_the_same_life(bare) {
        let (epoch, project) = (bare.store.epoch(), bare.store.default_project());
        let inbox = bare.inbox("one@store.test").await;
        bare.deliver(b"Subject: 1\r\n\r\n", inbox).await.unwrap();
        let cursor = Cursor::Inbox { inbox, seq: Seq(1), epoch };
        let bare = bare.reopened().await;
        assert_eq!((bare.store.epoch(), bare.store.default_project()), (epoch, project));
        let next = bare.deliver(b"Subject: 2\r\n\r\n", inbox).await.unwrap();
        assert_eq!(cursor.to_string().parse(), Ok(Cursor::Inbox { inbox, seq: Seq(next.seq.0 - 1), epoch: bare.store.epoch() }));
    }
}

both_stores! {
    async fn a_wiped_store_is_another_life(bare) {
        let epoch = bare.store.epoch();
        let place = bare.closed().await;
        place.tamper("DELETE FROM store_life").await;
        assert_ne!(place.open().await.unwrap().epoch(), epoch);
    }
}

both_stores! {
    async fn a_database_of_a_newer_version_is_refused_and_left_as_it_is(bare) {
        let place = bare.closed().await;
        place.tamper(FROM_THE_FUTURE).await;
        let error = place.open().await.expect_err("an error");
        assert!(matches!(error, Error::Newer { found: 9999, known } if known < 9999), "{error:?}");
        assert!(error.to_string().contains("9999"), "{error}");
        place.tamper("DELETE FROM _sqlx_migrations WHERE version = 9999").await;
        assert!(place.open().await.is_ok());
    }
}

#[tokio::test]
async fn a_folder_serves_one_store_at_a_time() {
    let bare = BareStore::on(Database::Sqlite).await;
    let error = bare.place.open().await.expect_err("an error");
    assert!(matches!(&error, Error::InUse(folder) if folder == bare.place.folder()), "{error:?}");
    assert!(error.to_string().contains(bare.place.folder().to_str().unwrap()), "{error}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_named() {
    let place = BareStore::on(Database::Sqlite).await.closed().await;
    let lock = place.folder().join("restante.lock");
    std::fs::remove_file(&lock).unwrap();
    std::fs::create_dir(&lock).unwrap();
    let error = place.open().await.expect_err("an error");
    assert!(matches!(&error, Error::Folder { path, .. } if *path == lock), "{error:?}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("restante.db");
    std::fs::write(&file, b"not a database, and dear to someone".repeat(200)).unwrap();
    let before = std::fs::read(&file).unwrap();
    assert!(open(&Location::Folder(folder.path().to_owned()), &Clock::system()).await.is_err());
    assert!(std::fs::read(&file).unwrap() == before);
}

#[tokio::test]
async fn what_was_acknowledged_is_in_the_file_without_an_orderly_end() {
    let bare = BareStore::on(Database::Sqlite).await;
    let inbox = bare.inbox("one@store.test").await;
    for number in 0..50 {
        bare.deliver(format!("Subject: {number}\r\n\r\n").as_bytes(), inbox).await.unwrap();
    }
    // A copy of the files at this moment is what a killed process leaves behind.
    let copy = tempfile::tempdir().unwrap();
    for name in ["restante.db", "restante.db-wal"] {
        std::fs::copy(bare.place.folder().join(name), copy.path().join(name)).unwrap();
    }
    let copied = open(&Location::Folder(copy.path().to_owned()), &Clock::system()).await.unwrap();
    assert_eq!(copied.inbox(inbox).await.unwrap().unwrap().counts.messages, 50);
    assert_eq!(copied.epoch(), bare.store.epoch());
}
