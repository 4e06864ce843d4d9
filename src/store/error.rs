//! Why the store failed, in the words of its callers.

use crate::model::{InboxId, ProjectId};

/// What went wrong. Nothing of the transaction remains, but for [`Error::Unsure`] and perhaps [`Error::Closed`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row that must be unique is there already.
    #[error("{0} is taken")]
    Taken(Constraint),
    /// The inbox of a delivery is gone.
    #[error("no such inbox")]
    NoInbox(InboxId),
    /// The project is gone.
    #[error("no such project")]
    NoProject(ProjectId),
    /// The project has inboxes.
    #[error("the project has inboxes")]
    ProjectNotEmpty(ProjectId),
    /// The project may have no more inboxes.
    #[error("the project has its {limit} inboxes")]
    TooManyInboxes {
        /// Its quota.
        limit: u64,
    },
    /// The inbox takes no mail: it is frozen.
    #[error("the inbox is frozen")]
    Frozen(InboxId),
    /// The inbox takes no mail: its time came.
    #[error("the inbox has expired")]
    Expired(InboxId),
    /// The inbox's quota leaves no room.
    #[error("the inbox is full: its quota is {limit} {unit}")]
    OverQuota {
        /// The inbox.
        inbox: InboxId,
        /// The quota.
        limit: u64,
        /// `messages` or `bytes`.
        unit: &'static str,
    },
    /// The inbox has no mailbox of that name.
    #[error("no such folder")]
    NoMailbox,
    /// The mailbox holds messages.
    #[error("the folder has messages")]
    NotEmpty,
    /// There would be more than may be.
    #[error("at most {limit} {what}")]
    TooMany {
        /// `folders`, `tags`.
        what: &'static str,
        /// Most of them.
        limit: i64,
    },
    /// Someone changed the row since it was read.
    #[error("the row has changed since it was read")]
    Changed,
    /// The disk is full. Try again later: nothing is broken.
    #[error("the disk is full")]
    DiskFull,
    /// A write or sync failed, or the store is closing: it takes nothing more until it is restarted.
    #[error("the store takes nothing more")]
    Closed,
    /// The database cannot be reached now; what was to be written is not there.
    #[error("the database cannot be reached")]
    Unavailable,
    /// The connection broke around COMMIT, and how the transaction ended could not be learned: it may have been made.
    #[error("the database was lost before it told whether the change was made")]
    Unsure,
    /// The database was made by a newer version.
    #[error(
        "the database has migration {found}, this version knows up to {known}: run the newer restante, or use another database"
    )]
    Newer {
        /// The newest migration in the database.
        found: i64,
        /// The newest migration of this version.
        known: i64,
    },
    /// A setting of the database that durability rests on is not as it must be.
    #[error("the database reports {setting} = {found}; it must be {wanted}, or acknowledged mail could be lost")]
    NotDurable {
        /// The setting.
        setting: &'static str,
        /// What it is.
        found: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// Another process has the data folder.
    #[error("another restante is using the data folder {0}: stop it, or name another folder with --data")]
    InUse(std::path::PathBuf),
    /// The data folder could not be made or opened.
    #[error("the data folder {path} cannot be used: {cause}")]
    Folder {
        /// The folder or file.
        path: std::path::PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// What was stored cannot be read back.
    #[error("a stored {0} cannot be read back: the database is damaged")]
    Damaged(&'static str),
    /// The migrations could not be run.
    #[error("the database could not be brought up to date: {0}")]
    Migrate(#[source] Box<sqlx::migrate::MigrateError>),
    /// The database said no, or could not be reached.
    #[error("the database failed: {0}")]
    Database(#[source] Box<sqlx::Error>),
}

/// What must be unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// An inbox's address.
    Address,
    /// A caller's own name for an inbox.
    ClientRef,
    /// A credential's user name.
    Username,
    /// A mailbox's name in its inbox.
    Mailbox,
    /// A project's name.
    ProjectName,
    /// A project's domain.
    Domain,
}

impl std::fmt::Display for Constraint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Address => "the address",
            Self::ClientRef => "the client_ref",
            Self::Username => "the user name",
            Self::Mailbox => "the folder's name",
            Self::ProjectName => "the name",
            Self::Domain => "the domain",
        })
    }
}

/// What the writer does after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Severity {
    /// One statement's own fault: the rest of the batch may succeed without it.
    Local,
    /// The disk is full: the whole batch failed, the next may succeed.
    Full,
    /// The connection is lost or the database is busy: reconnect.
    Connection,
    /// A write or sync failed: what the disk holds is unknown, and a sync that is tried again may lie.
    Fatal,
}

/// SQLite's primary result codes that matter here, from its documentation of result codes.
mod sqlite_code {
    pub(super) const BUSY: i64 = 5;
    pub(super) const IOERR: i64 = 10;
    pub(super) const CORRUPT: i64 = 11;
    pub(super) const FULL: i64 = 13;
    pub(super) const NOTADB: i64 = 26;
}

impl Error {
    /// Whether another node was in the way, so that the same transaction may succeed when it is run again.
    pub(super) fn is_conflict(&self) -> bool {
        // Serialization failure, deadlock, lock timeout: PostgreSQL's manual, appendix A.
        let Self::Database(error) = self else { return false };
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        code.is_some_and(|code| ["40001", "40P01", "55P03"].contains(&code.as_ref()))
    }

    /// How far the damage goes.
    pub(super) fn severity(&self) -> Severity {
        match self {
            Self::DiskFull => Severity::Full,
            Self::Closed => Severity::Fatal,
            Self::Unavailable | Self::Unsure => Severity::Connection,
            Self::Database(error) => database_severity(error),
            _ => Severity::Local,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if let Some(database) = error.as_database_error() {
            // SQLite names the columns, PostgreSQL the constraint.
            let text = format!("{} {}", database.constraint().unwrap_or_default(), database.message());
            if database.is_unique_violation() {
                for (name, columns, constraint) in [
                    ("inbox_address", "inbox.address_key", Constraint::Address),
                    ("inbox_client_ref", "inbox.client_ref", Constraint::ClientRef),
                    ("credential_username", "credential.username_key", Constraint::Username),
                    ("mailbox_name", "mailbox.name", Constraint::Mailbox),
                    ("project_domain", "project_domain.domain_key", Constraint::Domain),
                    ("project_name", "project.name", Constraint::ProjectName),
                ] {
                    if text.contains(name) || text.contains(columns) {
                        return Self::Taken(constraint);
                    }
                }
            }
        }
        if database_severity(&error) == Severity::Full {
            return Self::DiskFull;
        }
        Self::Database(Box::new(error))
    }
}

fn database_severity(error: &sqlx::Error) -> Severity {
    match error {
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default();
            match code.parse::<i64>() {
                Ok(number) if code.len() < 5 => match number & 0xff {
                    sqlite_code::FULL => Severity::Full,
                    sqlite_code::BUSY => Severity::Connection,
                    sqlite_code::IOERR | sqlite_code::CORRUPT | sqlite_code::NOTADB => Severity::Fatal,
                    _ => Severity::Local,
                },
                // PostgreSQL's SQLSTATE, five characters: its manual's appendix A.
                _ => match code.as_ref() {
                    "53100" => Severity::Full,
                    // A primary that was demoted takes no writes: the next connection may find the new one.
                    "25006" => Severity::Connection,
                    code if ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) => {
                        Severity::Connection
                    }
                    _ => Severity::Local,
                },
            }
        }
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Severity::Connection,
        _ => Severity::Local,
    }
}
