//! The group-commit writer: the one task that writes. What waits while a commit is synced goes into the next one.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use super::Error;
use super::commit;
use super::deliver::{self, Parcel, Stored};
use super::dialect::{Conn, Dialect};
use super::error::Severity;
use super::health::{Health, Trouble};
use super::pool::Pool;
use super::script::Script;
use crate::model::Clock;

/// Jobs that may wait; whoever comes next waits for room, which is how a sender feels that the disk is slow.
pub(super) const QUEUE: usize = 1024;
/// How often a transaction is run again that another node's was in the way of.
const CONFLICTS: u32 = 3;
/// How long a lost database is left alone between two tries.
const RECONNECT: Duration = Duration::from_millis(250);
/// Longest silence of a database across a network; its own statement timeout is shorter.
const SILENCE: Duration = Duration::from_secs(45);
/// How often the room on the disk is looked at.
const SPACE_CHECK: Duration = Duration::from_secs(1);

/// Something to write.
pub(super) enum Job {
    /// Mail: taken together with all other mail that waits.
    Deliver(Box<Parcel>, oneshot::Sender<Result<Vec<Stored>, Error>>),
    /// Anything else, in its own savepoint.
    Call(Box<dyn Call>),
}

/// A piece of work inside the writer's transaction. It may run again when the first transaction fails.
pub(super) trait Call: Send {
    /// Does the work.
    fn run<'a>(&'a mut self, conn: &'a mut Conn) -> BoxFuture<'a, Result<(), Error>>;
    /// Tells whoever waits how it ended, after the commit.
    fn finish(self: Box<Self>, outcome: Result<(), Error>);
}

/// [`Call`] of a closure and the one who waits for its value.
pub(super) struct Work<F, T> {
    pub(super) work: F,
    pub(super) value: Option<T>,
    pub(super) reply: oneshot::Sender<Result<T, Error>>,
}

impl<F, T> Call for Work<F, T>
where
    F: for<'a> FnMut(&'a mut Conn) -> BoxFuture<'a, Result<T, Error>> + Send,
    T: Send,
{
    fn run<'a>(&'a mut self, conn: &'a mut Conn) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            self.value = Some((self.work)(conn).await?);
            Ok(())
        })
    }

    fn finish(mut self: Box<Self>, outcome: Result<(), Error>) {
        let value = self.value.take();
        // Whoever asked may have gone; the work is done all the same.
        let _ = self.reply.send(outcome.and_then(|()| value.ok_or(Error::Closed)));
    }
}

/// The writer's limits.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    /// Most jobs in one transaction.
    pub(super) messages: usize,
    /// Most octets in one transaction.
    pub(super) bytes: usize,
    /// Folder whose disk must keep `min_free` octets free.
    pub(super) folder: Option<PathBuf>,
    /// See `folder`; 0 is no guard.
    pub(super) min_free: u64,
}

/// The writer task's state.
pub(super) struct Writer {
    pub(super) pool: Pool,
    pub(super) queue: mpsc::Receiver<Job>,
    pub(super) health: Health,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    /// Octets written since the start, for the checkpointer.
    pub(super) written: Arc<AtomicU64>,
}

impl Writer {
    /// Writes until every sender of the queue is gone.
    pub(super) async fn run(mut self) {
        let mut conn: Option<Conn> = None;
        let mut looked_at: Option<Instant> = None;
        let mut batch = Vec::new();
        while let Some(first) = self.next().await {
            self.gather().await;
            self.fill(&mut batch, first);
            if looked_at.is_none_or(|at| at.elapsed() >= SPACE_CHECK) {
                self.look_at_space();
                looked_at = Some(Instant::now());
            }
            self.write(&mut conn, std::mem::take(&mut batch)).await;
        }
        tracing::debug!("the writer has nothing more to do");
    }

    /// The next job. While the disk is full its room is looked at meanwhile, for nobody may send anything then.
    async fn next(&mut self) -> Option<Job> {
        while self.health.trouble() == Some(Trouble::DiskFull) {
            if let Ok(job) = tokio::time::timeout(SPACE_CHECK, self.queue.recv()).await {
                return job;
            }
            self.look_at_space();
        }
        self.queue.recv().await
    }

    /// Lets sessions that have something to write come first, for as long as each turn brings more: under load a
    /// transaction then carries what would have made two, and a lone job waits for nobody.
    async fn gather(&self) {
        let mut waiting = 0;
        while self.queue.len() > waiting && self.queue.len() < self.limits.messages {
            waiting = self.queue.len();
            tokio::task::yield_now().await;
        }
    }

    /// Takes what waits, up to the limits, without waiting for more.
    fn fill(&mut self, batch: &mut Vec<Job>, first: Job) {
        let mut bytes = first.weight();
        batch.push(first);
        while batch.len() < self.limits.messages && bytes < self.limits.bytes {
            let Ok(job) = self.queue.try_recv() else { break };
            bytes += job.weight();
            batch.push(job);
        }
        self.written.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    fn look_at_space(&self) {
        let Some(folder) = self.limits.folder.as_deref().filter(|_| self.limits.min_free > 0) else { return };
        let Ok(disk) = rustix::fs::statvfs(folder) else { return };
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        if free < self.limits.min_free {
            if self.health.trouble().is_none() {
                tracing::error!(
                    free_bytes = free,
                    min_free_bytes = self.limits.min_free,
                    "the disk is nearly full: mail is refused with 452 until there is room"
                );
            }
            self.health.full();
        } else if self.health.trouble() == Some(Trouble::DiskFull) {
            tracing::info!(free_bytes = free, "there is room on the disk again");
            self.health.open();
        }
    }

    /// Writes one batch and answers everyone in it.
    async fn write(&self, conn: &mut Option<Conn>, batch: Vec<Job>) {
        if let Some(error) = self.refusal() {
            // Deliveries need room; anything else, such as removing mail, may be what makes room.
            if matches!(error, Error::Closed) {
                return batch.into_iter().for_each(|job| job.finish(Err(Error::Closed)));
            }
            let (mail, calls): (Vec<Job>, Vec<Job>) =
                batch.into_iter().partition(|job| matches!(job, Job::Deliver(..)));
            mail.into_iter().for_each(|job| job.finish(Err(Error::DiskFull)));
            if !calls.is_empty() {
                self.write_together(conn, calls).await;
            }
            return;
        }
        self.write_together(conn, batch).await;
    }

    fn refusal(&self) -> Option<Error> {
        match self.health.trouble()? {
            Trouble::DiskFull => Some(Error::DiskFull),
            Trouble::Closed => Some(Error::Closed),
            Trouble::Down => None,
        }
    }

    async fn write_together(&self, conn: &mut Option<Conn>, mut batch: Vec<Job>) {
        let mut outcome = self.attempt(conn, &mut batch).await;
        for _ in 0..CONFLICTS {
            if !matches!(&outcome, Err(error) if error.is_conflict()) {
                break;
            }
            outcome = self.attempt(conn, &mut batch).await;
        }
        match outcome {
            Ok(outcomes) => finish(batch, outcomes),
            // One of them may be at fault: each alone, so that it fails alone.
            Err(error) if error.severity() == Severity::Local && batch.len() > 1 => {
                tracing::warn!(error = %error, jobs = batch.len(), "a batch failed; each of its jobs is tried alone");
                for job in batch {
                    let mut alone = vec![job];
                    match self.attempt(conn, &mut alone).await {
                        Ok(outcomes) => finish(alone, outcomes),
                        Err(error) => self.fail(alone, error),
                    }
                }
            }
            Err(error) => self.fail(batch, error),
        }
    }

    /// One transaction. On an error nothing of it remains, but for [`Error::Unsure`].
    async fn attempt(&self, held: &mut Option<Conn>, batch: &mut [Job]) -> Result<Vec<Outcome>, Error> {
        let mut conn = match held.take() {
            Some(conn) => conn,
            None => self.pool.write().await?,
        };
        let dialect = conn.dialect();
        let outcome = match in_time(dialect, self.transaction(&mut conn, batch)).await {
            Ok((outcomes, last, name)) => match in_time(dialect, last.run(&mut conn)).await {
                Ok(()) => Ok(outcomes),
                Err(error) => match name.filter(|_| error.severity() == Severity::Connection) {
                    // The answer was lost; what it said is not.
                    Some(name) => {
                        discard(conn).await;
                        return match commit::was_committed(&self.pool, name).await {
                            Some(true) => Ok(outcomes),
                            Some(false) => Err(error),
                            None => Err(Error::Unsure),
                        };
                    }
                    None => Err(error),
                },
            },
            Err(error) => Err(error),
        };
        match outcome {
            Ok(outcomes) => {
                // A full disk is left to the look at its room: small writes succeed long before a mail does.
                if self.health.trouble() == Some(Trouble::Down) {
                    self.health.open();
                }
                *held = Some(conn);
                Ok(outcomes)
            }
            Err(error) => {
                if matches!(error.severity(), Severity::Local | Severity::Full) && roll_back(&mut conn).await {
                    *held = Some(conn);
                } else {
                    // What the connection is in the middle of is not known: it is thrown away, not given back.
                    discard(conn).await;
                }
                Err(error)
            }
        }
    }

    /// Does the work of a transaction up to its last statements, COMMIT among them, which are left to be run.
    async fn transaction(
        &self,
        conn: &mut Conn,
        batch: &mut [Job],
    ) -> Result<(Vec<Outcome>, Script, Option<commit::Name>), Error> {
        let name = commit::begin(conn).await?;
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(batch.len());
        let mut parcels = Vec::with_capacity(batch.len());
        // SQLite has no conflicts with others, and a job that is alone is not tried again.
        let is_last_try = batch.len() == 1 && conn.dialect() == Dialect::Sqlite;
        let only_mail = batch.iter().all(|job| matches!(job, Job::Deliver(..)));
        for job in batch {
            match job {
                Job::Deliver(parcel, _) => {
                    outcomes.push(Outcome::Mail(Err(Error::Closed)));
                    parcels.push(parcel.as_mut());
                }
                Job::Call(call) => outcomes.push(Outcome::Call(in_savepoint(conn, call.as_mut()).await?)),
            }
        }
        let mut last = Script::new(conn.dialect());
        if !parcels.is_empty() {
            let (delivered, script) = deliver::deliver(conn, &mut parcels, self.clock.now(), is_last_try).await?;
            last = script;
            let mut delivered = delivered.into_iter();
            for outcome in &mut outcomes {
                if let Outcome::Mail(mail) = outcome {
                    *mail = delivered.next().unwrap_or(Err(Error::Closed));
                }
            }
        }
        let is_pointless = only_mail && outcomes.iter().all(|outcome| matches!(outcome, Outcome::Mail(Err(_))));
        last.add_text(if is_pointless { "ROLLBACK" } else { "COMMIT" });
        Ok((outcomes, last, name))
    }

    /// Answers everyone in a batch that failed as a whole.
    fn fail(&self, batch: Vec<Job>, error: Error) {
        let severity = error.severity();
        match severity {
            Severity::Fatal => {
                tracing::error!(error = %error, "a write or sync failed: the store takes nothing more until it is restarted");
                self.health.fail();
            }
            Severity::Full => {
                tracing::error!("the disk is full: mail is refused with 452 until there is room");
                if self.limits.folder.is_some() && self.limits.min_free > 0 {
                    self.health.full();
                }
            }
            Severity::Connection => {
                tracing::error!(error = %error, "the database cannot be reached; it is tried again");
                self.health.down();
            }
            Severity::Local => {}
        }
        let is_unsure = matches!(error, Error::Unsure);
        let mut cause = Some(error);
        for job in batch {
            job.finish(Err(match severity {
                Severity::Local => cause.take().unwrap_or(Error::Unavailable),
                Severity::Full => Error::DiskFull,
                Severity::Connection if is_unsure => Error::Unsure,
                Severity::Connection => Error::Unavailable,
                Severity::Fatal => Error::Closed,
            }));
        }
    }
}

/// A database across a network may fall silent; one on this machine's disk may be slow, and is waited for.
async fn in_time<T>(dialect: Dialect, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match dialect {
        Dialect::Sqlite => work.await,
        Dialect::Postgres => tokio::time::timeout(SILENCE, work).await.unwrap_or(Err(Error::Unavailable)),
    }
}

async fn in_savepoint(conn: &mut Conn, call: &mut dyn Call) -> Result<Result<(), Error>, Error> {
    conn.command("SAVEPOINT job").await?;
    match call.run(conn).await {
        Ok(()) => {
            conn.command("RELEASE SAVEPOINT job").await?;
            Ok(Ok(()))
        }
        Err(error) if error.severity() == Severity::Local && !error.is_conflict() => {
            conn.command("ROLLBACK TO SAVEPOINT job").await?;
            conn.command("RELEASE SAVEPOINT job").await?;
            Ok(Err(error))
        }
        Err(error) => Err(error),
    }
}

/// Whether the connection is clean again. SQLite has rolled back by itself after some errors.
async fn roll_back(conn: &mut Conn) -> bool {
    conn.command("ROLLBACK").await.is_ok() || conn.dialect() == Dialect::Sqlite
}

async fn discard(conn: Conn) {
    let closed = match conn {
        Conn::Sqlite(conn) => tokio::time::timeout(RECONNECT, conn.close()).await,
        Conn::Postgres(conn) => tokio::time::timeout(RECONNECT, conn.close()).await,
    };
    if !matches!(closed, Ok(Ok(()))) {
        tracing::debug!("a broken connection did not close in time");
    }
}

/// How one job of a batch ended.
enum Outcome {
    Mail(Result<Vec<Stored>, Error>),
    Call(Result<(), Error>),
}

fn finish(batch: Vec<Job>, outcomes: Vec<Outcome>) {
    for (job, outcome) in batch.into_iter().zip(outcomes) {
        match (job, outcome) {
            (Job::Deliver(_, reply), Outcome::Mail(stored)) => drop(reply.send(stored)),
            (Job::Call(call), Outcome::Call(outcome)) => call.finish(outcome),
            (job, _) => job.finish(Err(Error::Closed)),
        }
    }
}

impl Job {
    fn weight(&self) -> usize {
        match self {
            Self::Deliver(parcel, _) => parcel.weight(),
            Self::Call(_) => 4096,
        }
    }

    fn finish(self, outcome: Result<(), Error>) {
        match self {
            Self::Deliver(_, reply) => drop(reply.send(outcome.map(|()| Vec::new()))),
            Self::Call(call) => call.finish(outcome),
        }
    }
}
