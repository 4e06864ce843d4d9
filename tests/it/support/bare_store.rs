//! A store without a server around it, over either database, with a clock that stands still until it is moved.

use std::path::Path;

use restante::config::{Settings, StoreSection};
use restante::filter;
use restante::mime;
use restante::model::inbox::{Inbox, Quota};
use restante::model::receipt::{Receipt, Via};
use restante::model::{Address, Clock, Envelope, InboxId, ReversePath, Secret, Timestamp};
use restante::store::{self, Error, Location, NewInbox, Parcel, Store, Stored, Target};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

use super::Database;

/// An open store, and what it takes to open it again.
pub struct BareStore {
    pub store: Store,
    pub place: Place,
}

/// Where a store is, and the clock that it goes by.
pub struct Place {
    pub clock: Clock,
    pub location: Location,
    folder: TempDir,
}

/// When the clocks of these tests begin: 2026-11-20, nine in the morning.
pub const START: Timestamp = Timestamp::from_micros(1_795_165_200_000_000);

impl Place {
    /// An empty one.
    async fn on(database: Database) -> Self {
        let folder = tempfile::Builder::new().prefix("restante-it-").tempdir().unwrap();
        let location = match database.fresh().await {
            None => Location::Folder(folder.path().to_owned()),
            Some(url) => Location::Postgres(Secret::new(url)),
        };
        Self { clock: Clock::manual(START), location, folder }
    }

    /// The folder of a SQLite database; empty with PostgreSQL.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Opens what is there.
    pub async fn open(&self) -> Result<Store, Error> {
        open(&self.location, &self.clock).await
    }

    /// A number that only SQL can tell, read through a connection of its own.
    async fn number(&self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(format!("SELECT CAST(({sql}) AS BIGINT)"));
        match &self.location {
            Location::Folder(_) => sqlx::query_scalar(sql).fetch_one(&mut self.sqlite().await).await.unwrap(),
            Location::Postgres(url) => {
                let mut connection = PgConnection::connect(url.expose()).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
            }
        }
    }

    /// Changes the database of a closed store behind its back.
    pub async fn tamper(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.location {
            Location::Folder(_) => sqlx::raw_sql(sql).execute(&mut self.sqlite().await).await.map(drop).unwrap(),
            Location::Postgres(url) => {
                let mut connection = PgConnection::connect(url.expose()).await.unwrap();
                sqlx::raw_sql(sql).execute(&mut connection).await.map(drop).unwrap();
            }
        }
    }

    async fn sqlite(&self) -> SqliteConnection {
        let url = format!("sqlite://{}/restante.db", self.folder.path().display());
        SqliteConnection::connect(&url).await.unwrap()
    }
}

impl BareStore {
    /// A new, empty one.
    pub async fn on(database: Database) -> Self {
        let place = Place::on(database).await;
        Self { store: place.open().await.unwrap(), place }
    }

    /// Closes it in order; what is left can be opened again.
    pub async fn closed(self) -> Place {
        self.store.close().await;
        self.place
    }

    /// Closed in order and opened again.
    pub async fn reopened(self) -> Self {
        let place = self.closed().await;
        Self { store: place.open().await.unwrap(), place }
    }

    /// What its clock says.
    pub fn now(&self) -> Timestamp {
        self.place.clock.now()
    }

    /// Moves the clock.
    pub fn pass_seconds(&self, seconds: i64) {
        self.place.clock.set(self.now().plus_seconds(seconds));
    }

    /// The position of the last event.
    pub async fn position(&self) -> i64 {
        self.store.position(self.store.default_project()).await.unwrap().0
    }

    /// A number that only SQL can tell.
    pub async fn number(&self, sql: &str) -> i64 {
        self.place.number(sql).await
    }

    /// What to ask for to get an inbox of this address.
    pub fn new_inbox(&self, address: &str) -> NewInbox {
        NewInbox {
            project: self.store.default_project(),
            address: Address::parse(address).unwrap(),
            tags: Vec::new(),
            metadata: Default::default(),
            run: None,
            client_ref: None,
            persona: None,
            quota: Quota::default(),
            max_inboxes: None,
            expires_at: None,
            credential: None,
        }
    }

    /// A new inbox.
    pub async fn inbox(&self, address: &str) -> InboxId {
        self.store.create_inbox(self.new_inbox(address)).await.unwrap().id
    }

    /// So many new inboxes.
    pub async fn inboxes(&self, count: usize) -> Vec<InboxId> {
        let mut inboxes = Vec::with_capacity(count);
        for number in 0..count {
            inboxes.push(self.inbox(&format!("box-{number}@store.test")).await);
        }
        inboxes
    }

    /// The inbox as it is now.
    pub async fn get(&self, id: InboxId) -> Inbox {
        self.store.inbox(id).await.unwrap().expect("the inbox")
    }

    /// A message on its way into these inboxes.
    pub fn parcel(&self, raw: &[u8], inboxes: &[InboxId]) -> Parcel {
        let content = mime::parse(raw);
        let receipt = Receipt {
            via: Via::Api,
            envelope: Envelope::new(ReversePath::Null, []),
            session: None,
            stages: Vec::new(),
            lints: Vec::new(),
            transcript: Vec::new(),
        };
        let targets: Vec<Target> = inboxes
            .iter()
            .map(|inbox| Target { inbox: *inbox, delivered_to: vec![format!("{inbox}@store.test")] })
            .collect();
        let keys = filter::keys(&content, targets.iter().flat_map(|target| &target.delivered_to).map(String::as_str));
        Parcel::new(store::pack(raw.to_vec().into()), &content, &receipt, keys, self.now(), targets).unwrap()
    }

    /// Stores a message in one inbox.
    pub async fn deliver(&self, raw: &[u8], inbox: InboxId) -> Result<Stored, Error> {
        self.store.deliver(self.parcel(raw, &[inbox])).await.map(|stored| stored[0])
    }
}

/// Opens with the settings of a new user.
pub async fn open(location: &Location, clock: &Clock) -> Result<Store, Error> {
    let section: StoreSection = Settings::defaults().unwrap().config().unwrap().store;
    Store::open(location, &section, clock.clone()).await
}

/// Writes a test of the store once and runs it on both databases.
///
/// It runs on one thread: what is started in one go is in the writer's queue before the writer looks, so it becomes
/// one batch.
///
/// ```text
/// both_stores! { async fn mail_is_kept(bare) { … } }
/// ```
#[macro_export]
macro_rules! both_stores {
    (async fn $name:ident($bare:ident) $body:block) => {
        mod $name {
            #[allow(unused_imports, reason = "not every test needs what stands around it")]
            use super::*;
            use $crate::support::{BareStore, Database};

            async fn on(database: Database) {
                let $bare = BareStore::on(database).await;
                $body
            }

            #[tokio::test]
            async fn sqlite() {
                on(Database::Sqlite).await;
            }

            #[tokio::test]
            async fn postgres() {
                if Database::Postgres.is_here() {
                    on(Database::Postgres).await;
                }
            }
        }
    };
}
