//! Projects and the domains that are theirs.

use std::collections::HashMap;

use sqlx::FromRow;
use uuid::Uuid;

use super::Error;
use super::dialect::{Conn, on};
use crate::model::project::{KeepOnly, Project, ProjectQuotas, ProjectRules, UnknownRecipient};
use crate::model::{ProjectId, Timestamp};

/// A change of a project; `None` leaves a part as it is.
#[derive(Clone, Debug, Default)]
pub struct ProjectChange {
    /// New name.
    pub name: Option<String>,
    /// New rules.
    pub rules: Option<ProjectRules>,
    /// The version that the change was made for; another one refuses it.
    pub if_version: Option<i64>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    name: String,
    created_at: i64,
    unknown_recipient: Option<String>,
    default_ttl_s: Option<i64>,
    max_age_s: Option<i64>,
    max_messages: Option<i64>,
    max_bytes: Option<i64>,
    max_inboxes: Option<i64>,
    max_inbox_messages: Option<i64>,
    max_inbox_bytes: Option<i64>,
    version: i64,
}

macro_rules! select {
    () => {
        "SELECT id, name, created_at, unknown_recipient, default_ttl_s, max_age_s, max_messages, max_bytes, max_inboxes, \
         max_inbox_messages, max_inbox_bytes, version FROM project"
    };
}

const ALL: &str = concat!(select!(), " ORDER BY id");
/// `$1` project.
const GET: &str = concat!(select!(), " WHERE id = $1");
const GET_LOCKED: &str = concat!(select!(), " WHERE id = $1 FOR UPDATE");
const DOMAINS: &str = "SELECT domain_key, project_id FROM project_domain ORDER BY domain_key";
/// `$1` project.
const DOMAINS_OF: &str = "SELECT domain_key FROM project_domain WHERE project_id = $1 ORDER BY domain_key";

/// All projects, oldest first.
pub(super) async fn all(conn: &mut Conn) -> Result<Vec<Project>, Error> {
    let rows: Vec<Row> = on!(conn, c => sqlx::query_as(ALL).fetch_all(c).await)?;
    let owned: Vec<(String, Uuid)> = on!(conn, c => sqlx::query_as(DOMAINS).fetch_all(c).await)?;
    let mut domains: HashMap<Uuid, Vec<String>> = HashMap::new();
    for (domain, owner) in owned {
        domains.entry(owner).or_default().push(domain);
    }
    let with_domains = rows.into_iter().map(|row| {
        let domains = domains.remove(&row.id).unwrap_or_default();
        project(row, domains)
    });
    with_domains.collect()
}

/// The project `id`.
pub(super) async fn get(conn: &mut Conn, id: ProjectId) -> Result<Option<Project>, Error> {
    fetch(conn, GET, id).await
}

/// The project `id`, held until the end of the transaction.
pub(super) async fn lock(conn: &mut Conn, id: ProjectId) -> Result<Project, Error> {
    let sql = conn.dialect().pick(GET, GET_LOCKED);
    fetch(conn, sql, id).await?.ok_or(Error::NoProject(id))
}

async fn fetch(conn: &mut Conn, sql: &'static str, id: ProjectId) -> Result<Option<Project>, Error> {
    let row: Option<Row> = on!(conn, c => sqlx::query_as(sql).bind(id.uuid()).fetch_optional(c).await)?;
    let Some(row) = row else { return Ok(None) };
    let domains: Vec<(String,)> = on!(conn, c => sqlx::query_as(DOMAINS_OF).bind(id.uuid()).fetch_all(c).await)?;
    project(row, domains.into_iter().map(|(domain,)| domain).collect()).map(Some)
}

const INSERT: &str = "INSERT INTO project (id, name, created_at) VALUES ($1,$2,$3)";

/// Makes a project.
///
/// # Errors
/// [`Error::Taken`] for its name or one of its domains.
pub(super) async fn create(
    conn: &mut Conn,
    name: &str,
    rules: &ProjectRules,
    now: Timestamp,
) -> Result<Project, Error> {
    let id = ProjectId::new(now);
    on!(conn, c => sqlx::query(INSERT).bind(id.uuid()).bind(name).bind(now.micros()).execute(c).await.map(drop))?;
    write_rules(conn, id, name, rules).await?;
    get(conn, id).await?.ok_or(Error::NoProject(id))
}

/// Changes a project; gives it as it is then.
///
/// # Errors
/// [`Error::NoProject`], [`Error::Changed`], [`Error::Taken`] for its name or one of its domains.
pub(super) async fn update(conn: &mut Conn, id: ProjectId, change: &ProjectChange) -> Result<Project, Error> {
    let project = lock(conn, id).await?;
    if change.if_version.is_some_and(|version| version != project.version) {
        return Err(Error::Changed);
    }
    let name = change.name.as_ref().unwrap_or(&project.name);
    write_rules(conn, id, name, change.rules.as_ref().unwrap_or(&project.rules)).await?;
    get(conn, id).await?.ok_or(Error::NoProject(id))
}

const UPDATE: &str = "UPDATE project SET name = $2, unknown_recipient = $3, default_ttl_s = $4, max_age_s = $5, \
    max_messages = $6, max_bytes = $7, max_inboxes = $8, max_inbox_messages = $9, max_inbox_bytes = $10, \
    version = version + 1 WHERE id = $1";
const DROP_DOMAINS: &str = "DELETE FROM project_domain WHERE project_id = $1";
const ADD_DOMAIN: &str = "INSERT INTO project_domain (domain_key, project_id) VALUES ($1,$2)";

async fn write_rules(conn: &mut Conn, id: ProjectId, name: &str, rules: &ProjectRules) -> Result<(), Error> {
    let number = |number: Option<u64>| number.map(|number| i64::try_from(number).unwrap_or(i64::MAX));
    on!(conn, c => sqlx::query(UPDATE)
        .bind(id.uuid())
        .bind(name)
        .bind(rules.unknown_recipient.as_ref().map(UnknownRecipient::to_string))
        .bind(number(rules.default_ttl_s))
        .bind(number(rules.retention.max_age_s))
        .bind(number(rules.retention.max_messages))
        .bind(number(rules.retention.max_bytes))
        .bind(number(rules.quotas.max_inboxes))
        .bind(number(rules.quotas.max_inbox_messages))
        .bind(number(rules.quotas.max_inbox_bytes))
        .execute(c).await.map(drop))?;
    on!(conn, c => sqlx::query(DROP_DOMAINS).bind(id.uuid()).execute(c).await.map(drop))?;
    for domain in &rules.domains {
        on!(conn, c => sqlx::query(ADD_DOMAIN).bind(domain.as_str()).bind(id.uuid()).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// Removes a project whose inboxes are gone, with its keys, its domains and its log.
///
/// # Errors
/// [`Error::NoProject`]; [`Error::ProjectNotEmpty`] when an inbox is left.
pub(super) async fn delete(conn: &mut Conn, id: ProjectId) -> Result<(), Error> {
    const IS_USED: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM inbox WHERE project_id = $1 LIMIT 1) AS first";
    const BELOW: [&str; 5] = [
        "DELETE FROM api_key_secret WHERE key_id IN (SELECT id FROM api_key WHERE project_id = $1)",
        "DELETE FROM api_key WHERE project_id = $1",
        DROP_DOMAINS,
        "DELETE FROM event WHERE project_id = $1",
        "DELETE FROM project WHERE id = $1",
    ];
    lock(conn, id).await?;
    let (left,): (i64,) = on!(conn, c => sqlx::query_as(IS_USED).bind(id.uuid()).fetch_one(c).await)?;
    if left > 0 {
        return Err(Error::ProjectNotEmpty(id));
    }
    for sql in BELOW {
        on!(conn, c => sqlx::query(sql).bind(id.uuid()).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// How many inboxes a project has, without looking at what they hold.
pub(super) async fn inboxes(conn: &mut Conn, id: ProjectId) -> Result<u64, Error> {
    const COUNT: &str = "SELECT COUNT(*) FROM inbox WHERE project_id = $1";
    let (inboxes,): (i64,) = on!(conn, c => sqlx::query_as(COUNT).bind(id.uuid()).fetch_one(c).await)?;
    Ok(number(inboxes))
}

/// Inboxes, messages and octets of a project.
pub(super) async fn holds(conn: &mut Conn, id: ProjectId) -> Result<(u64, u64, u64), Error> {
    const HOLDS: &str = "SELECT COUNT(*), CAST(COALESCE(SUM(messages), 0) AS BIGINT), \
        CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM inbox WHERE project_id = $1";
    let (inboxes, messages, bytes): (i64, i64, i64) =
        on!(conn, c => sqlx::query_as(HOLDS).bind(id.uuid()).fetch_one(c).await)?;
    Ok((number(inboxes), number(messages), number(bytes)))
}

fn number(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn project(row: Row, domains: Vec<String>) -> Result<Project, Error> {
    let policy = |text: String| UnknownRecipient::parse(&text).ok_or(Error::Damaged("policy"));
    Ok(Project {
        id: ProjectId::from_uuid(row.id),
        name: row.name,
        rules: ProjectRules {
            domains,
            unknown_recipient: row.unknown_recipient.map(policy).transpose()?,
            default_ttl_s: row.default_ttl_s.map(number),
            retention: KeepOnly {
                max_age_s: row.max_age_s.map(number),
                max_messages: row.max_messages.map(number),
                max_bytes: row.max_bytes.map(number),
            },
            quotas: ProjectQuotas {
                max_inboxes: row.max_inboxes.map(number),
                max_inbox_messages: row.max_inbox_messages.map(number),
                max_inbox_bytes: row.max_inbox_bytes.map(number),
            },
        },
        created_at: Timestamp::from_micros(row.created_at),
        version: row.version,
    })
}
