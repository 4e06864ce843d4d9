//! The store as the services see it.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::dialect::{Conn, on};
use super::health::Health;
use super::pool::Pool;
use super::writer::{Job, Limits, QUEUE, Work, Writer};
use super::{Bell, Error, Parcel, Stored, checkpoint, doorbell, migrate, postgres, sqlite};
use crate::config::StoreSection;
use crate::model::{Clock, Epoch, InboxId, ProjectId, Secret};

/// Where the database is.
#[derive(Clone, Debug)]
pub enum Location {
    /// SQLite in this folder.
    Folder(PathBuf),
    /// PostgreSQL at this address.
    Postgres(Secret),
}

/// Everything that is kept. Cheap to clone; every clone is the same store.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    pool: Pool,
    /// Taken away at the end, so that the writer finishes what waits and stops.
    queue: std::sync::RwLock<Option<mpsc::Sender<Job>>>,
    health: Health,
    clock: Clock,
    epoch: Epoch,
    project: ProjectId,
    writer: TaskTracker,
    /// Ends what runs beside the writer.
    stop: CancellationToken,
    /// Calls to other nodes; `None` where there are none.
    doorbell: Option<mpsc::Sender<InboxId>>,
    /// Names this process to the others.
    node: String,
    /// Keeps the data folder for this process.
    _lock: Option<File>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("epoch", &self.0.epoch).finish_non_exhaustive()
    }
}

/// The project that every inbox belongs to unless another is named.
const DEFAULT_PROJECT: &str = "default";
/// Longest wait for the writer to finish at the end.
const LAST_WRITES: Duration = Duration::from_secs(8);

impl Store {
    /// Opens the database, brings it up to date and starts the writer.
    ///
    /// # Errors
    /// [`Error::InUse`], [`Error::Newer`], [`Error::NotDurable`], [`Error::Folder`], or what the database said.
    pub async fn open(location: &Location, section: &StoreSection, clock: Clock) -> Result<Self, Error> {
        let (pool, lock) = match location {
            Location::Folder(folder) => {
                let (pool, lock) = sqlite::open(folder, section.readers).await?;
                (pool, Some(lock))
            }
            Location::Postgres(url) => (postgres::open(url, section.readers).await?, None),
        };
        migrate::run(&pool).await?;
        let (epoch, project) = life(&pool, &clock).await?;
        let health = Health::default();
        let written = Arc::new(AtomicU64::new(0));
        let (queue, jobs) = mpsc::channel(QUEUE);
        let folder = match location {
            Location::Folder(folder) => Some(folder.clone()),
            Location::Postgres(_) => None,
        };
        let limits = Limits {
            messages: section.batch_messages.max(1),
            bytes: section.batch_bytes,
            folder: folder.clone(),
            min_free: section.min_free_bytes,
        };
        let writer = Writer {
            pool: pool.clone(),
            queue: jobs,
            health: health.clone(),
            clock: clock.clone(),
            limits,
            written: written.clone(),
        };
        let tasks = TaskTracker::new();
        tasks.spawn(watched(writer, health.clone(), tasks.clone()));
        let stop = CancellationToken::new();
        if let (Pool::Sqlite { maintain, .. }, Some(folder)) = (&pool, &folder) {
            let wal = checkpoint::wal(folder);
            tasks.spawn(checkpoint::run(maintain.clone(), wal, written, health.clone(), stop.clone()));
        }
        let node = format!("{:016x}", rand::random::<u64>());
        let doorbell = match &pool {
            Pool::Sqlite { .. } => None,
            Pool::Postgres { read, .. } => {
                let (doorbell, calls) = mpsc::channel(doorbell::QUEUE);
                let ring = doorbell::ring(read.clone(), node.clone(), calls);
                tasks.spawn(stop.clone().run_until_cancelled_owned(ring));
                Some(doorbell)
            }
        };
        tasks.close();
        let queue = std::sync::RwLock::new(Some(queue));
        Ok(Self(Arc::new(Inner {
            pool,
            queue,
            health,
            clock,
            epoch,
            project,
            writer: tasks,
            stop,
            doorbell,
            node,
            _lock: lock,
        })))
    }

    /// The store's present life, for cursors.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.0.epoch
    }

    /// The project `default`.
    #[must_use]
    pub fn default_project(&self) -> ProjectId {
        self.0.project
    }

    /// Whether mail can be taken.
    #[must_use]
    pub fn health(&self) -> &Health {
        &self.0.health
    }

    /// The clock that rows are dated by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// `sqlite` or `postgres`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.0.pool.dialect().pick("sqlite", "postgres")
    }

    /// Stores a message; returns when the commit is on the disk.
    ///
    /// # Errors
    /// What keeps one of its inboxes from taking it, or what is wrong with the store. Nothing is stored then.
    pub async fn deliver(&self, parcel: Parcel) -> Result<Vec<Stored>, Error> {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Job::Deliver(Box::new(parcel), reply)).await?;
        answer.await.map_err(|_| Error::Closed)?
    }

    /// Runs `work` in the writer's next transaction; returns its value when the commit is on the disk.
    ///
    /// It may run more than once, in transactions of which only the last is committed.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, Error>
    where
        F: for<'a> FnMut(&'a mut Conn) -> BoxFuture<'a, Result<T, Error>> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Job::Call(Box::new(Work { work, value: None, reply }))).await?;
        answer.await.map_err(|_| Error::Closed)?
    }

    /// A connection for reading.
    pub(super) async fn read(&self) -> Result<Conn, Error> {
        self.0.pool.read().await
    }

    async fn enqueue(&self, job: Job) -> Result<(), Error> {
        let queue = self.0.queue.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        queue.ok_or(Error::Closed)?.send(job).await.map_err(|_| Error::Closed)
    }

    /// After how long a waiting reader looks again without a hint. On SQLite every change is made by this process and
    /// gives a hint; on PostgreSQL another node's change may not.
    #[must_use]
    pub fn look_again(&self) -> Duration {
        self.0.pool.dialect().pick(Duration::from_secs(10), Duration::from_secs(1))
    }

    /// Tells other nodes to look at `inbox` again; never waits.
    pub fn ring(&self, inbox: InboxId) {
        if let Some(doorbell) = &self.0.doorbell {
            // When it is full, others look by themselves within a second.
            let _ = doorbell.try_send(inbox);
        }
    }

    /// The calls of other nodes; `None` where there can be none.
    ///
    /// # Errors
    /// If the database cannot be reached.
    pub async fn bell(&self) -> Result<Option<Bell>, Error> {
        match &self.0.pool {
            Pool::Sqlite { .. } => Ok(None),
            Pool::Postgres { read, .. } => Bell::listen(read, &self.0.node).await.map(Some),
        }
    }

    /// Asks the database whether it answers.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        let mut conn = self.read().await?;
        on!(&mut conn, c => sqlx::query("SELECT 1").execute(c).await.map(drop))?;
        Ok(())
    }

    /// Writes what waits, refuses everything after, and closes the database, unless a write or sync has failed.
    pub async fn close(&self) {
        self.0.queue.write().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        self.0.stop.cancel();
        if tokio::time::timeout(LAST_WRITES, self.0.writer.wait()).await.is_err() {
            tracing::error!(
                "the last writes did not end in time; whoever waited for them was not told that they were stored"
            );
        }
        if self.0.health.has_failed() {
            // Closing would write and sync once more, and what that says after a failure is worth nothing.
            return;
        }
        self.0.health.close();
        if let Pool::Sqlite { maintain, .. } = &self.0.pool {
            checkpoint::empty(maintain).await;
        }
        self.0.pool.close().await;
    }
}

/// Runs the writer. Should it panic, nothing could be written any more, which no one may overlook.
async fn watched(writer: Writer, health: Health, tasks: TaskTracker) {
    if tasks.spawn(writer.run()).await.is_err() {
        tracing::error!("the writer has panicked: the store takes nothing more until it is restarted");
        health.fail();
    }
}

/// Reads, or at the very first start makes up, the store's epoch and its default project.
async fn life(pool: &Pool, clock: &Clock) -> Result<(Epoch, ProjectId), Error> {
    const BEGIN_LIFE: &str =
        "INSERT INTO store_life (id, epoch, created_at) VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING";
    const BEGIN_PROJECT: &str =
        "INSERT INTO project (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
    const READ: &str = "SELECT l.epoch, p.id FROM store_life l, project p WHERE p.name = $1";
    let now = clock.now();
    let mut conn = pool.write().await?;
    let read: Option<(i64, uuid::Uuid)> =
        on!(&mut conn, c => sqlx::query_as(READ).bind(DEFAULT_PROJECT).fetch_optional(c).await)?;
    let (epoch, project) = match read {
        Some(read) => read,
        None => {
            let epoch = i64::from(rand::random::<u32>());
            on!(&mut conn, c => sqlx::query(BEGIN_LIFE).bind(epoch).bind(now.micros()).execute(c).await.map(drop))?;
            on!(&mut conn, c => sqlx::query(BEGIN_PROJECT).bind(ProjectId::new(now).uuid()).bind(DEFAULT_PROJECT)
                .bind(now.micros()).execute(c).await.map(drop))?;
            on!(&mut conn, c => sqlx::query_as(READ).bind(DEFAULT_PROJECT).fetch_one(c).await)?
        }
    };
    let epoch = u32::try_from(epoch).map_err(|_| Error::Damaged("epoch"))?;
    Ok((Epoch(epoch), ProjectId::from_uuid(project)))
}
